/**
 * Comma-separated records (RFC 4180) out of text that comes in pieces: quoted cells may hold commas, doubled quotes and line
 * ends. A record is told with the line on which it begins.
 */

/** A record that is longer is no record: a quote is missing somewhere. */
const RECORD_CHARS_MAX = 16 * 1024 * 1024;

export interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
  /** As it stands in the file. */
  readonly text: string;
}

export class CsvRecords {
  readonly #onRecord: (record: CsvRecord) => void;
  readonly #onTorn: (line: number, text: string) => void;
  /** What has come of the record that is not all there. One text that grows would be copied whole with every piece. */
  #pieces: string[] = [];
  #chars = 0;
  #isQuoted = false;
  #line = 1;

  /** `onTorn` hears of a record whose last quote never came. */
  constructor(onRecord: (record: CsvRecord) => void, onTorn: (line: number, text: string) => void) {
    this.#onRecord = onRecord;
    this.#onTorn = onTorn;
  }

  push(text: string): void {
    let start = 0;
    let quote = text.indexOf('"');
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) {
      for (; quote >= 0 && quote < end; quote = text.indexOf('"', quote + 1))
        this.#isQuoted = !this.#isQuoted;
      if (this.#isQuoted) continue;
      this.#keep(text.slice(start, end));
      this.#record(this.#taken());
      start = end + 1;
    }
    for (; quote >= 0; quote = text.indexOf('"', quote + 1)) this.#isQuoted = !this.#isQuoted;
    this.#keep(text.slice(start));
    if (this.#chars > RECORD_CHARS_MAX) this.#tear();
  }

  end(): void {
    if (this.#chars === 0) return;
    if (this.#isQuoted) this.#tear();
    else this.#record(this.#taken());
  }

  #keep(text: string): void {
    if (text === "") return;
    this.#pieces.push(text);
    this.#chars += text.length;
  }

  #taken(): string {
    const text = this.#pieces.join("");
    this.#pieces = [];
    this.#chars = 0;
    return text;
  }

  #record(raw: string): void {
    const text = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    const line = this.#line;
    this.#line += 1 + countOf(raw, "\n");
    if (text !== "") this.#onRecord({ cells: csvCells(text), line, text });
  }

  #tear(): void {
    const text = this.#taken();
    this.#onTorn(this.#line, text);
    this.#line += countOf(text, "\n");
    this.#isQuoted = false;
  }
}

/** The cells of one record. */
export function csvCells(text: string): readonly string[] {
  if (!text.includes('"')) return text.split(",");
  const cells: string[] = [];
  for (let at = 0; at <= text.length; ) {
    const end = text[at] === '"' ? quotedEnd(text, at) : at;
    const comma = text.indexOf(",", end);
    const cellEnd = comma < 0 ? text.length : comma;
    const cell = text.slice(at, cellEnd);
    cells.push(cell.startsWith('"') ? cell.replace(/^"|"$/g, "").replaceAll('""', '"') : cell);
    at = cellEnd + 1;
  }
  return cells;
}

/** Behind the quote that closes the cell. */
function quotedEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== '"') continue;
    if (text[at + 1] !== '"') return at + 1;
    at += 1;
  }
  return text.length;
}

function countOf(text: string, what: string): number {
  let count = 0;
  for (let at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + 1)) count += 1;
  return count;
}
