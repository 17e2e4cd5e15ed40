/** What each reason of a verdict says: a sentence to every word of the closed list. */
import type { InWord, OutWord, ReasonWord } from "./strategy.ts";

export const STRATEGY_REASONS: Readonly<Record<ReasonWord, string>> = {
  chosen: "meets what is asked and gets a part",
  kept: "is copied, and meets what is asked",
  "own-in": "the strategy of your own chose it",
  "failed-filter": "fails a filter of trader_selection or traders",
  "unknown-figure": "a figure that is asked for cannot be told of its record",
  "record-too-short": "too few days of it are known",
  "too-few-trades": "has finished fewer trades than min_trades",
  "performance-too-low": "returned less a year than min_performance",
  "expectation-too-low":
    "less than performance_threshold a year is expected of it, its luck taken into account",
  "drawdown-too-deep": "fell deeper than max_drawdown",
  "risk-too-high": "varies more a year than risk_threshold",
  "style-full": "its style has half of the leaders already (diversity_requirement)",
  "too-correlated": "moves with a better one, above correlation_limit",
  "beyond-max-traders": "others are better, and max_traders are chosen",
  "weight-too-small": "its part would be too small to be copied",
  "rotated-out": "others did better, and rotation left it too small a part",
  "cost-exceeds-gain": "what it would cost to begin exceeds what that is worth now",
  "own-out": "the strategy of your own left it out",
};

/** The option of a strategy that keeps a leader out for this reason; none where no option of one does. */
export const REASON_OPTIONS: Readonly<Record<string, string>> = {
  "record-too-short": "min_days",
  "too-few-trades": "min_trades",
  "performance-too-low": "min_performance",
  "expectation-too-low": "performance_threshold",
  "drawdown-too-deep": "max_drawdown",
  "risk-too-high": "risk_threshold",
  "style-full": "diversity_requirement",
  "too-correlated": "correlation_limit",
  "beyond-max-traders": "max_traders",
  "weight-too-small": "min_weight",
  "rotated-out": "min_weight",
} satisfies Partial<Record<OutWord, string>>;

export function isReason(word: string): word is ReasonWord {
  return Object.hasOwn(STRATEGY_REASONS, word);
}

const IN_WORDS: ReadonlySet<ReasonWord> = new Set<InWord>(["chosen", "kept", "own-in"]);

export function isIn(reason: ReasonWord): boolean {
  return IN_WORDS.has(reason);
}
