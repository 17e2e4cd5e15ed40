/**
 * Sharpe ratios of several traders, each drawn towards what they have in common, with bounds: so much of the best ones is luck, and more of
 * it the shorter their records are. How much traders truly differ is not known from a few of them, so every deviation between them
 * counts by how well it fits what was seen.
 *
 * What they have in common is their weighted mean. For the value and its lower bound that is never taken as above zero: who is looked at is
 * looked at because of having done well. For the upper bound it is taken as it is, so that nobody is said to lose too easily.
 *
 * Source: the normal hierarchical model with a flat prior of the deviation between groups, as in A. Gelman, Prior Distributions for Variance
 * Parameters in Hierarchical Models, Bayesian Analysis 1 (2006).
 */
import { momentsOf } from "../metrics/moments.ts";
import { normalCdf, normalQuantile } from "../numeric/normal.ts";

/** Below it nothing is drawn: so few tell nothing of how much traders differ. */
const DRAWN_MIN = 4;
const GRID = 40;
const HALVINGS = 40;
/** What fits so much worse than the best counts for nothing: of thousands of values only a deviation or two are left. */
const WEIGHT_MIN = 1e-12;

export interface Drawn {
  readonly value: number;
  /** The true value lies under it with `tail`. */
  readonly lower: number;
  /** And above it with `tail`. */
  readonly upper: number;
}

/** In the order of the values; `variances` are sampling variances, each above zero; `tail` is a probability below a half. */
export function drawnTogether(
  values: readonly number[],
  variances: readonly number[],
  tail: number,
): readonly Drawn[] {
  const isDrawn = values.length >= DRAWN_MIN;
  const sceptical = isDrawn ? mixture(values, variances, 0) : [];
  const plain = isDrawn ? mixture(values, variances, Number.POSITIVE_INFINITY) : [];
  return values.map((value, at) => {
    const own = variances[at] ?? 0;
    const careful = normalsOf(sceptical, value, own);
    return {
      value: careful.reduce((sum, { weight, mean }) => sum + weight * mean, 0),
      lower: quantileOf(careful, tail),
      upper: quantileOf(normalsOf(plain, value, own), 1 - tail),
    };
  });
}

/** What may be true of one value, by how much traders may differ; itself alone where nothing is drawn. */
function normalsOf(parts: readonly Between[], value: number, own: number): readonly Normal[] {
  if (parts.length === 0) return [{ weight: 1, mean: value, error: Math.sqrt(own) }];
  return parts.map((part) => partOf(part, value, own));
}

/** One possible deviation between traders: what it makes of their mean, and how well it fits. */
interface Between {
  readonly weight: number;
  readonly variance: number;
  readonly target: number;
  /** Variance of the target. */
  readonly ofTarget: number;
}

interface Normal {
  readonly weight: number;
  readonly mean: number;
  readonly error: number;
}

/** `targetMax`: the common mean is never taken as above it. */
function mixture(
  values: readonly number[],
  variances: readonly number[],
  targetMax: number,
): readonly Between[] {
  const widest = 2 * ((momentsOf(values).deviation ?? 0) + Math.sqrt(momentsOf(variances).mean ?? 0));
  const fits = Array.from({ length: GRID }, (_, step) => {
    const variance = ((widest * (step + 0.5)) / GRID) ** 2;
    const weights = variances.map((own) => 1 / (own + variance));
    const whole = weights.reduce((sum, one) => sum + one, 0);
    const mean = values.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0) / whole;
    const target = Math.min(targetMax, mean);
    const misfit = values.reduce(
      (sum, value, at) => sum + (weights[at] ?? 0) * (value - target) ** 2 - Math.log(weights[at] ?? 1),
      Math.log(whole),
    );
    return { variance, target, ofTarget: 1 / whole, logLikelihood: -misfit / 2 };
  });
  const best = Math.max(...fits.map(({ logLikelihood }) => logLikelihood));
  const raw = fits
    .map((fit) => ({ ...fit, weight: Math.exp(fit.logLikelihood - best) }))
    .filter(({ weight }) => weight > WEIGHT_MIN);
  const sum = raw.reduce((total, { weight }) => total + weight, 0);
  return raw.map(({ variance, target, ofTarget, weight }) => ({
    variance,
    target,
    ofTarget,
    weight: weight / sum,
  }));
}

function partOf({ weight, variance, target, ofTarget }: Between, value: number, own: number): Normal {
  const share = own / (own + variance);
  return {
    weight,
    mean: target + (1 - share) * (value - target),
    error: Math.sqrt((1 - share) * own + share ** 2 * ofTarget),
  };
}

/** By halving: the mixture's distribution function rises throughout. */
function quantileOf(parts: readonly Normal[], probability: number): number {
  const z = normalQuantile(probability);
  const ends = parts.map(({ mean, error }) => mean + z * error);
  let [low, high] = [Math.min(...ends), Math.max(...ends)];
  for (let round = 0; round < HALVINGS && high > low; round += 1) {
    const middle = (low + high) / 2;
    const below = parts.reduce(
      (sum, { weight, mean, error }) => sum + weight * normalCdf((middle - mean) / error),
      0,
    );
    if (below < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
