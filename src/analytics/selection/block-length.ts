/**
 * How long the blocks of a bootstrap have to be so that what hangs together over days stays together.
 *
 * Source: D. N. Politis and H. White, Automatic Block-Length Selection for the Dependent Bootstrap, Econometric Reviews 23 (2004), with the
 * correction of A. Patton, D. N. Politis and H. White, Econometric Reviews 28 (2009), for the stationary bootstrap.
 */
import { momentsOf } from "../metrics/moments.ts";

/** The mean length of a block in days, from 1 to min(3 sqrt(n), n / 3); 1 where nothing varies or there are under four returns. */
export function automaticBlockLength(returns: Float64Array): number {
  const n = returns.length;
  const { mean, deviation } = momentsOf(returns);
  if (n < 4 || mean === null || deviation === null || deviation === 0) return 1;
  const covariances = autocovariances(
    returns,
    mean,
    Math.min(n - 1, Math.ceil(Math.sqrt(n)) + 2 * quietLags(n)),
  );
  const window = windowOf(covariances, n);
  let weighted = 0;
  let density = covariances[0] ?? 0;
  for (let lag = 1; lag <= window; lag += 1) {
    const weight = flatTop(lag / window) * 2 * (covariances[lag] ?? 0);
    weighted += weight * lag;
    density += weight;
  }
  const length = ((2 * weighted * weighted) / (2 * density * density)) ** (1 / 3) * n ** (1 / 3);
  const longest = Math.ceil(Math.min(3 * Math.sqrt(n), n / 3));
  return Number.isFinite(length) ? Math.min(longest, Math.max(1, length)) : 1;
}

/** So many lags in a row have to be quiet. */
function quietLags(n: number): number {
  return Math.max(5, Math.ceil(Math.sqrt(Math.log10(n))));
}

/** Twice the last lag before the correlations fall silent, at least 2. */
function windowOf(covariances: Float64Array, n: number): number {
  const quiet = quietLags(n);
  const most = Math.min(covariances.length - 1, Math.ceil(Math.sqrt(n)) + quiet);
  const loud = 2 * Math.sqrt(Math.log10(n) / n) * (covariances[0] ?? 0);
  const isQuiet = (lag: number) => Math.abs(covariances[lag] ?? 0) < loud;
  let last = 0;
  while (last < most && !allQuiet(last + 1, quiet, isQuiet)) last += 1;
  return Math.min(2 * Math.max(1, last), most);
}

function allQuiet(from: number, count: number, isQuiet: (lag: number) => boolean): boolean {
  for (let lag = from; lag < from + count; lag += 1) if (!isQuiet(lag)) return false;
  return true;
}

/** 1 up to a half, then straight down to 0 at one. */
function flatTop(share: number): number {
  return share <= 0.5 ? 1 : Math.max(0, 2 * (1 - share));
}

function autocovariances(returns: Float64Array, mean: number, lags: number): Float64Array {
  const n = returns.length;
  return Float64Array.from({ length: lags + 1 }, (_, lag) => {
    let sum = 0;
    for (let day = lag; day < n; day += 1)
      sum += ((returns[day] ?? 0) - mean) * ((returns[day - lag] ?? 0) - mean);
    return sum / n;
  });
}
