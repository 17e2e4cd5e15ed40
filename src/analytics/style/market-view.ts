/**
 * One market as somebody saw it at a moment: what had ended by then, and nothing later. Moves are in units of what the market
 * usually moves in that time (the deviation of its bars over the week before), so that coins and years can be compared.
 */
import type { StyleBars } from "./style-trip.ts";

const HOUR_MS = 3_600_000;
const WEEK_MS = 168 * HOUR_MS;
/** Fewer bars say nothing about what is usual. */
const BARS_MIN = 20;
/** A bar older than so many bars does not stand for now. */
const STALE_BARS = 3;

export class MarketView {
  readonly #bars: StyleBars;
  /** Sum of squared logarithmic returns up to and with each bar. */
  readonly #squares: Float64Array;

  constructor(bars: StyleBars) {
    this.#bars = bars;
    this.#squares = new Float64Array(bars.close.length);
    for (let at = 1; at < bars.close.length; at++) {
      const move = Math.log((bars.close[at] ?? 1) / (bars.close[at - 1] ?? 1));
      this.#squares[at] = (this.#squares[at - 1] ?? 0) + move * move;
    }
  }

  /** The last bar that had ended; -1 when there is none, or only an old one. */
  at(ms: number): number {
    const { openMs, intervalMs } = this.#bars;
    const index = countUpTo(openMs, ms - intervalMs) - 1;
    const endMs = (openMs[index] ?? Number.NEGATIVE_INFINITY) + intervalMs;
    return ms - endMs <= STALE_BARS * intervalMs ? index : -1;
  }

  /** The move over `spanMs` up to the bar `at`, in usual moves of that span; NaN where that is not known. */
  move(at: number, spanMs: number): number {
    const { close, intervalMs } = this.#bars;
    const before = at - Math.max(1, Math.round(spanMs / intervalMs));
    const usual = this.usualMove(at, spanMs);
    if (before < 0 || !(usual > 0)) return Number.NaN;
    return Math.log((close[at] ?? Number.NaN) / (close[before] ?? Number.NaN)) / usual;
  }

  /** Deviation of the logarithmic price over `spanMs`, from the bars of the week before; NaN with too few of them. */
  usualMove(at: number, spanMs: number): number {
    const { intervalMs } = this.#bars;
    const count = Math.min(at, Math.round(WEEK_MS / intervalMs));
    if (at < 0 || count < BARS_MIN) return Number.NaN;
    const sum = (this.#squares[at] ?? 0) - (this.#squares[at - count] ?? 0);
    return Math.sqrt((sum / count) * Math.max(1, spanMs / intervalMs));
  }

  /** Where the close of the bar `at` lies between lowest (0) and highest (1) of `spanMs`, itself included. */
  placeInRange(at: number, spanMs: number): number {
    const { low, high } = this.#range(at, spanMs);
    return high > low ? ((this.#bars.close[at] ?? Number.NaN) - low) / (high - low) : Number.NaN;
  }

  /** 1 above everything of the `spanMs` that ended `restMs` before, -1 below, 0 between. */
  breakoutOf(at: number, spanMs: number, restMs: number): number {
    const rest = Math.max(1, Math.round(restMs / this.#bars.intervalMs));
    const { low, high } = this.#range(at - rest, spanMs);
    const close = this.#bars.close[at] ?? Number.NaN;
    if (!(high >= low) || Number.isNaN(close)) return Number.NaN;
    return close > high ? 1 : close < low ? -1 : 0;
  }

  /** NaN where the span begins before the first bar. */
  #range(at: number, spanMs: number): { readonly low: number; readonly high: number } {
    const from = at - Math.round(spanMs / this.#bars.intervalMs) + 1;
    if (at < 0 || from < 0) return { low: Number.NaN, high: Number.NaN };
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let index = from; index <= at; index++) {
      low = Math.min(low, this.#bars.low[index] ?? low);
      high = Math.max(high, this.#bars.high[index] ?? high);
    }
    return { low, high };
  }
}

/** How many of the ascending times are at or before `ms`. */
export function countUpTo(times: Float64Array, ms: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Number.POSITIVE_INFINITY) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
