/**
 * The engine's side of the database: says that something was appended, asks, and hears how far the rows are. All work is
 * on a thread of its own (writer-worker.ts); when that dies it is started again, and nothing of it can stop the engine.
 */
import { Worker } from "node:worker_threads";
import { dataFolderPaths } from "../data-folder.ts";
import type {
  AccountRecord,
  EquityRecord,
  FillRecord,
  OrderRecord,
  OutcomeFilter,
  OutcomeRecord,
  PositionRecord,
  Store,
  WorkedFilter,
  WorkedRecord,
} from "./store.ts";
import type { StoreAnswer, StoreCall, StoreReport, WriterRequest, WriterStart } from "./writer-messages.ts";

export interface StoreWriterOptions extends WriterObserver {
  readonly dataDir: string;
  /** Last sequence of the journal when it was opened for writing: a database beyond it is made anew. */
  readonly journalSequence?: number;
}

/** Starts the thread on a data folder that this process has locked. */
export function startStoreWriter(options: StoreWriterOptions): StoreWriter {
  const { journal, database } = dataFolderPaths(options.dataDir);
  const { journalSequence } = options;
  const start = { journalFolder: journal, databasePath: database };
  return new StoreWriter(journalSequence === undefined ? start : { ...start, journalSequence }, options);
}

const STOP_MAX_MS = 2_000;
const RESTART_MS = 5_000;
const WAITING_MAX = 1_000;
const ANSWER_MAX_MS = 60_000;

export interface WriterObserver {
  /** The database cannot follow for now; copying goes on. */
  onProblem?(cause: string): void;
  /** Rows are in the database up to this sequence of the journal. */
  onProgress?(sequence: number): void;
}

/** The questions about what happened that the database answers, on whichever thread it is. */
export type StoreReader = Pick<
  Store,
  "outcomes" | "worked" | "orders" | "fills" | "positions" | "equity" | "accounts"
>;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export class StoreWriter implements StoreReader {
  #start: WriterStart;
  readonly #observer: WriterObserver;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #restart: NodeJS.Timeout | null = null;
  #lastCall = 0;
  #sequence = 0;
  #isStopped = false;
  /** A notice is on its way; the worker's next progress answers it. */
  #isNoticed = false;
  #finished: () => void = () => {};

  constructor(start: WriterStart, observer: WriterObserver = {}) {
    this.#start = start;
    this.#observer = observer;
    this.#launch();
  }

  /** Rows are in the database up to this sequence of the journal. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Something was appended to the journal. Cheap: at most one message is under way. */
  wake(): void {
    if (this.#isNoticed || this.#worker === null) return;
    this.#isNoticed = true;
    this.#post({ kind: "appended" });
  }

  worked(filter: WorkedFilter): Promise<readonly WorkedRecord[]> {
    return this.#ask<readonly WorkedRecord[]>({ method: "worked", filter });
  }

  outcomes(filter: OutcomeFilter): Promise<readonly OutcomeRecord[]> {
    return this.#ask<readonly OutcomeRecord[]>({ method: "outcomes", filter });
  }

  orders(filter: Parameters<Store["orders"]>[0]): Promise<readonly OrderRecord[]> {
    return this.#ask<readonly OrderRecord[]>({ method: "orders", filter });
  }

  fills(filter: Parameters<Store["fills"]>[0]): Promise<readonly FillRecord[]> {
    return this.#ask<readonly FillRecord[]>({ method: "fills", filter });
  }

  positions(filter: Parameters<Store["positions"]>[0]): Promise<readonly PositionRecord[]> {
    return this.#ask<readonly PositionRecord[]>({ method: "positions", filter });
  }

  equity(filter: Parameters<Store["equity"]>[0]): Promise<readonly EquityRecord[]> {
    return this.#ask<readonly EquityRecord[]>({ method: "equity", filter });
  }

  accounts(): Promise<readonly AccountRecord[]> {
    return this.#ask<readonly AccountRecord[]>({ method: "accounts" });
  }

  saveAccounts(accounts: readonly AccountRecord[]): Promise<void> {
    return this.#ask<void>({ method: "save-accounts", accounts });
  }

  /** Makes all rows anew from the journal; resolves with the sequence that they reach. */
  rebuild(): Promise<number> {
    return this.#ask<number>({ method: "rebuild" });
  }

  /** Writes what is in the journal and ends; after two seconds without that, what is missing is left to the next start. */
  async close(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    if (this.#restart !== null) clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker !== null) {
      this.#post({ kind: "stop" });
      await this.#untilFinished();
      await worker.terminate();
    }
    this.#rejectAll("the database is closed");
  }

  #launch(): void {
    const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
    const url = new URL(`./writer-worker${extension}`, import.meta.url);
    const worker = new Worker(url, { workerData: this.#start, execArgv: [] });
    worker.on("message", (message: StoreAnswer | StoreReport) => this.#hear(message));
    worker.on("error", (error) => this.#lose(worker, error instanceof Error ? error.message : String(error)));
    worker.on("exit", () => this.#lose(worker, "the database's thread ended"));
    this.#worker = worker;
    this.#isNoticed = false;
  }

  /** The thread died: its questions fail, and a new one takes over after a pause. */
  #lose(worker: Worker, cause: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#finished();
    this.#rejectAll(cause);
    if (this.#isStopped) return;
    this.#observer.onProblem?.(cause);
    // The journal has grown since: what is in the database beyond its beginning is no lost tail.
    const { journalSequence: _, ...start } = this.#start;
    this.#start = start;
    this.#restart = setTimeout(() => this.#launch(), RESTART_MS);
    this.#restart.unref();
  }

  #hear(message: StoreAnswer | StoreReport): void {
    switch (message.kind) {
      case "answer":
        return this.#settle(message);
      case "progress":
        this.#isNoticed = false;
        this.#sequence = message.sequence;
        this.#observer.onProgress?.(message.sequence);
        return;
      case "failed":
        this.#isNoticed = false;
        this.#observer.onProblem?.(message.cause);
        return;
      case "stopped":
        this.#finished();
        return;
    }
  }

  #ask<Value>(call: StoreCall): Promise<Value> {
    if (this.#isStopped || this.#worker === null)
      return Promise.reject(new Error("the database is not open"));
    if (this.#waiting.size >= WAITING_MAX)
      return Promise.reject(new Error(`${WAITING_MAX} questions wait for the database`));
    this.#lastCall += 1;
    const id = this.#lastCall;
    return new Promise<Value>((resolve, reject) => {
      const timer = setTimeout(
        () => this.#settle({ kind: "answer", id, ok: false, cause: "the database does not answer" }),
        ANSWER_MAX_MS,
      );
      timer.unref();
      // The worker answers each method with the store's own value, cloned.
      this.#waiting.set(id, { resolve: (value) => resolve(value as Value), reject, timer });
      this.#post({ kind: "call", id, call });
    });
  }

  #settle(answer: StoreAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    if (waiting === undefined) return;
    this.#waiting.delete(answer.id);
    clearTimeout(waiting.timer);
    if (answer.ok) waiting.resolve(answer.value);
    else waiting.reject(new Error(answer.cause));
  }

  #rejectAll(cause: string): void {
    for (const id of [...this.#waiting.keys()]) this.#settle({ kind: "answer", id, ok: false, cause });
  }

  #untilFinished(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, STOP_MAX_MS);
      this.#finished = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #post(request: WriterRequest): void {
    this.#worker?.postMessage(request);
  }
}
