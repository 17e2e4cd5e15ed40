/** The rules that the ranking is held against: each is one figure of a record, the largest first, as leaderboards show them. */
import { drawdownsOf } from "../../src/analytics/metrics/drawdown.ts";
import { momentsOf } from "../../src/analytics/metrics/moments.ts";
import { sharpeRatio } from "../../src/analytics/metrics/sharpe.ts";
import { annualReturn, calmarRatio, totalReturn } from "../../src/analytics/metrics/total-return.ts";
import { winningDaysOf, winRateExcludingZero } from "../../src/analytics/metrics/winning-days.ts";

const DAYS_A_YEAR = 365;

interface NamedRecord {
  readonly name: string;
  readonly returns: Float64Array;
}

export const SINGLE_FIGURES = ["roi", "sharpe", "calmar", "win-rate"] as const;
export type SingleFigure = (typeof SINGLE_FIGURES)[number];
export type RuleName = "careful" | SingleFigure;

export const RULE_TITLES: Readonly<Record<RuleName, string>> = {
  careful: "careful bound",
  roi: "ROI",
  sharpe: "Sharpe ratio",
  calmar: "Calmar ratio",
  "win-rate": "win rate",
};

const FIGURES: Readonly<Record<SingleFigure, (returns: Float64Array) => number | null>> = {
  roi: totalReturn,
  sharpe: (returns) => sharpeRatio(momentsOf(returns), DAYS_A_YEAR),
  calmar: (returns) =>
    calmarRatio(annualReturn(totalReturn(returns), returns.length, DAYS_A_YEAR), drawdownsOf(returns)),
  "win-rate": (returns) => winRateExcludingZero(winningDaysOf(returns)),
};

/** Whoever has no such figure stands last; equals stand by name, so that the order is always the same. */
export function orderedBy<One extends NamedRecord>(
  rule: SingleFigure,
  records: readonly One[],
): readonly One[] {
  const scored = records.map((record) => ({
    record,
    score: FIGURES[rule](record.returns) ?? Number.NEGATIVE_INFINITY,
  }));
  scored.sort(
    (one, other) =>
      (other.score === one.score ? 0 : other.score - one.score) ||
      (one.record.name < other.record.name ? -1 : 1),
  );
  return scored.map(({ record }) => record);
}
