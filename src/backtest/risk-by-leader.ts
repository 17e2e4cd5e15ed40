/**
 * What a follower's days in a backtest risked, and which leader's copies brought how much of it: each day's profit of each over the equity that
 * the day began with. What is no leader's (rounding of prices told, a part that nobody asked for) stands by itself, so that all sums to the whole.
 */
import { betaOn, partedBeta } from "../analytics/risk/benchmark-beta.ts";
import {
  type Parted,
  type PortfolioRisk,
  portfolioRisk,
  type RiskIntervals,
  riskIntervals,
} from "../analytics/risk/portfolio-risk.ts";

export interface RiskByLeader {
  /** Parts of the figures are in this order. */
  readonly leaders: readonly string[];
  readonly figures: PortfolioRisk;
  readonly intervals: RiskIntervals | null;
  /** Null where too few days of the benchmark are known. */
  readonly beta: Parted | null;
  readonly benchmark: string;
}

export interface RiskDays {
  /** At the end of each day: profit since the beginning, by leader; whoever is not named has none. */
  readonly profits: readonly ReadonlyMap<string, number>[];
  /** Of each day, and of the benchmark (NaN where it is not known). */
  readonly returns: readonly number[];
  readonly benchmark: { readonly symbol: string; readonly returns: Float64Array };
  /** Before the first day, then at the end of each. */
  readonly equity: readonly number[];
}

export const NO_LEADER = "(no leader)";
const FIGURES = { confidence: 0.95, periodsPerYear: 365 };
/** Of equity: less than this on every day is the rounding of sums. */
const NOTHING = 1e-9;

export interface RiskTerms {
  /** 0 makes no intervals. */
  readonly resamples: number;
  readonly seed: number;
  readonly daysMin: number;
}

/** Null below `daysMin` days, and where nobody was copied. */
export function riskByLeader(
  { profits, returns, benchmark, equity }: RiskDays,
  terms: RiskTerms,
): RiskByLeader | null {
  const names = [...new Set(profits.flatMap((day) => [...day.keys()]))].sort();
  if (returns.length < terms.daysMin || names.length === 0) return null;
  const ofLeader = (name: string) =>
    Float64Array.from(returns, (_, day) => {
      const [before, after] = [profits[day - 1]?.get(name) ?? 0, profits[day]?.get(name) ?? 0];
      const from = equity[day] ?? 0;
      return from > 0 ? (after - before) / from : 0;
    });
  const parts = names.map(ofLeader);
  const rest = Float64Array.from(
    returns,
    (value, day) => value - parts.reduce((sum, part) => sum + (part[day] ?? 0), 0),
  );
  const isRest = rest.some((value) => Math.abs(value) > NOTHING);
  const all = isRest ? [...parts, rest] : parts;
  const betas = all.flatMap((part) => {
    const found = betaOn(part, benchmark.returns, { counts: () => true, daysMin: terms.daysMin });
    return found === null ? [] : [found.beta];
  });
  return {
    leaders: isRest ? [...names, NO_LEADER] : names,
    figures: portfolioRisk(all, FIGURES),
    intervals: riskIntervals(all, FIGURES, terms),
    beta: betas.length < all.length ? null : partedBeta(betas),
    benchmark: benchmark.symbol,
  };
}
