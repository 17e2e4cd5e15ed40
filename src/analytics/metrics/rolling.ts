/** Figures of a series over time: Sharpe ratio of a moving window, and returns by calendar month. */
import { momentsOf } from "./moments.ts";
import { sharpeRatio } from "./sharpe.ts";

/** Sharpe ratio, per year, of the `window` days up to each day; null before there are so many, and without variance. */
export function rollingSharpe(
  returns: Float64Array,
  window: number,
  periodsPerYear: number,
): readonly (number | null)[] {
  return Array.from(returns, (_, day) => {
    if (day + 1 < window) return null;
    return sharpeRatio(momentsOf(returns.subarray(day + 1 - window, day + 1)), periodsPerYear);
  });
}

export interface MonthReturn {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** Compounded over its days. */
  readonly value: number;
}

/** `dates` are the ISO dates of the returns, one each. */
export function monthlyReturns(returns: Float64Array, dates: readonly string[]): readonly MonthReturn[] {
  const growth = new Map<string, number>();
  for (const [day, date] of dates.entries()) {
    const month = date.slice(0, 7);
    growth.set(month, (growth.get(month) ?? 1) * Math.max(0, 1 + (returns[day] ?? 0)));
  }
  return [...growth].map(([name, value]) => {
    const [year = 0, month = 0] = name.split("-").map(Number);
    return { year, month, value: value - 1 };
  });
}

/** Growth of one unit of capital: its value at the end of each day. */
export function equityCurve(returns: Float64Array): Float64Array {
  let equity = 1;
  return returns.map((value) => {
    equity *= Math.max(0, 1 + value);
    return equity;
  });
}
