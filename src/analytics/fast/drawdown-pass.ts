/** Capital and draw-downs of one trader in one pass, as metrics/drawdown.ts has them. */
import { COLUMN, type FigureRow, over } from "./figure-columns.ts";

export function drawdownPass({ returns, figures, periodsPerYear }: FigureRow, sum: number): void {
  const n = returns.length;
  let equity = 1;
  let peak = 1;
  let pain = 0;
  let squares = 0;
  let deepest = 0;
  let depths = 0;
  let episodes = 0;
  let longest = 0;
  let first = -1;
  let depth = 0;
  let trough = 0;
  let recovery = Number.NaN;
  for (let day = 0; day < n; day += 1) {
    equity *= Math.max(0, 1 + (returns[day] as number));
    if (equity < peak) {
      const below = equity / peak - 1;
      pain -= below;
      squares += below * below;
      if (first < 0) {
        first = day;
        depth = 0;
        episodes += 1;
      }
      if (below < depth) {
        depth = below;
        trough = day;
        if (depth < deepest) {
          deepest = depth;
          recovery = Number.NaN;
        }
      }
      continue;
    }
    peak = equity;
    if (first < 0) continue;
    depths += depth;
    longest = Math.max(longest, day - first);
    // The first of the deepest counts, as it stands first in time.
    if (depth === deepest && Number.isNaN(recovery)) recovery = day - trough;
    first = -1;
  }
  if (first >= 0) {
    depths += depth;
    longest = Math.max(longest, n - first);
  }
  figures[COLUMN.max_drawdown] = deepest;
  figures[COLUMN.average_drawdown] = over(depths, episodes);
  figures[COLUMN.drawdown_episodes] = episodes;
  figures[COLUMN.longest_drawdown_days] = longest;
  figures[COLUMN.deepest_drawdown_recovery_days] = recovery;
  figures[COLUMN.pain_index] = pain / n;
  figures[COLUMN.ulcer_index_n] = Math.sqrt(squares / n);
  figures[COLUMN.ulcer_index_n_minus_1] = n < 2 ? Number.NaN : Math.sqrt(squares / (n - 1));
  writeGrowth(figures, { equity, exponent: periodsPerYear / n, deepest, sum });
}

function writeGrowth(
  figures: Float64Array,
  {
    equity,
    exponent,
    deepest,
    sum,
  }: { readonly equity: number; readonly exponent: number; readonly deepest: number; readonly sum: number },
): void {
  const growth = equity ** exponent;
  const annual = Number.isFinite(growth) ? growth - 1 : Number.NaN;
  figures[COLUMN.total_return] = equity - 1;
  figures[COLUMN.cagr] = annual;
  figures[COLUMN.calmar] = deepest === 0 ? Number.NaN : annual / -deepest;
  figures[COLUMN.recovery_factor_sum] = deepest === 0 ? Number.NaN : Math.abs(sum) / -deepest;
}
