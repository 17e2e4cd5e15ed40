/**
 * One file of a series: a header of JSON, then whole columns, then a checksum (CRC-32) of all before it. A column whose numbers
 * are whole multiples of a power of ten, as prices are, takes four bytes a row and comes back exactly; any other takes eight.
 * Times on an unbroken grid take none. Little-endian.
 */
import { endianness } from "node:os";
import { crc32 } from "node:zlib";
import { MarketDataError, type Table, type TimeRange } from "./market-history.ts";

const MAGIC = Buffer.from("CTMARKT1", "latin1");
/** Behind the magic: the header's length and its own checksum, so that it can be read alone. */
const HEADER_AT = MAGIC.length + 8;
const HEADER_BYTES_MAX = 4 * 1024 * 1024;
const CHECKSUM_BYTES = 4;
const DIGITS_MAX = 12;
const ALIGNMENT = 8;

interface ColumnCode {
  /** `i32`: whole numbers, to be divided by 10^digits. */
  readonly code: "i32" | "f64";
  readonly digits: number;
}

export interface FileHeader {
  readonly rows: number;
  /** Null when the times are not on one unbroken grid; they are the first column then. */
  readonly grid: { readonly firstMs: number; readonly stepMs: number } | null;
  readonly columns: readonly ColumnCode[];
  readonly covered: readonly (readonly [fromMs: number, toMs: number])[];
}

export interface ColumnFile {
  readonly table: Table;
  readonly covered: readonly TimeRange[];
}

export function encodeFile({ table, covered }: ColumnFile, intervalMs: number): Buffer {
  if (endianness() !== "LE") throw new MarketDataError("market history needs a little-endian processor");
  const grid = gridOf(table.times, intervalMs);
  const stored = grid === null ? [table.times, ...table.columns] : table.columns;
  const coded = stored.map(encodeColumn);
  const header: FileHeader = {
    rows: table.times.length,
    grid,
    columns: coded.map(({ code, digits }) => ({ code, digits })),
    covered: covered.map(({ fromMs, toMs }) => [fromMs, toMs]),
  };
  const text = Buffer.from(JSON.stringify(header));
  const dataAt = aligned(HEADER_AT + text.length);
  const head = Buffer.alloc(dataAt, " ");
  MAGIC.copy(head);
  text.copy(head, HEADER_AT);
  head.writeUInt32LE(dataAt - HEADER_AT, MAGIC.length);
  head.writeUInt32LE(crc32(head.subarray(HEADER_AT)), MAGIC.length + 4);
  const body = Buffer.concat([head, ...coded.map(({ bytes }) => bytes)]);
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32LE(crc32(body));
  return Buffer.concat([body, checksum]);
}

/** Throws a MarketDataError that names the file when it is not whole. */
export function decodeFile(bytes: Buffer, name: string): ColumnFile {
  const { header, dataAt } = decodeHeader(bytes, name);
  const end = bytes.length - CHECKSUM_BYTES;
  if (end < dataAt || crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end))
    throw new MarketDataError(`${name} is damaged: its checksum does not fit`);
  let at = dataAt;
  const columns = header.columns.map((column) => {
    const size = paddedBytes(header.rows, column.code);
    const read = decodeColumn(bytes.subarray(at, at + size), column, header.rows);
    at += size;
    return read;
  });
  if (at !== end) throw new MarketDataError(`${name} is damaged: its columns have another length`);
  const covered = header.covered.map(([fromMs, toMs]) => ({ fromMs, toMs }));
  const { grid, rows } = header;
  if (grid === null) {
    const [times = new Float64Array(0), ...rest] = columns;
    return { table: { times, columns: rest }, covered };
  }
  const times = new Float64Array(rows);
  for (let row = 0; row < rows; row++) times[row] = grid.firstMs + row * grid.stepMs;
  return { table: { times, columns }, covered };
}

/** The header alone, from the file's first bytes; null when more of them are needed. */
export function headerIn(bytes: Buffer, name: string): FileHeader | null {
  if (bytes.length < HEADER_AT) return null;
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw new MarketDataError(`${name} is damaged, or no file of market history`);
  const length = bytes.readUInt32LE(MAGIC.length);
  if (length > HEADER_BYTES_MAX) throw new MarketDataError(`${name} is damaged: its header makes no sense`);
  const end = HEADER_AT + length;
  if (bytes.length < end) return null;
  const text = bytes.subarray(HEADER_AT, end);
  if (crc32(text) !== bytes.readUInt32LE(MAGIC.length + 4))
    throw new MarketDataError(`${name} is damaged: the checksum of its header does not fit`);
  return JSON.parse(text.toString("utf8")) as FileHeader;
}

function decodeHeader(bytes: Buffer, name: string): { readonly header: FileHeader; readonly dataAt: number } {
  const header = headerIn(bytes, name);
  if (header === null) throw new MarketDataError(`${name} is damaged: it is cut off`);
  return { header, dataAt: HEADER_AT + bytes.readUInt32LE(MAGIC.length) };
}

function gridOf(times: Float64Array, intervalMs: number): FileHeader["grid"] {
  const firstMs = times[0];
  if (firstMs === undefined || intervalMs === 0) return null;
  const isUnbroken = times.every((time, row) => time === firstMs + row * intervalMs);
  return isUnbroken ? { firstMs, stepMs: intervalMs } : null;
}

function encodeColumn(column: Float64Array): ColumnCode & { readonly bytes: Buffer } {
  const digits = digitsOf(column);
  if (digits === null) return { code: "f64", digits: 0, bytes: padded(Buffer.from(column.slice().buffer)) };
  const unit = 10 ** digits;
  const whole = Int32Array.from(column, (value) => Math.round(value * unit));
  return { code: "i32", digits, bytes: padded(Buffer.from(whole.buffer)) };
}

/** The fewest digits behind the point with which every number is whole and comes back the same; null when there are none. */
function digitsOf(column: Float64Array): number | null {
  let digits = 0;
  for (const value of column) {
    while (!comesBack(value, digits)) if (++digits > DIGITS_MAX) return null;
  }
  // Found number by number: with the digits of the last, the first must come back as well.
  return column.every((value) => comesBack(value, digits)) ? digits : null;
}

/** As a whole number of 32 bits; what is larger, no number, or a negative zero does not. */
function comesBack(value: number, digits: number): boolean {
  const unit = 10 ** digits;
  return Object.is((Math.round(value * unit) | 0) / unit, value);
}

function decodeColumn(bytes: Buffer, { code, digits }: ColumnCode, rows: number): Float64Array {
  // A copy of its own: typed arrays need aligned memory, and the file's buffer is let go.
  const memory = new Uint8Array(bytes).buffer;
  if (code === "f64") return new Float64Array(memory, 0, rows);
  const whole = new Int32Array(memory, 0, rows);
  const column = new Float64Array(rows);
  const unit = 10 ** digits;
  for (let row = 0; row < rows; row++) column[row] = (whole[row] ?? 0) / unit;
  return column;
}

function paddedBytes(rows: number, code: ColumnCode["code"]): number {
  return aligned(rows * (code === "i32" ? 4 : 8));
}

function padded(bytes: Buffer): Buffer {
  const missing = aligned(bytes.length) - bytes.length;
  return missing === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(missing)]);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
