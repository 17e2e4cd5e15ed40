/** An unmodified grammY works with the fake server: long polling, webhook, uploads, refusals, restarts. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  Bot,
  GrammyError,
  HttpError,
  InlineKeyboard,
  InputFile,
  InputMediaBuilder,
  webhookCallback,
} from "grammy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeTelegram } from "./world/fake-telegram.ts";
import { Refusal } from "./world/refusal.ts";
import type { Chat, User } from "./world/shapes.ts";

let telegram: FakeTelegram;
let alice: User;
let chat: Chat;
const running: Bot[] = [];

beforeEach(async () => {
  telegram = await FakeTelegram.open();
  alice = telegram.people.add({ id: 52_000_000_000_001, first_name: "Alice" });
  chat = telegram.people.privateChat(alice);
});

afterEach(async () => {
  for (const bot of running.splice(0)) await bot.stop().catch(() => {});
  await telegram.close();
});

function newBot(): Bot {
  return new Bot(telegram.token, { client: { apiRoot: telegram.root } });
}

function start(bot: Bot): Promise<unknown> {
  running.push(bot);
  return bot.start().catch((error: unknown) => error);
}

const shown = () =>
  telegram.population.room(alice.id).messages.map(({ text, caption }) => text ?? caption ?? "");

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
}

test("commands, buttons, edits", async () => {
  const bot = newBot();
  bot.command("start", (ctx) =>
    ctx.reply("<b>hello</b> &amp; welcome", {
      parse_mode: "HTML",
      reply_markup: new InlineKeyboard().text("Go", "go:1"),
    }),
  );
  bot.callbackQuery("go:1", async (ctx) => {
    await ctx.answerCallbackQuery("gone");
    await ctx.editMessageText("done");
  });
  void start(bot);
  telegram.people.write({ from: alice, chat, text: "/start" });
  await until(() => shown().length === 2);
  expect(shown()[1]).toBe("hello & welcome");
  const message = telegram.population.room(alice.id).messages[1];
  if (message === undefined) throw new Error("no answer");
  const id = telegram.people.press(alice, message, "Go");
  await until(() => shown()[1] === "done");
  expect(telegram.answerOf(id)).toEqual({ text: "gone", alert: false });
});

test("uploads arrive byte by byte", async () => {
  const { api } = newBot();
  telegram.people.write({ from: alice, chat, text: "/start" });
  const png = Buffer.alloc(3_000);
  Buffer.from("89504e470d0a1a0a", "hex").copy(png);
  png.writeUInt32BE(640, 16);
  png.writeUInt32BE(480, 20);
  png.write("\r\n------------\r\n\r\n", 100);
  const photo = await api.sendPhoto(alice.id, new InputFile(png, "chart.png"), { caption: "c < d" });
  expect(photo.photo[0]).toMatchObject({ width: 640, height: 480 });
  const document = await api.sendDocument(alice.id, new InputFile(Buffer.from("a;b\n"), "Größe & 'x'.csv"));
  expect(document.document).toMatchObject({ file_name: "Größe & 'x'.csv" });
  const album = await api.sendMediaGroup(alice.id, [
    InputMediaBuilder.photo(new InputFile(png, "1.png"), { caption: "one" }),
    InputMediaBuilder.photo(new InputFile(png, "2.png")),
  ]);
  const ids = album.map((message) => ("photo" in message ? (message.photo[0]?.file_id ?? "") : ""));
  for (const id of [photo.photo[0]?.file_id ?? "", ...ids])
    expect(telegram.files.bytesOf(id).equals(png)).toBe(true);
  expect(telegram.files.bytesOf(document.document.file_id).toString()).toBe("a;b\n");
});

test("refusals and broken connections are what grammY calls them", async () => {
  const { api } = newBot();
  telegram.people.write({ from: alice, chat, text: "/start" });
  const failure = (made: Promise<unknown>): Promise<unknown> =>
    made.then(
      () => null,
      (error: unknown) => error,
    );
  telegram.faults.plan({
    kind: "refusal",
    refusal: new Refusal(429, "Too Many Requests: retry after 7", { retry_after: 7 }),
  });
  const flooded = await failure(api.sendMessage(alice.id, "x"));
  expect(flooded).toBeInstanceOf(GrammyError);
  expect(flooded).toMatchObject({ error_code: 429, parameters: { retry_after: 7 } });
  telegram.faults.plan({ kind: "reset" });
  expect(await failure(api.sendMessage(alice.id, "x"))).toBeInstanceOf(HttpError);
  telegram.faults.plan({ kind: "status", status: 502 });
  expect(await failure(api.sendMessage(alice.id, "x"))).toBeInstanceOf(HttpError);
});

test("what a stopped bot has not taken, the next one gets; what it has, nobody gets again", async () => {
  const heard: string[] = [];
  const listening = (): Bot => {
    const bot = newBot();
    bot.on("message:text", (ctx) => void heard.push(ctx.message.text));
    return bot;
  };
  const first = listening();
  void start(first);
  telegram.people.write({ from: alice, chat, text: "one" });
  await until(() => heard.length === 1);
  await first.stop();
  telegram.people.write({ from: alice, chat, text: "two" });
  const second = listening();
  void start(second);
  await until(() => heard.length === 2);
  expect(heard).toEqual(["one", "two"]);
});

test("two bots at once: the one that asked first is told of the conflict", async () => {
  const ended = start(newBot());
  await until(() => telegram.updates.isPolled);
  void start(newBot());
  expect(await ended).toMatchObject({ error_code: 409 });
});

test("a webhook of grammY's own, with its secret", async () => {
  const bot = newBot();
  bot.on("message:text", (ctx) => ctx.reply(`heard ${ctx.message.text}`));
  const server = createServer(webhookCallback(bot, "http", { secretToken: "the-secret" }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    await bot.api.setWebhook(url, { secret_token: "another" });
    telegram.people.write({ from: alice, chat, text: "one" });
    await until(() => telegram.webhook.failures > 0);
    expect(shown()).toEqual(["one"]);
    await bot.api.setWebhook(url, { secret_token: "the-secret" });
    await until(() => shown().includes("heard one"));
  } finally {
    telegram.webhook.remove();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
