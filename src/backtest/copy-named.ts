/** Equal parts of some traders, whatever their records say: what somebody does who chose by hand. */
import type { RebalanceTerms } from "../strategies/rebalance.ts";
import type { Strategy } from "../strategies/strategy.ts";

const A_DAY = 24;

/** A part is as large however many of them are known yet. */
export function copyNamed(traders: readonly string[]): Strategy {
  const named = new Set(traders);
  return {
    name: "copy_named",
    rebalancingHours: A_DAY,
    choose: ({ candidates }) => ({
      wishes: candidates.map(({ trader }) =>
        named.has(trader)
          ? { trader, weight: 1 / named.size, reason: "own-in", numbers: {} }
          : { trader, weight: 0, reason: "own-out", numbers: {} },
      ),
    }),
  };
}

/** What is named is copied at once and whole, whatever moving there costs. */
export const WHOLE_MOVES: RebalanceTerms = { band: 0, horizonDays: 1e9, expectedSharpe: 1 };
