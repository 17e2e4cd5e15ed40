/**
 * Why a strategy copied nobody in a backtest: which of its bounds kept how many leaders out, and what to change. An account that only lay
 * there has figures like one that was careful, so that it is said before them.
 */
import type { StrategyReport } from "../../backtest/report.ts";
import { isReason, REASON_OPTIONS, STRATEGY_REASONS } from "../../strategies/reasons.ts";
import { STRATEGY_KINDS } from "../../strategies/registry.ts";

export interface LyingAccount extends Pick<StrategyReport, "strategy" | "options" | "decisions" | "leaders"> {
  readonly happenings: Pick<StrategyReport["happenings"], "reasons">;
}

/** A sentence or two on each strategy without an order; none where all copied. */
export function nobodyCopied(strategies: readonly LyingAccount[]): readonly string[] {
  return strategies.filter(({ leaders }) => leaders.length === 0).map(why);
}

function why(one: LyingAccount): string {
  const { strategy, decisions, happenings } = one;
  const most = Math.max(0, ...decisions.map(({ allocations }) => allocations.length));
  if (most > 0) {
    const reasons = counts(happenings.reasons, (reason) => reason);
    const what = reasons === "" ? "these leaders changed nothing that could be copied" : reasons;
    return `${strategy} copied nobody: it chose up to ${most} at a time, and no order came of it (${what})`;
  }
  const last = decisions.findLast(({ candidates }) => candidates > 0);
  if (last === undefined)
    return `${strategy} copied nobody: at none of its moments (${decisions.length}) was anything known of any trader. A later beginning, or older histories, would change that`;
  const out = counts(last.out, (reason) => boundText(reason, one, last.outBy[reason]));
  return `${strategy} copied nobody: at none of its moments (${decisions.length}) did anybody meet what it asks. Of ${last.candidates} at the last one: ${out}. Each counts at the first bound that it fails, and may fail others. ${remedy(one, Object.keys(last.out))}`;
}

/** The most frequent first. */
function counts(found: Readonly<Record<string, number>>, text: (word: string) => string): string {
  return Object.entries(found)
    .toSorted(([, one], [, other]) => other - one)
    .map(([word, count]) => `${count} ${text(word)}`)
    .join(", ");
}

function boundText(
  reason: string,
  { options }: LyingAccount,
  by: Readonly<Record<string, number>> = {},
): string {
  const option = REASON_OPTIONS[reason];
  const value = option === undefined ? undefined : options[option];
  const sentence = isReason(reason) ? STRATEGY_REASONS[reason] : reason;
  const behind = Object.entries(by).map(([what, count]) => `${what} ${count}`);
  const numbers = value === undefined ? behind : [`${option} ${value ?? "off"}`, ...behind];
  return `${reason} (${[sentence, ...numbers].join("; ")})`;
}

function remedy({ strategy, options }: LyingAccount, reasons: readonly string[]): string {
  const isOurs = STRATEGY_KINDS.some(({ name }) => name === strategy);
  const bounds = [...new Set(reasons.flatMap((reason) => REASON_OPTIONS[reason] ?? []))].filter((name) =>
    Object.hasOwn(options, name),
  );
  const ways = [
    ...(isOurs && bounds.length > 0
      ? [`other ${bounds.join(", ")} under strategies.${strategy} in the configuration`]
      : []),
    ...(reasons.includes("failed-filter") ? ["other filters under trader_selection and traders"] : []),
    ...(reasons.includes("record-too-short") ? ["a later --start-date, when more is known"] : []),
    "another --strategy",
  ];
  return `To change that: ${ways.join("; ")}`;
}
