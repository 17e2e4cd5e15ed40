/**
 * All figures of metrics/performance.ts for many traders of the same days at once: ten thousand in a moment, to rank and filter. The
 * definitions are written down there; a test holds both to the same values.
 */
import { ratePerPeriod } from "../metrics/sharpe.ts";
import { dayPass } from "./day-pass.ts";
import { drawdownPass } from "./drawdown-pass.ts";
import { FIGURE_COLUMNS, type FigureRow } from "./figure-columns.ts";
import { momentPass } from "./moment-pass.ts";
import { tailPass } from "./tail-pass.ts";

export interface ManyReturns {
  /** Row after row, each of `months.length` days; finite. */
  readonly returns: Float64Array;
  /** A number per day that tells its month. */
  readonly months: Int32Array;
  readonly periodsPerYear: number;
}

/**
 * Row after row, the columns of figure-columns.ts; NaN is undefined. Throws a RangeError where the returns are no whole number of rows of at
 * least one day.
 */
export function figureMatrix({ returns, months, periodsPerYear }: ManyReturns): Float64Array {
  const days = months.length;
  const rows = returns.length / days;
  if (days === 0 || !Number.isInteger(rows))
    throw new RangeError(`${returns.length} returns are no whole rows of ${days} days`);
  const columns = FIGURE_COLUMNS.length;
  const matrix = new Float64Array(rows * columns);
  const shared = {
    months,
    periodsPerYear,
    fivePercent: ratePerPeriod(0.05, periodsPerYear),
    tenPercent: ratePerPeriod(0.1, periodsPerYear),
    returns: new Float64Array(days),
    scratch: new Float64Array(days),
    figures: new Float64Array(columns),
  };
  for (let row = 0; row < rows; row += 1) {
    shared.returns.set(returns.subarray(row * days, (row + 1) * days));
    figureRow(shared);
    matrix.set(shared.figures, row * columns);
  }
  return matrix;
}

function figureRow(row: FigureRow): void {
  const { sum, least, most } = dayPass(row);
  drawdownPass(row, sum);
  const spread = momentPass(row, sum / row.returns.length, least === most);
  tailPass(row, spread);
}
