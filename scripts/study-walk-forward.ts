/**
 * Says what choosing traders by their past added in the recorded past: `npm run study:walk-forward -- --traders DIR --market DIR`. At each
 * boundary traders are ranked by what was known then and held until the next one.
 */
import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Period } from "../src/analytics/walk-forward/holding.ts";
import { traderPeriods } from "../src/control/trader-periods.ts";
import { type DaySpan, evenSpans, monthSpans } from "../src/traders/walk-forward/spans.ts";
import { countOf, readArguments, refuse, wholeOf } from "./arguments.ts";
import { accountPeriods, readAccounts } from "./selection-study/hyperliquid-daily.ts";
import { type ForwardReport, reportLines, reportOf } from "./selection-study/walk-forward-report.ts";

const HELP = `Chooses recorded traders by what was known at each boundary, and tells what came of it.

  npm run study:walk-forward -- --traders DIR --market DIR [--hyperliquid-daily DIR]
      [--every month|week] [--top N] [--min-days N] [--min-trips N] [--resamples N] [--seed N] [--json]

  --traders DIR            histories that traders import reads: raw_trade_history.csv.gz, or fills.csv.gz with accounts.csv
  --market DIR             their prices: binance_um/1h and binance_spot/1h in it
  --hyperliquid-daily DIR  daily_realised.csv in it: profits by account and day
  --every month|week       how long is held (default month)
  --top N                  how many are held at most; a third of the candidates where that is fewer (default 10)
  --min-days N             days of record to be a candidate (default 7)
  --min-trips N            whole round trips to be a candidate; of daily profits: days with one (default 3)
  --resamples N            of the intervals (default 2000)
  --seed N                 of the resampling (default 1)
  --json                   one JSON object on standard output`;

const values = readArguments(HELP, {
  traders: { type: "string" },
  market: { type: "string" },
  "hyperliquid-daily": { type: "string" },
  every: { type: "string", default: "month" },
  top: { type: "string", default: "10" },
  "min-days": { type: "string", default: "7" },
  "min-trips": { type: "string", default: "3" },
  resamples: { type: "string", default: "2000" },
  seed: { type: "string", default: "1" },
  json: { type: "boolean", default: false },
});

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const A_WEEK = 7;
const { traders, market, every } = values;
const daily = values["hyperliquid-daily"];
if (every !== "month" && every !== "week") refuse(`--every: month or week is expected, got ${every}`);
if (traders === undefined && daily === undefined) refuse("--traders or --hyperliquid-daily is needed");
if ((traders === undefined) !== (market === undefined)) refuse("--traders and --market go together");
const needs = {
  days: countOf("min-days", values["min-days"]),
  trips: wholeOf("min-trips", values["min-trips"], { least: 0, most: 10_000 }),
};
const options = {
  top: countOf("top", values.top),
  resamples: countOf("resamples", values.resamples),
  seed: countOf("seed", values.seed),
};
const spans = (firstDay: number, lastDay: number): readonly DaySpan[] =>
  every === "month" ? monthSpans(firstDay, lastDay) : evenSpans(firstDay, lastDay, A_WEEK);

const reports: { readonly name: string; readonly report: ForwardReport }[] = [];
if (traders !== undefined && market !== undefined) tell("fills", await periodsOfFills(traders, market));
if (daily !== undefined) tell("hyperliquid_daily", periodsOfDays(daily));
if (values.json) console.log(JSON.stringify({ every, ...options, reports }));

function tell(name: string, periods: readonly Period[]): void {
  const report = reportOf(periods, options);
  reports.push({ name, report });
  if (!values.json) console.log([`### ${name}`, "", ...reportLines(report), ""].join("\n"));
}

/** Imported by the program itself into a folder that is gone afterwards. */
async function periodsOfFills(folder: string, prices: string): Promise<readonly Period[]> {
  const data = mkdtempSync(join(tmpdir(), "copytrader-study-"));
  try {
    const raw = globSync(`${folder}/raw_trade_history.csv*`);
    const histories = raw.length > 0 ? raw : globSync(`${folder}/*.csv*`);
    if (histories.length === 0) refuse(`--traders: ${folder} has no CSV files`);
    const bars = ["binance_um/1h", "binance_spot/1h"].flatMap((one) => globSync(`${prices}/${one}/*.csv*`));
    if (bars.length === 0) refuse(`--market: ${prices} has neither binance_um/1h nor binance_spot/1h`);
    copytrader("traders", "import", ...histories, "--data", data);
    copytrader("market", "import", ...bars, "--data", data);
    const onDone = (done: number, of: number) => process.stderr.write(`\rtrader ${done} of ${of} `);
    const stop = new AbortController().signal;
    const periods = await traderPeriods(
      data,
      { spans, needs, settings: null, featuresFor: () => () => [] },
      { stop, onDone },
    );
    process.stderr.write("\n");
    return periods;
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

function copytrader(...words: readonly string[]): void {
  execFileSync(join(ROOT, "bin/copytrader"), words, { stdio: ["ignore", "ignore", "inherit"] });
}

function periodsOfDays(folder: string): readonly Period[] {
  const { accounts, lastDay } = readAccounts(join(folder, "daily_realised.csv"));
  const firstDay = Math.min(...accounts.map((one) => one.firstDay));
  return accountPeriods(accounts, spans(firstDay, lastDay), {
    days: needs.days,
    closingDays: needs.trips,
  });
}
