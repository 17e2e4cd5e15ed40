/**
 * A strategy of one's own: the three calmest leaders who gained, in parts that fall with their volatility, and nobody above a half. What
 * moving there costs, and whether it is worth it, is not its business.
 */
import type { Candidate, OwnStrategy, Wish } from "./strategy-contract.ts";

const LEADERS = 3;
const DAYS_MIN = 60;
const MOST = 0.5;

const strategy: OwnStrategy = {
  contract: 1,
  kind: "strategy",
  name: "calm-few",
  description: `the ${LEADERS} calmest leaders who gained, each at most half of the equity`,
  rebalancingHours: 24 * 7,
  choose: ({ candidates }) => {
    const calm = candidates.filter(isEligible).sort((one, other) => volatility(one) - volatility(other));
    const chosen = calm.slice(0, LEADERS);
    const sum = chosen.reduce((total, candidate) => total + 1 / volatility(candidate), 0);
    return {
      wishes: candidates.map((candidate): Wish => {
        const { trader, figures } = candidate;
        const numbers = {
          total_return: figures.total_return ?? null,
          annual_volatility: volatility(candidate),
        };
        if (!chosen.includes(candidate)) return { trader, weight: 0, reason: "own-out", numbers };
        const weight = Math.min(MOST, 1 / volatility(candidate) / sum);
        return { trader, weight, reason: "own-in", numbers };
      }),
    };
  },
};

function isEligible(candidate: Candidate): boolean {
  const { figures, failedFilters } = candidate;
  return (
    failedFilters.length === 0 &&
    (figures.days ?? 0) >= DAYS_MIN &&
    (figures.total_return ?? 0) > 0 &&
    volatility(candidate) > 0
  );
}

function volatility({ figures }: Candidate): number {
  return figures.annual_volatility ?? 0;
}

export default strategy;
