/**
 * The bad end of a series of daily results: value at risk and expected shortfall at any confidence, as losses (a loss of 3 % is 0.03), each as
 * weights of days, so that what a part has in it is the same sum over that part's days.
 *
 * Sources: quantile of type 7 (Hyndman and Fan 1996); exact shortfall: R. T. Rockafellar and S. Uryasev, Optimization of Conditional
 * Value-at-Risk, 2000; parts of a quantile by the results around it: E. Epperlein and A. Smillie, Cracking VaR with kernels, Risk, August 2006.
 */

/** A day and how much it counts; the weights sum to 1. */
export interface WeightedDay {
  readonly day: number;
  readonly weight: number;
}

/** Days from the worst on; of equal ones the earlier first. */
export function worstFirst(results: Float64Array): Int32Array {
  const days = Int32Array.from(results.keys());
  return days.sort((one, other) => (results[one] ?? 0) - (results[other] ?? 0) || one - other);
}

/** The one or two days between which the loss lies that 1 - `confidence` of the days exceed. */
export function quantileDays(order: Int32Array, confidence: number): readonly WeightedDay[] {
  const position = (1 - confidence) * (order.length - 1);
  const index = Math.min(order.length - 1, Math.floor(position));
  const above = position - index;
  const days = [{ day: order[index] ?? 0, weight: 1 - above }];
  return above === 0 ? days : [...days, { day: order[index + 1] ?? 0, weight: above }];
}

/** The worst 1 - `confidence` of all days; the one on the boundary counts by its fraction. */
export function tailDays(order: Int32Array, confidence: number): readonly WeightedDay[] {
  const mass = (1 - confidence) * order.length;
  const whole = Math.min(order.length, Math.floor(mass));
  const days = Array.from(order.subarray(0, whole), (day) => ({ day, weight: 1 / mass }));
  const rest = mass - whole;
  return rest === 0 ? days : [...days, { day: order[whole] ?? 0, weight: rest / mass }];
}

/** Days on both sides of the quantile, which count the less the further they are from it in the order. */
export function daysAround(order: Int32Array, confidence: number): readonly WeightedDay[] {
  const position = (1 - confidence) * (order.length - 1);
  const reach = Math.max(1, Math.sqrt(order.length) / 2);
  const near = Array.from(order, (day, place) => ({
    day,
    weight: kernel((place - position) / reach),
  })).filter(({ weight }) => weight > 0);
  const sum = near.reduce((total, { weight }) => total + weight, 0);
  return near.map(({ day, weight }) => ({ day, weight: weight / sum }));
}

/** V. A. Epanechnikov's: 1 at the quantile, 0 from the end of its reach on. */
function kernel(distance: number): number {
  return Math.max(0, 1 - distance * distance);
}

export function lossOn(days: readonly WeightedDay[], results: Float64Array): number {
  return days.reduce((loss, { day, weight }) => loss - weight * (results[day] ?? 0), 0);
}
