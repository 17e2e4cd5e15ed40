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
  #rest = "";
  /** Where in `#rest` to look for the next line end, and the quotes before that place. */
  #scanned = 0;
  #quotes = 0;
  #line = 1;

  /** `onTorn` hears of a record whose last quote never came. */
  constructor(onRecord: (record: CsvRecord) => void, onTorn: (line: number, text: string) => void) {
    this.#onRecord = onRecord;
    this.#onTorn = onTorn;
  }

  push(text: string): void {
    this.#rest += text;
    let start = 0;
    for (let end = this.#nextEnd(); end >= 0; end = this.#nextEnd()) {
      this.#record(this.#rest.slice(start, end));
      start = end + 1;
    }
    this.#rest = this.#rest.slice(start);
    this.#scanned -= start;
    if (this.#rest.length > RECORD_CHARS_MAX) this.#tear();
  }

  end(): void {
    if (this.#rest === "") return;
    if (countQuotes(this.#rest) % 2 === 1) this.#tear();
    else this.#record(this.#rest);
    this.#rest = "";
  }

  /** The next line end outside quotes, or -1. */
  #nextEnd(): number {
    for (;;) {
      const end = this.#rest.indexOf("\n", this.#scanned);
      const until = end < 0 ? this.#rest.length : end;
      this.#quotes += countQuotes(this.#rest, this.#scanned, until);
      this.#scanned = end < 0 ? until : end + 1;
      if (end < 0) return -1;
      if (this.#quotes % 2 === 0) {
        this.#quotes = 0;
        return end;
      }
    }
  }

  #record(raw: string): void {
    const text = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    const line = this.#line;
    this.#line += 1 + countOf(raw, "\n");
    if (text !== "") this.#onRecord({ cells: csvCells(text), line, text });
  }

  #tear(): void {
    this.#onTorn(this.#line, this.#rest);
    this.#rest = "";
    this.#scanned = 0;
    this.#quotes = 0;
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

function countQuotes(text: string, from = 0, until = text.length): number {
  let count = 0;
  for (let at = text.indexOf('"', from); at >= 0 && at < until; at = text.indexOf('"', at + 1)) count += 1;
  return count;
}

function countOf(text: string, what: string): number {
  let count = 0;
  for (let at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + 1)) count += 1;
  return count;
}
