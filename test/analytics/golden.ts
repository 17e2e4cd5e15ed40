/** Reads the reference values of `../shared/golden` and the real series that they were computed from. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect } from "vitest";
import { sharedPath } from "../shared.ts";

export interface DailyReturns {
  /** ISO dates, one a day. */
  readonly dates: readonly string[];
  readonly returns: Float64Array;
}

export function golden<Shape>(name: string): Shape {
  return JSON.parse(readFileSync(sharedPath(`golden/${name}.json`), "utf8")) as Shape;
}

let closes: ReadonlyMap<string, readonly (readonly [string, number])[]> | undefined;

/** Daily closes of Bybit's linear perpetuals by symbol, dated by the day of the bar. */
function bybitCloses() {
  if (closes !== undefined) return closes;
  const found = new Map<string, (readonly [string, number])[]>();
  const text = gunzipSync(
    readFileSync(sharedPath("data/market/bybit_linear/1d_all_symbols.csv.gz")),
  ).toString();
  const [header = "", ...lines] = text.trimEnd().split("\n");
  const columns = header.split(",");
  const [symbolAt, timeAt, closeAt] = ["symbol", "open_time_ms", "close"].map((name) =>
    columns.indexOf(name),
  );
  for (const line of lines) {
    const cells = line.split(",");
    const symbol = cells[symbolAt ?? -1] ?? "";
    const day = new Date(Number(cells[timeAt ?? -1])).toISOString().slice(0, 10);
    const list = found.get(symbol) ?? [];
    list.push([day, Number(cells[closeAt ?? -1])]);
    found.set(symbol, list);
  }
  closes = found;
  return found;
}

export function bybitReturns(symbol: string, firstClose: string, lastClose: string): DailyReturns {
  const rows = (bybitCloses().get(symbol) ?? []).filter(([day]) => day >= firstClose && day <= lastClose);
  const returns = Float64Array.from(rows.slice(1), ([, close], index) => close / (rows[index]?.[1] ?? 0) - 1);
  return { dates: rows.slice(1).map(([day]) => day), returns };
}

/** Realised profit of each calendar day from the first to the last with a row; others are 0. */
export function hyperliquidPnl(account: string): {
  readonly dates: readonly string[];
  readonly pnl: Float64Array;
} {
  const text = readFileSync(sharedPath("data/traders/hyperliquid_daily/daily_realised.csv"), "utf8");
  const byDay = new Map(
    text
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","))
      .filter(([name]) => name === account)
      .map(([, day = "", pnl = ""]) => [day, Number(pnl)]),
  );
  const days = [...byDay.keys()].sort();
  const dates = calendarDays(days[0] ?? "", days.at(-1) ?? "");
  return { dates, pnl: Float64Array.from(dates, (day) => byDay.get(day) ?? 0) };
}

/** Returns on a base that grows with the profit, or stays. */
export function returnsOnCapital(pnl: Float64Array, base: number, fixed: boolean): Float64Array {
  let sumBefore = 0;
  return pnl.map((value) => {
    const result = value / (fixed ? base : base + sumBefore);
    sumBefore += value;
    return result;
  });
}

export function calendarDays(first: string, last: string): readonly string[] {
  const days: string[] = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

/** Relative 1e-9, absolute 1e-12 near zero: the tolerance that the reference states. */
export function expectClose(found: number | null | undefined, wanted: number | null, what: string): void {
  if (wanted === null || found === null || found === undefined) {
    expect(found, what).toBe(wanted);
    return;
  }
  const allowed = Math.max(1e-12, 1e-9 * Math.abs(wanted));
  expect(Math.abs(found - wanted), `${what}: ${found} for ${wanted}`).toBeLessThanOrEqual(allowed);
}

export function monthsOf(dates: readonly string[]): readonly number[] {
  return dates.map((date) => Number(date.slice(0, 7).replace("-", "")));
}
