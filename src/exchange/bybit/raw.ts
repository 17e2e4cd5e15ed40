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

/** A field that must be there as text; "" is a value. */
export function text<Row>(row: RawRow, name: keyof Row & string): string {
  const value = row[name];
  if (typeof value !== "string") throw new MalformedMessage(`${name} is missing or no text`);
  return value;
}

/** A field that may be absent; "" then. */
export function optionalText<Row>(row: RawRow, name: keyof Row & string): string {
  const value = row[name];
  return typeof value === "string" ? value : "";
}

const DECIMAL = /^-?\d+(\.\d+)?$/;

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
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number)) {
    throw new MalformedMessage(`${name} is missing or no whole number`);
  }
  return number;
}
