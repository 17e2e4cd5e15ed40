/**
 * The recorded prices of one symbol as the points that a backtest walks through: of each bar its open, the two extremes and its
 * close, the nearer extreme to the open first, spread over the bar. Where several series tell of a time the one of the shortest bars
 * counts. What a moment may know of volatility and volume is of the last bar that had ended by then.
 */
import { rangeVolatility } from "../../analytics/copying/bar-path.ts";
import { firstAtOrAfter } from "../../market/table.ts";

/** Bars of one length; columns of one length, times ascending; prices and volumes in units of the symbol that is traded. */
export interface TapeBars {
  readonly intervalMs: number;
  readonly openMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Base units; null where it is not told. */
  readonly volume: Float64Array | null;
}

/** The rate is a fraction of the position's value that longs pay to shorts. */
export interface TapeFunding {
  readonly atMs: Float64Array;
  readonly rate: Float64Array;
}

export interface PricePoint {
  readonly atMs: number;
  readonly price: number;
}

/** Columns of one length. */
export interface PricePoints {
  readonly atMs: Float64Array;
  readonly price: Float64Array;
}

/** Of a bar that has ended. */
export interface PastBar {
  readonly intervalMs: number;
  /** Deviation of the return over the bar. */
  readonly sigma: number;
  /** Base units; null where it is not told. */
  readonly volume: number | null;
}

interface Step {
  readonly bars: TapeBars;
  readonly index: number;
}

export class PriceTape {
  /** Series of bars whose times do not overlap, merged in the order of time. */
  readonly #steps: readonly Step[];
  readonly #openMs: Float64Array;
  readonly funding: TapeFunding | null;

  /** `series`: the shortest bars first. */
  constructor(series: readonly TapeBars[], funding: TapeFunding | null) {
    const steps: Step[] = [];
    const taken: TapeBars[] = [];
    for (const bars of series) {
      for (let index = 0; index < bars.openMs.length; index += 1) {
        const openMs = bars.openMs[index] ?? 0;
        if (!taken.some((finer) => overlaps(finer, openMs, openMs + bars.intervalMs)))
          steps.push({ bars, index });
      }
      taken.push(bars);
    }
    this.#steps = steps.sort((left, right) => openOf(left) - openOf(right));
    this.#openMs = Float64Array.from(this.#steps, openOf);
    this.funding = funding;
  }

  get bars(): number {
    return this.#steps.length;
  }

  /** The first point after `ms`; null when there is none. */
  pointAfter(ms: number): PricePoint | null {
    // A bar that is open at `ms` may have points to come; the one before it has not.
    const from = Math.max(0, firstAtOrAfter(this.#openMs, ms + 1) - 1);
    for (let at = from; at < this.#steps.length; at += 1) {
      const step = this.#steps[at];
      if (step === undefined) break;
      for (let place = 0; place < POINTS; place += 1) {
        const point = pointOf(step, place);
        if (point.atMs > ms) return point;
      }
    }
    return null;
  }

  /** All points after `fromMs` and until `toMs`, oldest first: what `pointAfter` tells one after the other. */
  pointsBetween(fromMs: number, toMs: number): PricePoints {
    const first = Math.max(0, firstAtOrAfter(this.#openMs, fromMs + 1) - 1);
    const last = firstAtOrAfter(this.#openMs, toMs + 1);
    const atMs = new Float64Array((last - first) * POINTS);
    const price = new Float64Array(atMs.length);
    let count = 0;
    for (const step of this.#steps.slice(first, last)) {
      for (let place = 0; place < POINTS; place += 1) {
        const point = pointOf(step, place);
        if (point.atMs <= fromMs || point.atMs > toMs) continue;
        atMs[count] = point.atMs;
        price[count] = point.price;
        count += 1;
      }
    }
    return { atMs: atMs.subarray(0, count), price: price.subarray(0, count) };
  }

  /** The last point at or before `ms`; null when there is none. */
  pointAt(ms: number): PricePoint | null {
    const step = this.#steps[firstAtOrAfter(this.#openMs, ms + 1) - 1];
    if (step === undefined) return null;
    for (let place = POINTS - 1; place >= 0; place -= 1) {
      const point = pointOf(step, place);
      if (point.atMs <= ms) return point;
    }
    return null;
  }

  /** Whether a price lies within the bar of that time, or so near to its range (a share of the price); null where no bar tells of it. */
  holds(ms: number, price: number, slack: number): boolean | null {
    const step = this.#steps[firstAtOrAfter(this.#openMs, ms + 1) - 1];
    if (step === undefined || ms >= openOf(step) + step.bars.intervalMs) return null;
    const [low = 0, high = 0] = [step.bars.low[step.index], step.bars.high[step.index]];
    return price >= low * (1 - slack) && price <= high * (1 + slack);
  }

  /** The last bar that had ended at `ms`; null when none had within the time of two bars before. */
  pastBar(ms: number): PastBar | null {
    for (let at = firstAtOrAfter(this.#openMs, ms + 1) - 1; at >= 0; at -= 1) {
      const step = this.#steps[at];
      if (step === undefined) return null;
      const { bars, index } = step;
      const endMs = openOf(step) + bars.intervalMs;
      if (endMs > ms) continue;
      if (ms - endMs > 2 * bars.intervalMs) return null;
      const sigma = rangeVolatility(bars.high[index] ?? 0, bars.low[index] ?? 0);
      return { intervalMs: bars.intervalMs, sigma, volume: bars.volume?.[index] ?? null };
    }
    return null;
  }
}

const POINTS = 4;

function openOf({ bars, index }: Step): number {
  return bars.openMs[index] ?? 0;
}

/** Whether one of the bars has some of the time from `fromMs` to before `toMs`. */
function overlaps({ openMs, intervalMs }: TapeBars, fromMs: number, toMs: number): boolean {
  const at = firstAtOrAfter(openMs, fromMs - intervalMs + 1);
  return (openMs[at] ?? Number.POSITIVE_INFINITY) < toMs;
}

function pointOf({ bars, index }: Step, place: number): PricePoint {
  const [open = 0, high = 0, low = 0, close = 0] = [bars.open, bars.high, bars.low, bars.close].map(
    (column) => column[index],
  );
  const { intervalMs } = bars;
  const begunMs = bars.openMs[index] ?? 0;
  const nearer = high - open < open - low ? high : low;
  const prices = [open, nearer, nearer === high ? low : high, close];
  const share = place === POINTS - 1 ? intervalMs - 1 : (intervalMs * place) / (POINTS - 1);
  return { atMs: begunMs + Math.floor(share), price: prices[place] ?? close };
}
