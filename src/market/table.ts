/** Tables of columns: made from rows, cut, joined and merged. Pure; times are ascending everywhere but in what is merged in. */
import type { Table, TimeRange, Written } from "./market-history.ts";
import { isIn } from "./time-ranges.ts";

export function emptyTable(columns: number): Table {
  return {
    times: new Float64Array(0),
    columns: Array.from({ length: columns }, () => new Float64Array(0)),
  };
}

/** Rows of `[time, ...values]` in any order; of repeated times the last counts. */
export function tableOf(rows: readonly (readonly number[])[], columns: number): Table {
  const latest = new Map<number, readonly number[]>();
  for (const row of rows) latest.set(row[0] ?? Number.NaN, row);
  const sorted = [...latest.values()].sort((left, right) => (left[0] ?? 0) - (right[0] ?? 0));
  return {
    times: Float64Array.from(sorted, (row) => row[0] ?? Number.NaN),
    columns: Array.from({ length: columns }, (_, at) =>
      Float64Array.from(sorted, (row) => row[at + 1] ?? Number.NaN),
    ),
  };
}

/** The rows of a range, without a copy. */
export function rowsIn(table: Table, { fromMs, toMs }: TimeRange): Table {
  const from = firstAtOrAfter(table.times, fromMs);
  const to = firstAtOrAfter(table.times, toMs);
  if (from === 0 && to === table.times.length) return table;
  return {
    times: table.times.subarray(from, to),
    columns: table.columns.map((column) => column.subarray(from, to)),
  };
}

/** Tables that follow each other in time. */
export function joined(tables: readonly Table[], columns: number): Table {
  const [only] = tables;
  if (only !== undefined && tables.length === 1) return only;
  const length = tables.reduce((sum, { times }) => sum + times.length, 0);
  const whole = {
    times: new Float64Array(length),
    columns: Array.from({ length: columns }, () => new Float64Array(length)),
  };
  let at = 0;
  for (const table of tables) {
    whole.times.set(table.times, at);
    for (const [index, column] of table.columns.entries()) whole.columns[index]?.set(column, at);
    at += table.times.length;
  }
  return whole;
}

/** What was covered stays as it is; a row outside of that gives way to what is merged in. */
export function merged(
  old: Table,
  covered: readonly TimeRange[],
  added: Table,
): { readonly table: Table; readonly written: Written } {
  const rows = new Map<number, readonly number[]>(rowsOf(old).map((row) => [row[0] ?? 0, row]));
  const conflictsMs: number[] = [];
  let [fresh, repeated, conflicting] = [0, 0, 0];
  for (const row of rowsOf(added)) {
    const ms = row[0] ?? 0;
    const known = rows.get(ms);
    if (known === undefined) fresh++;
    else if (known.every((value, at) => value === row[at])) repeated++;
    else if (isIn(ms, covered)) {
      conflicting++;
      if (conflictsMs.length < CONFLICTS_TOLD) conflictsMs.push(ms);
      continue;
    }
    rows.set(ms, row);
  }
  const table = tableOf([...rows.values()], old.columns.length);
  return { table, written: { added: fresh, repeated, conflicting, conflictsMs } };
}

const CONFLICTS_TOLD = 10;

function rowsOf({ times, columns }: Table): (readonly number[])[] {
  return Array.from(times, (time, at) => [time, ...columns.map((column) => column[at] ?? Number.NaN)]);
}

/** The place of the first time that is not before `ms`; the length when there is none. */
export function firstAtOrAfter(times: Float64Array, ms: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Number.POSITIVE_INFINITY) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
