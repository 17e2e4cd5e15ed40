/**
 * Moves what is in the write-ahead log into the database file, on a thread: that syncs the disk, which would hold up the
 * event loop for milliseconds. Where the log grows faster than that, writers wait; where the thread fails, SQLite does the
 * work itself within a write.
 */
import { stat } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import type Database from "better-sqlite3";

const EVERY_WRITES = 20;
const LOG_BYTES_MAX = 32 * 1024 * 1024;
const PAGES_BEFORE_SQLITE_DOES_IT = 1000;

/** What the thread is told (checkpoint-thread.ts). */
const CHECKPOINT = "checkpoint";
const STOP = "stop";

export class Checkpointer {
  readonly #connection: Database.Database;
  /** Begun with the first checkpoint: who only reads, or writes little, needs none. */
  #worker: Worker | undefined;
  #isLeftToSqlite = false;
  #writes = 0;
  #running: Promise<void> | undefined;
  #finish: () => void = () => {};

  constructor(connection: Database.Database) {
    this.#connection = connection;
    connection.pragma("wal_autocheckpoint = 0");
    connection.pragma(`journal_size_limit = ${LOG_BYTES_MAX / 2}`);
  }

  /** To be awaited after each transaction. */
  async written(): Promise<void> {
    this.#writes += 1;
    if (this.#writes < EVERY_WRITES) return;
    this.#writes = 0;
    const finished = this.#begin();
    const log = await stat(`${this.#connection.name}-wal`);
    if (log.size > LOG_BYTES_MAX) await finished;
  }

  /** The thread ends by itself: one that is ended from outside while it loads SQLite takes the whole process along. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#isLeftToSqlite = true;
    this.#worker = undefined;
    this.#finish();
    this.#finish = () => {};
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    worker.ref();
    worker.postMessage(STOP);
    await ended;
  }

  #start(): Worker {
    const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
    const worker = new Worker(new URL(`checkpoint-thread${extension}`, import.meta.url), {
      workerData: { path: this.#connection.name },
      execArgv: [],
    });
    worker.on("message", () => this.#finish());
    worker.on("error", () => this.#leaveItToSqlite());
    return worker;
  }

  #begin(): Promise<void> {
    if (this.#isLeftToSqlite) return Promise.resolve();
    if (this.#running !== undefined) return this.#running;
    const worker = this.#worker ?? this.#start();
    this.#worker = worker;
    this.#running = new Promise((resolve) => {
      this.#finish = () => {
        this.#running = undefined;
        worker.unref();
        resolve();
      };
    });
    // Somebody may be waiting for this and nothing else.
    worker.ref();
    worker.postMessage(CHECKPOINT);
    return this.#running;
  }

  #leaveItToSqlite(): void {
    this.#isLeftToSqlite = true;
    this.#worker = undefined;
    this.#finish();
    if (this.#connection.open) this.#connection.pragma(`wal_autocheckpoint = ${PAGES_BEFORE_SQLITE_DOES_IT}`);
  }
}
