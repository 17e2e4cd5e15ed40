/**
 * Draw-downs: how far the compounded capital lies below its highest point so far, as a fraction at or below zero. The starting capital
 * is the first highest point. An episode is a longest run of days strictly below; its days run from the first to the last of
 * them, the day of recovery not counted. After ruin (a day of -100 % or below) the draw-down stays at -1.
 */

export interface DrawdownEpisode {
  /** Index of the day at the highest point before; -1 is the starting capital. */
  readonly peak: number;
  readonly first: number;
  readonly trough: number;
  /** Last day below. */
  readonly last: number;
  /** Draw-down at the trough, below zero. */
  readonly depth: number;
  /** Whether the highest point was reached again. */
  readonly recovered: boolean;
}

export interface Drawdowns {
  /** Draw-down at the end of each day. */
  readonly curve: Float64Array;
  /** In order of time. */
  readonly episodes: readonly DrawdownEpisode[];
  /** 0 where there is none. */
  readonly deepest: number;
}

export function drawdownsOf(returns: Float64Array): Drawdowns {
  const curve = new Float64Array(returns.length);
  let equity = 1;
  let peak = 1;
  for (let day = 0; day < returns.length; day += 1) {
    equity *= Math.max(0, 1 + (returns[day] ?? 0));
    if (equity > peak) peak = equity;
    curve[day] = equity === peak ? 0 : equity / peak - 1;
  }
  const episodes = episodesOf(curve);
  const deepest = episodes.reduce((depth, episode) => Math.min(depth, episode.depth), 0);
  return { curve, episodes, deepest };
}

function episodesOf(curve: Float64Array): readonly DrawdownEpisode[] {
  const episodes: DrawdownEpisode[] = [];
  let first = -1;
  let trough = -1;
  for (let day = 0; day <= curve.length; day += 1) {
    const below = (curve[day] ?? 0) < 0;
    if (below && (first === -1 || (curve[day] ?? 0) < (curve[trough] ?? 0))) trough = day;
    if (below && first === -1) first = day;
    if (below || first === -1) continue;
    const recovered = day < curve.length;
    episodes.push({ peak: first - 1, first, trough, last: day - 1, depth: curve[trough] ?? 0, recovered });
    first = -1;
  }
  return episodes;
}

export function episodeDays({ first, last }: DrawdownEpisode): number {
  return last - first + 1;
}

/** Mean of the episodes' depths, below zero; null without an episode. */
export function averageDrawdown({ episodes }: Drawdowns): number | null {
  if (episodes.length === 0) return null;
  return episodes.reduce((sum, { depth }) => sum + depth, 0) / episodes.length;
}

/** Days of the longest episode; 0 without one. */
export function longestDrawdownDays({ episodes }: Drawdowns): number {
  return episodes.reduce((most, episode) => Math.max(most, episodeDays(episode)), 0);
}

/** Days from the trough to the day of recovery, of the deepest episode; null where there is none or it goes on. */
export function deepestRecoveryDays({ episodes, deepest }: Drawdowns): number | null {
  const episode = episodes.find(({ depth }) => depth === deepest);
  return episode?.recovered === true ? episode.last + 1 - episode.trough : null;
}

/** Mean size of the draw-down over all days (pain index), as a fraction; null without days. */
export function painIndex({ curve }: Drawdowns): number | null {
  if (curve.length === 0) return null;
  return curve.reduce((sum, value) => sum - value, 0) / curve.length;
}

/**
 * Ulcer index: root of the mean squared draw-down, as a fraction. P. G. Martin (1987) divides by n, quantstats by n - 1. Null where the
 * divisor would be zero.
 */
export function ulcerIndex({ curve }: Drawdowns, divisor: "n" | "n-1"): number | null {
  const count = divisor === "n" ? curve.length : curve.length - 1;
  if (count < 1) return null;
  return Math.sqrt(curve.reduce((sum, value) => sum + value * value, 0) / count);
}
