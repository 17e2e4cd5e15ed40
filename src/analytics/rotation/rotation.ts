/**
 * Rotation over a stretch of days, as it would have gone: the weights of Hedge from day to day, what they gained after what moving cost,
 * and the regret: how much more the best expert, or all in equal parts, would have gained. Nothing is known of a day before it is over.
 */
import {
  afterDay,
  beginning,
  type HedgeTerms,
  hedgeRate,
  mixedGain,
  playedWeights,
  regretBound,
} from "./hedge.ts";

export interface RotationInput {
  /** A row for each expert, a return for each day; NaN where nothing is known. */
  readonly experts: readonly ArrayLike<number>[];
  readonly days: number;
  /** Of each expert: the share of what is moved that moving costs. */
  readonly costs: readonly number[];
  readonly share: number;
  readonly largest: number;
}

export interface Rotation {
  /** Of each expert after the last day; they sum to 1. */
  readonly weights: Float64Array;
  readonly terms: HedgeTerms;
  /** Sums of daily returns, costs taken off; costs of the beginning are nobody's. */
  readonly gain: number;
  readonly equalGain: number;
  /** Share of equity that changed hands, and what that cost. */
  readonly turnover: number;
  readonly cost: number;
  /** Who would have gained most more than the rotation did, each on the days that are known of it; null without experts. */
  readonly best: { readonly expert: number; readonly gain: number; readonly regret: number } | null;
  /** What the best may gain more at most before costs, however the days come. */
  readonly bound: number;
  /** Days whose return was beyond `largest`, for which the bound does not hold. */
  readonly beyond: number;
}

/** Throws a RangeError where a row is shorter than the days, or an expert has no cost. */
export function rotate({ experts, days, costs, share, largest }: RotationInput): Rotation {
  if (costs.length !== experts.length || experts.some(({ length }) => length < days))
    throw new RangeError(`${experts.length} experts of ${days} days need as many costs and returns`);
  const count = experts.length;
  const cost = costs.reduce((sum, one) => sum + one, 0) / Math.max(1, count);
  const terms = { rate: hedgeRate({ experts: count, days, largest, cost }), share, largest };
  const mix = new Account(costs);
  const equal = new Account(costs);
  const ahead = new Float64Array(count);
  const own = new Float64Array(count);
  let weights = beginning(count);
  let beyond = 0;
  for (let day = 0; day < days; day += 1) {
    const gains = Float64Array.from(experts, (returns) => returns[day] as number);
    const net = mix.live(playedWeights(weights, gains), gains);
    equal.live(playedWeights(beginning(count), gains), gains);
    for (const [at, gain] of gains.entries()) {
      if (Number.isNaN(gain)) continue;
      if (Math.abs(gain) > largest) beyond += 1;
      own[at] = (own[at] as number) + gain;
      ahead[at] = (ahead[at] as number) + gain - net;
    }
    weights = afterDay(weights, gains, terms);
  }
  return {
    weights,
    terms,
    gain: mix.gain,
    equalGain: equal.gain,
    turnover: mix.turnover,
    cost: mix.cost,
    best: bestOf(own, ahead),
    bound: regretBound({ ...terms, experts: count, days }),
    beyond,
  };
}

/** Somebody who holds given weights each day. */
class Account {
  gain = 0;
  turnover = 0;
  cost = 0;
  readonly #costs: readonly number[];
  #held: Float64Array | null = null;

  constructor(costs: readonly number[]) {
    this.#costs = costs;
  }

  /** What a day brings after what moving there costs. */
  live(weights: Float64Array, gains: Float64Array): number {
    let cost = 0;
    for (const [at, weight] of weights.entries()) {
      const change = Math.abs(weight - (this.#held?.[at] ?? weight));
      this.turnover += change;
      cost += change * (this.#costs[at] as number);
    }
    this.#held = weights;
    const net = mixedGain(weights, gains) - cost;
    this.cost += cost;
    this.gain += net;
    return net;
  }
}

function bestOf(own: Float64Array, ahead: Float64Array): Rotation["best"] {
  if (ahead.length === 0) return null;
  const expert = ahead.reduce((best, regret, at) => (regret > (ahead[best] as number) ? at : best), 0);
  return { expert, gain: own[expert] as number, regret: ahead[expert] as number };
}
