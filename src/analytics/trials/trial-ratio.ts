/** What a trial is judged by: its Sharpe ratio, which holds more and less of the same to be equally good. */

/** Mean over deviation (n - 1) of returns on some days, per day; 0 where nothing varies, as for somebody who holds nothing. */
export function ratioOn(returns: Float64Array, days: ArrayLike<number>): number {
  const n = days.length;
  let [sum, squares] = [0, 0];
  for (let at = 0; at < n; at += 1) {
    const value = returns[days[at] as number] as number;
    sum += value;
    squares += value * value;
  }
  return ratioOfSums(n, sum, squares);
}

export function ratioOf(returns: Float64Array): number {
  let [sum, squares] = [0, 0];
  for (const value of returns) {
    sum += value;
    squares += value * value;
  }
  return ratioOfSums(returns.length, sum, squares);
}

const DAYS_A_YEAR = 365;

export function yearly(perDay: number): number {
  return perDay * Math.sqrt(DAYS_A_YEAR);
}

/** Below this share of the squares a variance is what rounding left. */
const ROUNDING = 1e-13;

function ratioOfSums(n: number, sum: number, squares: number): number {
  if (n < 2) return 0;
  const spread = squares - (sum * sum) / n;
  return spread <= squares * ROUNDING ? 0 : sum / n / Math.sqrt(spread / (n - 1));
}
