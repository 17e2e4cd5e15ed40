/**
 * What followers would have got who had begun at other moments: stretches of one length out of lives that were lived through from the
 * beginning, their starts drawn anew with replacement. Whoever begins in the middle takes over what is held then, and pays for it.
 */
import { quantileInPlace } from "../numeric/quantile.ts";
import { seededRandom } from "../numeric/random.ts";

/** At equal distances of time; `gross` is the value of all positions. */
export interface LivedHours {
  readonly equity: Float64Array;
  readonly gross: Float64Array;
}

export interface WindowTerms {
  /** Steps of a stretch, at least one. */
  readonly steps: number;
  /** Of the value that is taken over at the start, paid at once. */
  readonly entryCost: number;
  readonly draws: number;
  readonly seed: number;
}

export interface Quantiles {
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
}

export interface DrawnWindows {
  /** Of the equity at the start. */
  readonly returns: Quantiles;
  /** Share of the draws that lose. */
  readonly lossShare: number;
  /** The deepest fall from the highest before, 0 or below. */
  readonly drawdowns: Quantiles;
  /** Stretches that do not overlap: what the draws are really made of. */
  readonly separate: number;
}

/** Null where no life is as long as a stretch. */
export function drawnWindows(lives: readonly LivedHours[], terms: WindowTerms): DrawnWindows | null {
  const { steps, draws, seed } = terms;
  const lengths = lives.map(({ equity }) => equity.length - 1);
  const long = lives.filter(({ equity }) => equity.length > steps);
  if (long.length === 0 || draws === 0) return null;
  const random = seededRandom(seed);
  const [returns, drawdowns] = [new Float64Array(draws), new Float64Array(draws)];
  let losses = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    const life = long[Math.floor(random() * long.length)];
    if (life === undefined) continue;
    const start = Math.floor(random() * (life.equity.length - steps));
    const found = windowOf(life, start, terms);
    returns[draw] = found.gained;
    drawdowns[draw] = found.drawdown;
    if (found.gained < 0) losses += 1;
  }
  return {
    returns: quantiles(returns),
    lossShare: losses / draws,
    drawdowns: quantiles(drawdowns),
    separate: Math.floor(Math.max(...lengths) / steps),
  };
}

/** Return and deepest fall of one stretch. */
export function windowOf(
  { equity, gross }: LivedHours,
  start: number,
  { steps, entryCost }: Pick<WindowTerms, "steps" | "entryCost">,
): { readonly gained: number; readonly drawdown: number } {
  const begun = equity[start] ?? 0;
  if (!(begun > 0)) return { gained: 0, drawdown: 0 };
  const entry = ((gross[start] ?? 0) / begun) * entryCost;
  let [peak, drawdown] = [1, 0];
  for (let at = start; at <= start + steps; at += 1) {
    const worth = (equity[at] ?? 0) / begun - entry;
    peak = Math.max(peak, worth);
    drawdown = Math.min(drawdown, worth / peak - 1);
  }
  return { gained: (equity[start + steps] ?? 0) / begun - 1 - entry, drawdown };
}

function quantiles(values: Float64Array): Quantiles {
  const at = (share: number) => quantileInPlace(values, share) ?? 0;
  return { p5: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95) };
}
