/**
 * How features become probabilities: multinomial logistic regression over standardised features. An unknown feature counts as
 * average, and one far outside of what the study saw counts no more than one at its edge. The weights are made by
 * `npm run study:style -- --write` and lie in weights.json.
 */
import { FEATURES, type FeatureVector } from "./features.ts";
import { STYLES, type Style } from "./styles.ts";
import weights from "./weights.json" with { type: "json" };

export interface StyleModel {
  /** In this order are all that follow. */
  readonly features: readonly string[];
  readonly styles: readonly string[];
  readonly means: readonly number[];
  readonly deviations: readonly number[];
  /** For each style its constant, then a weight for each feature. */
  readonly weights: readonly (readonly number[])[];
  /** For each style the mean of each standardised feature, and how far from that its traders were, in 99 of 100. */
  readonly centres: readonly (readonly number[])[];
  readonly reach: readonly number[];
}

export type StyleProbabilities = Readonly<Record<Style, number>>;

/** Standardised features beyond this are as one at it. */
const EDGE = 4;

export function trainedModel(): StyleModel {
  const names = FEATURES.map(({ name }) => name);
  const isOfThese = String(weights.features) === String(names) && String(weights.styles) === String(STYLES);
  if (!isOfThese) throw new Error("weights.json is of other features: run npm run study:style -- --write");
  return weights;
}

/** In units of the study's traders; 0 for what is unknown. */
export function standardised({ means, deviations }: StyleModel, features: FeatureVector): readonly number[] {
  return features.map((value, at) => {
    const scaled = (value - (means[at] ?? 0)) / (deviations[at] ?? 1);
    return Number.isNaN(scaled) ? 0 : Math.max(-EDGE, Math.min(EDGE, scaled));
  });
}

/** Sums to 1. */
export function probabilitiesOf(model: StyleModel, features: FeatureVector): StyleProbabilities {
  const scaled = standardised(model, features);
  const scores = model.weights.map((own) => scoreOf(own, scaled));
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const all = powers.reduce((sum, power) => sum + power, 0);
  return stylesOf((_, at) => (powers[at] ?? 0) / all);
}

function scoreOf(weights: readonly number[], scaled: readonly number[]): number {
  let score = weights[0] ?? 0;
  for (let at = 1; at < weights.length; at += 1) score += (weights[at] ?? 0) * (scaled[at - 1] ?? 0);
  return score;
}

/** How far the features lie from the study's traders of that style, over how far 99 of 100 of those lay: above 1 is unlike. */
export function unlikeness(model: StyleModel, features: FeatureVector, style: Style): number {
  const at = STYLES.indexOf(style);
  return distance(standardised(model, features), model.centres[at] ?? []) / (model.reach[at] ?? 1);
}

/** Root of the mean squared difference. */
export function distance(one: readonly number[], other: readonly number[]): number {
  return Math.sqrt(one.reduce((sum, value, at) => sum + (value - (other[at] ?? 0)) ** 2, 0) / one.length);
}

export function stylesOf(value: (style: Style, at: number) => number): StyleProbabilities {
  return Object.fromEntries(STYLES.map((style, at) => [style, value(style, at)])) as Record<Style, number>;
}

export function likeliest(probabilities: StyleProbabilities): Style {
  return STYLES.reduce((best, style) => (probabilities[style] > probabilities[best] ? style : best));
}
