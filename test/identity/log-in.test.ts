/** Being let in: by password, by link; sessions and their end; attempts that make wait. */
import { statSync } from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { csrfTokenOf } from "../../src/identity/bearer.ts";
import { HOME, LOCAL, PASSWORD, refusal, World } from "./world.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

test("the file is its owner's alone", () => {
  expect(statSync(world.path).mode & 0o777).toBe(0o600);
});

describe("the set-up link", () => {
  it("makes the owner, once, and lets him in", async () => {
    expect(await world.identity.needsSetup()).toBe(true);
    const { token } = await world.identity.setupLink(LOCAL);
    const setUp = { token, name: "alice", password: PASSWORD };
    const { principal, token: session } = await world.identity.consumeSetup(setUp, HOME);
    expect(principal).toMatchObject({ name: "alice", role: "owner", accounts: "all" });
    expect(await world.identity.principalOf(session)).toEqual(principal);
    expect(await world.identity.needsSetup()).toBe(false);
    const again = world.identity.consumeSetup({ ...setUp, name: "mallory" }, HOME);
    expect(await refusal(again)).toBe("bad-credentials");
  });

  it("is used by one of two who open it at once", async () => {
    const { token } = await world.identity.setupLink(LOCAL);
    const other = await world.another();
    const tries = [world.identity, other].map((identity, at) =>
      refusal(identity.consumeSetup({ token, name: `owner${at}`, password: PASSWORD }, HOME)),
    );
    expect((await Promise.all(tries)).sort()).toEqual(["bad-credentials", null]);
    expect(await world.identity.users(LOCAL)).toHaveLength(1);
    await other.close();
  });

  it("is not used up by a weak password, and ends after half an hour, or when another is printed", async () => {
    const first = await world.identity.setupLink(LOCAL);
    const weak = { token: first.token, name: "alice", password: "short" };
    expect(await refusal(world.identity.consumeSetup(weak, HOME))).toBe("weak-password");
    const second = await world.identity.setupLink(LOCAL);
    const strong = { name: "alice", password: PASSWORD };
    expect(await refusal(world.identity.consumeSetup({ ...strong, token: first.token }, HOME))).toBe(
      "bad-credentials",
    );
    world.pass(30 * MINUTE_MS);
    expect(await refusal(world.identity.consumeSetup({ ...strong, token: second.token }, HOME))).toBe(
      "bad-credentials",
    );
  });

  it("of an invitation sets its user's password and ends his sessions", async () => {
    const id = await world.add("bob");
    const before = await world.logIn("bob");
    const { token, userName } = await world.identity.invite(LOCAL, id);
    expect(userName).toBe("bob");
    await world.identity.consumeSetup({ token, password: "another fine sentence" }, HOME);
    expect(await world.identity.principalOf(before.token)).toBeNull();
    expect(await refusal(world.logIn("bob"))).toBe("bad-credentials");
    await world.identity.logIn({ name: "BOB", password: "another fine sentence" }, HOME);
  });
});

describe("a session", () => {
  it("never lives over 24 hours, whatever is done to the clock", async () => {
    await world.add("alice");
    const step = fc.record({
      /** How the machine's clock moves while so much time passes. */
      passedMs: fc.integer({ min: 0, max: DAY_MS / 2 }),
      setMs: fc.integer({ min: -DAY_MS, max: DAY_MS }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        // Far from what earlier runs left behind.
        world.nowMs += 100 * DAY_MS;
        const { token } = await world.logIn("alice");
        let ageMs = 0;
        for (const { passedMs, setMs } of steps) {
          world.pass(passedMs);
          world.nowMs += setMs;
          ageMs += passedMs;
          const principal = await world.identity.principalOf(token);
          if (ageMs >= DAY_MS) expect(principal).toBeNull();
        }
      }),
      { numRuns: 30 },
    );
  });

  it("that was used does not outlive its day by a clock that was set back between two runs", async () => {
    await world.add("alice");
    const { token } = await world.logIn("alice");
    world.pass(20 * 3_600_000);
    expect(await world.identity.principalOf(token)).not.toBeNull();
    world.pass(4 * 60_000);
    expect(await world.identity.principalOf(token)).not.toBeNull();
    world.nowMs -= 3_600_000;
    await world.reopen();
    expect(await world.identity.principalOf(token)).toBeNull();
  });

  it("ends at 24 hours to the millisecond, used or not, after a restart too", async () => {
    await world.add("alice");
    const { token } = await world.logIn("alice");
    world.pass(DAY_MS - 1);
    await world.reopen();
    expect(await world.identity.principalOf(token)).not.toBeNull();
    world.pass(1);
    expect(await world.identity.principalOf(token)).toBeNull();
    await world.reopen();
    expect(await world.identity.principalOf(token)).toBeNull();
  });

  it("that was logged out never works again", async () => {
    await world.add("alice");
    const { token, principal } = await world.logIn("alice");
    const other = await world.logIn("alice");
    await world.identity.logOut(principal);
    for (const afterMs of [0, 1, DAY_MS / 2]) {
      world.pass(afterMs);
      await world.reopen();
      expect(await world.identity.principalOf(token)).toBeNull();
    }
    expect(await world.identity.principalOf(other.token)).not.toBeNull();
    expect(await refusal(world.identity.users(principal))).toBe("bad-credentials");
  });

  it("that was revoked never works again, in another process either", async () => {
    const id = await world.add("alice");
    const [first, second] = [await world.logIn("alice"), await world.logIn("alice")];
    const other = await world.another();
    await other.revokeSession(LOCAL, first.principal.id);
    expect(await world.identity.principalOf(first.token)).toBeNull();
    expect(await world.identity.revokeSessionsOf(LOCAL, id)).toBe(1);
    expect(await other.principalOf(second.token)).toBeNull();
    await other.close();
  });

  it("ends with its user, with his password, and when its key is gone", async () => {
    const id = await world.add("alice");
    const { token } = await world.logIn("alice");
    await world.identity.setPassword(LOCAL, id, { password: "another fine sentence" });
    expect(await world.identity.principalOf(token)).toBeNull();
    const { token: again } = await world.identity.logIn(
      { name: "alice", password: "another fine sentence" },
      HOME,
    );
    const { vault } = world;
    world.vault = (await World.open()).vault;
    expect(await world.identity.principalOf(again)).toBeNull();
    world.vault = vault;
    await world.identity.removeUser(LOCAL, id);
    expect(await world.identity.principalOf(again)).toBeNull();
  });

  it("is told with where it began, and which one asks", async () => {
    const principal = await world.with("alice");
    const agent = `line\u001b[2J${"x".repeat(300)}`;
    await world.identity.logIn({ name: "alice", password: PASSWORD }, { address: "2001:db8::1", agent });
    const views = await world.identity.sessions(principal);
    expect(views.map(({ address, current }) => ({ address, current }))).toEqual([
      { address: "192.0.2.1", current: true },
      { address: "2001:db8::1", current: false },
    ]);
    expect(views[1]?.agent).toBe(`line [2J${"x".repeat(192)}`);
  });

  it("beyond the twentieth ends the oldest", async () => {
    const id = await world.add("alice");
    const [first] = [await world.logIn("alice")];
    for (let at = 0; at < 20; at++) await world.logIn("alice");
    expect(await world.identity.principalOf(first.token)).toBeNull();
    expect((await world.identity.sessions(LOCAL)).filter(({ userId }) => userId === id)).toHaveLength(20);
  });

  it("gives the same token against forged requests as long as it lives, and another session another", async () => {
    await world.add("alice");
    const [one, two] = [await world.logIn("alice"), await world.logIn("alice")];
    expect(csrfTokenOf(one.token)).toBe(one.csrfToken);
    expect(one.csrfToken).not.toBe(two.csrfToken);
    expect(one.token).not.toContain(one.csrfToken);
  });
});

describe("a log-in", () => {
  it.each([
    ["another password", "alice", "not the fine sentence"],
    ["a name that nobody has", "mallory", PASSWORD],
    ["a user without a password", "carol", ""],
    ["nothing", "", ""],
    ["a name that is no name", "al\u0000ice' or 1=1 --", PASSWORD],
    ["a password without end", "alice", "x".repeat(1e6)],
  ])("with %s is refused in the same words", async (_what, name, password) => {
    await world.add("alice");
    await world.identity.addUser(LOCAL, { name: "carol", role: "owner" });
    const error: unknown = await world.identity.logIn({ name, password }, HOME).catch((thrown) => thrown);
    expect(error).toMatchObject({
      failure: "bad-credentials",
      message: "the name, the password or the code is wrong",
    });
  });

  it("takes the same password however its letters are composed", async () => {
    const id = await world.add("alice");
    await world.identity.setPassword(LOCAL, id, { password: "schöne lange Sätze".normalize("NFD") });
    await world.identity.logIn({ name: "alice", password: "schöne lange Sätze".normalize("NFC") }, HOME);
  });
});

describe("attempts that failed", () => {
  const wrong = (name = "alice", address = HOME.address) =>
    refusal(world.identity.logIn({ name, password: "not the fine sentence" }, { address, agent: "" }));

  it("make wait longer and longer, for the right password too, and after a restart", async () => {
    await world.add("alice");
    for (let at = 0; at < 6; at++) expect(await wrong()).toBe("bad-credentials");
    const waits: number[] = [];
    for (let at = 0; at < 8; at++) {
      await world.reopen();
      const refused = await world.logIn("alice", { address: `198.51.100.${at}`, agent: "" }).catch((e) => e);
      expect(refused.failure).toBe("throttled");
      waits.push(refused.retryAfterMs);
      world.pass(refused.retryAfterMs - 1);
      expect(await refusal(world.logIn("alice", { address: "198.51.100.99", agent: "" }))).toBe("throttled");
      world.pass(1);
      expect(await wrong("alice", `203.0.113.${at}`)).toBe("bad-credentials");
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    world.pass(MINUTE_MS);
    await world.logIn("alice", { address: "198.51.100.200", agent: "" });
    expect(await wrong("alice", "198.51.100.201")).toBe("bad-credentials");
    await world.logIn("alice", { address: "198.51.100.201", agent: "" });
  });

  it("of an address make it wait for every name, and whoever shares a network of IPv6 is one", async () => {
    await world.add("alice");
    const address = (at: number) => `2001:db8:0:1::${at.toString(16)}`;
    for (let at = 0; at < 21; at++) expect(await wrong(`name${at}`, address(at))).toBe("bad-credentials");
    expect(await refusal(world.logIn("alice", { address: address(77), agent: "" }))).toBe("throttled");
    await world.logIn("alice", { address: "2001:db8:0:2::1", agent: "" });
  });

  it("are not washed off the address by logging in to an account of one's own", async () => {
    await world.add("alice");
    await world.add("mallory");
    let judged = 0;
    for (let at = 0; at < 60; at++) {
      if ((await wrong(`name${at}`)) === "bad-credentials") judged += 1;
      await refusal(world.logIn("mallory"));
    }
    expect(judged).toBeLessThan(25);
  });

  it("cannot be passed by many at once, over several processes", async () => {
    await world.add("alice");
    const others = await Promise.all([world.another(), world.another()]);
    const all = [world.identity, ...others].flatMap((identity, process) =>
      Array.from({ length: 10 }, (_unused, at) =>
        refusal(
          identity.logIn(
            { name: "alice", password: "not the fine sentence" },
            { address: `198.51.${process}.${at}`, agent: "" },
          ),
        ),
      ),
    );
    const outcomes = await Promise.all(all);
    expect(outcomes.filter((outcome) => outcome === "bad-credentials").length).toBeLessThanOrEqual(6);
    expect(outcomes.filter((outcome) => outcome === null)).toEqual([]);
    await Promise.all(others.map((other) => other.close()));
  });

  it("cannot be passed in any order of attempts, waits, restarts and set clocks", async () => {
    await world.add("alice");
    const step = fc.oneof(
      fc.record({ kind: fc.constant("try" as const), address: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 20_000 }) }),
      fc.record({ kind: fc.constant("set back" as const), ms: fc.integer({ min: 0, max: DAY_MS }) }),
      fc.constant({ kind: "restart" as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        world.nowMs += 100 * DAY_MS;
        let [judged, passedMs] = [0, 0];
        for (const one of steps) {
          if (one.kind === "try" && (await wrong("alice", `192.0.2.${one.address}`)) === "bad-credentials")
            judged += 1;
          if (one.kind === "wait") {
            world.pass(one.ms);
            passedMs += one.ms;
          }
          if (one.kind === "set back") world.nowMs -= one.ms;
          if (one.kind === "restart") await world.reopen();
        }
        // After 5 free ones and the one that begins the wait, n more take at least 2^n - 1 seconds.
        const beyond = Math.max(0, Math.min(6, judged - 6));
        expect(passedMs).toBeGreaterThanOrEqual((2 ** beyond - 1) * 1_000);
      }),
      { numRuns: 12 },
    );
  });

  it("leave few lines in the audit log, and no name that was typed", async () => {
    await world.add("alice");
    for (let at = 0; at < 20; at++) {
      world.pass(MINUTE_MS);
      await wrong("alice");
      await wrong("my secret passphrase", "198.51.100.7");
    }
    const { entries } = await world.identity.auditEntries(LOCAL, { limit: 500, action: "log-in-failed" });
    expect(entries.length).toBeLessThan(16);
    expect(JSON.stringify(entries)).not.toContain("my secret passphrase");
  });
});
