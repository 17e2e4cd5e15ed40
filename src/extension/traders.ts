/**
 * Asks the owner's filters and importers, each within its time, and reads what they answer: plain values of our own, or the cause why
 * there is none. What is asked has nothing to do with orders: nothing waits for it but the command that asks.
 */
import { AnswerError, shown } from "./answer.ts";
import { guarded } from "./guard.ts";
import { deeplyFrozen } from "./question.ts";
import type { HistoryRow, StudiedTrader, TraderFilter, TraderImporter } from "./trader-contract.ts";

export const FIGURE_MS_MAX = 1_000;
export const READ_MS_MAX = 60_000;
const TEXT_MAX = 300;
const CELLS_MAX = 40;
const CELL_MAX = 500;

export type Figure = number | { readonly cannotTell: string };

/** One of them and where it lies, as the user would open it. */
export interface Loaded<Kind> {
  readonly file: string;
  readonly extension: Kind;
}

/** What a filter says of a trader; that it failed to is a figure that cannot be told. */
export function figureOf({ file, extension: filter }: Loaded<TraderFilter>, trader: StudiedTrader): Figure {
  const question = deeplyFrozen(trader);
  const answer = guarded(FIGURE_MS_MAX, () => readFigure(filter.figure(question)));
  return answer.kind === "answered" ? answer.value : { cannotTell: `${file} failed: ${answer.cause}` };
}

/** A copy that holds nothing of the owner's objects. To be called within the guard. */
export function readFigure(answer: unknown): Figure {
  if (typeof answer === "number") {
    if (Number.isFinite(answer)) return answer;
    throw new AnswerError(`the figure must be a finite number, got ${answer}`);
  }
  const { cannotTell, ...others } = fieldsOf(answer, 'the answer must be a number or { cannotTell: "why" }');
  const strange = Object.keys(others)[0];
  if (typeof cannotTell !== "string" || cannotTell === "" || strange !== undefined)
    throw new AnswerError(
      `the answer must be a number or { cannotTell: "why" }, got ${shown(strange ?? cannotTell)}`,
    );
  return { cannotTell: cannotTell.slice(0, TEXT_MAX) };
}

/** Whether it takes a file of this beginning for its own; one that fails to say so does not. */
export function recognisedBy(importer: TraderImporter, head: string): boolean {
  const answer = guarded(FIGURE_MS_MAX, () => readRecognised(importer.recognises(head)));
  return answer.kind === "answered" && answer.value;
}

export function readRecognised(answer: unknown): boolean {
  if (typeof answer === "boolean") return answer;
  throw new AnswerError(`recognises must answer true or false, got ${shown(answer)}`);
}

/** Throws an AnswerError that names the importer's file and what is wrong. */
export function rowsOf(
  { file, extension: importer }: Loaded<TraderImporter>,
  text: string,
): readonly HistoryRow[] {
  const answer = guarded(READ_MS_MAX, () => readRows(importer.read(text)));
  if (answer.kind === "answered") return answer.value;
  throw new AnswerError(`the importer ${file} failed: ${answer.cause}`);
}

export function readRows(answer: unknown): readonly HistoryRow[] {
  if (Array.isArray(answer)) return answer.map(readRow);
  throw new AnswerError(`read must answer a list of rows, got ${shown(answer)}`);
}

function readRow(row: unknown, place: number): HistoryRow {
  const where = `row ${place + 1}`;
  const { line, ...what } = fieldsOf(row, `${where} must be an object`);
  if (typeof line !== "number" || !Number.isSafeInteger(line) || line < 0)
    throw new AnswerError(`${where}: line must be a whole number, got ${shown(line)}`);
  const [field = "nothing", ...more] = Object.keys(what);
  if (more.length === 0 && field === "fill") return { line, fill: readCells(what.fill, where) };
  const text = what[field];
  if (more.length > 0 || typeof text !== "string" || (field !== "rejected" && field !== "skipped"))
    throw new AnswerError(`${where}: beside line there must be fill, rejected or skipped, got ${field}`);
  const cut = text.slice(0, TEXT_MAX);
  return field === "rejected" ? { line, rejected: cut } : { line, skipped: cut };
}

function readCells(cells: unknown, where: string): Readonly<Record<string, string>> {
  const entries = Object.entries(fieldsOf(cells, `${where}: fill must be an object`));
  if (entries.length > CELLS_MAX) throw new AnswerError(`${where}: fill has more than ${CELLS_MAX} columns`);
  const strange = entries.find(([, text]) => typeof text !== "string" || text.length > CELL_MAX);
  if (strange !== undefined)
    throw new AnswerError(
      `${where}: fill.${strange[0]} must be a text of at most ${CELL_MAX} characters, got ${shown(strange[1])}`,
    );
  return Object.fromEntries(entries.map(([name, text]) => [name, String(text)]));
}

/** Throws an AnswerError where it is no object, `what` said first. */
export function fieldsOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (value instanceof Promise) {
    Promise.prototype.then.call(value, undefined, () => {});
    throw new AnswerError("the answer is a promise; an extension answers at once");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new AnswerError(`${what}, got ${shown(value)}`);
  return Object.fromEntries(Object.entries(value));
}
