/**
 * A format of the user's own: the whole text at once, made into rows of the documented table (generic-csv.ts), which are then checked like
 * those of any other file.
 */
import type { TraderKey } from "../../store/trader-store.ts";
import { FormatError, type HistoryReader, type ReaderOptions } from "./format.ts";
import { fillOfCells, KNOWN_COLUMNS, keyOfCells } from "./generic-csv.ts";

export type OwnRow =
  | { readonly line: number; readonly fill: Readonly<Record<string, string>> }
  | { readonly line: number; readonly rejected: string }
  | { readonly line: number; readonly skipped: string };

export interface OwnFormat {
  readonly name: string;
  /** Whether a file of this beginning is one. */
  matches(head: string): boolean;
  /** Throws an error that says what went wrong with which file of the user's. */
  rows(text: string): readonly OwnRow[];
}

/** The whole text is held at once. */
const CHARACTERS_MAX = 64_000_000;

export class OwnFormatReader implements HistoryReader {
  readonly unreadColumns: readonly string[] = [];
  readonly #format: OwnFormat;
  readonly #options: ReaderOptions;
  readonly #pieces: string[] = [];
  #characters = 0;

  constructor(format: OwnFormat, options: ReaderOptions) {
    this.#format = format;
    this.#options = options;
  }

  push(text: string): void {
    this.#characters += text.length;
    if (this.#characters > CHARACTERS_MAX)
      throw new FormatError(
        `the file is longer than ${CHARACTERS_MAX} characters, which is the most that ${this.#format.name} is given: split it`,
      );
    this.#pieces.push(text);
  }

  end(): void {
    for (const row of this.#rows()) this.#take(row);
  }

  #rows(): readonly OwnRow[] {
    try {
      return this.#format.rows(this.#pieces.join(""));
    } catch (error) {
      throw new FormatError(error instanceof Error ? error.message : String(error));
    }
  }

  #take(row: OwnRow): void {
    const { emit, venue, trader } = this.#options;
    if ("skipped" in row) return emit({ kind: "skipped", why: row.skipped });
    const at = { line: row.line, record: 0 };
    const reject = (reason: string, key: TraderKey | null = null) =>
      emit({ kind: "rejected", key, at, reason, text: "fill" in row ? JSON.stringify(row.fill) : "" });
    if ("rejected" in row) return reject(row.rejected);
    const strange = Object.keys(row.fill).find((name) => !KNOWN_COLUMNS.includes(name));
    if (strange !== undefined)
      return reject(`${strange} is no column; there are ${KNOWN_COLUMNS.join(", ")}`);
    const cell = (name: string) => row.fill[name]?.trim() ?? "";
    const key = keyOfCells(cell, { venue, trader });
    if (typeof key === "string") return reject(key);
    const fill = fillOfCells(cell);
    return typeof fill === "string" ? reject(fill, key) : emit({ kind: "fill", key, fill, at });
  }
}
