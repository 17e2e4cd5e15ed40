/**
 * Which of several holdings are one bet, and how many independent ones all of them are, weighted by how much is held of each.
 *
 * The effective number is 1 / sum of w_i w_j r_ij with weights that sum to one: as many independent bets of equal weight would leave the
 * same share of the risk that they have alone (the square of the diversification ratio of Y. Choueifaty and Y. Coignard, Toward Maximum
 * Diversification, 2008, where all swing alike). What moves against each other counts as independent: a hedge is no further bet.
 */
import type { Interval } from "../selection/wilson.ts";
import { clustersOf, correlationDistance, linkage } from "./linkage.ts";

/** What is known of two of them, by their places; `value` drawn towards what all pairs have in common. */
export interface KnownPair {
  readonly one: number;
  readonly other: number;
  readonly value: number;
  readonly interval: Interval;
}

export interface Bets {
  /** Null where no pair is known. */
  readonly effectiveNumber: number | null;
  /** The same with every correlation at the upper end of its interval. */
  readonly effectiveNumberCareful: number | null;
  /** Groups of two or more that are alike on average, the heaviest first. */
  readonly groups: readonly BetGroup[];
  /** Places of those of which no pair is known. */
  readonly unknown: readonly number[];
}

export interface BetGroup {
  readonly members: readonly number[];
  /** Their share of all that is held, 0 to 1. */
  readonly weight: number;
  /** Every pair of them is known, and alike at the lower end of its interval, too. */
  readonly isSure: boolean;
}

/** `weights` are at least 0; where all are 0 each counts the same. In the numbers a pair that is not known counts as the mean of those that are. */
export function betsOf(weights: readonly number[], pairs: readonly KnownPair[], alike: number): Bets {
  const count = weights.length;
  const shares = sharesOf(weights);
  const unknown = shares.flatMap((_, at) =>
    count > 1 && !pairs.some(({ one, other }) => one === at || other === at) ? [at] : [],
  );
  const matrix = matrixOf(count, pairs, ({ value }) => value);
  const isKnown = pairs.length > 0 || count === 1;
  // Whom nobody knows anything of belongs to no group.
  const apart = matrixOf(count, pairs, ({ value }) => value, 0);
  const merges = linkage(apart.map(correlationDistance), count, "average");
  const groups = pairs.length === 0 ? [] : clustersOf(merges, count, correlationDistance(alike));
  const found = groups
    .filter(({ length }) => length > 1)
    .map((members) => ({
      members,
      weight: members.reduce((sum, at) => sum + (shares[at] ?? 0), 0),
      isSure: pairsWithin(members).every(([one, other]) =>
        pairs.some((pair) => pair.one === one && pair.other === other && pair.interval[0] >= alike),
      ),
    }));
  return {
    effectiveNumber: isKnown ? effective(shares, matrix) : null,
    effectiveNumberCareful: isKnown
      ? effective(
          shares,
          matrixOf(count, pairs, ({ interval }) => interval[1]),
        )
      : null,
    groups: found.toSorted((left, right) => right.weight - left.weight),
    unknown,
  };
}

/** Sum to one. */
export function sharesOf(weights: readonly number[]): readonly number[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (whole > 0 ? weight / whole : 1 / weights.length));
}

/** What is not known is `unknown`; the mean of what is known where left out. */
function matrixOf(
  count: number,
  pairs: readonly KnownPair[],
  of: (pair: KnownPair) => number,
  unknown = pairs.length === 0 ? 0 : pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length,
): Float64Array {
  const matrix = new Float64Array(count * count).fill(unknown);
  for (const pair of pairs) {
    matrix[pair.one * count + pair.other] = of(pair);
    matrix[pair.other * count + pair.one] = of(pair);
  }
  for (let at = 0; at < count; at += 1) matrix[at * count + at] = 1;
  return matrix;
}

function effective(shares: readonly number[], matrix: Float64Array): number {
  const count = shares.length;
  let risk = 0;
  for (let one = 0; one < count; one += 1)
    for (let other = 0; other < count; other += 1)
      risk += (shares[one] ?? 0) * (shares[other] ?? 0) * Math.max(0, matrix[one * count + other] as number);
  return 1 / risk;
}

function pairsWithin(members: readonly number[]): readonly (readonly [number, number])[] {
  return members.flatMap((one, at) => members.slice(at + 1).map((other) => [one, other] as const));
}
