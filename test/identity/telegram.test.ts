/** Who writes to the bot: strangers, users without a session, sessions of 24 hours that can be taken away. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { hashOf } from "../../src/identity/bearer.ts";
import { LOCAL, World } from "./world.ts";

const DAY_MS = 86_400_000;
const ID = "123456789";

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

test("a Telegram id that no user has is a stranger's, who gets no session", async () => {
  await world.add("bob", { telegramId: "1" });
  expect(await world.identity.telegramCaller(ID)).toEqual({ kind: "stranger" });
  expect(await world.identity.telegramLogIn(ID)).toBeNull();
});

test("a session lasts 24 hours from when it was opened, used or not, over a restart", async () => {
  await world.add("bob", { role: "operator", given: ["slave1"], telegramId: ID });
  expect(await world.identity.telegramCaller(ID)).toEqual({ kind: "signed-out", name: "bob" });
  const principal = await world.identity.telegramLogIn(ID);
  expect(principal).toMatchObject({ kind: "session", name: "bob", accounts: new Set(["slave1"]) });
  world.pass(DAY_MS - 1);
  await world.reopen();
  expect(await world.identity.telegramCaller(ID)).toMatchObject({
    kind: "signed-in",
    principal: { name: "bob" },
  });
  world.pass(1);
  expect(await world.identity.telegramCaller(ID)).toEqual({ kind: "signed-out", name: "bob" });
});

test("it is listed, revoked with the others, noted, and one at a time", async () => {
  await world.add("bob", { telegramId: ID });
  await world.identity.telegramLogIn(ID);
  await world.identity.telegramLogIn(ID);
  const [session, ...more] = await world.identity.sessions(LOCAL);
  expect(session).toMatchObject({ userName: "bob", agent: "Telegram", address: `telegram:${ID}` });
  expect(more).toEqual([]);
  await world.identity.revokeSession(LOCAL, session?.id ?? 0);
  expect(await world.identity.telegramCaller(ID)).toEqual({ kind: "signed-out", name: "bob" });
  const { entries } = await world.identity.auditEntries(LOCAL, { action: "logged-in" });
  expect(entries.map(({ actor, address }) => [actor, address])).toEqual([
    ["bob", `telegram:${ID}`],
    ["bob", `telegram:${ID}`],
  ]);
});

test("what the user may is what he may now; a Telegram id given to another opens nothing of the first", async () => {
  const bob = await world.add("bob", { role: "operator", telegramId: ID });
  await world.identity.telegramLogIn(ID);
  await world.identity.changeUser(LOCAL, bob, { role: "viewer" });
  expect(await world.identity.telegramCaller(ID)).toMatchObject({ principal: { role: "viewer" } });
  await world.identity.changeUser(LOCAL, bob, { telegramId: null });
  expect(await world.identity.telegramCaller(ID)).toEqual({ kind: "stranger" });
  const carol = await world.add("carol", { telegramId: ID });
  expect(await world.identity.telegramCaller(ID)).toEqual({ kind: "signed-out", name: "carol" });
  await world.identity.removeUser(LOCAL, carol);
  expect(await world.identity.telegramCaller(ID)).toEqual({ kind: "stranger" });
});

test("no browser can show it", async () => {
  await world.add("bob", { telegramId: ID });
  await world.identity.telegramLogIn(ID);
  for (const text of [`session of Telegram ${ID}`, hashOf(`session of Telegram ${ID}`), ID])
    expect(await world.identity.principalOf(text)).toBeNull();
});
