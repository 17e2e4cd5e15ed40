/**
 * Reads a table of daily returns: a header `date,NAME,...`, then one row per day, oldest first, each cell a simple return (0.01 is 1 %).
 * A series may begin later or end sooner than others: its cells are empty there. Everything else that is no number is refused,
 * with its line and column.
 */

export interface ReturnsSeries {
  readonly name: string;
  /** Index of the row of the first return. */
  readonly firstRow: number;
  readonly returns: Float64Array;
}

export interface ReturnsTable {
  /** ISO dates, strictly increasing. */
  readonly dates: readonly string[];
  readonly series: readonly ReturnsSeries[];
}

export interface TableProblem {
  /** From 1, the header counted. */
  readonly line: number;
  /** Name of the column, where one is concerned. */
  readonly column: string | null;
  readonly message: string;
}

export type ReadReturns =
  | { readonly ok: true; readonly table: ReturnsTable }
  | { readonly ok: false; readonly problems: readonly TableProblem[] };

/** No more problems than this are told. */
const PROBLEMS_MAX = 20;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

export function readReturnsTable(text: string): ReadReturns {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  while (lines.length > 1 && lines.at(-1)?.trim() === "") lines.pop();
  const header = readHeader(lines[0] ?? "");
  if ("message" in header) return { ok: false, problems: [{ line: 1, column: null, ...header }] };
  const problems: TableProblem[] = [];
  const dates: string[] = [];
  const rows = lines.length - 1;
  // A row has a comma for each name: where the text is too short for that, some row is wrong, and nothing needs room.
  const isRoomNeeded = rows * header.names.length <= text.length;
  const columns = isRoomNeeded ? header.names.map(() => new Float64Array(rows).fill(Number.NaN)) : [];
  for (const [index, line] of lines.slice(1).entries()) {
    const found = readRow(line, header.names, columns, index);
    const problem = found.problem ?? orderProblem(found.date, dates.at(-1));
    if (problem !== null) problems.push({ line: index + 2, ...problem });
    dates.push(found.date);
    if (problems.length >= PROBLEMS_MAX) break;
  }
  if (dates.length === 0)
    problems.push({ line: 1, column: null, message: "there are no rows below the header" });
  if (problems.length > 0) return { ok: false, problems };
  const series = header.names.map((name, at) => trimmed(name, columns[at] ?? new Float64Array()));
  const holes = series.flatMap((one) => holeIn(one));
  return holes.length > 0 ? { ok: false, problems: holes } : { ok: true, table: { dates, series } };
}

function readHeader(line: string): { readonly names: readonly string[] } | { readonly message: string } {
  const [first = "", ...names] = cellsOf(line);
  if (first === "" && names.length === 0)
    return { message: "the first line is empty; it has to be date,NAME,..." };
  const other = /^date([;\t])/i.exec(first)?.[1];
  if (other !== undefined)
    return {
      message: `columns are separated by ${other === ";" ? "semicolons" : "tabs"}; commas are expected`,
    };
  if (first.toLowerCase() !== "date")
    return { message: `the header begins with "${first.slice(0, 40)}"; it has to be date,NAME,...` };
  if (names.length === 0) return { message: "the header names no series; it has to be date,NAME,..." };
  const empty = names.indexOf("");
  if (empty >= 0) return { message: `the header has no name for column ${empty + 2}` };
  const known = new Set<string>();
  const twice = names.find((name) => {
    const isKnown = known.has(name);
    known.add(name);
    return isKnown;
  });
  return twice === undefined ? { names } : { message: `the header names "${twice}" twice` };
}

type RowProblem = Omit<TableProblem, "line">;

/** Puts the row's returns into the columns; NaN stays where a cell is empty. */
function readRow(
  line: string,
  names: readonly string[],
  columns: readonly Float64Array[],
  row: number,
): { readonly date: string; readonly problem: RowProblem | null } {
  const [date = "", ...cells] = cellsOf(line);
  const none = (message: string, column: string | null) => ({ date, problem: { column, message } });
  if (line.trim() === "") return none("the line is empty", null);
  if (!isCalendarDay(date)) return none(`"${date.slice(0, 40)}" is no day; it has to be YYYY-MM-DD`, "date");
  if (cells.length !== names.length)
    return none(`the row has ${cells.length + 1} cells, the header ${names.length + 1}`, null);
  for (const [at, cell] of cells.entries()) {
    if (cell === "") continue;
    const value = NUMBER.test(cell) ? Number(cell) : Number.NaN;
    const column = columns[at];
    if (!Number.isFinite(value)) return none(`${numberProblem(cell)}`, names[at] ?? null);
    if (column !== undefined) column[row] = value;
  }
  return { date, problem: null };
}

function numberProblem(cell: string): string {
  const shown = `"${cell.slice(0, 40)}" is no number`;
  if (/^[+-]?[\d.]+\s*%$/.test(cell)) return `${shown}; returns are fractions: 5 % is 0.05`;
  return `${shown}; a return like 0.012 or -0.05 is expected`;
}

function orderProblem(date: string, before: string | undefined): RowProblem | null {
  if (before === undefined || date > before) return null;
  const how = date === before ? "the same day as" : `earlier than ${before} in`;
  return { column: "date", message: `${date} is ${how} the row above; rows are one per day, oldest first` };
}

/** A table is read by position: a comma inside quotes is none. */
function cellsOf(line: string): readonly string[] {
  if (!line.includes('"')) return line.split(",").map((cell) => cell.trim());
  const cells = line.match(/(?:"(?:[^"]|"")*"|[^,])*(?:,|$)/g) ?? [];
  // The last match is the empty one at the end of the line.
  return cells.slice(0, line.endsWith(",") ? undefined : -1).map((cell) => {
    const bare = cell.replace(/,$/, "").trim();
    return bare.startsWith('"') && bare.endsWith('"') ? bare.slice(1, -1).replaceAll('""', '"') : bare;
  });
}

const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

function isCalendarDay(text: string): boolean {
  const [, year = 0, month = 0, day = 0] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []).map(Number);
  if (day < 1 || day > (MONTH_DAYS[month - 1] ?? 0)) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month !== 2 || day < 29 || leap;
}

/** From the first return to the last. */
function trimmed(name: string, column: Float64Array): ReturnsSeries {
  const firstRow = column.findIndex((value) => !Number.isNaN(value));
  if (firstRow < 0) return { name, firstRow: 0, returns: new Float64Array() };
  const lastRow = column.findLastIndex((value) => !Number.isNaN(value));
  return { name, firstRow, returns: column.slice(firstRow, lastRow + 1) };
}

function holeIn({ name, firstRow, returns }: ReturnsSeries): readonly TableProblem[] {
  const at = returns.findIndex((value) => Number.isNaN(value));
  const message = "the cell is empty between two returns; a day without a change is 0";
  return at < 0 ? [] : [{ line: firstRow + at + 2, column: name, message }];
}

/** A number per day of the series that tells its calendar month. */
export function monthsOf(dates: readonly string[], { firstRow, returns }: ReturnsSeries): Int32Array {
  return Int32Array.from(returns, (_, day) => {
    const date = dates[firstRow + day] ?? "";
    return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
  });
}

/** The parts of two series that lie on the same days; empty where none do. */
export function overlapOf(one: ReturnsSeries, other: ReturnsSeries): readonly [Float64Array, Float64Array] {
  const from = Math.max(one.firstRow, other.firstRow);
  const until = Math.min(one.firstRow + one.returns.length, other.firstRow + other.returns.length);
  const part = ({ firstRow, returns }: ReturnsSeries) =>
    returns.subarray(Math.min(returns.length, from - firstRow), Math.max(0, until - firstRow));
  return until > from ? [part(one), part(other)] : [new Float64Array(), new Float64Array()];
}
