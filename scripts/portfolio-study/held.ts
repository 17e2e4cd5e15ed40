/** What schemes came to over a draw: found at each boundary, held until the next one without rebalancing, with what was traded in between. */
import { drawdownsOf } from "../../src/analytics/metrics/drawdown.ts";
import { momentsOf } from "../../src/analytics/metrics/moments.ts";
import type { CovarianceName, Method } from "../../src/analytics/portfolio/request.ts";
import { weightsOf } from "../../src/analytics/portfolio/weights-of.ts";
import type { Draw } from "./windows.ts";

export interface SchemeName {
  readonly method: Method;
  readonly covariance: CovarianceName;
}

export interface Outcome {
  /** Of a year of 365 days, after costs. */
  readonly sharpe: number;
  readonly volatility: number;
  /** Below zero. */
  readonly drawdown: number;
  /** Bought and sold at a boundary, on average, as a share of the money. */
  readonly turnover: number;
  /** Boundaries at which there were no weights, where equal weight was held. */
  readonly refused: number;
}

const YEAR = 365;
/** Of what is bought and sold. */
const COST_RATE = 0.001;

/** No name has more than `most` of the money, or than all others where they are few. Null where the draw has too few days for a figure. */
export function outcomeOf(draw: Draw, scheme: SchemeName, most: number): Outcome | null {
  const days: number[] = [];
  let held = new Map<string, number>();
  let [traded, refused] = [0, 0];
  for (const { names, past, next } of draw) {
    const constraints = { bounds: { least: 0, most: Math.max(most, 1 / names.length) } };
    const found = weightsOf({ names, returns: past, ...scheme, constraints });
    if (!found.ok) refused += 1;
    const weights = found.ok ? found.weights : names.map(() => 1 / names.length);
    const turnover = turnoverFrom(held, names, weights);
    traded += turnover;
    const values = Float64Array.from(weights);
    const money = 1 - values.reduce((sum, value) => sum + value, 0);
    let before = 1;
    for (let day = 0; day < (next[0]?.length ?? 0); day += 1) {
      for (const [at, one] of next.entries())
        values[at] = (values[at] as number) * Math.max(0, 1 + (one[day] as number));
      const after = money + values.reduce((sum, value) => sum + value, 0);
      const cost = day === 0 ? COST_RATE * turnover : 0;
      days.push(after / before - 1 - cost);
      before = after;
    }
    held = new Map(names.map((name, at) => [name, (values[at] as number) / before]));
  }
  const returns = Float64Array.from(days);
  const { mean, deviation } = momentsOf(returns);
  if (mean === null || deviation === null || deviation === 0) return null;
  return {
    sharpe: (mean / deviation) * Math.sqrt(YEAR),
    volatility: deviation * Math.sqrt(YEAR),
    drawdown: drawdownsOf(returns).deepest,
    turnover: traded / draw.length,
    refused: refused / draw.length,
  };
}

function turnoverFrom(
  held: ReadonlyMap<string, number>,
  names: readonly string[],
  weights: readonly number[],
): number {
  const wanted = new Map(names.map((name, at) => [name, weights[at] ?? 0]));
  const all = new Set([...held.keys(), ...names]);
  return [...all].reduce((sum, name) => sum + Math.abs((wanted.get(name) ?? 0) - (held.get(name) ?? 0)), 0);
}
