/**
 * Fits the model: multinomial logistic regression with an L2 penalty on the weights (not on the constants), every style
 * weighing the same, by accelerated gradient descent from zero. Deterministic; the loss is convex, so that start and order
 * do not matter.
 */
import { FEATURES, type FeatureVector } from "../../src/analytics/style/features.ts";
import { distance, type StyleModel, standardised } from "../../src/analytics/style/model.ts";
import { STYLES, type Style } from "../../src/analytics/style/styles.ts";

export interface Example {
  readonly style: Style;
  readonly features: FeatureVector;
}

const STEPS = 3_000;
const DIGITS = 4;

export function train(examples: readonly Example[], penalty: number): StyleModel {
  const width = FEATURES.length;
  const scale = scaleOf(examples);
  const blank = { ...scale, features: FEATURES.map(({ name }) => name), styles: [...STYLES] };
  const empty: StyleModel = { ...blank, weights: [], centres: [], reach: [] };
  const inputs = examples.map(({ features }) => [1, ...standardised(empty, features)]);
  const labels = examples.map(({ style }) => STYLES.indexOf(style));
  const counts = STYLES.map((_, at) => labels.filter((label) => label === at).length);
  const shares = labels.map((label) => 1 / (STYLES.length * (counts[label] ?? 1)));
  const weights = STYLES.map(() => new Float64Array(width + 1));
  const ahead = STYLES.map(() => new Float64Array(width + 1));
  // The loss is at most half as curved as the mean squared length of the inputs.
  const curvature =
    0.5 * inputs.reduce((sum, row, at) => sum + (shares[at] ?? 0) * dot(row, row), 0) + penalty;
  for (let step = 1; step <= STEPS; step++) {
    const gradient = gradientOf(inputs, labels, shares, ahead);
    for (const [style, row] of weights.entries()) {
      const [from, slope] = [ahead[style], gradient[style]];
      if (from === undefined || slope === undefined) continue;
      for (let at = 0; at <= width; at++) {
        const before = row[at] ?? 0;
        const penalised = (slope[at] ?? 0) + (at === 0 ? 0 : penalty * (from[at] ?? 0));
        const next = (from[at] ?? 0) - penalised / curvature;
        row[at] = next;
        from[at] = next + ((step - 1) / (step + 2)) * (next - before);
      }
    }
  }
  const centres = STYLES.map((_, label) =>
    meanOf(inputs.filter((_row, at) => labels[at] === label)).slice(1),
  );
  const reach = STYLES.map((_, label) => {
    const far = inputs
      .filter((_row, at) => labels[at] === label)
      .map((row) => distance(row.slice(1), centres[label] ?? []))
      .sort((one, other) => one - other);
    return far[Math.floor(0.99 * (far.length - 1))] ?? 1;
  });
  return {
    ...blank,
    means: scale.means.map(rounded),
    deviations: scale.deviations.map(rounded),
    weights: weights.map((row) => [...row].map(rounded)),
    centres: centres.map((row) => row.map(rounded)),
    reach: reach.map(rounded),
  };
}

function scaleOf(examples: readonly Example[]) {
  const columns = FEATURES.map((_, at) =>
    examples.map(({ features }) => features[at] ?? Number.NaN).filter((value) => Number.isFinite(value)),
  );
  const means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length);
  const deviations = columns.map((column, at) => {
    const mean = means[at] ?? 0;
    return Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length) || 1;
  });
  return { means, deviations };
}

function gradientOf(
  inputs: readonly (readonly number[])[],
  labels: readonly number[],
  shares: readonly number[],
  weights: readonly Float64Array[],
): readonly Float64Array[] {
  const gradient = weights.map((row) => new Float64Array(row.length));
  for (const [at, input] of inputs.entries()) {
    const scores = weights.map((row) => dot(row, input));
    const highest = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - highest));
    const all = powers.reduce((sum, power) => sum + power, 0);
    for (const [style, row] of gradient.entries()) {
      const error = (shares[at] ?? 0) * ((powers[style] ?? 0) / all - (labels[at] === style ? 1 : 0));
      for (let column = 0; column < row.length; column++)
        row[column] = (row[column] ?? 0) + error * (input[column] ?? 0);
    }
  }
  return gradient;
}

function dot(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}

function meanOf(rows: readonly (readonly number[])[]): readonly number[] {
  const [first = []] = rows;
  return first.map((_, at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0) / rows.length);
}

function rounded(value: number): number {
  return Number(value.toFixed(DIGITS));
}
