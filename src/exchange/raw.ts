/**
 * Reading fields of raw JSON at the parsing border. Two kinds of trouble: a malformed message (a field is missing or
 * of the wrong type: the stream is reopened, a read fails), and an unknown state of an order or position (somebody
 * must look: the account is stopped). The SDK's row types check the field names.
 */

export type RawRow = Readonly<Record<string, unknown>>;

/** A message that is not shaped as documented. */
export class MalformedMessage extends Error {
  override readonly name = "MalformedMessage";
}

/** A state that we do not know and must not guess. */
export class UnknownState extends Error {
  override readonly name = "UnknownState";
}

/** What is wrong with the message that the action read; null when nothing is. */
export function troubleIn(action: () => void): UnknownState | MalformedMessage | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof UnknownState || error instanceof MalformedMessage) return error;
    throw error;
  }
}

export function isRow(value: unknown): value is RawRow {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function rowOf(value: unknown, what: string): RawRow {
  if (!isRow(value)) throw new MalformedMessage(`${what} is no object`);
  return value;
}

export function rowsOf(value: unknown, what: string): readonly RawRow[] {
  if (!Array.isArray(value)) throw new MalformedMessage(`${what} is no list`);
  for (const row of value) rowOf(row, `a row of ${what}`);
  return value;
}

/** Names, ids and numbers of the venue are far shorter; what is longer would be carried through journal and log. */
const TEXT_CHARACTERS_MAX = 200;
const CONTROL = /\p{Cc}/u;

/** A field that must be there as text, in one line; "" is a value. */
export function text<Row>(row: RawRow, name: keyof Row & string): string {
  const value = row[name];
  if (typeof value !== "string") throw new MalformedMessage(`${name} is missing or no text`);
  if (value.length > TEXT_CHARACTERS_MAX || CONTROL.test(value)) {
    throw new MalformedMessage(`${name} is no text of one line and ${TEXT_CHARACTERS_MAX} characters`);
  }
  return value;
}

/** A field that may be absent; "" then. */
export function optionalText<Row>(row: RawRow, name: keyof Row & string): string {
  const value = row[name];
  return value === undefined || value === null ? "" : text<Row>(row, name);
}

/** What a word of the venue's stands for; undefined for any other, also for one that every object knows (`constructor`). */
export function meant<Value>(table: Readonly<Record<string, Value>>, word: string): Value | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** What a Decimal can hold. */
const DECIMAL = /^-?\d{1,40}(\.\d{1,40})?$/;
const WHOLE = /^-?\d+$/;

/** A decimal number as text. */
export function decimal<Row>(row: RawRow, name: keyof Row & string): string {
  const value = text<Row>(row, name);
  if (!DECIMAL.test(value)) throw new MalformedMessage(`${name} is no decimal number`);
  return value;
}

/** A decimal number as text, or "" where the venue leaves it out. */
export function optionalDecimal<Row>(row: RawRow, name: keyof Row & string): string {
  const value = optionalText<Row>(row, name);
  if (value !== "" && !DECIMAL.test(value)) throw new MalformedMessage(`${name} is no decimal number`);
  return value;
}

/** A whole number, as JSON number or as text (the venue has both for times and sequences). */
export function integer<Row>(row: RawRow, name: keyof Row & string): number {
  const value = row[name];
  const number = typeof value === "string" && WHOLE.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number)) {
    throw new MalformedMessage(`${name} is missing or no whole number`);
  }
  // Zero has no sign in a journal.
  return number === 0 ? 0 : number;
}

/** A number, or the decimal text of one; NaN for anything else. `Number` itself throws on some of what JSON can hold. */
export function numberIn(value: unknown): number {
  const number = typeof value === "string" && DECIMAL.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : Number.NaN;
}

/** The venue's result code, 0 for success; NaN for what is none: an answer without one succeeded in nothing. */
export function codeIn(value: unknown): number {
  return Number.isSafeInteger(value) ? Number(value) : Number.NaN;
}

/** A moment as a venue states it, in milliseconds; NaN for what cannot be one. */
export function momentIn(value: unknown): number {
  return typeof value === "number" && value > 0 && value < LATEST_MS ? value : Number.NaN;
}

/** The year 5138: past any real clock, far within whole numbers. */
const LATEST_MS = 1e14;
