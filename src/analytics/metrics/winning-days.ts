/**
 * Days won and lost: win rates, profit factor, payoff, Kelly fraction and streaks of a daily series. Days without a change are neither
 * won nor lost.
 *
 * Kelly: p - (1 - p) / b with the win rate p and the payoff b (J. L. Kelly, A New Interpretation of Information Rate, 1956).
 */
import { quotient } from "../numeric/sums.ts";

export interface WinningDays {
  readonly n: number;
  readonly wins: number;
  readonly losses: number;
  readonly gained: number;
  /** Above zero. */
  readonly lost: number;
}

export function winningDaysOf(returns: Float64Array): WinningDays {
  let wins = 0;
  let losses = 0;
  let gained = 0;
  let lost = 0;
  for (const value of returns) {
    if (value > 0) {
      wins += 1;
      gained += value;
    } else if (value < 0) {
      losses += 1;
      lost -= value;
    }
  }
  return { n: returns.length, wins, losses, gained, lost };
}

/** Won days over days with a change; null where there are none. */
export function winRateExcludingZero({ wins, losses }: WinningDays): number | null {
  return quotient(wins, wins + losses);
}

/** Won days over all days; null without days. */
export function winRateAllDays({ n, wins }: WinningDays): number | null {
  return quotient(wins, n);
}

/** Sum of gains over sum of losses; null without a loss. */
export function profitFactor({ gained, lost }: WinningDays): number | null {
  return quotient(gained, lost);
}

/** Mean gain over mean loss; null where either is missing. */
export function payoffRatio({ wins, losses, gained, lost }: WinningDays): number | null {
  return wins === 0 || losses === 0 ? null : gained / wins / (lost / losses);
}

/** Fraction of capital that a bettor with these odds would stake; negative is stay away. Null where the payoff is. */
export function kellyFraction(days: WinningDays): number | null {
  const payoff = payoffRatio(days);
  const rate = winRateExcludingZero(days);
  return payoff === null || rate === null ? null : rate - (1 - rate) / payoff;
}

/** The longest run of days for which `won` holds. */
function longestRun(returns: Float64Array, won: (value: number) => boolean): number {
  let longest = 0;
  let run = 0;
  for (const value of returns) {
    run = won(value) ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** A day without a change ends a run. */
export function longestWinningRun(returns: Float64Array): number {
  return longestRun(returns, (value) => value > 0);
}

export function longestLosingRun(returns: Float64Array): number {
  return longestRun(returns, (value) => value < 0);
}
