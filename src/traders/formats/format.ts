/**
 * What a format of trade histories is: it takes the text of a file in pieces and tells of fills, of traders that the file
 * names, of rows that are none and of rows that are not looked at. It knows neither files nor the store.
 */
import type { HistoryExtent, TraderFillRecord, TraderKey } from "../../store/trader-store.ts";

export type ImportItem =
  | { readonly kind: "fill"; readonly key: TraderKey; readonly fill: TraderFillRecord; readonly at: RowPlace }
  | { readonly kind: "trader"; readonly key: TraderKey; readonly history: HistoryExtent }
  | { readonly kind: "retrieved"; readonly atMs: number }
  | RejectedRow
  /** Recognised, and not a fill of a linear perpetual: spot, inverse contracts, options. */
  | { readonly kind: "skipped"; readonly why: string };

export interface RejectedRow {
  readonly kind: "rejected";
  /** Null where the row does not say whose it is. */
  readonly key: TraderKey | null;
  readonly at: RowPlace;
  /** Names the column and what would be right. */
  readonly reason: string;
  readonly text: string;
}

export interface RowPlace {
  /** Line of the uncompressed file, from 1. */
  readonly line: number;
  /** Which record of that line, from 1, where a line holds many; 0 otherwise. */
  readonly record: number;
}

export type Emit = (item: ImportItem) => void;

/** Reads one file. */
export interface HistoryReader {
  /** Columns that no one reads, where the format has columns; known after the first piece. */
  readonly unreadColumns: readonly string[];
  push(text: string): void;
  end(): void;
}

export interface ReaderOptions {
  readonly emit: Emit;
  /** Whose fills these are where the file does not say. */
  readonly trader: string;
  /** Where they were made, where neither file nor format says. */
  readonly venue: string;
  /** The beginning of the file. */
  readonly head: string;
}

/** The file as a whole is not what it should be; the message says what would be. */
export class FormatError extends Error {
  override readonly name = "FormatError";

  constructor(message: string) {
    super(printable(message));
  }
}

const TEXT_MAX = 1_000;

/** What quotes a file is shown on terminals: one line, no control characters, not without end. */
export function printable(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]+/gu, " ");
  // Half of a character that was cut is none.
  return line.length > TEXT_MAX ? `${line.slice(0, TEXT_MAX).replace(/\p{Cs}$/u, " ")}...` : line;
}
