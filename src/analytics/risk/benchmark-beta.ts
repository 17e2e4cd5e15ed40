/** How much parts of a portfolio move with a benchmark, on the days of which its return is known. */
import { covariationOf } from "../metrics/covariation.ts";
import { compensatedSum } from "../numeric/sums.ts";
import type { Parted } from "./portfolio-risk.ts";

/** Least-squares slope; null below `daysMin` days that `counts` and the benchmark (NaN where it is not known) both have. */
export function betaOn(
  results: Float64Array,
  benchmark: Float64Array,
  { counts, daysMin }: { readonly counts: (day: number) => boolean; readonly daysMin: number },
): { readonly beta: number; readonly days: number } | null {
  const known = Array.from(results.keys()).filter((day) => counts(day) && Number.isFinite(benchmark[day]));
  const on = (values: Float64Array) => Float64Array.from(known, (day) => values[day] as number);
  const found = known.length < daysMin ? null : covariationOf(on(results), on(benchmark));
  return found === null || found.yy === 0 ? null : { beta: found.xy / found.yy, days: known.length };
}

/** Of a whole whose parts have these; each moves with the benchmark by its own. */
export function partedBeta(parts: readonly number[]): Parted {
  return { whole: compensatedSum(parts), parts };
}
