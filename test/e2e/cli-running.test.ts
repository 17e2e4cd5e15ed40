/** The commands of an owner on a copier that runs, and on the same one when it is stopped, over real processes. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { until } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { killPrograms, type Program } from "./program.ts";
import { keyOf, startVenue, type Venue } from "./venue.ts";

let venue: Venue;
let copier: Copier;
const engines: Program[] = [];
beforeAll(async () => {
  venue = await startVenue();
});
afterAll(killPrograms);

beforeEach(async () => {
  copier = new Copier(venue);
  await venue.putAccount("lead");
  await venue.putAccount("one");
  await venue.putAccount("two", { positionMode: "hedge" });
  copier.accountFile("lead", "leader");
  copier.accountFile("one", "follower", { copy_multiplier: 0.5 });
  copier.accountFile("two", "follower");
});
afterEach(async () => {
  for (const engine of engines.splice(0)) {
    engine.kill("SIGKILL");
    await engine.exit;
  }
  copier.close();
});

async function inSync(): Promise<void> {
  await until(
    async () => (await copier.status()).followers.every(({ state }) => state === "in-sync"),
    10_000,
    "both followers in sync",
  );
}

async function started(): Promise<Program> {
  const engine = copier.start();
  engines.push(engine);
  await engine.ready();
  return engine;
}

/** An engine whose followers have copied the leader's first trade. */
async function copying(): Promise<Program> {
  const engine = await started();
  await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.4" });
  await until(
    async () =>
      (await copier.status()).followers.every(
        ({ instruments }) => instruments[0]?.held === instruments[0]?.target && instruments.length > 0,
      ),
    10_000,
    "the first trade copied",
  );
  await inSync();
  return engine;
}

describe("while it runs", () => {
  test("status has the form of the contract, and names where values come from", async () => {
    const engine = await copying();
    const { answer } = await copier.answered("status");
    expect(answer.engine).toEqual({ running: true, asOf: expect.any(Number), pid: engine.pid });
    expect(answer.followers[0]).toMatchObject({ nickname: "one", state: "in-sync", reason: "" });
    expect(answer.followers[0].instruments).toEqual([
      { symbol: "BTCUSDT", leader: "0.4", target: "0.2", held: "0.2", inFlight: "0", steps: 0, reason: "" },
    ]);
    expect(answer.followers[1].instruments).toMatchObject([
      { symbol: "BTCUSDT", positionIdx: 1, held: "0.4" },
      { symbol: "BTCUSDT", positionIdx: 2, held: "0" },
    ]);
    expect(answer.settings).toContainEqual({
      keyPath: "copy_multiplier",
      leader: "lead",
      follower: "one",
      value: 0.5,
      source: "accounts/one.json",
    });
    const { stdout } = await copier.run(["status", "--settings"]);
    expect(stdout).toMatch(/copy_multiplier +lead > one +0\.5 +accounts\/one\.json/);
    expect(stdout).not.toContain("\u001b[");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    engine.kill("SIGTERM");
    expect(await engine.exit).toMatchObject({ code: 0 });
  }, 30_000);

  test("a paused follower opens nothing and lets exits run; resumed, it catches up (pain 33)", async () => {
    await copying();
    expect(await copier.answered("pause", "one")).toMatchObject({
      code: 0,
      answer: { followers: ["one"], running: true },
    });
    await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.2" });
    await until(
      async () => (await venue.positions("two"))["BTCUSDT:1"] === "0.6",
      15_000,
      "the other follower copies",
    );
    expect(await venue.positions("one")).toEqual({ BTCUSDT: "0.2" });
    const paused = await copier.answered("journal", "--follower", "one", "--reason", "paused");
    expect(paused.answer.entries).toMatchObject([
      { leader: "lead", follower: "one", symbol: "BTCUSDT", changedBy: "0.2", orders: [], pending: false },
    ]);
    await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "sell", quantity: "0.4" });
    await until(async () => (await venue.positions("one")).BTCUSDT === "0.1", 15_000, "the exit is copied");
    await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.4" });
    await until(
      async () =>
        (await copier.answered("journal", "--follower", "one")).answer.entries[0]?.reason === "paused",
      15_000,
      "the entry is not",
    );
    const resumed = await copier.answered("resume");
    expect(resumed).toMatchObject({ code: 0, answer: { command: "resume", running: true } });
    expect(resumed.answer.preview.orders).toMatchObject([{ follower: "one", side: "buy", quantity: "0.2" }]);
    await until(async () => (await venue.positions("one")).BTCUSDT === "0.3", 15_000, "it catches up");
    const { entries } = (await copier.answered("journal", "--follower", "two")).answer;
    expect(entries[0].orders[0]).toMatchObject({ status: "filled", side: "buy", quantity: "0.4" });
  }, 30_000);

  test("copying goes on when nobody reads any more what the engine prints", async () => {
    const engine = await copying();
    engine.leaveUnread();
    for (const held of ["0.3", "0.4"]) {
      await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.2" });
      await until(async () => (await venue.positions("one")).BTCUSDT === held, 10_000, `one holds ${held}`);
      // An alert prints more.
      expect((await copier.run(["pause", "two"])).code).toBe(0);
    }
    expect(engine.isOver).toBe(false);
    engine.kill("SIGTERM");
    expect((await engine.exit).code).toBe(0);
  });

  test("close asks first, closes what is ours, and it is not bought again", async () => {
    await copying();
    const asked = await copier.answered("close", "one");
    expect(asked).toMatchObject({ code: 2, answer: { error: { kind: "not-confirmed" } } });
    expect(asked.answer.error.problems).toMatchObject([{ symbol: "BTCUSDT", held: "0.2" }]);
    const { stderr } = await copier.run(["close", "one"]);
    expect(stderr).toMatch(/Would be sent:[\s\S]*one +BTCUSDT +sell +0\.2 .*reduce-only/);
    expect(stderr).not.toContain("Would not be done");
    expect(await copier.answered("close", "one", "--yes")).toMatchObject({
      code: 0,
      answer: { command: "close", left: [] },
    });
    expect(await venue.positions("one")).toEqual({});
    expect(await copier.answered("close", "one", "--yes")).toMatchObject({
      code: 1,
      answer: { error: { kind: "nothing-to-close" } },
    });
    expect((await copier.status()).followers[0]?.instruments).toMatchObject([
      { leader: "0.4", target: "0", held: "0", steps: 0, reason: "waived" },
    ]);
  }, 30_000);

  test("capital says what a leader takes, of what it holds and of its positions so far", async () => {
    await copying();
    const { code, answer } = await copier.answered("capital", "lead", "--follower", "one");
    expect(code).toBe(0);
    expect(answer).toMatchObject({
      leader: "lead",
      followers: [{ follower: "one", sizing: "multiplier", smallestEquity: expect.stringMatching(/^\d+/) }],
    });
    expect(answer.followers[0].positions).toMatchObject([
      { symbol: "BTCUSDT", kind: "held", leader: "0.4", target: "0.2", isCopied: true, errorPercent: "0" },
      { symbol: "BTCUSDT", kind: "typical", leader: "0.4", isCopied: true },
    ]);
    const { stdout } = await copier.run(["capital", "lead"]);
    expect(stdout).toContain("every position is copied now");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    expect((await copier.answered("capital", "nobody")).code).toBe(2);
  });

  test("doctor and rebuild work beside it; an unknown follower is named", async () => {
    const engine = await copying();
    const { answer } = await copier.answered("doctor");
    expect(answer.healthy).toBe(true);
    expect(answer.findings).toContainEqual({
      check: "engine",
      result: "ok",
      message: `running as process ${engine.pid}`,
    });
    const before = (await copier.answered("journal")).answer.entries;
    expect((await copier.answered("rebuild")).code).toBe(0);
    expect((await copier.answered("journal")).answer.entries).toEqual(before);
    expect(await copier.answered("pause", "three")).toMatchObject({
      code: 2,
      answer: {
        error: { kind: "unknown-follower", message: expect.stringContaining("there are: one, two") },
      },
    });
  }, 30_000);
});

describe("when it is stopped", () => {
  test("capital answers from the journal", async () => {
    const engine = await copying();
    engine.kill("SIGTERM");
    await engine.exit;
    const { answer } = await copier.answered("capital", "lead");
    expect(answer.followers).toMatchObject([{ follower: "one" }, { follower: "two" }]);
    expect(answer.followers[1].positions).toMatchObject([
      { kind: "held" },
      { kind: "typical", leader: "0.4" },
    ]);
  });

  test("status, journal, pause and resume go on; close says what to do", async () => {
    const engine = await copying();
    engine.kill("SIGKILL");
    await engine.exit;
    const { answer } = await copier.answered("status");
    expect(answer.engine).toEqual({ running: false, asOf: expect.any(Number) });
    expect(answer.followers[0].instruments).toMatchObject([
      { symbol: "BTCUSDT", target: "0.2", held: "0.2" },
    ]);
    expect((await copier.answered("journal")).answer.entries).toHaveLength(2);
    expect(await copier.answered("pause", "one")).toMatchObject({ code: 0, answer: { running: false } });
    expect((await copier.status()).followers.map(({ state }) => state)).toContain("paused");
    expect(await copier.answered("close", "one", "--yes")).toMatchObject({
      code: 1,
      answer: { error: { kind: "not-running", message: expect.stringContaining("copytrader start") } },
    });
    await started();
    await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.2" });
    await until(
      async () => (await venue.positions("two"))["BTCUSDT:1"] === "0.6",
      15_000,
      "the other follower copies",
    );
    expect(await venue.positions("one")).toEqual({ BTCUSDT: "0.2" });
  }, 40_000);
});

describe("accounts check", () => {
  test("passes accounts that are fit, and says of the others what to do", async () => {
    const fit = await copier.answered("accounts", "check", "one");
    expect(fit).toMatchObject({ code: 0, answer: { accounts: [{ account: "one", result: "ok" }] } });
    await venue.putAccount("one", {
      more: { permissions: { ContractTrade: ["Order", "Position"], Wallet: ["Withdraw"] } },
    });
    copier.accountFile("two", "follower", { api_secret: "another-secret" });
    const { code, answer } = await copier.answered("accounts", "check");
    expect(code).toBe(1);
    const failed = answer.accounts.flatMap(
      ({
        account,
        checks,
      }: {
        account: string;
        checks: { check: string; result: string; message: string }[];
      }) => checks.filter(({ result }) => result === "fail").map(({ check }) => `${account} ${check}`),
    );
    expect(failed.sort()).toEqual(["one withdrawal", "two key"]);
    expect(JSON.stringify(answer)).not.toContain("another-secret");
    expect(JSON.stringify(answer)).not.toContain(keyOf("two"));
  }, 30_000);
});
