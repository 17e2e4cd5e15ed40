/** Trouble between the bot and Telegram: what is said arrives all the same, in its order, and without a flood. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BotWorld } from "./bot-world.ts";
import { Refusal } from "./world/refusal.ts";

let bot: BotWorld;
beforeEach(async () => {
  bot = await BotWorld.open();
});
afterEach(() => bot.close());

const FLOODED = new Refusal(429, "Too Many Requests: retry after 30", { retry_after: 30 });

describe("a message on its way", () => {
  test("is sent again after the connection broke, and once it is through not again", async () => {
    const owner = await bot.signedIn("owner");
    bot.talk.telegram.faults.plan({ kind: "reset" }, { method: "sendMessage", times: 2 });
    owner.says("/status");
    expect(await owner.all()).toEqual([expect.stringMatching(/^Copying runs/)]);
  });

  test("may come twice where its answer was lost, rather than never", async () => {
    const owner = await bot.signedIn("owner");
    bot.talk.telegram.faults.plan({ kind: "lost-answer" }, { method: "sendMessage" });
    owner.says("/help");
    await owner.sees(/^You are/);
    expect(bot.talk.screen(owner.chat).filter((text) => text.startsWith("You are"))).toHaveLength(2);
  });

  test("comes after an outage of minutes, once and as it was meant", async () => {
    const owner = await bot.signedIn("owner");
    bot.talk.telegram.faults.plan({ kind: "status", status: 502 }, { method: "sendMessage", times: 7 });
    owner.says("/status");
    await bot.talk.settles();
    await bot.talk.passes(4 * 60_000);
    expect(await owner.all()).toEqual([expect.stringMatching(/^Copying runs/)]);
  });

  test("waits as long as Telegram says, and nobody is sent anything meanwhile", async () => {
    const [owner, viewer] = [await bot.signedIn("owner"), await bot.signedIn("viewer")];
    bot.talk.telegram.faults.plan({ kind: "refusal", refusal: FLOODED }, { method: "sendMessage" });
    const before = bot.talk.telegram.callsOf("sendMessage").length;
    owner.says("/status");
    await bot.talk.settles();
    viewer.says("/status");
    await bot.talk.passes(25_000);
    expect(bot.talk.telegram.callsOf("sendMessage")).toHaveLength(before + 0);
    expect(await viewer.all()).toEqual([]);
    await bot.talk.passes(10_000);
    expect(await viewer.all()).toHaveLength(1);
    expect(await owner.all()).toHaveLength(1);
  });
});

describe("a yes", () => {
  const isPaused = async () =>
    (await bot.control.ask({ kind: "status" })).followers.map(({ paused }) => paused);

  test("is carried out once, and told as what it is, although an outage comes before its answer", async () => {
    const owner = await bot.signedIn("owner");
    owner.says("/pause follower");
    await owner.sees(/^\/pause/);
    const { faults } = bot.talk.telegram;
    faults.plan({ kind: "status", status: 502 }, { method: "editMessageText", times: 6 });
    await owner.presses("Pause");
    await bot.talk.settles();
    expect(await isPaused()).toEqual([true]);
    await bot.talk.passes(4 * 60_000);
    expect(await owner.all()).toEqual(["Copying is paused on follower."]);
    expect(bot.asked.filter((kind) => kind === "pause")).toHaveLength(1);
  });

  test("counts although the button could not be told that it was pressed", async () => {
    const owner = await bot.signedIn("owner");
    owner.says("/panic ALL");
    const question = await owner.sees(/^\/panic/);
    bot.talk.telegram.faults.plan({ kind: "reset" }, { method: "answerCallbackQuery", times: 3 });
    const yes = question.reply_markup?.inline_keyboard[0]?.[0]?.callback_data ?? "";
    bot.talk.telegram.people.forge(owner.user, question, yes);
    await owner.sees(/^The kill switch was pulled on every follower/);
    expect(bot.asked.filter((kind) => kind === "panic")).toHaveLength(1);
  });
});

test("a backup that could not be sent is there all the same, and said to be", async () => {
  const owner = await bot.signedIn("owner");
  const tooLarge = new Refusal(413, "Request Entity Too Large");
  bot.talk.telegram.faults.plan({ kind: "refusal", refusal: tooLarge }, { method: "sendDocument" });
  owner.says("/admin backup");
  const { text } = await owner.sees(/^Backup made and read back/);
  expect(text).toMatch(/It could not be sent here: Request Entity Too Large$/);
});

test("a backup that nobody could be told of leaves room for the next", async () => {
  const owner = await bot.signedIn("owner");
  const refused = new Refusal(400, "Bad Request: message is wrong");
  bot.talk.telegram.faults.plan({ kind: "refusal", refusal: refused }, { method: "sendMessage" });
  owner.says("/admin backup");
  await owner.sees(/Backup made and read back/);
  expect(await owner.asks("/admin backup")).toMatch(/^Making a backup/);
  // Two of one second would have the same name.
  await owner.sees(/Backup made and read back|is there already/);
});

test("who blocked the bot is left alone, and may come back", async () => {
  const owner = await bot.signedIn("owner");
  const { people } = bot.talk.telegram;
  people.block(owner.user);
  bot.person("stranger").says("/start");
  await bot.talk.settles();
  people.unblock(owner.user);
  expect(await owner.asks("/status")).toMatch(/^Copying runs/);
});

test("the limits of the platform are kept under a heap of questions, and everything is answered in its order", async () => {
  const { talk } = bot;
  const people = [await bot.signedIn("owner"), await bot.signedIn("operator"), await bot.signedIn("viewer")];
  talk.telegram.flood.limits = { perSecond: 30, chatPerSecond: 1, chatBurst: 1, groupPerMinute: 20 };
  await talk.passes(2_000);
  const asked = ["/help", "/status", "/balance", "/positions", "/leaders"];
  for (const person of people) for (const text of asked) person.says(text);
  for (const person of people) {
    const told = (await person.all()).map((text) => text.slice(0, 8));
    expect(told).toEqual(["You are ", "Copying ", "Balances", "Position", "Leaders\n"]);
  }
  const refused = talk.telegram.calls.filter(({ outcome }) => outcome !== null && "refusal" in outcome);
  expect(refused).toEqual([]);
});

describe("restarts", () => {
  test("what was answered is not answered again, and what came meanwhile is answered once", async () => {
    const owner = await bot.signedIn("owner");
    await owner.asks("/status");
    await bot.stopBot();
    owner.says("/balance");
    await bot.startBot();
    expect(await owner.all()).toEqual([expect.stringMatching(/^Balances/)]);
    await bot.stopBot();
    await bot.startBot();
    expect(await owner.all()).toEqual([]);
  });

  test("what is being answered is answered to its end", async () => {
    const owner = await bot.signedIn("owner");
    const { telegram } = bot.talk;
    await bot.talk.passes(2_000);
    telegram.faults.plan({ kind: "slow", ms: 80 }, { method: "sendMessage" });
    owner.says("/status");
    while (telegram.inFlight === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await bot.stopBot();
    expect(bot.talk.screen(owner.chat).at(-1)).toMatch(/^Copying runs/);
    await bot.startBot();
    expect(await owner.all()).toHaveLength(1);
  });
});

test("an outage of everything ends by itself: what was written meanwhile is answered once", async () => {
  const owner = await bot.signedIn("owner");
  const { telegram } = bot.talk;
  telegram.outage({ kind: "reset" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  owner.says("/status");
  telegram.outageEnds();
  expect(await owner.all()).toEqual([expect.stringMatching(/^Copying runs/)]);
});

test("a group that became a supergroup is another one: it is allowed anew, or not used", async () => {
  const owner = await bot.signedIn("owner");
  const group = bot.talk.group("Desk", [owner]);
  bot.allow(group.id);
  await bot.stopBot();
  await bot.startBot();
  expect(await owner.asks("/status", { in: group })).toMatch(/^Copying runs/);
  const grown = bot.talk.telegram.people.migrate(group);
  expect(await owner.asks("/status", { in: grown })).toMatch(
    new RegExp(`^I am not used in this group[^]*\nThis group is ${grown.id}\\.$`),
  );
  bot.talk.telegram.people.removeBot(owner.user, grown);
  expect(await owner.asks("/status")).toMatch(/^Copying runs/);
});
