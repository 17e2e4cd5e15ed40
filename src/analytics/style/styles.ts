/** The styles that a trader is told apart by, and what each means. A label is one of them, or `unknown`. */

export const STYLES = [
  "trend_following",
  "mean_reversion",
  "arbitrage",
  "market_neutral",
  "market_making",
  "scalping",
  "breakout",
  "carry",
  "martingale",
  "discretionary_swing",
] as const;

export type Style = (typeof STYLES)[number];
