/** API tokens, the second factor, the audit log; and that nothing of them is found where it does not belong. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import Database from "better-sqlite3";
import fc from "fast-check";
import { Secret, TOTP } from "otpauth";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { type Enrolment, hasFreshSecondFactor, type Principal } from "../../src/identity/identity.ts";
import { openSeals } from "../../src/identity/open-identity.ts";
import { FernetKey } from "../../src/security/fernet.ts";
import { Vault } from "../../src/security/vault.ts";
import { HOME, LOCAL, PASSWORD, refusal, World } from "./world.ts";

const DAY_MS = 86_400_000;
const STEP_MS = 30_000;

let world: World;
let alice: Principal;
beforeEach(async () => {
  world = await World.open();
  alice = await world.with("alice", { role: "owner" });
});
afterEach(() => world.close());

const code = ({ secret }: Enrolment, atMs = world.nowMs) =>
  new TOTP({ secret: Secret.fromBase32(secret), digits: 6, period: 30 }).generate({ timestamp: atMs });

async function enrolled(): Promise<{ readonly factor: Enrolment; readonly codes: readonly string[] }> {
  const factor = await world.identity.beginEnrolment(alice, PASSWORD, HOME);
  const codes = await world.identity.finishEnrolment(alice, code(factor), HOME);
  world.pass(STEP_MS);
  return { factor, codes };
}

describe("an API token", () => {
  const wanted = { name: "ci", scopes: ["view_balance", "trade"], expiresInDays: 30 } as const;

  it("does what it was made for, until it ends, and tells when it was used", async () => {
    const { token, view } = await world.identity.createToken(alice, wanted);
    expect(view).toMatchObject({ userName: "alice", hint: token.slice(0, 10), lastUsedMs: null });
    const program = await world.identity.principalOf(token);
    expect(program).toMatchObject({ kind: "token", name: "alice", secondFactorOn: false });
    expect(program?.permissions).toEqual(new Set(["view_balance", "trade"]));
    const used = async () => (await world.identity.tokens(alice))[0]?.lastUsedMs;
    const firstMs = world.nowMs;
    expect(await used()).toBe(firstMs);
    world.pass(59_999);
    await world.identity.principalOf(token);
    expect(await used()).toBe(firstMs);
    // Whose it is was looked up a millisecond before, and is for a second.
    world.pass(1_000);
    await world.identity.principalOf(token);
    expect(await used()).toBe(firstMs + 60_999);
    world.pass(30 * DAY_MS - 60_999 - 1);
    expect(await world.identity.principalOf(token)).not.toBeNull();
    world.pass(1);
    expect(await world.identity.principalOf(token)).toBeNull();
  });

  it("works, as a session does, where its use cannot be noted: the disk is full", async () => {
    const { token } = await world.identity.createToken(alice, wanted);
    const session = await world.logIn("alice");
    const file = new Database(world.path);
    for (const table of ["tokens", "sessions"])
      file.exec(
        `create trigger full_${table} before update on ${table} begin select raise(abort, 'full'); end`,
      );
    file.close();
    world.pass(10 * 60_000);
    expect(await world.identity.principalOf(token)).toMatchObject({ name: "alice" });
    expect(await world.identity.principalOf(session.token)).toMatchObject({ name: "alice" });
    expect((await world.identity.tokens(alice))[0]?.lastUsedMs).toBeNull();
  });

  it("that was revoked never works again, not in the moment after its last use either, whichever process revokes it", async () => {
    const { token, view } = await world.identity.createToken(alice, wanted);
    const kept = await world.identity.createToken(alice, wanted);
    expect(await world.identity.principalOf(token)).not.toBeNull();
    await world.identity.revokeToken(LOCAL, view.id);
    expect(await world.identity.principalOf(token)).toBeNull();
    expect(await world.identity.principalOf(kept.token)).not.toBeNull();
    const another = await world.another();
    await another.revokeToken(LOCAL, kept.view.id);
    await another.close();
    expect(await world.identity.principalOf(kept.token)).toBeNull();
    expect(await refusal(world.identity.revokeToken(LOCAL, view.id))).toBe("unknown-token");
  });

  it.each([
    [{ ...wanted, name: " " }, "name"],
    [{ ...wanted, name: "a\nb" }, "name"],
    [{ ...wanted, scopes: [] }, "scopes"],
    [{ ...wanted, scopes: ["fly"] }, "scopes"],
    [{ ...wanted, scopes: ["admin"] }, "scopes"],
    [{ ...wanted, expiresInDays: 0 }, "expires_in_days"],
    [{ ...wanted, expiresInDays: 367 }, "expires_in_days"],
    [{ ...wanted, expiresInDays: Number.NaN }, "expires_in_days"],
  ])("%j is refused by its field", async (wrong, field) => {
    const bob = await world.with("bob", { role: "operator" });
    const error: unknown = await world.identity.createToken(bob, wrong as typeof wanted).catch((e) => e);
    expect(error).toMatchObject({ failure: "bad-request", field });
  });

  it("is made for oneself, and seen and revoked by oneself or an owner", async () => {
    const bob = await world.with("bob", { role: "operator" });
    const { identity } = world;
    expect(await refusal(identity.createToken(alice, { ...wanted, userId: bob.userId }))).toBe("not-allowed");
    const { view } = await identity.createToken(alice, wanted);
    expect(await identity.tokens(bob)).toEqual([]);
    expect(await refusal(identity.revokeToken(bob, view.id))).toBe("not-allowed");
    const { view: own } = await identity.createToken(bob, wanted);
    expect((await identity.tokens(alice)).map(({ id }) => id)).toEqual([view.id, own.id]);
    await identity.revokeToken(alice, own.id);
  });

  it("is nobody's in any other spelling, of any other kind, or cut", async () => {
    const { token } = await world.identity.createToken(alice, wanted);
    const { token: session } = await world.logIn("alice");
    const { token: link } = await world.identity.setupLink(LOCAL);
    const wrong = [
      ...[token, session].flatMap((text) => [text.slice(1), text.slice(0, -1), `${text}x`, ` ${text}`]),
      token.replace("ctt_", "cts_"),
      session.replace("cts_", "ctt_"),
      token.toUpperCase(),
      link,
      "",
    ];
    for (const text of wrong) expect(await world.identity.principalOf(text)).toBeNull();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        expect(await world.identity.principalOf(text)).toBeNull();
      }),
    );
  });
});

describe("a second factor", () => {
  it("is wanted for what is dangerous once it is on, and lasts ten minutes", async () => {
    await enrolled();
    const fresh = await world.identity.users(alice);
    expect(fresh[0]?.secondFactorOn).toBe(true);
    await world.identity.addUser(alice, { name: "bob", role: "viewer" });
    world.pass(600_000);
    const { identity } = world;
    const asked = [
      identity.addUser(alice, { name: "carol", role: "viewer" }),
      identity.createToken(alice, { name: "ci", scopes: ["trade"], expiresInDays: 1 }),
      identity.setPassword(alice, alice.userId, { password: PASSWORD, current: PASSWORD }),
      identity.beginEnrolment(alice, PASSWORD, HOME),
      identity.switchSecondFactorOff(alice, alice.userId),
    ];
    expect(await Promise.all(asked.map(refusal))).toEqual(asked.map(() => "second-factor-needed"));
  });

  it("is given by a code, each of which counts once, also for two who use it at once", async () => {
    const { factor } = await enrolled();
    const { principal } = await world.logIn("alice");
    expect(hasFreshSecondFactor(principal, world.nowMs)).toBe(false);
    const other = await world.another();
    const tries = [world.identity, other].map((identity) =>
      refusal(identity.confirmSecondFactor(principal, code(factor), HOME)),
    );
    expect((await Promise.all(tries)).sort()).toEqual(["bad-credentials", null]);
    await other.close();
    world.pass(STEP_MS);
    const confirmed = await world.identity.confirmSecondFactor(principal, ` ${code(factor)} `, HOME);
    expect(hasFreshSecondFactor(confirmed, world.nowMs)).toBe(true);
    const old = code(factor, world.nowMs - 2 * STEP_MS);
    expect(await refusal(world.identity.confirmSecondFactor(principal, old, HOME))).toBe("bad-credentials");
  });

  it("makes codes that are guessed wait, however they are given", async () => {
    await enrolled();
    const { principal } = await world.logIn("alice");
    let judged = 0;
    for (let at = 0; at < 20; at++) {
      const origin = { address: `198.51.100.${at}`, agent: "" };
      const asked =
        at % 2 === 0
          ? world.identity.confirmSecondFactor(principal, "000000", origin)
          : world.identity.logIn({ name: "alice", password: PASSWORD, code: "000000" }, origin);
      if ((await refusal(asked)) === "bad-credentials") judged += 1;
    }
    expect(judged).toBeLessThanOrEqual(6);
  });

  it("cannot be kept from its user by an API token of his that may read only", async () => {
    const { factor } = await enrolled();
    const { principal } = await world.identity.logIn(
      { name: "alice", password: PASSWORD, code: code(factor) },
      HOME,
    );
    const wanted = { name: "screen", scopes: ["view_sync"], expiresInDays: 1 } as const;
    const { token } = await world.identity.createToken(principal, wanted);
    const program = await world.identity.principalOf(token);
    if (program === null) throw new Error("the token is none");
    for (let at = 0; at < 30; at++) {
      const origin = { address: `198.51.100.${at}`, agent: "" };
      expect(await refusal(world.identity.confirmSecondFactor(program, "000000", origin))).toBe(
        "not-allowed",
      );
      expect(await refusal(world.identity.finishEnrolment(program, "000000", origin))).toBe("not-allowed");
    }
    world.pass(STEP_MS);
    expect(await refusal(world.identity.confirmSecondFactor(principal, code(factor), HOME))).toBeNull();
  });

  it("can be given at the log-in, where a wrong one is no way in", async () => {
    const { factor } = await enrolled();
    const attempt = { name: "alice", password: PASSWORD };
    expect(await refusal(world.identity.logIn({ ...attempt, code: "123" }, HOME))).toBe("bad-credentials");
    const { principal } = await world.identity.logIn({ ...attempt, code: code(factor) }, HOME);
    expect(hasFreshSecondFactor(principal, world.nowMs)).toBe(true);
  });

  it("is replaced by each recovery code once, in any spelling", async () => {
    const { codes } = await enrolled();
    expect(new Set(codes).size).toBe(10);
    const { principal } = await world.logIn("alice");
    const [first = "", second = ""] = codes;
    await world.identity.confirmSecondFactor(principal, first.toLowerCase().replaceAll("-", " "), HOME);
    expect(await refusal(world.identity.confirmSecondFactor(principal, first, HOME))).toBe("bad-credentials");
    await world.identity.confirmSecondFactor(principal, second, HOME);
  });

  it("is switched on by the password and a right code only", async () => {
    expect(await refusal(world.identity.beginEnrolment(alice, "not the fine sentence", HOME))).toBe(
      "bad-credentials",
    );
    expect(await refusal(world.identity.finishEnrolment(alice, "000000", HOME))).toBe("bad-request");
    const factor = await world.identity.beginEnrolment(alice, PASSWORD, HOME);
    expect(factor.uri).toContain("otpauth://totp/Copytrader:alice?issuer=Copytrader&secret=");
    expect(await refusal(world.identity.finishEnrolment(alice, "000000", HOME))).toBe("bad-credentials");
    expect((await world.identity.users(alice))[0]?.secondFactorOn).toBe(false);
  });

  it("is switched off for somebody who lost it, on the machine", async () => {
    await enrolled();
    await world.identity.switchSecondFactorOff(LOCAL, alice.userId);
    expect((await world.identity.users(alice))[0]?.secondFactorOn).toBe(false);
    expect(await refusal(world.identity.switchSecondFactorOff(LOCAL, alice.userId))).toBe("bad-request");
  });

  it("is given to the session that gave it alone", async () => {
    const { factor } = await enrolled();
    const [one, two] = [await world.logIn("alice"), await world.logIn("alice")];
    await world.identity.confirmSecondFactor(one.principal, code(factor), HOME);
    const [first, second] = await Promise.all(
      [one, two].map(({ token }) => world.identity.principalOf(token)),
    );
    expect(first?.secondFactorAtMs).toBe(world.nowMs);
    expect(second?.secondFactorAtMs).toBeNull();
  });
});

describe("the audit log", () => {
  it("tells who changed what, with before and after, in pages", async () => {
    const bob = await world.with("bob");
    await world.identity.changeUser(alice, bob.userId, { role: "operator" });
    await world.identity.audit(
      alice,
      {
        action: "settings-changed",
        subject: "copy_trading",
        before: { max_traders: 3 },
        after: { max_traders: 5 },
      },
      HOME,
    );
    const first = await world.identity.auditEntries(alice, { limit: 2 });
    expect(first.entries).toMatchObject([
      {
        actor: "alice",
        actorKind: "session",
        action: "settings-changed",
        before: { max_traders: 3 },
        after: { max_traders: 5 },
        address: HOME.address,
        atMs: world.nowMs,
      },
      { action: "user-changed", subject: "bob", before: { role: "viewer" }, after: { role: "operator" } },
    ]);
    const { nextBefore } = first;
    const second = await world.identity.auditEntries(alice, { limit: 500, before: nextBefore ?? 0 });
    expect(second.entries.map(({ action }) => action)).toEqual([
      "logged-in",
      "user-added",
      "logged-in",
      "user-added",
    ]);
    expect(second.nextBefore).toBeNull();
    const bobs = await world.identity.auditEntries(alice, { actor: "bob" });
    expect(bobs.entries.map(({ action }) => action)).toEqual(["logged-in"]);
  });

  it("is for owners", async () => {
    const bob = await world.with("bob", { role: "operator", listed: ["admin"] });
    expect(await refusal(world.identity.auditEntries(bob, {}))).toBe("not-allowed");
  });

  it.each([{ limit: 0 }, { limit: 501 }, { limit: 1.5 }, { before: Number.NaN }])(
    "is not asked for by %j",
    async (query) => {
      expect(await refusal(world.identity.auditEntries(alice, query))).toBe("bad-request");
    },
  );

  it("is changed and shortened by nobody, not even in the database itself", () => {
    const database = new Database(world.path);
    for (const statement of ["delete from audit", "update audit set actor = 'mallory'"])
      expect(() => database.prepare(statement).run()).toThrow("append-only");
    database.close();
  });

  it("keeps whom a long entry is about", async () => {
    const given = Array.from({ length: 1_000 }, (_, index) => `account-of-a-long-name-${index}`);
    await world.identity.addUser(alice, { name: "many", role: "viewer", given, telegramId: "4711" });
    const [entry] = (await world.identity.auditEntries(alice, { limit: 1 })).entries;
    expect(entry?.after).toMatchObject({
      name: "many",
      role: "viewer",
      telegram_id: "4711",
      accounts: { shortened: expect.stringMatching(/^\["account-of/) },
    });
    for (const before of ["x".repeat(20_000), Array(9_000).fill(1), { ["y".repeat(20_000)]: 1 }]) {
      await world.identity.audit(alice, { action: "x", subject: "long", before });
      const [long] = (await world.identity.auditEntries(alice, { limit: 1 })).entries;
      expect(long?.before).toEqual({ shortened: expect.any(String) });
    }
  });

  it("takes anything that has a JSON form, masks what is named like a secret, and stays readable", async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), fc.string({ unit: "binary" }), async (value, text) => {
        const before = { value, password: "geheim geheim", nested: [{ api_key: "geheim geheim" }], text };
        await world.identity.audit(alice, { action: "x", subject: text, before });
        const [entry] = (await world.identity.auditEntries(alice, { limit: 1 })).entries;
        expect(inspect(entry, { depth: 20 })).not.toContain("geheim geheim");
        expect(entry?.subject).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: 200 },
    );
  });
});

test("no secret lies in the file, in the audit log or in an error", async () => {
  const { factor, codes } = await enrolled();
  const { token } = await world.identity.createToken(alice, {
    name: "ci",
    scopes: ["trade"],
    expiresInDays: 1,
  });
  const { token: session, csrfToken } = await world.logIn("alice");
  const { token: link } = await world.identity.setupLink(LOCAL);
  const secrets = [PASSWORD, factor.secret, token, session, csrfToken, link, ...codes, HOME.agent];
  const errors = await Promise.all(
    [
      world.identity.consumeSetup({ token: `${link}x`, name: "eve", password: PASSWORD }, HOME),
      world.identity.consumeSetup({ token: link, name: "alice", password: PASSWORD }, HOME),
      world.identity.logIn({ name: PASSWORD, password: `${PASSWORD}!` }, HOME),
      world.identity.confirmSecondFactor(alice, codes[0]?.slice(1) ?? "", HOME),
    ].map((asked) => asked.catch((error: unknown) => inspect(error))),
  );
  const { entries } = await world.identity.auditEntries(LOCAL, { limit: 500 });
  const files = readdirSync(world.folder).map((name) => readFileSync(join(world.folder, name), "latin1"));
  const shown = [...errors.map(String), JSON.stringify(entries), ...files].join("\n");
  for (const secret of secrets) expect(shown).not.toContain(secret);
});

test("what is sealed is sealed anew under another encryption key, and the older one may go", async () => {
  const { factor } = await enrolled();
  const { token } = await world.logIn("alice");
  const [older, newer] = [FernetKey.generate(), FernetKey.generate()];
  const seals = await openSeals(world.path);
  // The file of this world is under a key of its own, which these two do not open.
  expect(seals.stale(new Vault(newer, older))).toBe(0);
  const both = new Vault(newer, world.key);
  expect([seals.stale(both), seals.reseal(both), seals.stale(both)]).toEqual([3, 3, 0]);
  await seals.close();
  world.vault = new Vault(newer);
  const principal = await world.identity.principalOf(token);
  if (principal === null) throw new Error("the session was lost");
  await world.identity.confirmSecondFactor(principal, code(factor), HOME);
});
