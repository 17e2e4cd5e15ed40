/** Whoever has a second factor gives a code of it before anything dangerous is shown or done, and the code does not stay in the chat. */
import { Secret, TOTP } from "otpauth";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HOME, PASSWORD } from "../identity/world.ts";
import { BotWorld } from "./bot-world.ts";
import type { Person } from "./world/conversation.ts";

const HERE = { kind: "local", name: "test" } as const;
const NEEDED = /^This needs a code of your second factor first: write \/code 123456/;

let bot: BotWorld;
let owner: Person;
let secret: string;
beforeEach(async () => {
  bot = await BotWorld.open();
  const { identity, talk } = bot;
  const users = await identity.users(HERE);
  const { id = 0 } = users.find(({ name }) => name === "owner") ?? {};
  await identity.setPassword(HERE, id, { password: PASSWORD });
  const { principal } = await identity.logIn({ name: "owner", password: PASSWORD }, HOME);
  const enrolment = await identity.beginEnrolment(principal, PASSWORD, HOME);
  secret = enrolment.secret;
  await identity.finishEnrolment(principal, code(), HOME);
  await talk.passes(30_000);
  owner = await bot.signedIn("owner");
});
afterEach(() => bot.close());

function code(): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: bot.talk.clock.nowMs() });
}

const isPaused = async () =>
  (await bot.control.ask({ kind: "status" })).followers.map(({ paused }) => paused);

test("looking needs none; what is dangerous is shown, and done, with a code of the last ten minutes", async () => {
  expect(await owner.asks("/status")).toMatch(/^Copying runs/);
  for (const command of [
    "/pause",
    "/panic all",
    "/close follower",
    "/stop_loss follower 100:close",
    "/admin backup",
  ])
    expect(await owner.asks(command)).toMatch(NEEDED);
  expect(await owner.asks("/admin add_user 5 five owner")).toMatch(NEEDED);
  expect(await owner.asks("/code 000000")).not.toMatch(/Thank you/);
  expect(await owner.asks(`/code ${code()}`)).toMatch(/^Thank you/);
  expect(bot.talk.screen(owner.chat).filter((text) => text.startsWith("/code"))).toEqual([]);
  owner.says("/pause");
  await owner.sees(/\[Pause\] \[No\]$/);
  await owner.presses("Pause");
  await owner.sees(/^Copying is paused/);
  expect(await isPaused()).toEqual([true]);
});

test("a code that ended between question and yes is asked for again", async () => {
  await owner.asks(`/code ${code()}`);
  await bot.talk.passes(9 * 60_000 + 40_000);
  owner.says("/pause");
  await owner.sees(/\[Pause\] \[No\]$/);
  await bot.talk.passes(30_000);
  await owner.presses("Pause");
  await owner.sees(NEEDED);
  expect(await isPaused()).toEqual([false]);
});

test("a code counts although its message could not be taken away", async () => {
  bot.talk.telegram.faults.plan({ kind: "reset" }, { method: "deleteMessage", times: 5 });
  expect(await owner.asks(`/code ${code()}`)).toMatch(/^Thank you/);
});
