/**
 * Daily returns from daily profit on a capital: the profit of a day over the capital that the days before it left. Where nobody
 * stated the capital, the least is taken with which everything could have been held.
 */

export interface DailyReturns {
  readonly returns: Float64Array;
  /** Index of the first day that used the capital up; null when none did. Its return is -1, and those after it are 0. */
  readonly exhaustedOn: number | null;
}

/** `pnl`: per day, in the asset of `base`; `base` above zero. */
export function returnsOn(base: number, pnl: Float64Array): DailyReturns {
  if (!(base > 0)) throw new RangeError(`a capital of ${base} has no returns`);
  const returns = new Float64Array(pnl.length);
  let equity = base;
  for (const [day, profit] of pnl.entries()) {
    const after = equity + profit;
    returns[day] = after <= 0 ? -1 : profit / equity;
    if (after <= 0) return { returns, exhaustedOn: day };
    equity = after;
  }
  return { returns, exhaustedOn: null };
}
