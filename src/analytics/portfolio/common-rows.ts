/** The rows of a table of returns that all of its series have: what weights are found over. */
import type { ReturnsSeries, ReturnsTable } from "../returns-table.ts";

export interface CommonRows {
  readonly names: readonly string[];
  /** Of names. */
  readonly returns: readonly Float64Array[];
  readonly dates: readonly string[];
  /** Rows that only some series have. */
  readonly left: number;
}

export type FoundRows =
  | { readonly ok: true; readonly rows: CommonRows }
  /** The series that begins last and the one that ends first leave fewer than two rows. */
  | { readonly ok: false; readonly latest: ReturnsSeries; readonly earliest: ReturnsSeries };

/** The table has a series. */
export function commonRows({ dates, series }: ReturnsTable): FoundRows {
  const endOf = ({ firstRow, returns }: ReturnsSeries) => firstRow + returns.length;
  const latest = series.reduce((one, other) => (other.firstRow > one.firstRow ? other : one));
  const earliest = series.reduce((one, other) => (endOf(other) < endOf(one) ? other : one));
  const [from, until] = [latest.firstRow, endOf(earliest)];
  if (until - from < 2) return { ok: false, latest, earliest };
  return {
    ok: true,
    rows: {
      names: series.map(({ name }) => name),
      returns: series.map(({ firstRow, returns }) => returns.slice(from - firstRow, until - firstRow)),
      dates: dates.slice(from, until),
      left: dates.length - (until - from),
    },
  };
}
