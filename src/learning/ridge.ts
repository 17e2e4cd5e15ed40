/**
 * Ridge regression: the linear function of scaled features that fits the targets with the least squares, held small by a penalty. Targets beyond
 * their outer 2.5 % count as at the edge. The only file that knows ml-matrix.
 *
 * Source: A. E. Hoerl and R. W. Kennard, Ridge Regression: Biased Estimation for Nonorthogonal Problems, Technometrics 12 (1970).
 */
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import type { Example } from "./example.ts";
import { clamped, type ScaleOfFeature, scaled, scaleOf } from "./scale.ts";

export interface RidgeModel {
  readonly penalty: number;
  readonly scales: readonly ScaleOfFeature[];
  readonly constant: number;
  /** For each feature, in its scaled unit. */
  readonly weights: readonly number[];
}

/** `penalty` is above zero, for each example: the same one means the same however many there are. Throws a RangeError without examples. */
export function fitRidge(examples: readonly Example[], penalty: number): RidgeModel {
  const [first] = examples;
  if (first === undefined) throw new RangeError("there is nothing to learn from");
  const count = examples.length;
  const scales = first.features.map((_, at) =>
    scaleOf(examples.map(({ features }) => features[at] ?? Number.NaN)),
  );
  const { low, high } = scaleOf(examples.map(({ target }) => target));
  const targets = examples.map(({ target }) => clamped(target, low, high));
  const constant = targets.reduce((sum, target) => sum + target, 0) / count;
  const inputs = new Matrix(
    examples.map(({ features }) => scales.map((scale, at) => scaled(features[at] ?? Number.NaN, scale))),
  );
  const transposed = inputs.transpose();
  const normal = transposed.mmul(inputs).mul(1 / count);
  for (let at = 0; at < scales.length; at += 1) normal.set(at, at, normal.get(at, at) + penalty);
  const right = transposed
    .mmul(Matrix.columnVector(targets.map((target) => target - constant)))
    .mul(1 / count);
  const weights = new CholeskyDecomposition(normal).solve(right).to1DArray();
  return { penalty, scales, constant, weights };
}

export function predicted({ scales, constant, weights }: RidgeModel, features: readonly number[]): number {
  return weights.reduce((sum, weight, at) => {
    const scale = scales[at];
    return scale === undefined ? sum : sum + weight * scaled(features[at] ?? Number.NaN, scale);
  }, constant);
}
