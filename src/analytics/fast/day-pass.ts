/**
 * What one pass over the days of a trader tells: sums, wins and losses, runs, shortfalls, months. The definitions are those of
 * metrics/; here they share a loop. Typed arrays are read with `as number`, as their bounds are known.
 */
import { COLUMN, type FigureRow, over } from "./figure-columns.ts";

export interface DaySums {
  readonly sum: number;
  readonly least: number;
  readonly most: number;
}

export function dayPass(row: FigureRow): DaySums {
  const { returns, figures } = row;
  const n = returns.length;
  let sum = 0;
  let most = Number.NEGATIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  let wins = 0;
  let losses = 0;
  let gained = 0;
  let lost = 0;
  let run = 0;
  let mostWinning = 0;
  let mostLosing = 0;
  // One branch by sign, as it cannot be foreseen; `run` counts losses below zero.
  for (let day = 0; day < n; day += 1) {
    const value = returns[day] as number;
    sum += value;
    most = value > most ? value : most;
    least = value < least ? value : least;
    if (value > 0) {
      wins += 1;
      gained += value;
      run = Math.max(1, run + 1);
      mostWinning = Math.max(mostWinning, run);
    } else if (value < 0) {
      losses += 1;
      lost -= value;
      run = Math.min(-1, run - 1);
      mostLosing = Math.min(mostLosing, run);
    } else run = 0;
  }
  figures[COLUMN.best_day] = most;
  figures[COLUMN.worst_day] = least;
  figures[COLUMN.win_rate_all_days] = wins / n;
  figures[COLUMN.max_consecutive_wins] = mostWinning;
  figures[COLUMN.max_consecutive_losses] = mostLosing === 0 ? 0 : -mostLosing;
  writeWins(figures, { wins, losses, gained, lost });
  figures[COLUMN.profit_factor] = over(gained, lost);
  figures[COLUMN.gain_to_pain_daily] = over(sum, lost);
  figures[COLUMN.omega] = n < 2 ? Number.NaN : over(gained, lost);
  thresholdPass(row, sum / n);
  monthPass(row);
  return { sum, least, most };
}

function writeWins(
  figures: Float64Array,
  { wins, losses, gained, lost }: { wins: number; losses: number; gained: number; lost: number },
): void {
  const rate = over(wins, wins + losses);
  const payoff = wins === 0 || losses === 0 ? Number.NaN : gained / wins / (lost / losses);
  figures[COLUMN.win_rate_excluding_zero] = rate;
  figures[COLUMN.payoff_ratio] = payoff;
  figures[COLUMN.kelly] = rate - (1 - rate) / payoff;
}

function sortino({ returns, periodsPerYear }: FigureRow, excess: number, squares: number): number {
  const n = returns.length;
  if (n < 2 || squares === 0) return Number.NaN;
  return (excess / Math.sqrt(squares / n)) * Math.sqrt(periodsPerYear);
}

/** Figures against a threshold: shortfalls below 0 and 5 % a year, and what lies above and below 10 % a year. */
function thresholdPass(row: FigureRow, mean: number): void {
  const { returns, fivePercent, tenPercent, figures } = row;
  let zeroSquares = 0;
  let fiveSquares = 0;
  let above = 0;
  let below = 0;
  for (let day = 0; day < returns.length; day += 1) {
    const value = returns[day] as number;
    const belowZero = Math.min(0, value);
    const belowFive = Math.min(0, value - fivePercent);
    zeroSquares += belowZero * belowZero;
    fiveSquares += belowFive * belowFive;
    above += Math.max(0, value - tenPercent);
    below -= Math.min(0, value - tenPercent);
  }
  figures[COLUMN.sortino] = sortino(row, mean, zeroSquares);
  figures[COLUMN.sortino_rf5] = sortino(row, mean - fivePercent, fiveSquares);
  figures[COLUMN.omega_required10] = returns.length < 2 ? Number.NaN : over(above, below);
}

function monthPass({ returns, months, figures }: FigureRow): void {
  let all = 0;
  let pain = 0;
  let month = 0;
  for (let day = 0; day < returns.length; day += 1) {
    if (day > 0 && months[day] !== months[day - 1]) {
      all += month;
      pain -= Math.min(0, month);
      month = 0;
    }
    month += returns[day] as number;
  }
  figures[COLUMN.gain_to_pain_monthly] = over(all + month, pain - Math.min(0, month));
}
