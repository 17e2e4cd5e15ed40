/** Intervals of the figures that people look at first, by the stationary bootstrap. */
import { momentsOf } from "../metrics/moments.ts";
import { annualVolatility, sharpeRatio } from "../metrics/sharpe.ts";
import { annualReturn, totalReturn } from "../metrics/total-return.ts";
import { type BootstrapIntervals, type BootstrapOptions, bootstrapIntervals } from "./bootstrap.ts";

export type IntervalName = "total_return" | "cagr" | "annual_volatility" | "sharpe" | "max_drawdown";

export function figureIntervals(
  returns: Float64Array,
  periodsPerYear: number,
  options: BootstrapOptions,
): BootstrapIntervals<IntervalName> {
  const measure = (sample: Float64Array) => {
    const moments = momentsOf(sample);
    const total = totalReturn(sample);
    return {
      total_return: total,
      cagr: annualReturn(total, sample.length, periodsPerYear),
      annual_volatility: annualVolatility(moments, periodsPerYear),
      sharpe: sharpeRatio(moments, periodsPerYear),
      max_drawdown: sample.length === 0 ? null : deepestDrawdown(sample),
    };
  };
  return bootstrapIntervals(returns, measure, options);
}

/** As drawdownsOf has it, without the curve. */
function deepestDrawdown(returns: Float64Array): number {
  let equity = 1;
  let peak = 1;
  let deepest = 0;
  for (const value of returns) {
    equity *= Math.max(0, 1 + value);
    if (equity > peak) peak = equity;
    else deepest = Math.min(deepest, equity / peak - 1);
  }
  return deepest;
}
