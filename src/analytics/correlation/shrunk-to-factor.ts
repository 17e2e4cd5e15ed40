/**
 * Covariances drawn towards those that one common factor makes: the equally weighted mean of all series.
 *
 * Source: O. Ledoit and M. Wolf, Improved estimation of the covariance matrix of stock returns, JEF 10 (2003). All moments are divided by n.
 */
import {
  type Centred,
  diagonalOf,
  drawnTowards,
  intensityOf,
  products,
  type ShrunkCovariance,
  summed,
} from "./covariance.ts";

export function ledoitWolfFactor({ rows, days }: Centred): ShrunkCovariance {
  const size = rows.length;
  const sample = products(rows, rows, days);
  const market = Float64Array.from(
    { length: days },
    (_, day) => rows.reduce((sum, row) => sum + (row[day] as number), 0) / size,
  );
  const betas = products(rows, [market], days);
  const variance = products([market], [market], days)[0] as number;
  // Hedges that cancel each other leave no factor.
  if (variance === 0) return { covariance: sample, intensity: 0 };
  const beta = (at: number) => betas[at] as number;
  const own = (at: number) => sample[at] as number;
  const target = sample.map((value, at) => {
    const [row, column] = [Math.floor(at / size), at % size];
    return row === column ? value : (beta(row) * beta(column)) / variance;
  });
  const squares = rows.map((row) => row.map((value) => value * value));
  const withMarket = rows.map((row) => row.map((value, day) => value * (market[day] as number)));
  const fourth = products(squares, squares, days);
  const first = products(squares, withMarket, days).map(
    (value, at) => value - beta(Math.floor(at / size)) * own(at),
  );
  const third = products(withMarket, withMarket, days).map((value, at) => value - variance * own(at));
  const noise = summed(size, (_, __, at) => (fourth[at] as number) - own(at) ** 2);
  const diagonal = diagonalOf(fourth, size).reduce(
    (sum, value, at) => sum + value - own(at * size + at) ** 2,
    0,
  );
  const beside = (term: (row: number, column: number, at: number) => number) =>
    summed(size, (row, column, at) => (row === column ? 0 : term(row, column, at)));
  const one = beside((_, column, at) => (first[at] as number) * beta(column)) / variance;
  const three = beside((row, column, at) => (third[at] as number) * beta(row) * beta(column)) / variance ** 2;
  const distance = sample.reduce((sum, value, at) => sum + (value - (target[at] as number)) ** 2, 0);
  const intensity = intensityOf((noise - (diagonal + 2 * one - three)) / distance / days);
  return drawnTowards(target, sample, intensity);
}
