/** What each figure and each reason of a strategy is: the core's own words, so that the screen and docs/ cannot say different things. */
import { isReason, STRATEGY_REASONS } from "../../../src/strategies/reasons.ts";

export { FIGURE_DEFINITIONS } from "../../../src/analytics/metrics/definitions.ts";
export { TRADE_DEFINITIONS } from "../../../src/analytics/trades/trade-definitions.ts";

/** The sentence of a strategy's reason; the word itself where it is none of ours. */
export function strategyReason(word: string): string {
  return isReason(word) ? STRATEGY_REASONS[word] : word;
}
