/** Monitoring over real processes: what is found of a leader's record is told once, acted on, and stands over a death. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { until, untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { type Exit, killPrograms, type Program, runProgram } from "./program.ts";
import { importRecord } from "./records.ts";
import { startVenue, type Venue } from "./venue.ts";

const DAYS = 160;
/** Every four seconds. */
const SHORT = "interval_hours: 0.0011";

let venue: Venue;
let copier: Copier;
let engine: Program | null = null;
beforeAll(async () => {
  venue = await startVenue();
});
afterAll(killPrograms);
beforeEach(async () => {
  copier = new Copier(venue);
  for (const name of ["lead", "other", "one"]) await venue.putAccount(name);
  copier.accountFile("lead", "leader");
  copier.accountFile("other", "leader");
  await venue.price("BTCUSDT", "60000");
});
afterEach(async () => {
  await kill();
  copier.close();
});

async function kill(): Promise<void> {
  engine?.kill("SIGKILL");
  await engine?.exit;
  engine = null;
}

function record(trader: string, profitOf: (day: number) => number): Promise<void> {
  return importRecord(copier, { trader, days: DAYS, quantity: "1", profitOf, equity: "10000" });
}

function traders(command: readonly string[]): Promise<Exit> {
  return runProgram(["traders", ...command, "--data", copier.data], copier.options);
}

async function tradersJson(...command: readonly string[]) {
  return JSON.parse((await traders([...command, "--json"])).stdout);
}

/** Up and down by turns, so that there is a deviation, around a mean. */
const around = (mean: number) => (day: number) => mean + 40 * Math.sin(day * 2.4);

async function alerts(): Promise<
  readonly { kind: string; leader?: string; numbers: Record<string, string> }[]
> {
  const { alerts: told } = await copier.json("alerts");
  return told.filter(({ kind }: { readonly kind: string }) => kind.startsWith("leader-"));
}

const kindsOf = async () => (await alerts()).map(({ kind }) => kind).sort();

test("a leader whose days turned bad is told once and paused; copying goes on without it, over a death too", {
  timeout: 120_000,
}, async () => {
  await record("lead", (day) => around(day < 120 ? 20 : -60)(day));
  copier.yaml("traders.yaml", `traders:\n  monitoring:\n    ${SHORT}\n    on_decay: pause\n`);
  copier.accountFile("one", "follower", { leader: "lead", copy_multiplier: 0.5 });
  engine = await copier.started();
  const lead = bybitApiHand(venue, "lead");
  await lead.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.1" });
  await untilEqual(() => venue.positions("one"), { BTCUSDT: "0.05" }, 15_000);

  await untilEqual(kindsOf, ["leader-finding", "leader-stopped"], 30_000);
  const [stopped, found] = await alerts();
  expect(found).toMatchObject({ kind: "leader-finding", leader: "lead", numbers: { finding: "decay" } });
  expect(stopped).toMatchObject({ kind: "leader-stopped", follower: "one", cause: "pause" });
  await lead.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.1" });
  await until(
    async () =>
      (await copier.json("journal")).entries.some(({ reason }: { reason: string }) => reason === "stopped"),
    10_000,
    "the increase is refused with its reason",
  );
  expect(await venue.positions("one")).toEqual({ BTCUSDT: "0.05" });

  await kill();
  engine = await copier.started();
  await lead.market({ symbol: "BTCUSDT", side: "sell", quantity: "0.2" });
  await untilEqual(() => venue.positions("one"), {}, 10_000);
  await lead.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.1" });
  const told = await tradersJson("monitor");
  const scoredAtMs = told.scoredAt;
  await until(async () => (await tradersJson("monitor")).scoredAt > scoredAtMs, 30_000, "another look");
  expect(await kindsOf()).toEqual(["leader-finding", "leader-stopped"]);
  expect(await venue.positions("one")).toEqual({});
  expect(told.findings).toMatchObject([{ leader: "lead", finding: "decay", actedOn: ["one"] }]);
  const { stdout } = await copier.run(["status"]);
  expect(stdout).toContain("the copies of lead paused by traders.monitoring (finding decay");
  // What it did while copied is part of its record.
  await until(async () => (await tradersJson("show", "lead")).fills > 2 * DAYS, 30_000, "its record grows");
});

test("a filter of the owner's own counts like the others, from the folder of extensions", async () => {
  await record("lead", around(30));
  copier.yaml("traders.yaml", `traders:\n  monitoring:\n    ${SHORT}\n    on_failed_filter: pause\n`);
  const own = join(copier.config, "extensions");
  mkdirSync(own, { mode: 0o755 });
  const text = `export default { contract: 1, kind: "trader-filter", name: "never-enough", description: "for a test",
    unit: "count", asks: "at-least", bound: 1000, figure: ({ trips }) => trips.length };\n`;
  writeFileSync(join(own, "never-enough.mjs"), text, { mode: 0o644 });
  copier.accountFile("one", "follower", { leader: "lead", copy_multiplier: 0.5 });
  engine = await copier.started();
  expect(engine.lines).toContainEqual({
    note: "start",
    message: "filter of traders never-enough (extensions/never-enough.mjs): for a test",
  });
  await untilEqual(kindsOf, ["leader-finding", "leader-stopped"], 30_000);
  const { findings } = await tradersJson("monitor");
  expect(findings).toMatchObject([
    {
      finding: "failed-filter",
      leader: "lead",
      topic: "never-enough",
      value: "160",
      limit: "1000",
      actedOn: ["one"],
    },
  ]);
});

test("of two leaders that are one, the copies of the less proven are closed, and a report says so", {
  timeout: 120_000,
}, async () => {
  await record("lead", around(30));
  await record("other", (day) => around(30)(day) - 5);
  const actions = "on_lock_step: close\n    on_correlation: warn";
  const filters = "  performance:\n    min_sharpe_ratio: 18\n";
  copier.yaml("traders.yaml", `traders:\n${filters}  monitoring:\n    ${SHORT}\n    ${actions}\n`);
  copier.accountFile("one", "follower", { leader: ["lead", "other"], copy_multiplier: 0.5 });
  engine = await copier.started();
  await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.1" });
  await bybitApiHand(venue, "other").market({ symbol: "ETHUSDT", side: "buy", quantity: "1" });
  await untilEqual(kindsOf, [...Array(3).fill("leader-finding"), "leader-stopped"], 30_000);
  await untilEqual(() => venue.positions("one"), { BTCUSDT: "0.05" }, 10_000);
  const found = await alerts();
  expect(found.map(({ leader }) => leader)).toEqual(["other", "other", "other", "other"]);
  expect(found.map(({ numbers }) => numbers.finding).sort()).toEqual([
    "correlation",
    "failed-filter",
    "lock-step",
    "lock-step",
  ]);
  const { code, stdout } = await copier.run(["correlations", "--copied", "--json"]);
  const report = JSON.parse(stdout);
  expect(code, stdout).toBe(1);
  expect(report.followers).toMatchObject([
    {
      follower: "one",
      weighted_by: "exposure",
      leaders: [
        { leader: "lead", exposure: 3_000, weight: 1 },
        { leader: "other", exposure: 0, weight: 0 },
      ],
      effective_number: 1,
      one_bet: [{ leaders: ["lead", "other"], weight: 1, sure: true }],
    },
  ]);
  const text = await copier.run(["correlations", "--copied"]);
  expect(text.stdout).toContain("one bet: lead, other, 100 % of what is held");
});
