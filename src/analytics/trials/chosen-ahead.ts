/**
 * Options chosen on some days and judged on others: block after block, the trial with the highest Sharpe ratio on the days that may teach is held,
 * and the days of all blocks are put one after the other. What that gains over the default is what searching is worth.
 */
import { type Block, blocksOf, type Gaps, teachingDays } from "./folds.ts";
import { ratioOf, ratioOn } from "./trial-ratio.ts";

export interface HeldBlock extends Block {
  /** How many days could teach. */
  readonly taught: number;
  /** Place of the trial that was best on them. */
  readonly chosen: number;
  /** Sharpe ratios per day in the block itself: of what was chosen, and of the default. */
  readonly sharpe: number;
  readonly baseSharpe: number;
}

export interface ChosenAhead {
  readonly blocks: readonly HeldBlock[];
  /** Of what was chosen, on the days of the blocks. */
  readonly returns: Float64Array;
  /** Of the default, on the same days. */
  readonly base: Float64Array;
}

export interface AheadOptions extends Gaps {
  readonly folds: number;
  /** Whether days after a block may teach about it, too: cross-validation. Without them it is a walk forward. */
  readonly usesLater: boolean;
}

/** On fewer days nothing is chosen, and the block is left out. */
export const TAUGHT_DAYS_MIN = 10;

/** The first of the trials is the default; all are of the same days. Where two are equally good the earlier one is chosen. */
export function chosenAhead(
  trials: readonly Float64Array[],
  { folds, usesLater, ...gaps }: AheadOptions,
): ChosenAhead {
  const [base = new Float64Array()] = trials;
  const blocks = blocksOf(base.length, folds).flatMap((block): readonly HeldBlock[] => {
    const teaching = teachingDays(base.length, [block], gaps).filter((day) => usesLater || day < block.from);
    if (teaching.length < TAUGHT_DAYS_MIN || block.until === block.from) return [];
    const chosen = bestOn(trials, teaching);
    const inBlock = (returns = base) => ratioOf(returns.subarray(block.from, block.until));
    const [sharpe, baseSharpe] = [inBlock(trials[chosen]), inBlock()];
    return [{ ...block, taught: teaching.length, chosen, sharpe, baseSharpe }];
  });
  const held = (of: (block: HeldBlock) => Float64Array) =>
    Float64Array.from(blocks.flatMap((block) => [...of(block).subarray(block.from, block.until)]));
  return { blocks, returns: held(({ chosen }) => trials[chosen] ?? base), base: held(() => base) };
}

export function bestOn(trials: readonly Float64Array[], days: readonly number[]): number {
  const ratios = trials.map((returns) => ratioOn(returns, days));
  return ratios.indexOf(ratios.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY));
}
