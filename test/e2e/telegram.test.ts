/** The bot beside a real engine and a Telegram of our own: seeing, stopping, being told; a bot that dies comes back, and copying does not feel it. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { FakeTelegram } from "../telegram/world/fake-telegram.ts";
import type { Message, User } from "../telegram/world/shapes.ts";
import { until } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { type Json, killPrograms, type Program } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

let venue: Venue;
let copier: Copier;
let telegram: FakeTelegram;
let engine: Program;

beforeAll(async () => {
  venue = await startVenue();
});
afterAll(killPrograms);

beforeEach(async () => {
  telegram = await FakeTelegram.open();
  const { token, root } = telegram;
  copier = new Copier(venue, `copy_trading:\n  mode: live\ntelegram:\n  api_root: ${root}\n`, {
    TELEGRAM_BOT_TOKEN: token,
  });
  await venue.putAccount("lead");
  await venue.putAccount("one");
  copier.accountFile("lead", "leader");
  copier.accountFile("one", "follower", { leader: "lead", telegram_id: 4_242 });
  const users = [{ user_id: 1_001, username: "olga", role: "admin", permissions: ["all"] }];
  writeFileSync(join(copier.config, "telegram_auth.json"), JSON.stringify({ authorized_users: users }));
});
afterEach(async () => {
  engine.kill("SIGTERM");
  await engine.exit;
  await telegram.close();
  copier.close();
});

const trade = () => bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.1" });
const held = async () => (await venue.positions("one")).BTCUSDT;
/** What the copier knows of it, a moment after the exchange: the bot tells no more. */
const known = async () => {
  const [one] = (await copier.status()).followers;
  return one?.instruments.find(({ symbol }) => symbol === "BTCUSDT")?.held;
};
const named = (line: Json) => JSON.stringify(line).includes('"telegram":{"username"');

const chatOf = (user: User) => telegram.people.privateChat(user);
const says = (from: User, text: string) => telegram.people.write({ from, chat: chatOf(from), text });
const screen = (user: User) => telegram.population.room(chatOf(user).id).messages;

/** Waits by the machine's clock: a real program answers when it does. */
async function sees(user: User, pattern: RegExp, timeoutMs = 20_000): Promise<Message> {
  const shown = () => screen(user).find(({ text }) => pattern.test(text ?? ""));
  await until(async () => shown() !== undefined, timeoutMs, `${pattern} is shown`);
  const found = shown();
  if (found === undefined) throw new Error("it was taken away");
  return found;
}

test("who has only Telegram sees, stops and is told; a dead bot is started again, and its token stands nowhere", async () => {
  engine = await copier.started([]);
  await engine.line(named, 60_000);
  const olga = telegram.people.add({ id: 1_001, first_name: "Olga" });
  const account = telegram.people.add({ id: 4_242, first_name: "Owner of one" });
  says(account, "/start");
  await sees(account, /^This bot is private/);
  says(olga, "/start");
  await sees(olga, /^Welcome, olga \(owner\)/);
  await trade();
  await until(
    async () => (await held()) === "0.1" && (await known()) === "0.1",
    15_000,
    "the trade is copied",
  );
  says(olga, "/positions one");
  await sees(olga, /^Positions\none BTCUSDT 0\.1/);

  const pids = telegramPids();
  expect(pids).toHaveLength(1);
  process.kill(Number(pids[0]), "SIGKILL");
  await engine.line((line) => JSON.stringify(line).includes('"telegram-lost"'), 20_000);
  await sees(olga, /the Telegram bot is there again/, 60_000);
  expect(telegramPids()).not.toEqual(pids);

  says(olga, "/panic one");
  const question = await sees(olga, /^\/panic\nHeld now:\n0\.1 BTCUSDT on one/);
  telegram.people.press(olga, question, "CLOSE EVERYTHING");
  await until(async () => (await held()) === undefined, 15_000, "everything is closed");
  await sees(olga, /CRITICAL .*the kill switch was pulled/);
  await sees(account, /CRITICAL .*one.*the kill switch was pulled/);
  expect(
    screen(account)
      .map(({ text }) => text)
      .join("\n"),
  ).not.toMatch(/is there again/);

  const { token } = telegram;
  const logs = join(copier.data, "logs");
  for (const name of readdirSync(logs)) expect(readFileSync(join(logs, name), "utf8")).not.toContain(token);
  expect(engine.lines.map((line) => JSON.stringify(line)).join("\n")).not.toContain(token);
}, 180_000);

/** Of bots on this test's data folder. */
function telegramPids(): readonly string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return words.includes("telegram") && words.includes(copier.data);
    } catch {
      return false;
    }
  });
}
