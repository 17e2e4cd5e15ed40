/** What each way of choosing came to over all periods, and how far the careful ranking was ahead of it. */
import { momentsOf } from "../../src/analytics/metrics/moments.ts";
import { sharpeRatio } from "../../src/analytics/metrics/sharpe.ts";
import { totalReturn } from "../../src/analytics/metrics/total-return.ts";
import type { Interval } from "../../src/analytics/selection/wilson.ts";
import { type Compared, comparedReturns } from "../../src/analytics/walk-forward/comparison.ts";
import {
  heldCount,
  type Period,
  type PeriodCandidate,
  walkForward,
} from "../../src/analytics/walk-forward/holding.ts";
import { orderedBy, RULE_TITLES, type RuleName, SINGLE_FIGURES } from "./rules.ts";

const DAYS_A_YEAR = 365;

export interface ForwardOptions {
  readonly top: number;
  readonly resamples: number;
  readonly seed: number;
}

type WayName = RuleName | "everybody";

export interface WayReport {
  readonly way: WayName;
  readonly total: number | null;
  readonly sharpe: number | null;
  /** Null for the careful ranking itself. */
  readonly carefulAhead: Compared | null;
}

export interface ForwardReport {
  readonly days: number;
  readonly periods: readonly {
    readonly begin: string;
    readonly days: number;
    readonly candidates: number;
    readonly held: number;
  }[];
  readonly ways: readonly WayReport[];
}

/** With fewer there is nothing to choose: such periods are left out. */
const CANDIDATES_MIN = 4;

export function reportOf(all: readonly Period[], { top, resamples, seed }: ForwardOptions): ForwardReport {
  const periods = all.filter(({ candidates }) => candidates.length >= CANDIDATES_MIN);
  const held = ({ candidates }: Period, order: readonly PeriodCandidate[]) =>
    order.slice(0, heldCount(candidates.length, top));
  const careful = walkForward(periods, (period) => held(period, period.candidates));
  const ways = [
    { way: "careful" as const, returns: careful },
    ...SINGLE_FIGURES.map((way) => ({
      way,
      returns: walkForward(periods, (period) => held(period, orderedBy(way, period.candidates))),
    })),
    { way: "everybody" as const, returns: walkForward(periods, ({ candidates }) => candidates) },
  ];
  return {
    days: careful.length,
    periods: periods.map(({ beginDay, days, candidates }) => ({
      begin: new Date(beginDay * 86_400_000).toISOString().slice(0, 10),
      days,
      candidates: candidates.length,
      held: heldCount(candidates.length, top),
    })),
    ways: ways.map(({ way, returns }) => ({
      way,
      total: totalReturn(returns),
      sharpe: sharpeRatio(momentsOf(returns), DAYS_A_YEAR),
      carefulAhead:
        way === "careful" ? null : comparedReturns(careful, returns, { resamples, seed, confidence: 0.95 }),
    })),
  };
}

/** Markdown, as it stands in the documentation. */
export function reportLines({ days, periods, ways }: ForwardReport): readonly string[] {
  if (periods.length === 0) return [`no boundary had ${CANDIDATES_MIN} candidates`];
  const begins = periods
    .map(({ begin, candidates, held }) => `${begin}: ${held} of ${candidates}`)
    .join(", ");
  return [
    `${days} days held; at each boundary, held of candidates: ${begins}`,
    "",
    "| Held by | total return | Sharpe ratio | careful ahead, return a year | 95 % | careful ahead, Sharpe | 95 % |",
    "|---|---:|---:|---:|---:|---:|---:|",
    ...ways.map(({ way, total, sharpe, carefulAhead: ahead }) => {
      const cells = [
        way === "everybody" ? "everybody, in equal parts" : RULE_TITLES[way],
        percent(total),
        number(sharpe),
        ahead === null ? "" : percent(ahead.returnAhead),
        ahead === null ? "" : interval(ahead.returnInterval, percent),
        ahead === null ? "" : number(ahead.sharpeAhead),
        ahead === null ? "" : interval(ahead.sharpeInterval, number),
      ];
      return `| ${cells.join(" | ")} |`;
    }),
  ];
}

function interval(range: Interval | null, text: (value: number) => string): string {
  return range === null ? "-" : `${text(range[0])} to ${text(range[1])}`;
}

function number(value: number | null): string {
  return value === null ? "-" : value.toFixed(1);
}

function percent(value: number | null): string {
  return value === null ? "-" : `${(100 * value).toFixed(1)} %`;
}
