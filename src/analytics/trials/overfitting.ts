/**
 * How likely it is that what was best on one half of the days is below the middle of all trials on the other half: the probability of backtest
 * overfitting, by every way to part blocks of days into two halves (combinatorially symmetric cross-validation). About a half where choosing tells
 * nothing.
 *
 * Source: D. H. Bailey, J. M. Borwein, M. Lopez de Prado and Q. J. Zhu, The Probability of Backtest Overfitting, Journal of Computational Finance 20
 * (2016). Purged, which the source is not: days beside the other half, whose positions are held in it, do not teach.
 */
import { bestOn } from "./chosen-ahead.ts";
import { type Block, blocksOf, teachingDays } from "./folds.ts";
import { ratioOn } from "./trial-ratio.ts";

export interface Overfitting {
  /** Share of the partings in which the best of the one half is not above the middle of the other. */
  readonly probability: number;
  readonly blocks: number;
  readonly partings: number;
}

/** More would be thousands of partings that tell the same. */
const BLOCKS_MAX = 10;
const BLOCK_DAYS_MIN = 5;

/** Null below two trials, and where the days are too few for four blocks that are twice as long as the purge takes from them. */
export function overfittingOf(trials: readonly Float64Array[], purge: number): Overfitting | null {
  const days = trials[0]?.length ?? 0;
  const longEnough = Math.max(BLOCK_DAYS_MIN, 4 * purge);
  const blocks = Math.min(BLOCKS_MAX, 2 * Math.floor(days / longEnough / 2));
  if (blocks < 4 || trials.length < 2) return null;
  const all = blocksOf(days, blocks);
  const partings = halvesOf(blocks).map((half) => isBelowMiddle(trials, all, { half, purge }));
  return {
    probability: partings.filter(Boolean).length / partings.length,
    blocks,
    partings: partings.length,
  };
}

/** All ways to take half of them. */
function halvesOf(blocks: number): readonly (readonly number[])[] {
  const found: number[][] = [];
  for (let mask = 0; mask < 2 ** blocks; mask += 1) {
    const half = Array.from({ length: blocks }, (_, at) => at).filter((at) => (mask >> at) & 1);
    if (half.length === blocks / 2) found.push(half);
  }
  return found;
}

function isBelowMiddle(
  trials: readonly Float64Array[],
  blocks: readonly Block[],
  { half, purge }: { readonly half: readonly number[]; readonly purge: number },
): boolean {
  const days = trials[0]?.length ?? 0;
  const judged = blocks.filter((_, at) => !half.includes(at));
  const best = bestOn(trials, teachingDays(days, judged, { purge, embargo: 0 }));
  const others = judged.flatMap(({ from, until }) =>
    Array.from({ length: until - from }, (_, at) => from + at),
  );
  const ratios = trials.map((returns) => ratioOn(returns, others));
  const own = ratios[best] ?? 0;
  // Of trials that came to the same each has the middle of their places.
  const rank =
    ratios.filter((one) => one < own).length + (ratios.filter((one) => one === own).length + 1) / 2;
  return rank / (trials.length + 1) <= 0.5;
}
