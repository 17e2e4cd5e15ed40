/**
 * "Why did I make less than my leader?": planted causes on the simulated exchange, each found in its own part, and the parts held
 * against the exchange's own balances, to the last digit.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AttributionReport } from "../../src/control/attribution-report.ts";
import { Decimal } from "../../src/core/model/decimal.ts";
import { partsOf } from "../attributed.ts";
import { until, untilEqual } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand, type LeaderHand } from "./leaders.ts";
import { killPrograms, type Program } from "./program.ts";
import { keyOf, startVenue, type Venue } from "./venue.ts";

const BALANCE = "50000";
const SOON_MS = 15_000;
/** What the exchange has filled is booked when its executions were told. */
const BOOKED = { timeout: SOON_MS, interval: 100 } as const;
const FOLLOWERS = ["plain", "capped", "rounded", "tiny", "away"] as const;

let venue: Venue;
let copier: Copier;
let hand: LeaderHand;
let engine: Program;

beforeAll(async () => {
  venue = await startVenue();
  await venue.price("BTCUSDT", "60000");
  await venue.price("DOGEUSDT", "0.1");
  await venue.control("PUT", "instruments/ETHUSDT", { fundingIntervalMinutes: 1 });
  await venue.control("PUT", "funding/ETHUSDT", { fundingRate: "0.001" });
  // What the leader holds is heard of by its stream, not by a snapshot.
  const intervals = "engine:\n  snapshot_interval_seconds: 30\n  order_window_ms: 1500\n";
  copier = new Copier(venue, `copy_trading:\n  mode: live\n${intervals}`);
  await venue.putAccount("lead");
  copier.accountFile("lead", "leader");
  hand = bybitApiHand(venue, "lead");
  const settings = {
    plain: { copy_multiplier: 1 },
    capped: { copy_multiplier: 1, max_symbol_notional: 1_205 },
    rounded: { copy_multiplier: 0.0625 },
    tiny: { copy_multiplier: 0.1 },
    away: { copy_multiplier: 1 },
  };
  for (const name of FOLLOWERS) {
    await venue.putAccount(name, { balance: BALANCE });
    copier.accountFile(name, "follower", { leader: "lead", ...settings[name] });
  }
  engine = await copier.started();
});

afterAll(async () => {
  await killPrograms();
  copier.close();
});

async function attribute(...args: readonly string[]): Promise<AttributionReport> {
  const { stdout, stderr } = await copier.run(["attribute", ...args, "--json"]);
  const answer = stdout === "" ? {} : JSON.parse(stdout);
  if (!("rows" in answer)) throw new Error(`${stdout} ${stderr}`);
  return answer;
}

/** At the exchange, and as the copier knows: a price that moves before it heard of the execution is delay. */
async function holds(name: string, wanted: Readonly<Record<string, string>>): Promise<void> {
  const isThere = async () => JSON.stringify(await venue.positions(name)) === JSON.stringify(wanted);
  await until(isThere, SOON_MS, `${name} holds ${JSON.stringify(wanted)}`);
  await untilEqual(() => knownOf(name), wanted, SOON_MS);
}

async function knownOf(name: string): Promise<Readonly<Record<string, string>>> {
  const { followers } = await copier.status();
  const rows = followers.find(({ nickname }) => nickname === name)?.instruments ?? [];
  return Object.fromEntries(rows.flatMap(({ symbol, held }) => (held === "0" ? [] : [[symbol, held]])));
}

/** What the exchange says that an account won or lost since it was opened. */
async function wonAt(name: string): Promise<string> {
  const { balances } = await venue.account(name);
  return Decimal.parse(balances.USDT ?? "")
    .minus(Decimal.parse(BALANCE))
    .toString();
}

async function trade(symbol: string, side: "buy" | "sell", quantity: string): Promise<void> {
  await hand.market({ symbol, side, quantity });
}

/** Those that are something. The exchange rounds fees, so that they differ from the leader's by parts of a millionth. */
function namesOf(row: AttributionReport["rows"][number]): readonly string[] {
  const parts = Object.entries(partsOf(row));
  return parts.filter(([, amount]) => Math.abs(Number(amount)) > 1e-6).map(([name]) => name);
}

/** Whose difference in an instrument is made of what; the parts sum to it with nothing left. */
async function partsIn(symbol: string, from?: number): Promise<Readonly<Record<string, readonly string[]>>> {
  const since = from === undefined ? [] : ["--from", new Date(from).toISOString().replace(/\.\d+Z/, "Z")];
  const { rows } = await attribute("--symbol", symbol, ...since);
  for (const { residual } of rows) expect(residual).toBe("0");
  return Object.fromEntries(rows.map((row) => [row.follower, namesOf(row)]));
}

test("a cap, rounding and a missed change are each in their own part, and nothing else is", async () => {
  await copier.run(["pause", "away"]);
  await trade("BTCUSDT", "buy", "0.04");
  await holds("plain", { BTCUSDT: "0.04" });
  await holds("capped", { BTCUSDT: "0.02" });
  await holds("rounded", { BTCUSDT: "0.002" });
  await holds("tiny", { BTCUSDT: "0.004" });
  await venue.price("BTCUSDT", "61000");
  await trade("BTCUSDT", "sell", "0.04");
  for (const name of FOLLOWERS) await holds(name, {});
  await copier.run(["resume", "away"]);
  await expect
    .poll(() => partsIn("BTCUSDT"), BOOKED)
    .toEqual({
      plain: [],
      capped: ["caps"],
      rounded: ["rounding"],
      tiny: [],
      away: ["late"],
    });
  const { rows } = await attribute("--follower", "away", "--symbol", "BTCUSDT");
  expect(rows[0]?.components.find(({ component }) => component === "late")?.reasons).toEqual([
    { reason: "paused", amount: rows[0]?.difference },
  ]);
});

test("an order below the exchange's minimum is in its own part", async () => {
  await trade("DOGEUSDT", "buy", "400");
  for (const name of ["plain", "capped", "away"]) await holds(name, { DOGEUSDT: "400" });
  await venue.price("DOGEUSDT", "0.11");
  await trade("DOGEUSDT", "sell", "400");
  for (const name of FOLLOWERS) await holds(name, {});
  await expect
    .poll(() => partsIn("DOGEUSDT"), BOOKED)
    .toEqual({
      plain: [],
      capped: [],
      rounded: ["minimum"],
      tiny: ["minimum"],
      away: [],
    });
});

test("a price that moves before the leader's execution is told is delay", async () => {
  const { rows } = await attribute("--symbol", "BTCUSDT", "--follower", "plain");
  expect(rows).toHaveLength(1);
  await venue.faults({ streamDelayMs: [700, 700], accounts: [keyOf("lead")] });
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const from = Math.ceil(Date.now() / 1_000) * 1_000;
  await new Promise((resolve) => setTimeout(resolve, from - Date.now() + 5));
  await trade("BTCUSDT", "buy", "0.04");
  await venue.price("BTCUSDT", "61600");
  await holds("plain", { BTCUSDT: "0.04" });
  await trade("BTCUSDT", "sell", "0.04");
  for (const name of FOLLOWERS) await holds(name, {});
  await venue.faults({});
  const parts = async () => (await partsIn("BTCUSDT", from)).plain;
  await expect.poll(parts, BOOKED).toEqual(["delay"]);
  const after = await attribute(
    "--symbol",
    "BTCUSDT",
    "--follower",
    "plain",
    "--from",
    new Date(from).toISOString().replace(/\.\d+Z/, "Z"),
  );
  // 0.04 bought 600 dearer, and the fee on that.
  expect(after.totals[0]?.difference).toBe("-24.0132");
});

test("funding is on both sides, and no difference where the same is held", async () => {
  await trade("ETHUSDT", "buy", "0.8");
  await holds("plain", { ETHUSDT: "0.8" });
  const paid = async () =>
    (await attribute("--symbol", "ETHUSDT", "--follower", "plain")).totals[0]?.followerResult.funding;
  await until(async () => ![undefined, "0"].includes(await paid()), 75_000, "funding is settled");
  await trade("ETHUSDT", "sell", "0.8");
  for (const name of FOLLOWERS) await holds(name, {});
  await expect
    .poll(() => partsIn("ETHUSDT"), BOOKED)
    .toMatchObject({ plain: [], capped: ["caps"], away: [] });
  const { totals } = await attribute("--symbol", "ETHUSDT", "--follower", "plain");
  expect(totals[0]?.leaderScaled.funding).toBe(totals[0]?.followerResult.funding);
  expect(Number(totals[0]?.leaderScaled.funding)).toBeLessThan(0);
}, 120_000);

test("the results are the exchange's own balances to the last digit, while it runs and when it is stopped (pain 41)", async () => {
  const { rows, totals } = await attribute();
  for (const name of FOLLOWERS) {
    const ours = rows
      .filter(({ follower }) => follower === name)
      .reduce((sum, { followerResult }) => sum.plus(Decimal.parse(followerResult.profit)), Decimal.zero);
    expect(ours.toString(), name).toBe(await wonAt(name));
  }
  expect(totals.map(({ residual }) => residual)).toEqual(["0"]);
  const text = await copier.run(["attribute", "--follower", "capped"]);
  expect(text.code).toBe(0);
  expect(text.stdout).toMatch(/less than your leader/);
  expect(text.stdout).toMatch(
    /symbol-cap +-[\d.]+ +what is copied of this leader in this instrument is at its cap/,
  );
  expect(text.stdout).toMatch(/sum .*to the last digit/);
  const before = totals[0]?.difference;
  engine.kill("SIGTERM");
  await engine.exit;
  const stopped = await attribute();
  expect(stopped.totals[0]?.difference).toBe(before);
  expect(stopped.rows).toHaveLength(rows.length);
});

test("what is asked wrongly says what would be right", async () => {
  const unknown = await copier.run(["attribute", "--leader", "nobody", "--json"]);
  expect(unknown.code).toBe(2);
  expect(unknown.stdout).toContain("there are: lead");
  const turned = await copier.run(["attribute", "--from", "2026-02-01", "--to", "2026-01-01", "--json"]);
  expect([turned.code, turned.stdout]).toEqual([
    2,
    expect.stringContaining("--to: 2026-01-01 is not after --from 2026-02-01"),
  ]);
  const later = await copier.run(["attribute", "--from", "2199-01-01", "--json"]);
  expect([later.code, later.stdout]).toEqual([
    2,
    expect.stringContaining("--from: 2199-01-01 is in the future"),
  ]);
  const nothing = await copier.run(["attribute", "--trade", "1", "--json"]);
  expect(nothing.code).toBe(2);
  expect(nothing.stdout).toContain("change 1 is none of a copied position");
});
