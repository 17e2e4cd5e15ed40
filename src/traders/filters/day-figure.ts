/**
 * Judging by a figure of daily returns. Where prices were missing while something was held, open losses may be missing as well and
 * every such figure looks better than it is: it may fail then, but not pass.
 */
import type { PerformanceName } from "../../analytics/metrics/performance.ts";
import { cannotTell, type FilterOutcome } from "./filter.ts";
import type { JudgedTrader } from "./judged-trader.ts";

/** `compare` gets the figure as it stands in docs/evidence.md. */
export function judgeDays(
  trader: JudgedTrader,
  name: PerformanceName,
  compare: (value: number) => FilterOutcome,
): FilterOutcome {
  const figure = trader.dayFigure(name);
  return typeof figure === "number" ? unlessPricesMiss(trader, compare(figure)) : figure;
}

export function unlessPricesMiss(trader: JudgedTrader, outcome: FilterOutcome): FilterOutcome {
  if (outcome.kind !== "passed" || !trader.hasMissingPrices) return outcome;
  return cannotTell(
    "it passes only as far as prices are known: they were missing on days on which it held something, so losses may be too; copytrader market fetch or import brings them",
  );
}
