/** Moments, autocorrelations and the ratios made of them, of one trader, as metrics/ has them; the scratch holds the centred returns. */
import { COLUMN, type FigureRow } from "./figure-columns.ts";

/** Lags of the corrected Sharpe ratio. */
const LAGS = 7;

export interface Spread {
  readonly mean: number;
  /** NaN below two returns, zero where all are the same. */
  readonly deviation: number;
}

export function momentPass(row: FigureRow, mean: number, isFlat: boolean): Spread {
  const { returns, scratch, figures, periodsPerYear, fivePercent } = row;
  const n = returns.length;
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let day = 0; day < n; day += 1) {
    const difference = (returns[day] as number) - mean;
    const square = difference * difference;
    scratch[day] = difference;
    first += difference;
    second += square;
    third += square * difference;
    fourth += square * square;
  }
  second = isFlat ? 0 : second - (first * first) / n;
  const deviation = n < 2 ? Number.NaN : Math.sqrt(second / (n - 1));
  const annually = Math.sqrt(periodsPerYear);
  const ratio = (excess: number) => (deviation > 0 ? (excess / deviation) * annually : Number.NaN);
  figures[COLUMN.annual_volatility] = deviation * annually;
  figures[COLUMN.sharpe] = ratio(mean);
  figures[COLUMN.sharpe_rf5] = ratio(mean - fivePercent);
  writeShape(figures, n, { second, third, fourth });
  writeAutocorrelations(row, deviation > 0 ? mean / deviation : Number.NaN, second);
  return { mean, deviation };
}

function writeShape(
  figures: Float64Array,
  n: number,
  { second, third, fourth }: { readonly second: number; readonly third: number; readonly fourth: number },
): void {
  const variance = second / n;
  const isFlat = second === 0;
  const skew = isFlat ? Number.NaN : third / n / (variance * Math.sqrt(variance));
  const kurtosis = isFlat ? Number.NaN : fourth / n / (variance * variance) - 3;
  figures[COLUMN.skew_population] = skew;
  figures[COLUMN.skew_unbiased] = n < 3 ? Number.NaN : (skew * Math.sqrt(n * (n - 1))) / (n - 2);
  figures[COLUMN.kurtosis_population_excess] = kurtosis;
  figures[COLUMN.kurtosis_unbiased_excess] =
    n < 4 ? Number.NaN : ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * kurtosis + 6);
}

function writeAutocorrelations(row: FigureRow, perPeriod: number, second: number): void {
  const { figures, periodsPerYear, scratch } = row;
  const products = lagProducts(scratch);
  const rho = autocorrelation(scratch, 1, products[1] as number, second);
  let variance = periodsPerYear + 2 * (periodsPerYear - 1) * rho;
  for (let lag = 2; lag <= LAGS; lag += 1)
    variance += 2 * (periodsPerYear - lag) * autocorrelation(scratch, lag, products[lag] as number, second);
  const penalty = penaltyOf(rho, scratch.length);
  figures[COLUMN.autocorrelation_lag1] = rho;
  figures[COLUMN.autocorrelation_penalty] = penalty;
  figures[COLUMN.smart_sharpe] = (figures[COLUMN.sharpe] as number) / penalty;
  figures[COLUMN.smart_sortino] = (figures[COLUMN.sortino] as number) / penalty;
  figures[COLUMN.sharpe_autocorrelation_corrected] =
    variance > 0 ? (perPeriod * periodsPerYear) / Math.sqrt(variance) : Number.NaN;
}

const PRODUCTS = new Float64Array(LAGS + 1);

/** Sums of each day times the one `lag` later, by lag, in one pass: seven sums do not wait for each other. Used again by the next call. */
function lagProducts(centred: Float64Array): Float64Array {
  const whole = Math.max(0, centred.length - LAGS);
  let one = 0;
  let two = 0;
  let three = 0;
  let four = 0;
  let five = 0;
  let six = 0;
  let seven = 0;
  for (let day = 0; day < whole; day += 1) {
    const value = centred[day] as number;
    one += value * (centred[day + 1] as number);
    two += value * (centred[day + 2] as number);
    three += value * (centred[day + 3] as number);
    four += value * (centred[day + 4] as number);
    five += value * (centred[day + 5] as number);
    six += value * (centred[day + 6] as number);
    seven += value * (centred[day + 7] as number);
  }
  PRODUCTS.set([0, one, two, three, four, five, six, seven]);
  for (let lag = 1; lag <= LAGS; lag += 1)
    for (let day = whole; day < centred.length - lag; day += 1)
      PRODUCTS[lag] = (PRODUCTS[lag] as number) + (centred[day] as number) * (centred[day + lag] as number);
  return PRODUCTS;
}

/** Of centred values whose squares sum to `second`; NaN where either part does not vary. */
function autocorrelation(centred: Float64Array, lag: number, product: number, second: number): number {
  const n = centred.length;
  const count = n - lag;
  if (count < 2 || isFlat(centred, 0, count) || isFlat(centred, lag, n)) return Number.NaN;
  let headSum = 0;
  let headSquares = 0;
  let tailSum = 0;
  let tailSquares = 0;
  for (let at = 0; at < lag; at += 1) {
    const head = centred[at] as number;
    const tail = centred[n - 1 - at] as number;
    headSum += head;
    headSquares += head * head;
    tailSum += tail;
    tailSquares += tail * tail;
  }
  // All of them sum to zero, so the first part to what the last days lack, and the other way round.
  const varianceX = second - tailSquares - (tailSum * tailSum) / count;
  const varianceY = second - headSquares - (headSum * headSum) / count;
  const covariance = product - (tailSum * headSum) / count;
  return Math.max(-1, Math.min(1, covariance / Math.sqrt(varianceX) / Math.sqrt(varianceY)));
}

/** Ends at the first difference, as a rule at once. */
function isFlat(values: Float64Array, from: number, until: number): boolean {
  for (let at = from + 1; at < until; at += 1) if (values[at] !== values[from]) return false;
  return true;
}

function penaltyOf(rho: number, n: number): number {
  if (n === 1) return 1;
  const size = Math.abs(rho);
  let sum = 0;
  let power = size;
  // Smaller powers do not change the sum any more.
  for (let k = 1; k < n && power > 1e-18; k += 1) {
    sum += ((n - k) / n) * power;
    power *= size;
  }
  return Number.isNaN(rho) ? Number.NaN : Math.sqrt(1 + 2 * sum);
}
