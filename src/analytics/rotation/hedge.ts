/**
 * Hedge with a fixed share: weights over experts of whom all results are seen each day (full information). Each weight grows with the
 * exponential of what its expert gained, and a small share of all is given back in equal parts, so that nobody is lost for good and who
 * becomes good later is found. An expert of whom nothing is known on a day counts as having gained what the mix did.
 *
 * Sources: Freund and Schapire, 1997 (Hedge; exponentiated gradient on linear gains is the same); Herbster and Warmuth, Tracking the
 * best expert, 1998 (fixed share); Freund, Schapire, Singer and Warmuth, 1997 (experts that sleep); Cesa-Bianchi and Lugosi,
 * Prediction, Learning, and Games, 2006, chapters 2 and 5, for the bounds.
 */

export interface HedgeTerms {
  /** Learning rate, above 0: see hedgeRate(). */
  readonly rate: number;
  /** Given back in equal parts each day, 0 to below 1. */
  readonly share: number;
  /** Gains beyond this, either way, count as this. */
  readonly largest: number;
}

/** Equal parts: nothing is known yet. */
export function beginning(experts: number): Float64Array {
  return new Float64Array(experts).fill(experts === 0 ? 0 : 1 / experts);
}

/** What is held on a day: the weights of those of whom something is known then, made to sum to 1; nothing where nobody is. */
export function playedWeights(weights: Float64Array, gains: Float64Array): Float64Array {
  const sum = weights.reduce(
    (total, weight, at) => total + (Number.isNaN(gains[at] as number) ? 0 : weight),
    0,
  );
  return weights.map((weight, at) => (Number.isNaN(gains[at] as number) || sum === 0 ? 0 : weight / sum));
}

/** The weights after a day with these gains (fractions; NaN where nothing is known). They stay above 0 and sum to 1. */
export function afterDay(
  weights: Float64Array,
  gains: Float64Array,
  { rate, share, largest }: HedgeTerms,
): Float64Array {
  const clipped = gains.map((gain) => Math.max(-largest, Math.min(largest, gain)));
  const mixed = mixedGain(playedWeights(weights, gains), clipped);
  const grown = weights.map((weight, at) => {
    const gain = clipped[at] as number;
    return weight * Math.exp(rate * ((Number.isNaN(gain) ? mixed : gain) - mixed));
  });
  const sum = grown.reduce((total, weight) => total + weight, 0);
  return grown.map((weight) => ((1 - share) * weight) / sum + share / weights.length);
}

/** What weights gain on a day; nothing of those of whom nothing is known. */
export function mixedGain(weights: Float64Array, gains: Float64Array): number {
  return weights.reduce(
    (total, weight, at) => total + (weight === 0 ? 0 : weight * (gains[at] as number)),
    0,
  );
}

export interface BoundTerms extends HedgeTerms {
  readonly experts: number;
  readonly days: number;
}

/**
 * What the best expert can have gained more than the mix at most, before costs, however the gains come, within `largest` a day:
 * ln N / rate + (T - 1) / rate x ln(1 / (1 - share)) + rate x T x (2 largest)^2 / 8.
 */
export function regretBound({ rate, share, largest, experts, days }: BoundTerms): number {
  if (days === 0 || experts === 0) return 0;
  const forgetting = -Math.log1p(-share) * (days - 1);
  return (Math.log(experts) + forgetting) / rate + (rate * days * (2 * largest) ** 2) / 8;
}

/** Most of the weights that changes hands in a day on which the same experts are known as before: rate x largest + 2 x share. */
export function movementBound({ rate, share, largest }: HedgeTerms): number {
  return rate * largest + 2 * share;
}

export interface RateTerms extends Pick<BoundTerms, "experts" | "days" | "largest"> {
  /** Share of what is moved that moving costs. */
  readonly cost: number;
}

/** The rate whose bound is smallest, what moving costs counted in it. */
export function hedgeRate({ experts, days, largest, cost }: RateTerms): number {
  const range = 2 * largest;
  return Math.sqrt(
    Math.log(Math.max(2, experts)) / (Math.max(1, days) * (range ** 2 / 8 + (cost * range) / 2)),
  );
}
