/** The commands that may trade, over real processes: what they show before, what they do, and what stays after a restart. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { until } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { killPrograms, type Program } from "./program.ts";
import { startVenue, type Venue } from "./venue.ts";

let venue: Venue;
let copier: Copier;
let engine: Program;
beforeAll(async () => {
  venue = await startVenue();
});
afterAll(killPrograms);

beforeEach(async () => {
  copier = new Copier(venue);
  for (const name of ["lead", "other", "one", "two"]) await venue.putAccount(name);
  copier.accountFile("lead", "leader");
  copier.accountFile("other", "leader");
  copier.accountFile("one", "follower", { leader: "lead", copy_multiplier: 0.5 });
  copier.accountFile("two", "follower", { leader: "lead", auto_copy: false });
  await start();
});
afterEach(async () => {
  await kill();
  copier.close();
});

async function kill(): Promise<void> {
  engine.kill("SIGKILL");
  await engine.exit;
}

async function start(): Promise<void> {
  engine = copier.start();
  await engine.ready();
}

async function trade(leader: string, side: "buy" | "sell", quantity: string, symbol = "BTCUSDT") {
  await bybitApiHand(venue, leader).market({ symbol, side, quantity });
}

async function holds(name: string, positions: Readonly<Record<string, string>>): Promise<void> {
  const wanted = JSON.stringify(positions);
  await until(
    async () => JSON.stringify(await venue.positions(name)) === wanted,
    10_000,
    `${name} holds ${wanted}`,
  );
}

/** What the venue did is known to the copier, too. */
async function inSync(name: string): Promise<void> {
  await until(
    async () =>
      (await copier.status()).followers.some(
        ({ nickname, state }) => nickname === name && state === "in-sync",
      ),
    10_000,
    `${name} in sync`,
  );
}

describe("copy and uncopy", () => {
  test("show what would be sent, refuse without --yes, act at once, and hold after a restart", async () => {
    await trade("lead", "buy", "0.4");
    await trade("other", "buy", "0.2", "ETHUSDT");
    await holds("one", { BTCUSDT: "0.2" });
    const asked = await copier.answered("copy", "other", "one", "copy_multiplier=2");
    expect(asked).toMatchObject({ code: 2, answer: { error: { kind: "not-confirmed" } } });
    expect(asked.answer.error.problems).toMatchObject([
      { follower: "one", symbol: "ETHUSDT", side: "buy", quantity: "0.4", reduceOnly: false },
    ]);
    expect(await venue.positions("one")).toEqual({ BTCUSDT: "0.2" });

    const more = ["copy_multiplier=2", "stop_loss={share: 0.5, from: peak}"];
    const done = await copier.answered("copy", "other", "one", ...more, "--yes");
    expect(done.answer.preview.changes).toEqual([
      { keyPath: "copy_multiplier", value: 2, source: "run-time" },
      { keyPath: "stop_loss", value: { share: 0.5, from: "peak" }, source: "run-time" },
    ]);
    expect(done).toMatchObject({ code: 0, answer: { command: "copy", leader: "other", running: true } });
    expect(done.answer.preview.orders).toHaveLength(1);
    await holds("one", { BTCUSDT: "0.2", ETHUSDT: "0.4" });
    const { allocations } = (await copier.answered("allocations")).answer;
    const added = allocations.find(
      ({ leader, follower }: Relation) => leader === "other" && follower === "one",
    );
    expect(added.state).toBe("copying");
    expect(added.settings).toContainEqual({ keyPath: "copy_multiplier", value: 2, source: "run-time" });
    expect(added.positions).toMatchObject([{ symbol: "ETHUSDT", target: "0.4", held: "0.4" }]);

    await kill();
    await start();
    await trade("other", "buy", "0.1", "ETHUSDT");
    await holds("one", { BTCUSDT: "0.2", ETHUSDT: "0.6" });

    const ending = await copier.answered("uncopy", "lead", "one", "--yes");
    expect(ending.answer.preview.orders).toMatchObject([
      { symbol: "BTCUSDT", side: "sell", quantity: "0.2", reduceOnly: true },
    ]);
    await holds("one", { ETHUSDT: "0.6" });
    await kill();
    await start();
    await trade("lead", "buy", "0.4");
    await trade("other", "sell", "0.3", "ETHUSDT");
    await holds("one", {});
    const after = (await copier.answered("allocations")).answer.allocations;
    expect(
      after.find(({ leader, follower }: Relation) => leader === "lead" && follower === "one").state,
    ).toBe("ended");
  });

  test("--stop-mode leave hands the position over; copying again leaves it alone", async () => {
    await trade("lead", "buy", "0.4");
    await holds("one", { BTCUSDT: "0.2" });
    const ended = await copier.answered("uncopy", "lead", "one", "--stop-mode", "leave", "--yes");
    expect(ended.answer.preview.orders).toEqual([]);
    await trade("lead", "sell", "0.4");
    await trade("lead", "buy", "0.1");
    expect((await copier.answered("uncopy", "lead", "one", "--yes")).answer.error).toMatchObject({
      kind: "unknown-relation",
      message: expect.stringContaining("it copies nobody"),
    });
    const again = await copier.answered("copy", "lead", "one", "--yes");
    expect(again.answer.preview.denied).toMatchObject([{ symbol: "BTCUSDT", reason: "foreign-position" }]);
    expect(await venue.positions("one")).toEqual({ BTCUSDT: "0.2" });
  }, 40_000);

  test("wrong keys and values are refused as in files, with what was meant, and nothing is kept", async () => {
    const wrong = await copier.answered(
      "copy",
      "lead",
      "one",
      "copy_multipler=2",
      "max_leverage=1000",
      "cool_off_minutes=5",
      "stop_loss={share: 0.1, form: peak}",
      "--yes",
    );
    expect(wrong).toMatchObject({ code: 2, answer: { error: { kind: "bad-settings" } } });
    const told = wrong.answer.error.problems.map(({ message }: { message: string }) => message).join("\n");
    expect(told).toContain('copy_multipler is not a known key; did you mean "copy_multiplier"?');
    expect(told).toContain(
      "cool_off_minutes is a setting of the account: copytrader settings set one cool_off_minutes=",
    );
    expect(told).toContain('stop_loss.form is not a known key; did you mean "from"?');
    expect(told).toContain("max_leverage must be a number from 1 to 200, got 1000");
    expect(await copier.answered("copy", "leed", "one", "--yes")).toMatchObject({
      code: 2,
      answer: { error: { kind: "unknown-leader", message: expect.stringContaining('did you mean "lead"') } },
    });
    expect(await copier.answered("copy", "lead", "three", "--yes")).toMatchObject({
      code: 2,
      answer: { error: { kind: "unknown-follower" } },
    });
    expect(await copier.answered("copy", "lead", "one", "twice", "--yes")).toMatchObject({ code: 2 });
    expect(existsSync(join(copier.data, "run-time-allocations.json"))).toBe(false);
  }, 30_000);

  test("while stopped they are noted for the next start", async () => {
    await trade("lead", "buy", "0.4");
    await holds("one", { BTCUSDT: "0.2" });
    await inSync("one");
    await kill();
    const { stdout, stderr } = await copier.run(["copy", "lead", "one", "copy_multiplier=1", "--yes"]);
    expect(stderr).toContain("The engine is stopped: this takes effect at its next start.");
    expect(stderr).toContain("Would be set: copy_multiplier 1 (run-time), was 0.5");
    expect(stderr).toMatch(/one +BTCUSDT +buy +0\.2/);
    expect(stdout).toContain("from its next start on");
    expect(readFileSync(join(copier.data, "run-time-allocations.json"), "utf8")).toContain(
      '"copy_multiplier": 1',
    );
    await start();
    await holds("one", { BTCUSDT: "0.4" });
    await kill();
    await copier.run(["uncopy", "lead", "one", "--stop-mode", "with-leader", "--yes"]);
    await start();
    await trade("lead", "sell", "0.2");
    await holds("one", { BTCUSDT: "0.2" });
    await trade("lead", "buy", "0.3");
    await trade("lead", "sell", "0.5");
    await holds("one", {});
  });
});

interface Relation {
  readonly leader: string;
  readonly follower: string;
}

describe("proposals", () => {
  test("wait, survive a restart, are approved as shown or declined; reductions never wait", async () => {
    await trade("lead", "buy", "0.4");
    await holds("one", { BTCUSDT: "0.2" });
    await until(
      async () => (await copier.answered("proposals")).answer.proposals.length === 1,
      15_000,
      "a proposal",
    );
    await kill();
    await start();
    const { proposals } = (await copier.answered("proposals")).answer;
    expect(proposals).toMatchObject([
      { id: 1, follower: "two", leader: "lead", symbol: "BTCUSDT", side: "buy", quantity: "0.4", held: "0" },
    ]);
    expect(Number(proposals[0].priceThen)).toBeGreaterThan(0);
    const status = (await copier.status()).followers.find(({ nickname }) => nickname === "two");
    expect(status).toMatchObject({ state: "syncing", reason: "BTCUSDT: awaits-approval" });
    expect(await copier.answered("approve", "1")).toMatchObject({
      code: 2,
      answer: { error: { kind: "not-confirmed", problems: [{ side: "buy", quantity: "0.4" }] } },
    });
    expect((await copier.answered("approve", "1", "--yes")).code).toBe(0);
    await holds("two", { BTCUSDT: "0.4" });
    await trade("lead", "buy", "0.2");
    await until(
      async () => (await copier.answered("proposals")).answer.proposals.length === 1,
      15_000,
      "another",
    );
    expect((await copier.answered("decline", "2")).code).toBe(0);
    await trade("lead", "sell", "0.3");
    await holds("two", { BTCUSDT: "0.2" });
    const { entries } = (await copier.answered("journal", "--follower", "two", "--reason", "not-approved"))
      .answer;
    expect(entries).toMatchObject([{ changedBy: "0.2", detail: { proposal: 2, answer: "declined" } }]);
    expect(await copier.answered("approve", "2", "--yes")).toMatchObject({
      code: 2,
      answer: { error: { kind: "unknown-proposal", message: expect.stringContaining("none waits") } },
    });
  });
});

describe("release", () => {
  test("buys again what its owner closed, and shows that first", async () => {
    await trade("lead", "buy", "0.4");
    await holds("one", { BTCUSDT: "0.2" });
    await copier.answered("close", "one", "--yes");
    await holds("one", {});
    const asked = await copier.answered("release", "one", "--symbol", "btcusdt");
    expect(asked).toMatchObject({
      code: 2,
      answer: { error: { kind: "not-confirmed", problems: [{ side: "buy", quantity: "0.2" }] } },
    });
    expect((await copier.answered("release", "one", "--leader", "lead", "--yes")).code).toBe(0);
    await holds("one", { BTCUSDT: "0.2" });
    expect((await copier.answered("release", "one", "--leader", "nobody", "--yes")).code).toBe(2);
  }, 30_000);
});

describe("explanations", () => {
  test("status and journal tell the path from the leader's position to the order", async () => {
    await copier.answered("pause", "one");
    await trade("lead", "buy", "0.401");
    await until(
      async () =>
        (await copier.answered("journal", "--follower", "one")).answer.entries[0]?.reason === "paused",
      15_000,
      "the reason",
    );
    const { positions } = (await copier.answered("status", "--explain", "--follower", "one")).answer;
    expect(positions).toHaveLength(1);
    expect(positions[0].leaders[0].steps.map(({ text }: { text: string }) => text)).toEqual([
      "lead holds 0.401 of BTCUSDT",
      "copied as 0.401 of BTCUSDT",
      "sized by multiplier 0.5 to 0.2005",
      "rounded towards zero to the step 0.001: 0.2",
      "target 0.2, holds 0",
      "paused",
    ]);
    const resumed = await copier.run(["resume"]);
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.stderr).toMatch(/one +BTCUSDT +buy +0\.2/);
    await holds("one", { BTCUSDT: "0.2" });
    const past = (await copier.answered("journal", "--follower", "one", "--explain")).answer.entries;
    expect(past[0].path.leaders[0].steps.at(-1)).toMatchObject({ step: "reason", text: "paused" });
    const { stdout } = await copier.run(["status", "--explain", "--follower", "one"]);
    expect(stdout).toContain("=> nothing to send");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    const asked = ["--leader", "lead", "--follower", "one", "--from", "1h"];
    const text = (await copier.run(["journal", "--explain", "--limit", "1", ...asked])).stdout;
    expect(text).toContain("sized by multiplier 0.5 to 0.2005");
    expect(text).toMatch(
      /Older ones: copytrader journal --before \d+ --leader lead --follower one --from 20\S+Z$/m,
    );
    const whole = (await copier.run(["journal", "--explain"])).stdout;
    for (const said of [text, whole]) expect(said).not.toMatch(/nothing (has happened|matches)/);
  }, 40_000);
});
