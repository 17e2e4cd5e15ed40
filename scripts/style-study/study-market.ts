/**
 * The markets on which the generated traders of the study trade: bars of five minutes with what policies look at, and funding.
 * Recorded ones from `../shared/data/market` where that is there, generated ones otherwise and besides.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { StyleBars, StyleFunding } from "../../src/analytics/style/style-trip.ts";
import { readRecorded } from "../../src/market/import/recorded-table.ts";

export const BAR_MS = 5 * 60_000;
export const BARS_A_DAY = 288;
const FUNDING_MS = 8 * 3_600_000;

export class StudyMarket {
  readonly symbol: string;
  readonly bars: StyleBars;
  readonly funding: StyleFunding;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  readonly #extremes = new Map<string, Float64Array>();

  constructor(symbol: string, bars: StyleBars, random: () => number) {
    this.symbol = symbol;
    this.bars = bars;
    const { close } = bars;
    this.#sums = new Float64Array(close.length + 1);
    this.#squares = new Float64Array(close.length + 1);
    for (let at = 0; at < close.length; at++) {
      const move = at === 0 ? 0 : this.move(at, 1);
      this.#sums[at + 1] = (this.#sums[at] ?? 0) + this.price(at);
      this.#squares[at + 1] = (this.#squares[at] ?? 0) + move * move;
    }
    this.funding = makeFunding(this, random);
  }

  get length(): number {
    return this.bars.close.length;
  }

  price(at: number): number {
    return this.bars.close[at] ?? Number.NaN;
  }

  /** When the bar `at` has ended. */
  endMs(at: number): number {
    return (this.bars.openMs[at] ?? 0) + BAR_MS;
  }

  /** Logarithmic move of the last `span` bars. */
  move(at: number, span: number): number {
    return Math.log(this.price(at) / this.price(Math.max(0, at - span)));
  }

  mean(at: number, span: number): number {
    const from = Math.max(0, at - span + 1);
    return ((this.#sums[at + 1] ?? 0) - (this.#sums[from] ?? 0)) / (at + 1 - from);
  }

  /** Deviation of one bar's move, from the week before. */
  deviation(at: number): number {
    const from = Math.max(0, at - 7 * BARS_A_DAY);
    return Math.sqrt(((this.#squares[at + 1] ?? 0) - (this.#squares[from] ?? 0)) / Math.max(1, at - from));
  }

  /** Usual move of `span` bars. */
  usual(at: number, span: number): number {
    return this.deviation(at) * Math.sqrt(span);
  }

  /** Highest high, or lowest low, of the `span` bars before `at`. */
  extreme(at: number, span: number, which: "high" | "low"): number {
    const name = `${which} ${span}`;
    const known = this.#extremes.get(name) ?? rollingExtreme(this.bars[which], span, which);
    this.#extremes.set(name, known);
    return known[at] ?? Number.NaN;
  }

  fundingAt(ms: number): number {
    const { atMs, rate } = this.funding;
    const index = atMs.findLastIndex((one) => one <= ms);
    return rate[index] ?? 0;
  }
}

/** Of the bars before each, by a queue of candidates. */
function rollingExtreme(values: Float64Array, span: number, which: "high" | "low"): Float64Array {
  const found = new Float64Array(values.length).fill(Number.NaN);
  const queue: number[] = [];
  let head = 0;
  const isBeaten = (old: number, next: number) => (which === "high" ? old <= next : old >= next);
  for (let at = 0; at < values.length; at++) {
    while (head < queue.length && (queue[head] ?? 0) < at - span) head++;
    if (at >= span) found[at] = values[queue[head] ?? 0] ?? Number.NaN;
    const value = values[at] ?? 0;
    while (queue.length > head && isBeaten(values[queue.at(-1) ?? 0] ?? 0, value)) queue.pop();
    queue.push(at);
  }
  return found;
}

/** Rates that persist, lean with the move of the week, and are extreme now and then. */
function makeFunding(market: StudyMarket, random: () => number): StyleFunding {
  const first = Math.ceil(market.endMs(0) / FUNDING_MS) * FUNDING_MS;
  const count = Math.max(0, Math.floor((market.endMs(market.length - 1) - first) / FUNDING_MS));
  const level = gaussian(random) * 0.00012;
  const rate = new Float64Array(count);
  let state = 0;
  for (let index = 0; index < count; index++) {
    const at = Math.min(
      market.length - 1,
      Math.round((first + index * FUNDING_MS - market.endMs(0)) / BAR_MS),
    );
    const lean = (0.00008 * market.move(at, 7 * BARS_A_DAY)) / (market.usual(at, 7 * BARS_A_DAY) || 1);
    const shock = gaussian(random) * (random() < 0.05 ? 0.0006 : 0.00006);
    state = 0.85 * state + shock;
    rate[index] = 0.0001 + level + lean + state;
  }
  const atMs = Float64Array.from({ length: count }, (_, index) => first + index * FUNDING_MS);
  return { atMs, rate };
}

export function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const SYMBOLS =
  "BTC ETH SOL XRP DOGE ADA AVAX LINK DOT LTC UNI AAVE NEAR ATOM FIL APT ARB OP SUI SEI INJ TIA WIF PEPE WLD FET LDO RUNE";

/**
 * Walks with a factor in common, clustering of volatility, heavy tails, spells of drift, and a part that reverts within hours:
 * markets in which every style has something to look at, and none earns for sure.
 */
export function generatedMarkets(random: () => number, days: number): readonly StudyMarket[] {
  const length = days * BARS_A_DAY;
  const startMs = Date.UTC(2024, 0, 1);
  const common = walk(random, length, 0.0011);
  return SYMBOLS.split(" ").map((coin) => {
    const own = walk(random, length, 0.0012 + 0.0012 * random());
    const weight = 0.5 + random();
    const start = 10 ** (4 * random() - 1);
    const close = common.map((value, at) => start * Math.exp(weight * value + (own[at] ?? 0)));
    const wick = () => Math.abs(gaussian(random)) * 0.0008;
    const openOf = (at: number) => close[Math.max(0, at - 1)] ?? 1;
    const bars = {
      intervalMs: BAR_MS,
      openMs: Float64Array.from({ length }, (_, at) => startMs + at * BAR_MS),
      high: Float64Array.from(close, (price, at) => Math.max(price, openOf(at)) * (1 + wick())),
      low: Float64Array.from(close, (price, at) => Math.min(price, openOf(at)) * (1 - wick())),
      close,
    };
    return new StudyMarket(`${coin}USDT`, bars, random);
  });
}

function walk(random: () => number, length: number, scale: number): Float64Array {
  const path = new Float64Array(length);
  let [level, drift, logVolatility, reverting] = [0, 0, 0, 0];
  for (let at = 0; at < length; at++) {
    logVolatility = 0.995 * logVolatility + 0.05 * gaussian(random);
    if (random() < 1 / (3 * BARS_A_DAY)) drift = gaussian(random) * 0.055;
    const jump = random() < 0.002 ? 5 : 1;
    const volatility = scale * Math.exp(logVolatility);
    level += volatility * (drift + jump * gaussian(random));
    reverting = 0.98 * reverting + 0.5 * volatility * gaussian(random);
    path[at] = level + reverting;
  }
  return path;
}

/** Recorded five-minute bars with at least `days` days; [] where there are none. */
export function recordedMarkets(folder: string, random: () => number, days: number): readonly StudyMarket[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".csv.gz"))
    .sort()
    .flatMap((name) => {
      const symbol = name.replace(/\.csv\.gz$/, "");
      const options = { symbol, scale: "1", volumeIn: "base", nowMs: Number.MAX_SAFE_INTEGER } as const;
      const text = gunzipSync(readFileSync(join(folder, name))).toString("utf8");
      const rows = readRecorded(text, options).series[0]?.rows ?? [];
      if (rows.length < days * BARS_A_DAY) return [];
      const column = (place: number) => Float64Array.from(rows, (row) => row[place] ?? Number.NaN);
      const bars = {
        ...{ intervalMs: BAR_MS, openMs: column(0), high: column(2), low: column(3), close: column(4) },
      };
      return [new StudyMarket(symbol, bars, random)];
    });
}

/** The same prices in bars of `count` five-minute bars, as a coarser history has them. */
export function coarser(bars: StyleBars, count: number): StyleBars {
  const length = Math.floor(bars.close.length / count);
  const pick = (values: Float64Array, of: (part: Float64Array) => number) =>
    Float64Array.from({ length }, (_, at) => of(values.subarray(at * count, (at + 1) * count)));
  return {
    intervalMs: bars.intervalMs * count,
    openMs: pick(bars.openMs, (part) => part[0] ?? 0),
    high: pick(bars.high, (part) => Math.max(...part)),
    low: pick(bars.low, (part) => Math.min(...part)),
    close: pick(bars.close, (part) => part.at(-1) ?? 0),
  };
}
