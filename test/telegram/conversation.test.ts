/** Conversations themselves, with a little bot of grammY's own: what people see, press and wait for. */
import { run, sequentialize } from "@grammyjs/runner";
import { Bot, InlineKeyboard } from "grammy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Conversation, type Person } from "./world/conversation.ts";

let world: Conversation;
let alice: Person;
let bob: Person;
let stop: () => Promise<void>;

beforeEach(async () => {
  world = await Conversation.open();
  const bot = new Bot(world.telegram.token, { client: { apiRoot: world.telegram.root } });
  bot.use(sequentialize((context) => String(context.chat?.id)));
  const keyboard = new InlineKeyboard().text("Yes", "yes").text("No", "no");
  bot.command("ask", (context) => context.reply("Really?", { reply_markup: keyboard }));
  bot.command("later", (context) => {
    for (const [at, pause] of [1_000, 2_000, 60_000].entries())
      world.clock.setTimer(pause, () => void context.reply(`after ${pause}`).then(() => at));
  });
  bot.callbackQuery("yes", async (context) => {
    await context.answerCallbackQuery("noted");
    await context.editMessageText("Done");
  });
  bot.callbackQuery("no", (context) => context.answerCallbackQuery());
  const runner = run(bot);
  stop = () => runner.stop();
  alice = world.person("Alice", 1_001);
  bob = world.person("Bob", 1_002);
});

afterEach(async () => {
  await stop();
  await world.close();
});

test("says, sees, presses, sees what became of it", async () => {
  alice.says("/ask");
  const question = await alice.sees(/^Really/);
  expect(await alice.presses("Yes")).toEqual({ text: "noted", alert: false });
  await alice.sees(/^Done$/);
  expect(world.screen(alice.chat)).toEqual(["/ask", "Done"]);
  expect(await alice.forges(question, "no")).toEqual({ text: "", alert: false });
  expect(await alice.all()).toEqual([]);
  expect(await bob.all()).toEqual([]);
});

test("what was shown before is not looked at again", async () => {
  expect(await alice.asks("/ask")).toBe("Really?\n[Yes] [No]");
  alice.says("nothing");
  expect(await alice.all()).toEqual([]);
});

test("groups are chats of their own", async () => {
  const group = world.group("Desk", [alice, bob]);
  expect(await bob.asks("/ask", { in: group })).toMatch(/^Really/);
  expect((await alice.presses(/^Y/, { in: group })).text).toBe("noted");
  expect(await alice.all({ in: group })).toEqual(["Done"]);
  expect(await alice.all()).toEqual([]);
});

test("short pauses pass by themselves, long ones when the test says so", async () => {
  alice.says("/later");
  expect(await alice.all()).toEqual(["after 1000", "after 2000"]);
  await world.passes(50_000);
  expect(await alice.all()).toEqual([]);
  await world.passes(10_000);
  expect(await alice.all()).toEqual(["after 60000"]);
});

test("a secret in any message is found at the end", async () => {
  const leaking = await Conversation.open();
  const carol = leaking.person("Carol", 1_003);
  carol.says("/start");
  const { api } = new Bot(leaking.telegram.token, { client: { apiRoot: leaking.telegram.root } });
  await api.sendMessage(1_003, "it is follower-secret");
  await expect(leaking.close()).rejects.toThrow("follower-secret was sent to Telegram");
});
