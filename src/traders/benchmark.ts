/** The market that traders are measured against: daily returns (UTC) of one symbol, from the same marks that value what they held. */
import { DAY_MS, endOfDayMs, utcDay } from "../analytics/equity/days.ts";
import type { TraderMarks } from "./marks.ts";

export interface BenchmarkReturns {
  readonly symbol: string;
  /** One for each day that was asked for; NaN where the price of its beginning or its end is not known. */
  readonly returns: Float64Array;
}

/** `days` are UTC days (YYYY-MM-DD) without a gap, oldest first. */
export function benchmarkReturns(
  marks: Pick<TraderMarks, "markAt">,
  symbol: string,
  days: readonly string[],
): BenchmarkReturns {
  const first = utcDay(Date.parse(days[0] ?? ""));
  const closeOf = (day: number) => {
    const found = marks.markAt(symbol, endOfDayMs(day));
    return found !== null && endOfDayMs(day) - found.atMs < DAY_MS ? found.price : Number.NaN;
  };
  const returns = Float64Array.from(
    days,
    (_, place) => closeOf(first + place) / closeOf(first + place - 1) - 1,
  );
  return { symbol, returns };
}
