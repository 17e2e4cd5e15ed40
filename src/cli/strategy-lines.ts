/** What a strategy decided, for people: who is in and out with which part, why, and what it costs to get there. */
import type { FollowerDecision } from "../control/strategy-decisions.ts";
import { numbersText } from "../reports/verdict-text.ts";
import { STRATEGY_REASONS } from "../strategies/reasons.ts";
import type { LeaderVerdict, StrategyDecision } from "../strategies/strategy.ts";
import { coloured } from "./output.ts";
import { table, wrapped } from "./table.ts";

const COLUMNS = [
  { title: "LEADER" },
  { title: "NOW", align: "right" },
  { title: "WANTED", align: "right" },
  { title: "TO", align: "right" },
  { title: "WHY" },
] as const;

export function decisionLines({ follower, decision, problem }: FollowerDecision): readonly string[] {
  if (decision === null) return wrapped(`${follower}: ${coloured("yellow", "undecided")}: ${problem ?? ""}`);
  const rows = [...decision.verdicts].sort(
    (one, other) => other.weight - one.weight || other.from - one.from,
  );
  return [
    `${follower}: ${moveText(decision)}`,
    ...table(COLUMNS, rows.map(rowOf), { indent: "  ", overflow: "wrap" }),
    ...decision.notes.flatMap((note) => wrapped(`  ${note}`)),
  ];
}

function moveText({ turnover, cost, gain, part }: StrategyDecision): string {
  if (turnover === 0) return "nothing is moved";
  const whole = part === 1 ? "" : `, ${percent(part)} of the way`;
  return `${percent(turnover)} of the equity changes hands${whole}; it costs about ${small(cost)}, and being nearer is worth ${small(gain)}`;
}

function rowOf(verdict: LeaderVerdict): readonly string[] {
  const { trader, isIn, reason, from, wanted, weight } = verdict;
  const numbers = numbersText(verdict);
  const name = isIn ? coloured("green", trader) : trader;
  return [
    name,
    part(from),
    part(wanted),
    part(weight),
    `${reason}${numbers === "" ? "" : ` (${numbers})`}: ${STRATEGY_REASONS[reason]}`,
  ];
}

function part(weight: number): string {
  return weight === 0 ? "-" : percent(weight);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function small(share: number): string {
  return `${(100 * share).toFixed(3)} %`;
}
