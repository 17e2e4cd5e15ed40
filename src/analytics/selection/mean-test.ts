/** One-sided tests of a record: is the mean return above zero, are more days won than lost. */
import { momentsOf } from "../metrics/moments.ts";
import { winningDaysOf } from "../metrics/winning-days.ts";
import { binomialTail, studentTail } from "../numeric/beta-function.ts";

/** p-value of Student's t test of a mean of zero against one above; null below two returns or without variance. */
export function meanAboveZero(returns: Float64Array): number | null {
  const { n, mean, deviation } = momentsOf(returns);
  if (mean === null || deviation === null || deviation === 0) return null;
  return studentTail((mean / deviation) * Math.sqrt(n), n - 1);
}

/** p-value of the exact binomial test of a win rate of one half against one above, days without a change left out; null without others. */
export function winRateAboveHalf(returns: Float64Array): number | null {
  const { wins, losses } = winningDaysOf(returns);
  return wins + losses === 0 ? null : binomialTail(wins, wins + losses);
}
