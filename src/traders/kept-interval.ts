/** Intervals of Sharpe ratios kept beside the fills: they take longer than all else of a ranking, and no order depends on them. */
import { DAYS_A_YEAR } from "../analytics/ranking/rank-records.ts";
import { type Resampling, sharpeInterval } from "../analytics/ranking/sharpe-interval.ts";
import type { Interval } from "../analytics/selection/wilson.ts";
import type { TraderKey, TraderStore } from "../store/trader-store.ts";
import { derivedFrom } from "./derived.ts";

/** Daily returns, and what says of everything that they are made from which one it is. */
export interface ReturnsWithBasis {
  readonly returns: Float64Array;
  readonly basis: string;
}

/** `name`: whose returns they are. */
export function keptInterval(
  store: TraderStore,
  trader: TraderKey,
  {
    name,
    of: { returns, basis },
    resampling: { resamples, seed },
  }: {
    readonly name: "sharpe-interval" | "follower-sharpe-interval";
    readonly of: ReturnsWithBasis;
    readonly resampling: Resampling;
  },
): Promise<Interval | null> {
  return derivedFrom<Interval | null>(store, trader, {
    name,
    basis: `${basis}:${resamples}:${seed}`,
    make: async () => sharpeInterval(returns, DAYS_A_YEAR, { resamples, seed }),
  });
}
