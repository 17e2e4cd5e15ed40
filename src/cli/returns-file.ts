/** Reads a file of daily returns for the commands that look at records; what is wrong with it is the user's error, with line and column. */
import { readFileSync, statSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import { type ReturnsTable, readReturnsTable } from "../analytics/returns-table.ts";
import { CliError, EXIT, usage } from "./output.ts";

/** 10,000 series of ten years of days are below it. */
const BYTES_MAX = 1_000_000_000;
const DAY_MS = 86_400_000;

export const RETURNS_FORM = `
RETURNS.csv has a header date,NAME,... and one row per day, oldest first: 2024-01-31,0.012,-0.004.
Returns are simple and fractions (0.01 is 1 %). A series may begin later or end sooner than others:
leave its cells empty there. A day without a change is 0.`;

export function readReturnsFile(path: string): ReturnsTable {
  const read = readReturnsTable(textOf(path));
  if (read.ok) return read.table;
  const lines = read.problems.map(({ line, column, message }) => {
    const where = column === null ? "" : `, column ${column}`;
    return `${path}, line ${line}${where}: ${message}`;
  });
  throw new CliError("returns", `${path} cannot be read as daily returns`, {
    exitCode: EXIT.usage,
    problems: read.problems.map((problem) => ({ file: path, ...problem })),
    lines,
  });
}

function textOf(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > BYTES_MAX) throw usage(`${path} has ${size} bytes; at most ${BYTES_MAX} are read`);
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw usage(code === "ENOENT" ? `there is no file ${path}` : `${path} cannot be read (${code})`);
  }
}

/** Days missing between rows: periods a year count rows. Null where there are none. */
export function gapNote({ dates }: ReturnsTable): string | null {
  const span = (Date.parse(dates.at(-1) ?? "") - Date.parse(dates[0] ?? "")) / DAY_MS + 1;
  const missing = span - dates.length;
  if (missing === 0) return null;
  return `${missing} of ${span} days have no row: set --periods-per-year to the rows of a year (252 for weekdays)`;
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(Number.isFinite(value) && value > 0))
    throw new InvalidArgumentError("It must be a number above zero.");
  return value;
}

const NAMES_SHOWN = 20;

/** Names that an option asks for are in the file. */
export function assertNamed(
  { series }: ReturnsTable,
  path: string,
  option: string,
  wanted: readonly string[],
): void {
  const names = series.map(({ name }) => name);
  const missing = wanted.find((name) => !names.includes(name));
  if (missing === undefined) return;
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : "";
  const known = `${names.slice(0, NAMES_SHOWN).join(", ")}${more}`;
  throw usage(`${option}: ${path} has no series "${missing}"; it has ${known}`);
}
