/** Who may change whom: nobody hands out more than he has, at the moment of the change; an owner is always left. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import type { Identity, Principal, UserView } from "../../src/identity/identity.ts";
import { includesAll, PERMISSIONS, ROLES } from "../../src/identity/permissions.ts";
import { HOME, LOCAL, PASSWORD, refusal, World } from "./world.ts";

let world: World;
let owner: Principal;
beforeEach(async () => {
  world = await World.open();
  owner = await world.with("alice", { role: "owner" });
});
afterEach(() => world.close());

async function view(id: number): Promise<UserView | undefined> {
  return (await world.identity.users(LOCAL)).find((user) => user.id === id);
}

describe("accounts that are seen", () => {
  it("are all for an owner; for others those given and those with their Telegram id, as they are now", async () => {
    world.telegramIds.set("slave1", "123").set("slave2", "456");
    const bob = await world.with("bob", { role: "operator", given: ["slave3"], telegramId: "123" });
    expect(owner.accounts).toBe("all");
    expect(bob.accounts).toEqual(new Set(["slave3", "slave1"]));
    world.telegramIds.set("slave1", "999");
    const { token } = await world.logIn("bob");
    await world.identity.changeUser(LOCAL, bob.userId, { given: [] });
    expect((await world.identity.principalOf(token))?.accounts).toEqual(new Set());
  });

  it("are none for somebody without a Telegram id, though accounts have none either", async () => {
    const bob = await world.with("bob");
    expect(bob.accounts).toEqual(new Set());
  });
});

describe("who may change users", () => {
  const change = (actor: Principal, id: number, role: "owner" | "viewer") =>
    refusal(world.identity.changeUser(actor, id, { role }));

  it.each([
    ["owner", [], null],
    ["operator", [], "not-allowed"],
    ["viewer", ["trade", "manage_copying", "manage_stop_loss"], "not-allowed"],
    ["viewer", ["admin"], null],
    ["viewer", ["all"], null],
  ] as const)("%s with %j: adding a viewer gives %j", async (role, listed, outcome) => {
    const actor = await world.with("bob", { role, listed });
    const asked = world.identity.addUser(actor, { name: "carol", role: "viewer" });
    expect(await refusal(asked)).toBe(outcome);
    expect(await refusal(world.identity.removeUser(actor, owner.userId))).toBe(
      role === "owner" ? null : "not-allowed",
    );
  });

  it.each([
    ["an owner", { role: "owner" }],
    ["an operator, who may trade", { role: "operator" }],
    ["somebody with everything", { role: "viewer", listed: ["all"] }],
    ["somebody with an account that he does not see", { role: "viewer", given: ["slave2"] }],
    ["somebody whose Telegram id sees such an account", { role: "viewer", telegramId: "123" }],
  ] as const)("an administrator who is no owner makes not %s", async (_whom, wanted) => {
    world.telegramIds.set("slave2", "123");
    const bob = await world.with("bob", { listed: ["admin"], given: ["slave1"] });
    const asked = world.identity.addUser(bob, { name: "carol", ...wanted });
    expect(await refusal(asked)).toBe("not-allowed");
    const carol = await world.add("carol", wanted);
    expect(await refusal(world.identity.changeUser(bob, carol, { name: "dave" }))).toBe("not-allowed");
    expect(await refusal(world.identity.setPassword(bob, carol, { password: PASSWORD }))).toBe("not-allowed");
    expect(await refusal(world.identity.invite(bob, carol))).toBe("not-allowed");
    expect(await refusal(world.identity.removeUser(bob, carol))).toBe("not-allowed");
    expect(await refusal(world.identity.revokeSessionsOf(bob, carol))).toBe("not-allowed");
  });

  it("nobody raises himself", async () => {
    const bob = await world.with("bob", { listed: ["admin"] });
    expect(await change(bob, bob.userId, "owner")).toBe("not-allowed");
    expect(await refusal(world.identity.changeUser(bob, bob.userId, { listed: ["all"] }))).toBe(
      "not-allowed",
    );
    expect(await refusal(world.identity.changeUser(bob, bob.userId, { given: ["slave1"] }))).toBe(
      "not-allowed",
    );
  });

  it("nobody through an API token, whatever its scopes", async () => {
    const { token } = await world.identity.createToken(owner, {
      name: "ci",
      scopes: ["all"],
      expiresInDays: 1,
    });
    const program = await world.identity.principalOf(token);
    if (program === null) throw new Error("the token does not work");
    expect(program.permissions).toEqual(new Set(PERMISSIONS));
    const { identity } = world;
    const asked = [
      identity.addUser(program, { name: "carol", role: "viewer" }),
      identity.changeUser(program, owner.userId, { name: "eve" }),
      identity.removeUser(program, owner.userId),
      identity.setPassword(program, owner.userId, { password: PASSWORD, current: PASSWORD }),
      identity.invite(program, owner.userId),
      identity.createToken(program, { name: "more", scopes: ["trade"], expiresInDays: 9 }),
      identity.revokeSessionsOf(program, owner.userId),
      identity.beginEnrolment(program, PASSWORD, HOME),
    ];
    expect(new Set(await Promise.all(asked.map(refusal)))).toEqual(new Set(["not-allowed"]));
  });

  it("the last owner who can log in stays, and a second one without a password does not help", async () => {
    await world.identity.addUser(LOCAL, { name: "second", role: "owner" });
    expect(await change(owner, owner.userId, "viewer")).toBe("last-owner");
    expect(await refusal(world.identity.removeUser(LOCAL, owner.userId))).toBe("last-owner");
    await world.add("third", { role: "owner" });
    expect(await change(owner, owner.userId, "viewer")).toBeNull();
  });

  it("two owners who take each other's role at once leave one", async () => {
    const bob = await world.with("bob", { role: "owner" });
    const other = await world.another();
    await Promise.all([
      refusal(world.identity.changeUser(owner, bob.userId, { role: "viewer" })),
      refusal(other.changeUser(bob, owner.userId, { role: "viewer" })),
    ]);
    const owners = (await world.identity.users(LOCAL)).filter(({ role }) => role === "owner");
    expect(owners).toHaveLength(1);
    await other.close();
  });
});

test("whoever lost a role does nothing more with a session, a principal or a token of before", async () => {
  const bob = await world.with("bob", { role: "owner" });
  const { token } = await world.identity.createToken(bob, { name: "ci", scopes: ["all"], expiresInDays: 9 });
  await world.identity.changeUser(owner, bob.userId, { role: "viewer" });
  const { identity } = world;
  const asked = [
    identity.addUser(bob, { name: "carol", role: "viewer" }),
    identity.changeUser(bob, bob.userId, { role: "owner" }),
    identity.removeUser(bob, owner.userId),
    identity.auditEntries(bob, {}),
  ];
  expect(await Promise.all(asked.map(refusal))).toEqual(asked.map(() => "not-allowed"));
  const program = await identity.principalOf(token);
  expect(program?.permissions.has("trade")).toBe(false);
  expect(program?.permissions.has("admin")).toBe(false);
  expect(program?.accounts).toEqual(new Set());
});

test("no order of changes by whomever gives anybody more than those who changed him had", async () => {
  const names = ["ann", "ben", "cat"];
  const step = fc.record({
    by: fc.constantFrom(...names),
    on: fc.constantFrom(...names),
    role: fc.option(fc.constantFrom(...ROLES), { nil: undefined }),
    listed: fc.option(fc.uniqueArray(fc.constantFrom(...PERMISSIONS), { maxLength: 3 }), { nil: undefined }),
    given: fc.option(fc.uniqueArray(fc.constantFrom("a", "b", "c")), { nil: undefined }),
  });
  const bodies = new Map<string, Principal>();
  bodies.set("ann", await world.with("ann", { listed: ["admin", "trade"], given: ["a"] }));
  bodies.set("ben", await world.with("ben", { listed: ["admin"], given: ["a", "b"] }));
  bodies.set("cat", await world.with("cat", { role: "operator" }));
  const other = await world.another();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      await Promise.all(steps.map((one, at) => attempt(at % 2 === 0 ? world.identity : other, one)));
      const now = await Promise.all(names.map((name) => view(bodies.get(name)?.userId ?? 0)));
      for (const user of now) {
        expect(user?.role).not.toBe("owner");
        // All that anybody of them had at the beginning.
        const had = new Set([...PERMISSIONS.filter((one) => one !== "all")]);
        expect(includesAll(had, user?.permissions ?? [])).toBe(true);
        expect(includesAll(new Set(["a", "b"]), user?.accounts ?? [])).toBe(true);
      }
      expect(now[1]?.permissions).not.toContain("all");
    }),
    { numRuns: 60 },
  );
  await other.close();

  async function attempt(
    identity: Identity,
    { by, on, ...change }: typeof step extends fc.Arbitrary<infer T> ? T : never,
  ) {
    const [actor, target] = [bodies.get(by), bodies.get(on)];
    if (actor === undefined || target === undefined) throw new Error("nobody");
    const stated = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    await refusal(identity.changeUser(actor, target.userId, stated));
  }
});

describe("what is wrong with a user", () => {
  it.each([
    [{ name: "" }, "name"],
    [{ name: "-x" }, "name"],
    [{ name: "аlice" }, "name"],
    [{ name: "x".repeat(65) }, "name"],
    [{ role: "root" }, "role"],
    [{ listed: ["everything"] }, "permissions"],
    [{ given: [""] }, "accounts"],
    [{ telegramId: "-5" }, "telegram_id"],
    [{ telegramId: "1".repeat(30) }, "telegram_id"],
    [{ name: "ALICE" }, "name"],
    [{ password: "short" }, "password"],
    [{ password: "carol carol 12" }, "password"],
    [{ password: "abcdefghijklmn" }, "password"],
    [{ password: "123456789012" }, "password"],
    [{ password: "aaaaaaaaaaaaaa" }, "password"],
    [{ password: "Copytrader123" }, "password"],
    [{ password: "ab ".repeat(200) }, "password"],
  ])("%j is told by its field", async (wrong, field) => {
    const wanted = { name: "carol", role: "viewer", ...wrong } as Parameters<Identity["addUser"]>[1];
    const error: unknown = await world.identity.addUser(LOCAL, wanted).catch((thrown) => thrown);
    expect(error).toMatchObject({ name: "IdentityError", field });
  });

  it("one's own password takes the one so far", async () => {
    const password = "another fine sentence";
    const { identity } = world;
    expect(await refusal(identity.setPassword(owner, owner.userId, { password }))).toBe("bad-credentials");
    const wrong = { password, current: "not the fine sentence" };
    expect(await refusal(identity.setPassword(owner, owner.userId, wrong))).toBe("bad-credentials");
    expect(await identity.setPassword(owner, owner.userId, { password, current: PASSWORD })).toBe(0);
    await identity.logIn({ name: "alice", password }, HOME);
  });

  it("a new password ends the API tokens of its user, unless they are kept; those of others stay", async () => {
    const { identity } = world;
    const bob = await world.with("bob");
    const made = async (actor: Principal) =>
      (await identity.createToken(actor, { name: "ci", scopes: ["view_sync"], expiresInDays: 1 })).token;
    const [own, other] = [await made(owner), await made(bob)];
    const kept = { password: "another fine sentence", current: PASSWORD, keepsTokens: true };
    expect(await identity.setPassword(owner, owner.userId, kept)).toBe(0);
    expect(await identity.principalOf(own)).not.toBeNull();
    const next = { password: "a third fine sentence", current: kept.password };
    expect(await identity.setPassword(owner, owner.userId, next)).toBe(1);
    expect(await identity.principalOf(own)).toBeNull();
    expect(await identity.principalOf(other)).not.toBeNull();
    const { token } = await identity.invite(LOCAL, bob.userId);
    await identity.consumeSetup({ token, password: "bob's own fine sentence" }, HOME);
    expect(await identity.principalOf(other)).toBeNull();
    const { entries } = await identity.auditEntries(LOCAL, { action: "password-set" });
    expect(entries.map(({ after }) => after)).toEqual([{ revoked: 1 }, { revoked: 0 }]);
  });

  it("an id is never given again", async () => {
    const bob = await world.with("bob");
    await world.identity.removeUser(LOCAL, bob.userId);
    expect(await world.add("bob")).toBeGreaterThan(bob.userId);
    expect(await refusal(world.identity.users(bob))).toBe("bad-credentials");
  });
});

describe("users of the earlier bot", () => {
  const user = (id: unknown, rest: object = {}) => ({
    user_id: id,
    username: `user_${id}`,
    role: "user",
    permissions: [],
    ...rest,
  });

  it("come with their role, permissions and Telegram id, once", async () => {
    const file = {
      authorized_users: [
        user(123456789, { username: "your_username", role: "admin", permissions: ["all"] }),
        user("5", { username: "john doe!", permissions: ["view_balance", "manage_stop_loss"] }),
        user(6, { username: "your_username" }),
      ],
    };
    expect(await world.identity.importTelegramUsers(LOCAL, file)).toEqual({
      added: ["your_username", "telegram-5", "telegram-6"],
      known: [],
    });
    expect(await world.identity.importTelegramUsers(LOCAL, file)).toEqual({
      added: [],
      known: ["123456789", "5", "6"],
    });
    const found = await world.identity.users(LOCAL);
    expect(found.map(({ name, role, listed, telegramId }) => [name, role, listed, telegramId])).toEqual([
      ["alice", "owner", [], null],
      ["telegram-5", "viewer", ["view_balance", "manage_stop_loss"], "5"],
      ["telegram-6", "viewer", [], "6"],
      ["your_username", "owner", ["all"], "123456789"],
    ]);
  });

  it.each([
    [null, "authorized_users"],
    [{ authorized_users: {} }, "authorized_users"],
    [{ authorized_users: [user(1), null] }, "authorized_users[1]"],
    [{ authorized_users: [user("x")] }, "authorized_users[0].user_id"],
    [{ authorized_users: [user(1, { role: "root" })] }, "authorized_users[0].role"],
    [{ authorized_users: [user(1, { permissions: ["fly"] })] }, "authorized_users[0].permissions"],
  ])("%j is refused by its place, and nobody is added", async (file, field) => {
    const error: unknown = await world.identity.importTelegramUsers(LOCAL, file).catch((thrown) => thrown);
    expect(error).toMatchObject({ failure: "bad-request", field });
    expect(await world.identity.users(LOCAL)).toHaveLength(1);
  });

  it("of any form is taken or refused in words", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (one, two) => {
        const file = { authorized_users: [one, { user_id: 1, role: two, permissions: one }] };
        expect(await refusal(world.identity.importTelegramUsers(LOCAL, file))).toBe("bad-request");
      }),
    );
  });
});
