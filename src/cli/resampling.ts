/** Bootstrap intervals of every series, with progress, ended early by Ctrl-C. */
import type { ReturnsSeries } from "../analytics/returns-table.ts";
import type { BootstrapIntervals, BootstrapOptions } from "../analytics/selection/bootstrap.ts";
import type { IntervalName } from "../analytics/selection/figure-intervals.ts";
import type { Output } from "./output.ts";

export type Resampled = BootstrapIntervals<IntervalName> & { readonly name: string };

/** In the order of the series; null when it was interrupted. */
export async function resampleAll(
  series: readonly ReturnsSeries[],
  periodsPerYear: number,
  options: BootstrapOptions,
  { json }: Output,
): Promise<readonly Resampled[] | null> {
  const { figureIntervals } = await import("../analytics/selection/figure-intervals.ts");
  const { withProgress } = await import("./count-progress.ts");
  return withProgress(
    series,
    ({ name, returns }) => ({ name, ...figureIntervals(returns, periodsPerYear, options) }),
    { what: "resampling series", silent: json },
  );
}
