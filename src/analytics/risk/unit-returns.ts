/**
 * What a day brought for each unit of value that a trader held: profit of the day over the largest value held on it (all sides added).
 * It needs no capital, so that it says what copies of a known value may gain or lose. Every day of the window has a value, so that days of
 * several traders can be added up: a day on which next to nothing was held, or that is not in the record, takes those of the other days in turn.
 */
import { median } from "../numeric/quantile.ts";

export interface DailyResults {
  /** UTC day, counted from 1970. */
  readonly firstDay: number;
  /** Per day, without a gap. */
  readonly pnl: Float64Array;
  /** Largest value held on each day, in the same coin. */
  readonly dailyPeaks: Float64Array;
}

export interface RiskWindow {
  /** The first UTC day that is not part of it. */
  readonly untilDay: number;
  readonly days: number;
}

export interface UnitReturns {
  /** One for each day of the window, oldest first; a loss of 2 % of the value held is -0.02. */
  readonly returns: Float64Array;
  /** 1 where the day's own result stands, 0 where another day's stands in. */
  readonly isOwn: Uint8Array;
  /** How many are the days' own. */
  readonly ownDays: number;
}

/** Fewer days on which something was held tell nothing of bad days. */
export const RISK_DAYS_MIN = 30;
/** Of the median day: less than this share is next to nothing, and its quotients are noise. */
const HELD_SHARE_MIN = 0.01;

/** Null below RISK_DAYS_MIN days of its own. */
export function unitReturns(
  { firstDay, pnl, dailyPeaks }: DailyResults,
  { untilDay, days }: RiskWindow,
): UnitReturns | null {
  const from = untilDay - days - firstDay;
  const peaks = Float64Array.from({ length: days }, (_, day) => dailyPeaks[from + day] ?? 0);
  const least = (median(peaks.filter((peak) => peak > 0)) ?? 0) * HELD_SHARE_MIN;
  const isOwn = Uint8Array.from(peaks, (peak) => (peak > 0 && peak >= least ? 1 : 0));
  const own = ownReturns(peaks, isOwn, (day) => pnl[from + day] ?? 0);
  if (own.length < RISK_DAYS_MIN) return null;
  let [taken, lent] = [0, 0];
  const returns = Float64Array.from(isOwn, (isItsOwn) => {
    const place = isItsOwn === 1 ? taken++ : lent++ % own.length;
    return own[place] as number;
  });
  return { returns, isOwn, ownDays: own.length };
}

function ownReturns(peaks: Float64Array, isOwn: Uint8Array, pnlOf: (day: number) => number): Float64Array {
  const own: number[] = [];
  for (const [day, peak] of peaks.entries()) if (isOwn[day] === 1) own.push(pnlOf(day) / peak);
  return Float64Array.from(own);
}
