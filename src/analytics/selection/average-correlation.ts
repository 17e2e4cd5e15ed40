/** How alike many series are on the whole: the mean of the correlations of all pairs, each on the days that both have. */
import { pearson } from "../metrics/covariation.ts";
import { momentsOf } from "../metrics/moments.ts";
import { overlapOf, type ReturnsSeries } from "../returns-table.ts";

/** Above it the pairs are a sample; its mean is good to a few thousandths. */
const PAIRS_MAX = 5_000_000;

/**
 * Pairs without a correlation (fewer than two common days, or no variance) are left out; null where none is left. Series of different days whose
 * pairs are more than `pairsMax` are each compared with the same number of those that follow, in a ring.
 */
export function averageCorrelation(series: readonly ReturnsSeries[], pairsMax = PAIRS_MAX): number | null {
  const [first] = series;
  const alike = series.every((one) => sameDays(one, first) && varies(one));
  return alike ? averageOfAligned(series) : averageOfPairs(series, pairsMax);
}

function sameDays(one: ReturnsSeries, other: ReturnsSeries | undefined): boolean {
  return one.firstRow === other?.firstRow && one.returns.length === other.returns.length;
}

function varies({ returns }: ReturnsSeries): boolean {
  return (momentsOf(returns).deviation ?? 0) > 0;
}

/** Without going through the pairs: the square of the sum of standardised series has all of them in it. */
function averageOfAligned(series: readonly ReturnsSeries[]): number | null {
  const count = series.length;
  const days = series[0]?.returns.length ?? 0;
  if (count < 2 || days < 2) return null;
  const sum = new Float64Array(days);
  for (const { returns } of series) {
    const { mean, deviation } = momentsOf(returns);
    const scale = (deviation ?? 1) * Math.sqrt(days - 1);
    for (let day = 0; day < days; day += 1)
      sum[day] = (sum[day] ?? 0) + ((returns[day] ?? 0) - (mean ?? 0)) / scale;
  }
  const square = sum.reduce((total, value) => total + value * value, 0);
  return (square - count) / (count * (count - 1));
}

function averageOfPairs(series: readonly ReturnsSeries[], pairsMax: number): number | null {
  const count = series.length;
  const whole = (count * (count - 1)) / 2 <= pairsMax;
  const followers = Math.max(1, Math.floor(pairsMax / count));
  let sum = 0;
  let pairs = 0;
  for (const [at, one] of series.entries()) {
    const until = whole ? count - 1 : at + followers;
    for (let place = at + 1; place <= until; place += 1) {
      const other = series[place % count];
      const correlation = other === undefined ? null : pearson(...overlapOf(one, other));
      if (correlation === null) continue;
      sum += correlation;
      pairs += 1;
    }
  }
  return pairs === 0 ? null : sum / pairs;
}
