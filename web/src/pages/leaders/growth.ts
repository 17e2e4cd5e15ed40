/** Daily returns as what is drawn: growth since the first day, and how far below the highest point. */

const DAY_MS = 86_400_000;

export interface DailyReturns {
  /** A day in UTC. */
  readonly first_day: string;
  readonly daily: readonly number[];
}

export interface Growth {
  /** Days in UTC milliseconds, from the one before the first on; figures are of their ends. */
  readonly timesMs: readonly number[];
  /** Fractions. */
  readonly gains: readonly number[];
  readonly drawdowns: readonly number[];
}

export function growthOf({ first_day, daily }: DailyReturns): Growth {
  const beforeMs = Date.parse(first_day) - DAY_MS;
  const levels = [1];
  for (const one of daily) levels.push((levels.at(-1) ?? 1) * (1 + one));
  let highest = 1;
  return {
    timesMs: levels.map((_, at) => beforeMs + at * DAY_MS),
    gains: levels.map((level) => level - 1),
    drawdowns: levels.map((level) => {
      highest = Math.max(highest, level);
      return level / highest - 1;
    }),
  };
}
