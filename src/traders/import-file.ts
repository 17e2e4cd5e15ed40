/**
 * One file into the trader store: text in pieces, through its format, gathered by moment, in transactions of some thousand fills.
 * A bad row is kept and told, and never stops the rest. What was committed before an interruption stays, and importing again
 * goes on from there.
 */

import { basename } from "node:path";
import { setImmediate } from "node:timers/promises";
import type {
  FillGroup,
  HistoryExtent,
  TraderFillRecord,
  TraderImport,
  TraderKey,
  TraderStatement,
  TraderStore,
} from "../store/trader-store.ts";
import { FillGroups } from "./fill-groups.ts";
import {
  type HistoryReader,
  type ImportItem,
  printable,
  type RejectedRow,
  type RowPlace,
} from "./formats/format.ts";
import { openFormat } from "./formats/formats.ts";
import type { OwnFormat } from "./formats/own-format.ts";
import { Rejects } from "./rejects.ts";
import { SourceFile, type SourceProgress } from "./source-file.ts";

const FILLS_PER_TRANSACTION = 5_000;
/** Rejected rows that the report itself quotes. */
const QUOTED_MAX = 20;
const NAME_MAX = 60;

export interface ImportOptions {
  readonly path: string;
  /** `auto`, one of FORMAT_NAMES, or the name of one of `ownFormats`. */
  readonly format: string;
  /** The user's own. */
  readonly ownFormats: readonly OwnFormat[];
  /** Whose fills they are where the file does not say; null for the file's name. */
  readonly trader: string | null;
  readonly venue: string;
  readonly statedEquity: string | null;
  readonly dropDuplicates: boolean;
  /** Bytes that a compressed file may unpack to; any number when left out. */
  readonly unpackedBytesMax?: number;
  readonly rejectsFolder: string;
  readonly signal: AbortSignal;
  onProgress(progress: SourceProgress & { readonly fills: number }): void;
}

export interface ImportReport {
  readonly file: string;
  readonly format: string;
  readonly isInterrupted: boolean;
  readonly traders: number;
  readonly fills: number;
  readonly added: number;
  readonly known: number;
  readonly duplicates: { readonly found: number; readonly treatment: "kept" | "dropped" };
  readonly repeatedIds: number;
  readonly rejected: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly unreadColumns: readonly string[];
  /** Null when there are none. */
  readonly rejectsFile: string | null;
  /** The first of them. */
  readonly rejects: readonly { readonly line: number; readonly record: number; readonly reason: string }[];
}

/** Throws a FormatError when the file is of no known format, and what reading and writing throws. */
export async function importFile(store: TraderStore, options: ImportOptions): Promise<ImportReport> {
  const source = new SourceFile(options.path, options.unpackedBytesMax);
  return await new ImportRun(store, source, options).all();
}

class ImportRun {
  readonly #store: TraderStore;
  readonly #source: SourceFile;
  readonly #options: ImportOptions;
  readonly #rejects: Rejects;
  readonly #groups: FillGroups;
  readonly #traders = new Map<string, TraderStatement>();
  readonly #skipped: Record<string, number> = {};
  readonly #quoted: { line: number; record: number; reason: string }[] = [];
  /** Where fills stood that may contradict what is stored. */
  readonly #places = new WeakMap<TraderFillRecord, RowPlace>();
  /** Begun when it is known when the file was made. */
  #begun: TraderImport | null = null;
  #waiting: FillGroup[] = [];
  #waitingFills = 0;
  #retrievedMs: number | null = null;
  #counts = { fills: 0, added: 0, known: 0, duplicates: 0, dropped: 0, repeatedIds: 0, rejected: 0 };

  constructor(store: TraderStore, source: SourceFile, options: ImportOptions) {
    this.#store = store;
    this.#source = source;
    this.#options = options;
    this.#rejects = new Rejects(options.rejectsFolder, options.path);
    this.#groups = new FillGroups({
      isBackwards: false,
      onGroup: (group) => {
        this.#waiting.push(group);
        this.#waitingFills += group.fills.length;
      },
    });
  }

  async all(): Promise<ImportReport> {
    const { signal, onProgress } = this.#options;
    let format: { name: string; reader: HistoryReader } | null = null;
    try {
      for await (const text of this.#text()) {
        format ??= this.#open(text);
        format.reader.push(text);
        while (this.#waitingFills >= FILLS_PER_TRANSACTION) await this.#merge();
        onProgress({ ...this.#progress(), fills: this.#counts.fills });
        await setImmediate();
        if (signal.aborted) return await this.#report(format, true);
      }
      format ??= this.#open("");
      format.reader.end();
      this.#groups.end();
      while (this.#waiting.length > 0) await this.#merge();
      await this.#import().finish(
        { hash: this.#source.hash(), name: basename(this.#options.path) },
        this.#statements(),
      );
      return await this.#report(format, false);
    } finally {
      await this.#rejects.close();
    }
  }

  /** A compressed file that is damaged counts up to where it is. */
  async *#text(): AsyncGenerator<string> {
    try {
      yield* this.#source.text();
    } catch (error) {
      if (!isDamage(error)) throw error;
      const reason = `the compressed file is damaged or cut from here on: ${error.message}`;
      this.#reject({ kind: "rejected", key: null, at: { line: 0, record: 0 }, reason, text: "" });
    }
  }

  #open(head: string) {
    const { format, ownFormats, trader, venue, path } = this.#options;
    const fileName = basename(path).replace(/(\.(json|jsonl|csv|txt))?(\.gz)?$/i, "");
    const name = trader ?? fileName.replace(/[^\w.:-]/g, "_").slice(0, NAME_MAX);
    const emit = (item: ImportItem) => this.#take(item);
    return openFormat(format, { head, trader: name, venue, emit }, ownFormats);
  }

  #take(item: ImportItem): void {
    switch (item.kind) {
      case "fill":
        this.#counts.fills += 1;
        this.#named(item.key);
        if (item.fill.tradeId !== "") this.#places.set(item.fill, item.at);
        return this.#groups.add(item.key, item.fill);
      case "trader":
        this.#named(item.key, item.history);
        return;
      case "retrieved":
        this.#retrievedMs = Math.max(item.atMs, this.#retrievedMs ?? 0);
        return;
      case "skipped":
        this.#skipped[item.why] = (this.#skipped[item.why] ?? 0) + 1;
        return;
      case "rejected":
        return this.#reject(item);
    }
  }

  #reject(row: RejectedRow): void {
    this.#counts.rejected += 1;
    if (row.key !== null) {
      const { key, rejectedRows, ...rest } = this.#named(row.key);
      this.#traders.set(nameOf(key), { ...rest, key, rejectedRows: rejectedRows + 1 });
    }
    const told = { ...row, reason: printable(row.reason) };
    if (this.#quoted.length < QUOTED_MAX) this.#quoted.push({ ...row.at, reason: told.reason });
    this.#rejects.write(told);
  }

  #named(key: TraderKey, history: HistoryExtent = "unknown"): TraderStatement {
    const known = this.#traders.get(nameOf(key));
    if (known !== undefined && (history === "unknown" || known.history === history)) return known;
    const first = { key, seenMs: 0, history, statedEquity: this.#options.statedEquity, rejectedRows: 0 };
    const statement = { ...(known ?? first), history };
    this.#traders.set(nameOf(key), statement);
    return statement;
  }

  /** One transaction. */
  async #merge(): Promise<void> {
    let fills = 0;
    let taken = 0;
    for (const group of this.#waiting) {
      if (fills >= FILLS_PER_TRANSACTION) break;
      fills += group.fills.length;
      taken += 1;
    }
    const groups = this.#waiting.splice(0, taken);
    this.#waitingFills -= fills;
    const { dropDuplicates } = this.#options;
    const { conflicts, ...counts } = await this.#import().merge(groups, { dropDuplicates });
    const sum = this.#counts;
    this.#counts = {
      ...sum,
      added: sum.added + counts.added,
      known: sum.known + counts.known,
      duplicates: sum.duplicates + counts.duplicates,
      dropped: sum.dropped + counts.dropped,
      repeatedIds: sum.repeatedIds + counts.repeatedIds,
    };
    for (const { key, fill, reason } of conflicts) {
      this.#reject({
        kind: "rejected",
        key,
        at: this.#places.get(fill) ?? { line: 0, record: 0 },
        reason,
        text: JSON.stringify(fill),
      });
    }
  }

  #import(): TraderImport {
    this.#begun ??= this.#store.beginImport(this.#seenMs());
    return this.#begun;
  }

  #seenMs(): number {
    return this.#retrievedMs ?? this.#source.modifiedMs;
  }

  #statements(): readonly TraderStatement[] {
    const seenMs = this.#seenMs();
    return [...this.#traders.values()].map((statement) => ({ ...statement, seenMs }));
  }

  #progress(): SourceProgress {
    return { readBytes: this.#source.readBytes, totalBytes: this.#source.totalBytes };
  }

  async #report(
    format: { name: string; reader: HistoryReader },
    isInterrupted: boolean,
  ): Promise<ImportReport> {
    const { fills, added, known, duplicates, dropped, repeatedIds, rejected } = this.#counts;
    return {
      file: this.#options.path,
      format: format.name,
      isInterrupted,
      traders: this.#traders.size,
      fills,
      added,
      known,
      duplicates: this.#options.dropDuplicates
        ? { found: dropped, treatment: "dropped" }
        : { found: duplicates, treatment: "kept" },
      repeatedIds,
      rejected,
      skipped: this.#skipped,
      unreadColumns: format.reader.unreadColumns.map(printable),
      rejectsFile: rejected === 0 ? null : this.#rejects.path,
      rejects: this.#quoted,
    };
  }
}

const nameOf = ({ venue, trader }: TraderKey) => `${venue}\n${trader}`;

function isDamage(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
}
