/** The bot as `copytrader telegram` runs it, over a stopped folder: users of the earlier bot, its own files, and no secret in any of them. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openIdentityAt } from "../../src/run/identity-at.ts";
import { runTelegram } from "../../src/run/telegram-bot.ts";
import { writeAccounts } from "../control-fixture.ts";
import { TEST_KEY } from "../e2e/program.ts";
import { BOT_TOKEN, FakeTelegram } from "./world/fake-telegram.ts";
import type { Message, User } from "./world/shapes.ts";

let telegram: FakeTelegram;
let root: string;
let owner: User;
let guest: User;
beforeEach(async () => {
  telegram = await FakeTelegram.open();
  root = mkdtempSync(join(tmpdir(), "bot-run-"));
  mkdirSync(join(root, "config"));
  mkdirSync(join(root, "data"));
  writeAccounts(join(root, "data"), []);
  const config = `telegram:\n  api_root: ${telegram.root}\n`;
  writeFileSync(join(root, "config", "copy_trading_config.yaml"), config);
  const authorized_users = [
    { user_id: 1, username: "olga", role: "admin", permissions: ["all"], added_at: "2024-01-01T00:00:00" },
    {
      user_id: 2,
      username: "gast",
      role: "user",
      permissions: ["view_balance"],
      added_at: "2024-01-01T00:00:00",
    },
  ];
  writeFileSync(join(root, "config", "telegram_auth.json"), JSON.stringify({ authorized_users }));
  owner = telegram.people.add({ id: 1, first_name: "Olga" });
  guest = telegram.people.add({ id: 2, first_name: "Gast" });
});
afterEach(async () => {
  await telegram.close();
  rmSync(root, { recursive: true });
});

/** While it runs; it is stopped afterwards. */
async function running(during: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const { promise: talks, resolve: talking } = Promise.withResolvers<string>();
  const ended = runTelegram({
    configDir: join(root, "config"),
    dataDir: join(root, "data"),
    env: { TELEGRAM_BOT_TOKEN: BOT_TOKEN, COPYTRADER_ENCRYPTION_KEY: TEST_KEY },
    stop: stop.signal,
    talking,
    quiet: true,
  });
  await Promise.race([talks, ended]);
  await during();
  stop.abort();
  await ended;
}

/** Waits for a message of the bot after this one that has this in it. */
async function asks(from: User, text: string, expected: RegExp): Promise<Message> {
  const { people, population } = telegram;
  const { messages } = population.room(from.id);
  const { message_id: asked } = people.write({ from, chat: people.privateChat(from), text });
  for (;;) {
    const found = messages.find((one) => one.message_id > asked && expected.test(one.text ?? ""));
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("users of the earlier bot come in once; who was removed does not come back with the next start", async () => {
  await running(async () => {
    await asks(guest, "/start", /^Welcome, gast \(viewer\)/);
    await asks(owner, "/start", /^Welcome, olga \(owner\)/);
    const question = await asks(owner, "/admin remove_user gast", /^Remove gast/);
    telegram.people.press(owner, question, "Remove");
    while (question.text?.includes("?")) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(question.text).toBe("gast is no user any more.");
  });
  await running(async () => {
    await asks(guest, "/start", /^This bot is private\.$/);
    await asks(owner, "/status", /^Copying is stopped/);
    telegram.people.block(owner);
    const stranger = telegram.people.add({ id: 3, first_name: "Mallory" });
    await asks(stranger, "/start", /^This bot is private\.$/);
  });
  const security = readFileSync(join(root, "data", "logs", "security.log"), "utf8");
  expect(security).toMatch(/"action":"logged-in","by":"gast","subject":"gast","from":"telegram:2"/);
  expect(security).toMatch(/"action":"user-removed","by":"olga","subject":"gast"/);
  const secrets = [BOT_TOKEN, BOT_TOKEN.split(":")[1] ?? "", TEST_KEY, "follower-secret", "leader-secret"];
  const files = readdirSync(join(root, "data"), { recursive: true, encoding: "utf8" }).filter(
    (file) => /\.(log|json)$/.test(file) && !file.startsWith("accounts"),
  );
  expect(files.length).toBeGreaterThan(1);
  for (const file of files)
    for (const secret of secrets)
      expect([file, readFileSync(join(root, "data", file), "utf8").includes(secret)]).toEqual([file, false]);
  for (const secret of secrets) expect(telegram.received()).not.toContain(secret);
});

test("an id that was taken from a user, or became another, does not come back with the next start", async () => {
  await running(async () => {});
  const here = { kind: "local", name: "test" } as const;
  const identity = await openIdentityAt({
    configDir: join(root, "config"),
    dataDir: join(root, "data"),
    env: { COPYTRADER_ENCRYPTION_KEY: TEST_KEY },
  });
  const idOf = new Map((await identity.users(here)).map(({ name, id }) => [name, id]));
  await identity.changeUser(here, idOf.get("olga") ?? 0, { telegramId: "7" });
  await identity.changeUser(here, idOf.get("gast") ?? 0, { telegramId: null });
  await identity.close();
  await running(async () => {
    for (const one of [owner, guest]) await asks(one, "/start", /^This bot is private\.$/);
  });
});
