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
  const { countProgress } = await import("./count-progress.ts");
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  const made: Resampled[] = [];
  try {
    const done = await countProgress(
      series,
      ({ name, returns }) => made.push({ name, ...figureIntervals(returns, periodsPerYear, options) }),
      { what: "resampling series", silent: json, stop: stop.signal },
    );
    return done ? made : null;
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
