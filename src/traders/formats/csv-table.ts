/**
 * A table with a header in which each row is one fill or one statement about a trader. Columns are found by name, in any
 * order; a row with another number of cells than the header is no row of this table.
 */
import type { TraderKey } from "../../store/trader-store.ts";
import { type CsvRecord, CsvRecords, csvCells } from "./csv-records.ts";
import { type Emit, FormatError, type HistoryReader, type ImportItem, type RowPlace } from "./format.ts";

export type CellOf = (name: string) => string;

export interface CsvTableOptions {
  readonly emit: Emit;
  /** Must be there. */
  readonly columns: readonly string[];
  /** May be there; null when others are no concern of the user's. */
  readonly alsoKnown: readonly string[] | null;
  /** Whose row it is, or why it is nobody's. */
  keyOf(cell: CellOf): TraderKey | string;
  /** What the row says, or why it says nothing. */
  row(cell: CellOf, key: TraderKey, at: RowPlace): ImportItem | string;
}

export class CsvTable implements HistoryReader {
  readonly #options: CsvTableOptions;
  readonly #records: CsvRecords;
  readonly #places = new Map<string, number>();
  #cells: readonly string[] = [];
  #unread: readonly string[] = [];
  readonly #cell: CellOf = (name) => this.#cells[this.#places.get(name) ?? -1]?.trim() ?? "";

  constructor(options: CsvTableOptions) {
    this.#options = options;
    this.#records = new CsvRecords(
      (record) => this.#record(record),
      (line, text) => this.#reject(null, line, "a quoted cell has no end: the file was cut", text),
    );
  }

  get unreadColumns(): readonly string[] {
    return this.#unread;
  }

  push(text: string): void {
    this.#records.push(text);
  }

  end(): void {
    this.#records.end();
  }

  #record({ cells, line, text }: CsvRecord): void {
    if (this.#places.size === 0) return this.#header(cells);
    this.#cells = cells;
    if (cells.length !== this.#places.size) {
      const why = `${cells.length} cells stand where the header has ${this.#places.size}`;
      return this.#reject(null, line, why, text);
    }
    const key = this.#options.keyOf(this.#cell);
    if (typeof key === "string") return this.#reject(null, line, key, text);
    const item = this.#options.row(this.#cell, key, { line, record: 0 });
    if (typeof item === "string") this.#reject(key, line, item, text);
    else this.#options.emit(item);
  }

  #header(cells: readonly string[]): void {
    const names = cells.map((name) => name.trim());
    names.forEach((name, at) => {
      if (this.#places.has(name)) throw new FormatError(`the column ${name} is there twice`);
      this.#places.set(name, at);
    });
    const { columns, alsoKnown } = this.#options;
    const missing = columns.filter((name) => !this.#places.has(name));
    if (missing.length > 0) throw new FormatError(`no column ${missing.join(", ")} in: ${names.join(", ")}`);
    if (alsoKnown !== null)
      this.#unread = names.filter((name) => !columns.includes(name) && !alsoKnown.includes(name));
  }

  #reject(key: TraderKey | null, line: number, reason: string, text: string): void {
    this.#options.emit({ kind: "rejected", key, at: { line, record: 0 }, reason, text });
  }
}

/** The names in the first line of a file. */
export function headerNames(head: string): readonly string[] {
  return csvCells((head.split("\n", 1)[0] ?? "").trimEnd()).map((name) => name.trim());
}
