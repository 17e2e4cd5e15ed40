/** What copying leaves of many traders' profits, taken together: who still earns, how much is kept, and what takes the rest. */
import { median, quantile } from "../numeric/quantile.ts";

/** What is left of a leader's profit after copying; amounts at the follower's size. */
export interface EdgeLeft {
  /**
   * Of the leader's trades, funding included where it is told, before its fees; at the proportion of the capitals at the beginning. Without
   * what it held before the history in a size that nobody tells.
   */
  readonly gross: number;
  /** What the price did against the follower in the time of its delay. */
  readonly delay: number;
  readonly slippage: number;
  readonly fees: number;
  /** What is left over: steps and minima, what is not listed, and a capital that falls behind the leader's. Negative where that helped. */
  readonly sizes: number;
  /** What the follower paid (negative) or got by the rates of the market, where the leader's history tells no funding. */
  readonly funding: number;
  readonly net: number;
}

/** Of one trader. */
export interface EdgeOfOne extends EdgeLeft {
  /** Copyability; null where nothing of it is known. */
  readonly score: number | null;
}

export interface EdgesLeft {
  readonly traders: number;
  /** Before costs. The rest, but for copyability, is of these. */
  readonly earned: number;
  /** After copying. */
  readonly stillEarn: number;
  /** Net over gross of each: quartiles and median; null without anybody who earned. */
  readonly kept: { readonly low: number; readonly median: number; readonly high: number } | null;
  /** Of all that they earned together, as shares; what funding brings is negative. Null without anybody. */
  readonly taken: Readonly<Record<"delay" | "slippage" | "fees" | "sizes" | "funding", number>> | null;
  /** Median; null where it is known of nobody. */
  readonly copyability: number | null;
}

export function edgesLeft(all: readonly EdgeOfOne[]): EdgesLeft {
  const earned = all.filter(({ gross }) => gross > 0);
  const sum = (of: (one: EdgeOfOne) => number) => earned.reduce((total, one) => total + of(one), 0);
  const whole = sum(({ gross }) => gross);
  const shares = earned.map(({ net, gross }) => net / gross);
  const [low, middle, high] = [quantile(shares, 0.25), median(shares), quantile(shares, 0.75)];
  return {
    traders: all.length,
    earned: earned.length,
    stillEarn: earned.filter(({ net }) => net > 0).length,
    kept: low === null || middle === null || high === null ? null : { low, median: middle, high },
    taken:
      earned.length === 0
        ? null
        : {
            delay: sum(({ delay }) => delay) / whole,
            slippage: sum(({ slippage }) => slippage) / whole,
            fees: sum(({ fees }) => fees) / whole,
            sizes: sum(({ sizes }) => sizes) / whole,
            funding: -sum(({ funding }) => funding) / whole,
          },
    copyability: median(all.flatMap(({ score }) => (score === null ? [] : [score]))),
  };
}
