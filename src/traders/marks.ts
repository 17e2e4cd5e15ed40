/**
 * Marks for a trader's instruments out of the history of markets: of the trader's own venue where it has the symbol, else of the
 * same coin there or at another venue. A multiple is worth as many units: 1000PEPEUSDT a thousand PEPEUSDT.
 */
import type { KnownPrice } from "../analytics/equity/equity-curve.ts";
import { sameCoinIn } from "../core/model/symbol-name.ts";
import { openMarkReader } from "../market/mark-reader.ts";
import type { MarketHistory, SeriesSummary, TimeRange } from "../market/market-history.ts";
import { remembered } from "./remembered.ts";

export interface TraderMarks {
  markAt(symbol: string, ms: number): KnownPrice | null;
  /** Where the marks of a symbol come from; null for nowhere. */
  sourceOf(symbol: string): MarkSource | null;
  /** Says of some symbols' series what figures made from them depend on. */
  basis(symbols: readonly string[]): string;
}

export interface MarkSource {
  readonly venue: string;
  readonly symbol: string;
  /** Units of it in one unit of what was asked for. */
  readonly units: number;
}

/** Prices of the whole history of `venue`'s traders; `range` bounds what is kept in memory. */
export function openTraderMarks(history: MarketHistory, venue: string, range: TimeRange): TraderMarks {
  const series = history.list().filter(({ kind }) => kind !== "funding");
  const byVenue = Map.groupBy(series, (one) => one.venue);
  const readerOf = remembered((name) => openMarkReader(history, name, range));
  const sourceOf = remembered((symbol) => findSource(symbol, venue, byVenue));
  return {
    sourceOf,
    markAt: (symbol, ms) => {
      const source = sourceOf(symbol);
      const mark = source === null ? null : readerOf(source.venue).markAt(source.symbol, ms);
      return source === null || mark === null ? null : { price: mark.price * source.units, atMs: mark.atMs };
    },
    basis: (symbols) =>
      symbols
        .map((symbol) => sourceOf(symbol))
        .flatMap((source) =>
          source === null
            ? []
            : (byVenue.get(source.venue) ?? []).filter((one) => one.symbol === source.symbol),
        )
        .map(seriesBasis)
        .join("; "),
  };
}

/** What figures made from a series depend on. */
export function seriesBasis({
  venue,
  symbol,
  kind,
  intervalMs,
  rows,
  bytes,
  covered,
}: SeriesSummary): string {
  return [venue, symbol, kind, intervalMs, rows, bytes, covered.at(0)?.fromMs].join(" ");
}

function findSource(
  symbol: string,
  venue: string,
  byVenue: ReadonlyMap<string, readonly SeriesSummary[]>,
): MarkSource | null {
  // Its own perpetuals, its own spot market, then the others by name.
  const others = [...byVenue.keys()].filter((name) => name !== venue).sort();
  const own = others.filter((name) => name.startsWith(`${venue}-`));
  for (const name of [venue, ...own, ...others.filter((other) => !own.includes(other))]) {
    const symbols = [...new Set((byVenue.get(name) ?? []).map((one) => one.symbol))];
    if (symbols.includes(symbol)) return { venue: name, symbol, units: 1 };
    const other = sameCoinIn(symbol, symbols);
    if (other !== null) return { venue: name, symbol: other.symbol, units: other.units };
  }
  return null;
}
