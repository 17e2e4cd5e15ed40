/**
 * Hierarchical risk parity: names are ordered so that alike ones are neighbours, and the money is halved again and again, each half by the inverse of its
 * variance. Knows no returns and needs no inverse, and ignores where the tree itself would be cut.
 *
 * Source: M. Lopez de Prado, Building Diversified Portfolios that Outperform Out of Sample, JPM 42 (2016). `paper` clusters by the Euclidean distance
 * between columns of `sqrt((1 - r) / 2)`, `direct` by that itself, as PyPortfolioOpt does.
 */
import { correlationOf } from "../../correlation/covariance.ts";
import { correlationDistance, linkage, type Merge } from "../../correlation/linkage.ts";
import type { Market } from "../market.ts";

export type HierarchicalDistance = "direct" | "paper";

export function hierarchical({ covariance, count }: Market, distance: HierarchicalDistance): Float64Array {
  const weights = new Float64Array(count).fill(1);
  const direct = correlationOf(covariance, count).map(correlationDistance);
  const distances = distance === "direct" ? direct : betweenColumns(direct, count);
  const leaves = leavesOf(linkage(distances, count, "single"), count);
  halve(leaves, covariance, weights);
  return weights;
}

function betweenColumns(distances: Float64Array, count: number): Float64Array {
  return distances.map((_, at) => {
    const [one, other] = [Math.floor(at / count), at % count];
    let sum = 0;
    for (let row = 0; row < count; row += 1)
      sum += ((distances[row * count + one] as number) - (distances[row * count + other] as number)) ** 2;
    return Math.sqrt(sum);
  });
}

/** From left to right. */
function leavesOf(merges: readonly Merge[], count: number): readonly number[] {
  const leaves: number[] = [];
  const left = [count + merges.length - 1];
  while (left.length > 0) {
    const next = left.pop() ?? 0;
    const merge = merges[next - count];
    if (merge === undefined) leaves.push(next);
    else left.push(merge.right, merge.left);
  }
  return leaves;
}

/** By position, the first half the smaller one. */
function halve(leaves: readonly number[], covariance: Float64Array, weights: Float64Array): void {
  if (leaves.length < 2) return;
  const middle = Math.floor(leaves.length / 2);
  const halves = [leaves.slice(0, middle), leaves.slice(middle)] as const;
  const [first, second] = [
    clusterVariance(halves[0], covariance, weights.length),
    clusterVariance(halves[1], covariance, weights.length),
  ];
  const share = 1 - first / (first + second);
  for (const leaf of halves[0]) weights[leaf] = (weights[leaf] as number) * share;
  for (const leaf of halves[1]) weights[leaf] = (weights[leaf] as number) * (1 - share);
  for (const half of halves) halve(half, covariance, weights);
}

/** Of its members weighted by the inverse of their variances. */
function clusterVariance(members: readonly number[], covariance: Float64Array, count: number): number {
  const at = (one: number, other: number) => covariance[one * count + other] as number;
  const inverse = members.map((member) => 1 / at(member, member));
  const total = inverse.reduce((sum, value) => sum + value, 0);
  let variance = 0;
  for (const [row, one] of members.entries())
    for (const [column, other] of members.entries())
      variance += (inverse[row] as number) * (inverse[column] as number) * at(one, other);
  return variance / total ** 2;
}
