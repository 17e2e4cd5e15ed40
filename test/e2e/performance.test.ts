/** `performance` beside real programs: what it says is the exchange's own books, while the engine runs, after it was killed, and when it is stopped. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FeesReport } from "../../src/control/performance/fees.ts";
import type { PerformanceReport, PerformanceRow } from "../../src/control/performance/performance.ts";
import type { TaxLots } from "../../src/control/report/tax-lots.ts";
import { Decimal } from "../../src/core/model/decimal.ts";
import type { PeriodReport } from "../../src/reports/period/period-report.ts";
import { until } from "./await.ts";
import { Copier } from "./copier.ts";
import { bybitApiHand } from "./leaders.ts";
import { killPrograms, type Program } from "./program.ts";
import { keyOf, startVenue, type Venue } from "./venue.ts";

const BALANCE = "50000";
const FOLLOWERS = ["one", "two"] as const;

let venue: Venue;
let copier: Copier;
let engine: Program;
/** What was paid into `one` so far. */
let paidIn = Decimal.zero;

beforeAll(async () => {
  venue = await startVenue();
  await venue.price("BTCUSDT", "60000");
  const settings = "copy_trading:\n  mode: live\n  performance_fee: 0.1\n";
  copier = new Copier(venue, `${settings}reports: {daily: true, accounts: [one], formats: [html]}\n`);
  await venue.putAccount("lead");
  copier.accountFile("lead", "leader");
  for (const [at, name] of FOLLOWERS.entries()) {
    await venue.putAccount(name, { balance: BALANCE });
    copier.accountFile(name, "follower", { leader: "lead", copy_multiplier: at + 1 });
  }
  engine = await copier.started();
});

afterAll(async () => {
  await killPrograms();
  copier.close();
});

async function told(...args: readonly string[]): Promise<readonly PerformanceRow[]> {
  const { stdout, stderr } = await copier.run(["performance", ...args, "--json"]);
  expect(stderr).toBe("");
  return (JSON.parse(stdout) as PerformanceReport).rows;
}

/** What the account won or lost at the exchange, all positions closed. */
async function wonAt(name: string): Promise<string> {
  const { balances } = await venue.account(name);
  const own = name === "one" ? paidIn : Decimal.zero;
  return Decimal.parse(balances.USDT ?? "")
    .minus(Decimal.parse(BALANCE))
    .minus(own)
    .toString();
}

async function trade(side: "buy" | "sell", quantity: string, held: string): Promise<void> {
  await bybitApiHand(venue, "lead").market({ symbol: "BTCUSDT", side, quantity });
  const wanted = held === "0" ? "{}" : JSON.stringify({ BTCUSDT: held });
  const isThere = async () => JSON.stringify(await venue.positions("one")) === wanted;
  await until(isThere, 10_000, `one holds ${held}`);
}

async function transfer(type: "deposit" | "withdrawal", amount: string): Promise<void> {
  await venue.control("POST", `transfers/${keyOf("one")}`, { amount, type });
  const value = Decimal.parse(amount);
  paidIn = paidIn.plus(type === "deposit" ? value : value.negated());
}

/** Until what is told of each follower is what the exchange has. */
async function agrees(what: string): Promise<readonly PerformanceRow[]> {
  let rows: readonly PerformanceRow[] = [];
  const isSo = async () => {
    rows = await told();
    const wanted = await Promise.all(FOLLOWERS.map(async (name) => `${name} ${await wonAt(name)}`));
    const found = rows
      .filter(({ of }) => of === "follower")
      .map(({ name, total }) => `${name} ${total.profit}`);
    return JSON.stringify(found) === JSON.stringify(wanted);
  };
  await until(isSo, 15_000, what);
  return rows;
}

test("profit is the exchange's, of followers, the leader and all together; money that comes and goes is none", async () => {
  await trade("buy", "0.4", "0.4");
  await venue.price("BTCUSDT", "61234.5");
  await trade("sell", "0.4", "0");
  await agrees("the first round trip is told");
  await transfer("deposit", "12345.67");
  await trade("buy", "0.2", "0.2");
  await transfer("withdrawal", "2345.67");
  await venue.price("BTCUSDT", "60100.5");
  await trade("sell", "0.2", "0");
  await agrees("the second round trip is told");
  const isTold = async () => (await told("--follower", "one"))[0]?.total.equity === (await walletOf("one"));
  await until(isTold, 10_000, "the newest equity is told");
  const rows = await told();
  const profitOf = (of: string) => rows.find((row) => row.of === of)?.total.profit;
  expect(profitOf("leader")).toBe(profitOf("portfolio"));
  expect(profitOf("strategy")).toBe(profitOf("portfolio"));
  const [one] = rows.filter(({ name }) => name === "one");
  // All of it was put in on the first day, of which the return is a part.
  const capital = Number(BALANCE) + Number(paidIn);
  expect(one?.total.return).toBeCloseTo(Number(await wonAt("one")) / capital, 12);
  expect(one?.limit).toMatchObject({ guard: "max_account_drawdown", stands: null });
}, 90_000);

async function walletOf(name: string): Promise<string> {
  return String((await venue.account(name)).balances.USDT);
}

test("nothing is lost or counted twice when the engine is killed while it holds something, or stopped", async () => {
  await trade("buy", "0.3", "0.3");
  engine.kill("SIGKILL");
  await engine.exit;
  const [dead] = await told("--follower", "one");
  expect(dead?.days).toBeGreaterThan(0);
  await venue.price("BTCUSDT", "62000.5");
  engine = await copier.started();
  await trade("sell", "0.3", "0");
  await agrees("what came while nobody looked is told");
  engine.kill("SIGTERM");
  await engine.exit;
  const stopped = await agrees("it is told when it is stopped");
  expect((await copier.run(["rebuild"])).code).toBe(0);
  expect(await told()).toEqual(stopped);
}, 90_000);

test("a report of the day says the same in every form, tax lots are the exchange's, and start looked for what is due", async () => {
  const today = new Date().toISOString().slice(0, 10);
  const period = `2026-01-01..${today}`.replace("2026", String(new Date().getUTCFullYear()));
  const asked = ["report", "--account", "one", "--period", period, "--format", "html,pdf,png,csv,json"];
  const { stdout, code } = await copier.run([...asked, "--json"]);
  expect(code).toBe(0);
  const [{ report, files }] = (JSON.parse(stdout) as ReportsAnswer).reports;
  expect(report.summary.profit).toBe(await wonAt("one"));
  expect(report.copying[0]).toMatchObject({ residual: "0", follower: report.summary.profit });
  expect(report.trades).toMatchObject({ closed: 3, knownFrom: expect.any(String) });
  expect(files).toHaveLength(9);
  const year = String(new Date().getUTCFullYear());
  const lots = await copier.run([
    "report",
    "--tax-lots",
    "average",
    "--year",
    year,
    "--account",
    "one",
    "--json",
  ]);
  const { totals, check } = JSON.parse(lots.stdout) as TaxLots;
  expect(totals).toMatchObject([{ account: "one", symbol: "BTCUSDT", gain: await wonAt("one") }]);
  expect(check).toMatchObject([{ residual: "0", open: "0" }]);
  const wrong = await copier.run(["report", "--tax-lots", "fifo"]);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("--year")]);
  const scheduled = await copier.run(["report", "--scheduled", "--json"]);
  // Of yesterday nothing is known, and what is due was looked for by start already.
  expect([scheduled.code, JSON.parse(scheduled.stdout)]).toEqual([0, { ready: [], removed: 0 }]);
}, 90_000);

interface ReportsAnswer {
  readonly reports: readonly [{ readonly report: PeriodReport; readonly files: readonly string[] }];
}

test("fees are of what is above the mark, through a kill, another start, and a relation that ends and begins again", async () => {
  const feesNow = async (): Promise<FeesReport> =>
    JSON.parse((await copier.run(["fees", "--follower", "one", "--json"])).stdout);
  const shared = async () => {
    const won = Decimal.parse(await wonAt("one"));
    return won.sign > 0 ? Decimal.parse("0.1").times(won).toString() : "0";
  };
  const before = await feesNow();
  expect(before.accounts).toMatchObject([{ leader: "lead", follower: "one", coin: "USDT", isPaper: false }]);
  expect(before.accounts[0]?.accrued).toBe(await shared());
  engine = await copier.started();
  expect(await relation("uncopy")).toBe(0);
  expect(await relation("copy")).toBe(0);
  await trade("buy", "0.2", "0.2");
  engine.kill("SIGKILL");
  await engine.exit;
  engine = await copier.started();
  await venue.price("BTCUSDT", "63000.5");
  await trade("sell", "0.2", "0");
  const isTold = async () => (await feesNow()).accounts[0]?.accrued === (await shared());
  await until(isTold, 15_000, "the fee of all that was won");
  expect(Number((await feesNow()).accounts[0]?.accrued)).toBeGreaterThan(
    Number(before.accounts[0]?.accrued) + 0.1 * 0.2 * 900,
  );
  const paid = await copier.run([
    "fees",
    "--leader",
    "lead",
    "--follower",
    "one",
    "--paid",
    "1.25",
    "--json",
  ]);
  expect(JSON.parse(paid.stdout).accounts).toMatchObject([{ settled: "0", paid: "1.25", owed: "-1.25" }]);
  const whose = await copier.run(["fees", "--paid", "1.25"]);
  expect([whose.code, whose.stderr]).toEqual([2, expect.stringContaining("--leader and --follower")]);
  expect((await copier.run(["fees", "--paid", "-1"])).code).toBe(2);
  const { stdout } = await copier.run(["fees"]);
  expect(stdout).toMatch(/lead +one +\d{4}-\d{2} +10 % +[\d.]+ +0\.0000 +[\d.]+ +running/);
  engine.kill("SIGTERM");
  await engine.exit;
}, 90_000);

async function relation(verb: "copy" | "uncopy"): Promise<number | null> {
  return (await copier.run([verb, "lead", "one", "--yes"])).code;
}

test("it can be read by people, and says what was asked wrongly", async () => {
  const { code, stdout } = await copier.run(["performance", "--follower", "one", "--by", "month"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/FOLLOWERS\n +one +1 +[\d.]+ +0\.00 +[+-][\d.]+ +[\d.]+/);
  expect(stdout).toMatch(/MAX_ACCOUNT_DRAWDOWN/);
  expect(stdout).toMatch(/one: 0 whole days are too few for ratios of a year \(30 are needed\)/);
  expect(stdout).toMatch(/\d{4}-\d{2} .* not whole/);
  const unknown = await copier.run(["performance", "--leader", "nobody", "--json"]);
  expect(unknown.code).toBe(2);
  expect(unknown.stdout).toContain("there are: lead");
  expect((await copier.run(["performance", "--by", "year"])).stderr).toContain("It must be one of day, week");
  expect((await copier.run(["performance", "--from", "2026-02-01", "--to", "2026-01-01"])).code).toBe(2);
});
