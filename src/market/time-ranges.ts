/** Sets of times as sorted ranges that lie apart: their union, what of a range is not in them, and what is. */
import type { TimeRange } from "./market-history.ts";

/** Sorted, with what touches joined. */
export function united(ranges: readonly TimeRange[]): readonly TimeRange[] {
  const sorted = ranges.filter(({ fromMs, toMs }) => fromMs < toMs).sort((a, b) => a.fromMs - b.fromMs);
  const joined: TimeRange[] = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && range.fromMs <= last.toMs)
      joined[joined.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, range.toMs) };
    else joined.push(range);
  }
  return joined;
}

/** What of `range` none of `ranges` holds; `ranges` as `united` gives them. */
export function uncovered(range: TimeRange, ranges: readonly TimeRange[]): readonly TimeRange[] {
  const left: TimeRange[] = [];
  let fromMs = range.fromMs;
  for (const one of ranges) {
    if (one.toMs <= fromMs) continue;
    if (one.fromMs >= range.toMs) break;
    if (one.fromMs > fromMs) left.push({ fromMs, toMs: one.fromMs });
    fromMs = one.toMs;
  }
  if (fromMs < range.toMs) left.push({ fromMs, toMs: range.toMs });
  return left;
}

/** What of `ranges` lies in `range`. */
export function clipped(ranges: readonly TimeRange[], range: TimeRange): readonly TimeRange[] {
  return ranges
    .map((one) => ({
      fromMs: Math.max(one.fromMs, range.fromMs),
      toMs: Math.min(one.toMs, range.toMs),
    }))
    .filter(({ fromMs, toMs }) => fromMs < toMs);
}

export function isIn(ms: number, ranges: readonly TimeRange[]): boolean {
  return ranges.some(({ fromMs, toMs }) => ms >= fromMs && ms < toMs);
}
