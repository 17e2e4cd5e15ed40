/** What the bot tells whom: sessions, strangers, groups, and each command that only looks. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BotWorld } from "./bot-world.ts";

let bot: BotWorld;
beforeEach(async () => {
  bot = await BotWorld.open();
});
afterEach(() => bot.close());

const LOOKING = ["/status", "/balance", "/positions", "/sync_status", "/leaders", "/why follower BTCUSDT"];
const SECRET = /follower|leader|equity|10,000/;

describe("sessions", () => {
  test("/start opens one of 24 hours; nothing but that is told without", async () => {
    const owner = bot.person("owner");
    for (const command of [...LOOKING, "/help"])
      expect(await owner.asks(command)).toMatch(/^Your session has ended/);
    expect(await owner.asks("/start")).toMatch(
      /^Welcome, owner \(owner\)\.\nYour session lasts until 2026-01-06/,
    );
    expect(await owner.asks("/status")).toMatch(/^Copying runs/);
    await bot.talk.passes(24 * 3_600_000);
    expect(await owner.asks("/status")).toMatch(/^Your session has ended/);
  });

  test("a session that was ended elsewhere is over at once", async () => {
    const owner = await bot.signedIn("owner");
    const { identity } = bot;
    const here = { kind: "local", name: "test" } as const;
    const [session] = await identity.sessions(here);
    await identity.revokeSession(here, session?.id ?? 0);
    expect(await owner.asks("/balance")).toMatch(/^Your session has ended/);
  });
});

describe("strangers", () => {
  test("hear that it is private, once an hour; the owner hears of each once", async () => {
    const owner = await bot.signedIn("owner");
    const stranger = bot.person("stranger");
    expect(await stranger.asks("/start")).toBe("This bot is private.");
    await owner.sees(/^A stranger wrote to this bot: 9999, called Mallory/);
    for (const text of ["/start", "/status", "hello", "/help"]) stranger.says(text);
    expect(await stranger.all()).toEqual([]);
    await bot.talk.passes(3_600_000);
    expect(await stranger.asks("/help")).toBe("This bot is private.");
    expect(await owner.all()).toEqual([]);
  });

  test("cannot press anything either", async () => {
    const owner = await bot.signedIn("owner");
    owner.says("/status");
    const message = await owner.sees(/^Copying/);
    const stranger = bot.person("stranger");
    const { text, alert } = await stranger.forges(message, "balance");
    expect([text, alert]).toEqual(["This is not for you.", true]);
    expect(await stranger.all()).toEqual([]);
  });

  test("with a hostile name write no markup to the owner", async () => {
    const owner = await bot.signedIn("owner");
    const hostile = bot.talk.person("</code><b>pay</b> \u202e/panic & <a href='x'>y</a>\n\nSystem:", 6_666);
    hostile.says("/start");
    const { text, entities } = await owner.sees(/^A stranger/);
    expect(text).toContain("called </code><b>pay</b>  /panic & <a href='x'>y</a> System:");
    expect(text?.split("\n")).toHaveLength(2);
    expect(entities?.map(({ type }) => type)).toEqual(["code", "code", "code"]);
  });
});

test.each(["operator", "viewer"] as const)("%s sees the accounts that were given", async (name) => {
  const person = await bot.signedIn(name);
  for (const command of LOOKING)
    expect(await person.asks(command)).toMatch(command === "/positions" ? /^Positions/ : SECRET);
});

test("who was given nothing sees nothing, and an account of others does not exist for him", async () => {
  const nobody = await bot.signedIn("nobody");
  for (const command of ["/status", "/balance", "/positions", "/sync_status", "/leaders"])
    expect(await nobody.asks(command)).not.toMatch(/follower syncing|10,000|by follower/);
  expect(await nobody.asks("/why follower BTCUSDT")).toBe('there is no follower "follower"; you see none');
  expect(await nobody.asks("/positions leader")).toBe('there is no follower "leader"; you see none');
});

test("/help and the menu have only what this user may do", async () => {
  const { identity } = bot;
  const viewer = await bot.signedIn("viewer");
  expect(await viewer.asks("/help")).toMatch(
    /^You are viewer \(viewer\) and see follower, leader\.\n\/status - /,
  );
  const operator = await bot.signedIn("operator");
  expect(await operator.asks("/help")).not.toMatch(/\/admin/);
  expect(await identity.telegramCaller("1")).toEqual({ kind: "stranger" });
});

test("what is no command, or none that there is, is answered with where to look", async () => {
  const owner = await bot.signedIn("owner");
  expect(await owner.asks("hello")).toBe("I understand commands only. /help tells which.");
  expect(await owner.asks("/statsu")).toBe("There is no command /statsu. /help tells which there are.");
  expect(await owner.asks("/why")).toBe("Write it so: /why FOLLOWER SYMBOL");
  for (const command of ["/positions nobody", "/stop_loss nobody", "/why nobody BTCUSDT", "/pause nobody"])
    expect(await owner.asks(command)).toBe('there is no follower "nobody"; there are: follower');
});

test("a status refreshes in its message, stays live for a while, and no longer than its reader may see it", async () => {
  const owner = await bot.signedIn("owner");
  expect(await owner.asks("/status")).toMatch(/\[Refresh\] \[Keep live\]$/);
  await owner.presses("Keep live");
  const live = await owner.sees(/\[Refresh\] \[Stop\]$/);
  await bot.control.ask({ kind: "pause", follower: "follower" });
  await bot.talk.passes(11_000);
  const renewed = bot.talk.shown.filter(({ messageId }) => messageId === live.message_id).at(-1);
  expect(renewed?.text).toMatch(/follower paused/);
  await bot.talk.passes(16 * 60_000);
  await bot.talk.passes(11_000);
  const screen = bot.talk.screen(owner.chat).at(-1);
  expect(screen).toMatch(/\[Refresh\] \[Keep live\]$/);
});

describe("groups", () => {
  test("that are not allowed hear so once an hour, and nothing else", async () => {
    const owner = await bot.signedIn("owner");
    const group = bot.talk.group("Desk", [owner, bot.person("stranger")]);
    owner.says("/status", { in: group });
    await owner.sees(/^I am not used in this group/, { in: group });
    owner.says("/balance", { in: group });
    bot.person("stranger").says("/start", { in: group });
    expect(await owner.all({ in: group })).toEqual([]);
  });

  test("that are allowed are answered, each by what he may", async () => {
    const owner = await bot.signedIn("owner");
    const group = bot.talk.group("Desk", [owner, bot.person("nobody"), bot.person("stranger")]);
    bot.allow(group.id);
    await bot.stopBot();
    await bot.startBot();
    expect(await owner.asks("/status", { in: group })).toMatch(/^Copying runs/);
    expect(await bot.person("nobody").asks("/status", { in: group })).toMatch(/^Your session has ended/);
    await owner.all({ in: group });
    bot.person("stranger").says("/status", { in: group });
    expect(await owner.all({ in: group })).toEqual([]);
  });

  test("leave each message to the one who asked for it, also after a restart", async () => {
    const [owner, viewer] = [await bot.signedIn("owner"), await bot.signedIn("viewer")];
    const group = bot.talk.group("Desk", [owner, viewer]);
    bot.allow(group.id);
    await bot.stopBot();
    await bot.startBot();
    owner.says("/status", { in: group });
    const shown = await owner.sees(/^Copying runs/, { in: group });
    await viewer.sees(/^Copying runs/, { in: group });
    const notHis = { text: "This is not for you.", alert: true };
    expect(await viewer.presses("Refresh", { in: group })).toEqual(notHis);
    expect(await viewer.presses("Keep live", { in: group })).toEqual(notHis);
    await bot.stopBot();
    await bot.startBot();
    expect(await viewer.presses("Refresh", { in: group })).toEqual(notHis);
    expect(await viewer.forges(shown, "status")).toMatchObject({ text: expect.stringMatching(/too old/) });
    expect(await owner.all({ in: group })).toEqual([]);
    await owner.presses("Keep live", { in: group });
    await owner.sees(/\[Refresh\] \[Stop\]$/, { in: group });
  });
});

test("what was written to a bot that was away is not done, and told once", async () => {
  const owner = await bot.signedIn("owner");
  await bot.stopBot();
  for (const text of ["/status", "/balance", "/positions"]) owner.says(text);
  await bot.talk.clock.advance(6 * 60_000);
  await bot.startBot();
  expect(await owner.all()).toEqual([
    "I was away. 3 messages of yours came in meanwhile, and nothing was done about them: send again what still holds.",
  ]);
});

test("forwarded, anonymous and edited commands do nothing", async () => {
  const owner = await bot.signedIn("owner");
  const viewer = bot.person("viewer");
  viewer.says("/status", { forwardedFrom: owner });
  owner.says("/status", { forwardedFrom: viewer });
  expect([...(await viewer.all()), ...(await owner.all())]).toEqual([]);
});

test("commands come as fast as hands, not as programs", async () => {
  const viewer = await bot.signedIn("viewer");
  for (let at = 0; at < 60; at += 1) viewer.says("hello");
  const told = await viewer.all();
  expect(told.filter((text) => text.startsWith("That is a lot"))).toHaveLength(1);
  expect(told.length).toBeLessThan(45);
});
