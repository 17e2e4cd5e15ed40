/** The portfolio's risk over real processes: a limit on it acts by what monitoring measured, and `copytrader risk` says what it is made of. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { CopiedRisk } from "../../src/control/copied-risk.ts";
import { until, untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { killPrograms, type Program } from "./program.ts";
import { importRecord } from "./records.ts";
import { startVenue, type Venue } from "./venue.ts";

const DAYS = 160;
const EQUITY = 10_000;
const COPIES = { leader: ["lead", "other"], copy_multiplier: 1 };

let venue: Venue;
let copier: Copier;
let engine: Program | null = null;
beforeAll(async () => {
  venue = await startVenue();
});
afterAll(killPrograms);
beforeEach(async () => {
  copier = new Copier(venue);
  for (const name of ["lead", "other"]) await venue.putAccount(name);
  await venue.putAccount("one", { balance: String(EQUITY) });
  copier.accountFile("lead", "leader");
  copier.accountFile("other", "leader");
  copier.accountFile("one", "follower", COPIES);
  await venue.price("BTCUSDT", "50000");
  await venue.price("ETHUSDT", "2000");
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

/** Holds 2,000 each day until yesterday: loses 2 % of it on each eighth day, from `first` on, and makes 0.3 % on others. */
function record(trader: string, first: number): Promise<void> {
  const profitOf = (day: number) => (day % 8 === first ? -40 : 6);
  return importRecord(copier, { trader, days: DAYS, quantity: "1", profitOf, equity: null });
}

async function risk(): Promise<CopiedRisk["followers"][number]> {
  const { followers }: CopiedRisk = await copier.json("risk");
  const [one] = followers;
  if (one === undefined) throw new Error("no follower");
  return one;
}

test("an increase that would take the portfolio past its value at risk is copied as far as it fits, with one reason", {
  timeout: 120_000,
}, async () => {
  await record("lead", 0);
  await record("other", 4);
  copier.yaml("traders.yaml", "traders:\n  monitoring:\n    interval_hours: 0.0011\n");
  copier.accountFile("one", "follower", { ...COPIES, max_portfolio_var_95: 0.01005 });
  engine = await copier.started();
  const told = engine.lines.map(({ message }) => message).join("\n");
  expect(told).toContain("max_portfolio_var_95 0.01005 x equity a day");
  await until(
    async () =>
      (await copier.json("limits")).followers[0]?.limits.every((one: { note: string }) => one.note === ""),
    30_000,
    "both records are measured",
  );

  // 2 % of 6,000 are 1.2 % of the equity: 5,025 fit, which is 0.1 in whole steps, before and after the fee.
  const lead = bybitApiHand(venue, "lead");
  await lead.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.12" });
  await untilEqual(() => venue.positions("one"), { BTCUSDT: "0.1" }, 10_000);
  await lead.market({ symbol: "BTCUSDT", side: "buy", quantity: "0.01" });
  const entries = async () =>
    (await copier.json("journal")).entries as readonly { reason: string; detail: object }[];
  await until(
    async () => (await entries()).filter(({ reason }) => reason === "portfolio-risk").length === 1,
    10_000,
    "the refused increase has its one reason",
  );
  const [refused] = (await entries()).filter(({ reason }) => reason === "portfolio-risk");
  expect(JSON.stringify(refused)).toContain("0.01");
  expect(await venue.positions("one")).toEqual({ BTCUSDT: "0.1" });

  // Whose bad days are others may be added.
  await bybitApiHand(venue, "other").market({ symbol: "ETHUSDT", side: "buy", quantity: "1" });
  await untilEqual(() => venue.positions("one"), { BTCUSDT: "0.1", ETHUSDT: "1" }, 10_000);
  const running = await risk();
  expect(running.leaders).toMatchObject([
    { leader: "lead", held: 5_000, own_days: DAYS, lack: null },
    { leader: "other", held: 2_000, own_days: DAYS, lack: null },
  ]);
  expect(running.leaders[0]?.per_unit?.value_at_risk).toBeCloseTo(0.02, 9);
  expect(running.limits).toMatchObject([{ limit: "max_portfolio_var_95", most: "0.01005", note: "" }]);
  for (const figure of Object.values(running.figures ?? {})) {
    const sum = Object.values<number>(figure?.by_leader ?? {}).reduce((total, part) => total + part, 0);
    expect(sum).toBeCloseTo(figure?.whole ?? 0, 9);
  }
  // Nothing of what the engine compares is another figure than what is shown.
  expect(Number(running.limits[0]?.use)).toBeCloseTo(running.figures?.value_at_risk.whole ?? 0, 3);

  await kill();
  const stopped = await risk();
  expect(stopped.figures).toEqual(running.figures);
  const text = await copier.run(["risk", "--resamples", "0"]);
  expect(text.code).toBe(0);
  expect(text.stdout).toMatch(/lead +5000 +100/);

  // A reduction goes, whatever the limit says; above it the command ends with 1.
  engine = await copier.started();
  await venue.price("BTCUSDT", "80000");
  await untilEqual(async () => (await copier.run(["risk"])).code, 1, 15_000);
  await lead.market({ symbol: "BTCUSDT", side: "sell", quantity: "0.13" });
  await untilEqual(() => venue.positions("one"), { ETHUSDT: "1" }, 10_000);
});

test("what was asked for wrongly ends with 2, and without a record it says whose is lacking", async () => {
  engine = await copier.started();
  expect((await copier.run(["risk", "--confidence", "95"])).code).toBe(2);
  expect((await copier.run(["risk", "--days", "5"])).code).toBe(2);
  expect((await copier.run(["risk", "--follower", "nobody"])).code).toBe(2);
  await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side: "buy", quantity: "0.01" });
  await untilEqual(() => venue.positions("one"), { BTCUSDT: "0.01" }, 10_000);
  // The copier knows of it a moment after the exchange.
  await expect
    .poll(() => copier.run(["risk"]), { timeout: 15_000 })
    .toMatchObject({ code: 0, stdout: expect.stringContaining("nothing is known of those who are held") });
  expect((await copier.run(["risk"])).stdout).toContain("lead: no record yet");
});
