/** Daily returns as what is drawn: growth since the first day, and how far below the highest point. */
import type { TimePanel } from "../../components/charts/time-chart.tsx";
import { percentText } from "../../format/decimal.ts";
import { words } from "./strings.ts";

const DAY_MS = 86_400_000;

export interface DailyReturns {
  /** A day in UTC. */
  readonly first_day: string;
  readonly daily: readonly number[];
}

export interface Growth {
  /** UTC milliseconds: the start, then the end of each day. */
  readonly times: readonly number[];
  readonly drawdowns: readonly number[];
  readonly panels: readonly TimePanel[];
}

export function growthOf({ first_day, daily }: DailyReturns): Growth {
  const start = Date.parse(first_day);
  const levels = [1];
  for (const one of daily) levels.push((levels.at(-1) ?? 1) * (1 + one));
  let highest = 1;
  const drawdowns = levels.map((level) => {
    highest = Math.max(highest, level);
    return level / highest - 1;
  });
  return {
    times: levels.map((_, at) => start + at * DAY_MS),
    drawdowns,
    panels: [
      {
        label: words.equitySeries,
        values: levels.map((level) => level - 1),
        height: 210,
        colour: "accent",
        format: percentText,
      },
      {
        label: words.drawdownSeries,
        values: drawdowns,
        height: 110,
        colour: "loss",
        format: percentText,
        isFilled: true,
      },
    ],
  };
}
