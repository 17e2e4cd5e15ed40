/**
 * How a market moved between two moments, told from its bars. Within a bar the price is taken on the straight line from open to
 * close, and what that leaves open is told as a deviation: the price is taken for a random walk that is pinned at both ends of the
 * bar (a Brownian bridge), with the bar's own volatility from its range. Long bars therefore say little of a short time, and the
 * deviation says how little. Only ratios of prices of one series are used, so that units and the basis of a market cancel.
 */

/** Columns of one length, times ascending. */
export interface PathBars {
  readonly intervalMs: number;
  readonly openMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Base units; null where it is not told. */
  readonly volume: Float64Array | null;
}

/** A moment within a bar. */
export interface PathPoint {
  readonly intervalMs: number;
  readonly openMs: number;
  /** Share of the bar that was over: 0 at its open. */
  readonly part: number;
  readonly price: number;
  /** Deviation of the return over the bar. */
  readonly sigma: number;
  /** Of the bar, in base units; null where it is not told. */
  readonly volume: number | null;
}

/** Null where no bar holds the moment. */
export function pointAt(bars: PathBars, ms: number): PathPoint | null {
  const at = lastOpenedBy(bars.openMs, ms);
  const [openMs, open, high, low, close] = [
    bars.openMs[at],
    bars.open[at],
    bars.high[at],
    bars.low[at],
    bars.close[at],
  ];
  if (openMs === undefined || open === undefined || close === undefined) return null;
  if (high === undefined || low === undefined || ms >= openMs + bars.intervalMs) return null;
  const part = (ms - openMs) / bars.intervalMs;
  return {
    intervalMs: bars.intervalMs,
    openMs,
    part,
    price: open + (close - open) * part,
    sigma: rangeVolatility(high, low),
    volume: bars.volume?.[at] ?? null,
  };
}

/** Place of the last bar that had begun at `ms`; -1 when none had. */
function lastOpenedBy(openMs: Float64Array, ms: number): number {
  let low = 0;
  let high = openMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((openMs[middle] ?? Number.POSITIVE_INFINITY) <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Deviation of a return over the time of a range: ln(high / low) / sqrt(4 ln 2). Parkinson 1980. */
export function rangeVolatility(high: number, low: number): number {
  return low > 0 ? Math.log(high / low) / Math.sqrt(4 * Math.LN2) : 0;
}

export interface PathMove {
  /** Price at the end over that at the beginning. */
  readonly ratio: number;
  /** Expected size of what the bars leave open, as a share of the price. */
  readonly unknown: number;
}

/** Of a random walk's step with deviation s the expected size is s sqrt(2 / pi). */
const EXPECTED_SIZE = Math.sqrt(2 / Math.PI);

/** From one moment to a later one of the same series. Between bars nothing is open: their ends are known. */
export function moveBetween(from: PathPoint, to: PathPoint): PathMove {
  const ratio = from.price > 0 ? to.price / from.price : 1;
  const [begun, left] = [to.part, 1 - from.part];
  const within = to.part - from.part;
  const variance =
    from.openMs === to.openMs
      ? from.sigma ** 2 * within * (1 - within)
      : from.sigma ** 2 * left * (1 - left) + to.sigma ** 2 * begun * (1 - begun);
  return { ratio, unknown: Math.sqrt(variance) * EXPECTED_SIZE };
}

/** The same where no bar tells anything, for a market of a stated annual volatility. */
export function unseenMove(delayMs: number, annualVolatility: number): PathMove {
  return { ratio: 1, unknown: annualVolatility * Math.sqrt(delayMs / YEAR_MS) * EXPECTED_SIZE };
}

const YEAR_MS = 365 * 86_400_000;
