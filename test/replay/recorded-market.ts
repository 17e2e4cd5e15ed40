/**
 * Which recorded bars belong to a traded symbol at a time. Several collections, the nearest relative of the traded contract
 * first; each knows how it names and scales the 1000-unit contracts and how far its prices may lie from the contract's.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Bar, BarSeries } from "../../src/exchange/simulated/market-types.ts";
import { readBars } from "../../src/exchange/simulated/recorded-bars.ts";

/** How a collection shows a symbol: its own name, and what its prices are to be multiplied by. */
interface Shown {
  readonly name: string;
  readonly factor: number;
}

interface Collection {
  readonly folder: string;
  /** Allowed distance of a fill from the bar's range: other contract, other venue. */
  readonly toleranceBps: number;
  readonly shown: (symbol: string) => readonly Shown[];
  /** All symbols in one file, instead of one file each. */
  readonly isOneFile?: true;
}

const asNamed = (symbol: string): readonly Shown[] => [{ name: symbol, factor: 1 }];

/** Without the prefix and per single coin; a name that begins with digits may also be the coin's own. */
function perCoin(symbol: string): readonly Shown[] {
  if (!symbol.startsWith("1000")) return asNamed(symbol);
  return [{ name: symbol.slice(4), factor: 1000 }, ...asNamed(symbol)];
}

/** The venue of the daily bars puts the multiplier elsewhere for some coins. */
function daily(symbol: string): readonly Shown[] {
  if (symbol === "1000SHIBUSDT") return [{ name: "SHIB1000USDT", factor: 1 }];
  if (symbol === "1000SATSUSDT") return [{ name: "10000SATSUSDT", factor: 0.1 }];
  return asNamed(symbol);
}

const COLLECTIONS: readonly Collection[] = [
  { folder: "binance_um/15m", toleranceBps: 5, shown: asNamed },
  { folder: "binance_um/1h", toleranceBps: 5, shown: perCoin },
  { folder: "binance_um/5m", toleranceBps: 5, shown: asNamed },
  { folder: "binance_spot/1h", toleranceBps: 15, shown: perCoin },
  { folder: "bybit_linear/1d_all_symbols.csv.gz", toleranceBps: 25, shown: daily, isOneFile: true },
];

interface Covering {
  readonly series: BarSeries;
  readonly factor: number;
  readonly toleranceBps: number;
}

export type Coverage = "covered" | "no-bars" | "outside-bar";

export class RecordedMarket {
  readonly #folder: string;
  readonly #bySymbol = new Map<string, readonly Covering[]>();
  readonly #files = new Map<string, readonly BarSeries[]>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether bars cover the symbol then, and hold the price. */
  coverage(symbol: string, timeMs: number, price: number): Coverage {
    let found: Coverage = "no-bars";
    for (const { series, factor, toleranceBps } of this.#covering(symbol)) {
      const bar = barAt(series, timeMs);
      if (bar === undefined) continue;
      const slack = toleranceBps / 10_000;
      if (price >= bar.low * factor * (1 - slack) && price <= bar.high * factor * (1 + slack))
        return "covered";
      found = "outside-bar";
    }
    return found;
  }

  /** Closing prices of the bars that end after `fromMs` and by `toMs`, oldest first, of the first collection that has some. */
  closes(
    symbol: string,
    fromMs: number,
    toMs: number,
  ): readonly { readonly atMs: number; readonly price: number }[] {
    for (const { series, factor } of this.#covering(symbol)) {
      const { bars, barMs } = series;
      const found = [];
      for (let at = firstFrom(bars, fromMs - barMs + 1); at < bars.length; at += 1) {
        const bar = bars[at];
        if (bar === undefined || bar.openTimeMs + barMs > toMs) break;
        found.push({ atMs: bar.openTimeMs + barMs, price: bar.close * factor });
      }
      if (found.length > 0) return found;
    }
    return [];
  }

  #covering(symbol: string): readonly Covering[] {
    const known = this.#bySymbol.get(symbol);
    if (known !== undefined) return known;
    const found = COLLECTIONS.flatMap((collection) => this.#inCollection(collection, symbol));
    this.#bySymbol.set(symbol, found);
    return found;
  }

  #inCollection({ folder, shown, toleranceBps, isOneFile }: Collection, symbol: string): readonly Covering[] {
    for (const { name, factor } of shown(symbol)) {
      const path = isOneFile === true ? folder : `${folder}/${name}.csv.gz`;
      const series = this.#read(path).find((one) => one.symbol === name);
      if (series !== undefined) return [{ series, factor, toleranceBps }];
    }
    return [];
  }

  #read(path: string): readonly BarSeries[] {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const full = join(this.#folder, path);
    const series = existsSync(full) ? readBars(full) : [];
    this.#files.set(path, series);
    return series;
  }
}

function barAt({ bars, barMs }: BarSeries, timeMs: number): Bar | undefined {
  const bar = bars[firstFrom(bars, timeMs + 1) - 1];
  return bar !== undefined && timeMs < bar.openTimeMs + barMs ? bar : undefined;
}

/** Place of the first bar that opens at or after `timeMs`. */
function firstFrom(bars: readonly Bar[], timeMs: number): number {
  let [low, high] = [0, bars.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bars[middle]?.openTimeMs ?? 0) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
