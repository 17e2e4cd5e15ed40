/**
 * What a market was worth at a moment of the past, as it could be known then: the close of the last bar that had ended, never
 * of one that was still running. Bars of the mark price are preferred to bars of trades, short bars to long ones.
 */
import {
  barsOf,
  type MarketHistory,
  marksOf,
  type PriceColumns,
  type SeriesSummary,
  type TimeRange,
} from "./market-history.ts";
import { firstAtOrAfter } from "./table.ts";

export interface PastPrice {
  readonly price: number;
  /** When the bar ended. */
  readonly atMs: number;
  /** Bars of trades stand in where there are none of the mark. */
  readonly from: "marks" | "bars";
}

export interface MarkReader {
  /** Null where no bar ended in the time of two bars before `ms`. */
  markAt(symbol: string, ms: number): PastPrice | null;
}

/** Prices of one venue. What is read of a symbol is kept: `range` bounds it. */
export function openMarkReader(history: MarketHistory, venue: string, range: TimeRange): MarkReader {
  const series = Map.groupBy(
    history
      .list()
      .filter((one) => one.venue === venue && one.kind !== "funding")
      .toSorted((left, right) => left.intervalMs - right.intervalMs || (left.kind === "marks" ? -1 : 1)),
    ({ symbol }) => symbol,
  );
  const loaded = new Map<SeriesSummary, PriceColumns>();
  const load = (one: SeriesSummary): PriceColumns => {
    const known = loaded.get(one);
    if (known !== undefined) return known;
    const table = history.read(one, { fromMs: range.fromMs - 2 * one.intervalMs, toMs: range.toMs });
    const columns = one.kind === "marks" ? marksOf(table, one.intervalMs) : barsOf(table, one.intervalMs);
    loaded.set(one, columns);
    return columns;
  };
  return {
    markAt: (symbol, ms) => {
      for (const one of series.get(symbol) ?? []) {
        const last = lastClosed(load(one), ms);
        if (last !== null && ms - last.atMs <= 2 * one.intervalMs)
          return { ...last, from: one.kind === "marks" ? "marks" : "bars" };
      }
      return null;
    },
  };
}

/** The last bar that had ended at `ms`, however long before; null when none had. */
export function lastClosed(
  { intervalMs, openMs, close }: PriceColumns,
  ms: number,
): { readonly price: number; readonly atMs: number } | null {
  const index = firstAtOrAfter(openMs, ms - intervalMs + 1) - 1;
  const [price, opened] = [close[index], openMs[index]];
  return price === undefined || opened === undefined ? null : { price, atMs: opened + intervalMs };
}
