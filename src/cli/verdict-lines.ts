/** What a strategy of a backtest decided last, for a terminal: each leader that is in, some of those out for each reason, and its notes. */
import { timeText } from "../analytics/equity/day-text.ts";
import { numbersText, verdictGroups } from "../reports/verdict-text.ts";
import { STRATEGY_REASONS } from "../strategies/reasons.ts";
import type { LeaderVerdict, StrategyDecision } from "../strategies/strategy.ts";
import { table, wrapped } from "./table.ts";

const IN_SHOWN = 20;
const OUT_SHOWN = 5;

export function lastDecisionLines(
  { asOfMs, notes }: Pick<StrategyDecision, "asOfMs" | "notes">,
  verdicts: readonly LeaderVerdict[],
): readonly string[] {
  const groups = verdictGroups(verdicts).map(({ reason, verdicts: all }) => {
    const shown = all.slice(0, all[0]?.isIn === true ? IN_SHOWN : OUT_SHOWN);
    return { reason, shown, left: all.length - shown.length };
  });
  const rows = groups.flatMap(({ shown }) => shown.map(rowOf));
  const columns = [
    { title: "last decision" },
    { title: "part", align: "right" as const },
    { title: timeText(asOfMs) },
  ];
  const left = groups.filter((one) => one.left > 0).map((one) => `${one.left} ${one.reason}`);
  return [
    ...(rows.length === 0 ? [] : table(columns, rows, { overflow: "wrap" })),
    ...(left.length === 0 ? [] : wrapped(`And more: ${left.join(", ")} (--html and --json have all).`)),
    ...groups.flatMap(({ shown: [one] }) =>
      one === undefined ? [] : wrapped(`${one.reason}: ${STRATEGY_REASONS[one.reason]}.`),
    ),
    ...notes.flatMap((note) => wrapped(`Note: ${note}${/[.!?]$/.test(note) ? "" : "."}`)),
  ];
}

function rowOf(verdict: LeaderVerdict): readonly string[] {
  const { trader, isIn, weight, reason } = verdict;
  const numbers = numbersText(verdict);
  return [
    trader,
    weight === 0 ? "-" : `${(100 * weight).toFixed(1)} %`,
    `${isIn ? "in" : "out"}, ${reason}${numbers === "" ? "" : `: ${numbers}`}`,
  ];
}
