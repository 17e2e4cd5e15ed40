/** Draws that the generated populations are made of. Everything follows from the seed of the generator that is handed in. */
import { normalQuantile } from "../../src/analytics/numeric/normal.ts";

export interface Chance {
  /** In [0, 1). */
  uniform(): number;
  between(low: number, high: number): number;
  /** Evenly in the logarithm; both ends above zero. */
  betweenLogarithms(low: number, high: number): number;
  happens(probability: number): boolean;
  normal(): number;
  /** Student's t with more than two degrees of freedom, scaled to a variance of one. */
  heavy(degrees: number): number;
}

/** A draw that is exactly zero has no logarithm and no quantile. */
const LEAST = 2 ** -33;

export function chanceFrom(random: () => number): Chance {
  const inside = () => random() + LEAST;
  const between = (low: number, high: number) => low + (high - low) * random();
  return {
    uniform: random,
    between,
    betweenLogarithms: (low, high) => Math.exp(between(Math.log(low), Math.log(high))),
    happens: (probability) => random() < probability,
    normal: () => normalQuantile(inside()),
    heavy: (degrees) => student(degrees, inside(), random()) / Math.sqrt(degrees / (degrees - 2)),
  };
}

/** R. W. Bailey, Polar Generation of Random Variates with the t-Distribution, Mathematics of Computation 62 (1994). */
function student(degrees: number, one: number, other: number): number {
  return Math.sqrt(degrees * (one ** (-2 / degrees) - 1)) * Math.cos(2 * Math.PI * other);
}
