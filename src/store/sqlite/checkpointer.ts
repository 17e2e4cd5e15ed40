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

export class Checkpointer {
  readonly #connection: Database.Database;
  #worker: Worker | undefined;
  #writes = 0;
  #running: Promise<void> | undefined;
  #finish: () => void = () => {};

  constructor(connection: Database.Database) {
    this.#connection = connection;
    connection.pragma("wal_autocheckpoint = 0");
    connection.pragma(`journal_size_limit = ${LOG_BYTES_MAX / 2}`);
    const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
    this.#worker = new Worker(new URL(`checkpoint-thread${extension}`, import.meta.url), {
      workerData: { path: connection.name },
      execArgv: [],
    });
    this.#worker.on("message", () => this.#finish());
    this.#worker.on("error", () => this.#leaveItToSqlite());
    this.#worker.unref();
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

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#finish();
    await worker?.terminate();
  }

  #begin(): Promise<void> {
    if (this.#worker === undefined) return Promise.resolve();
    if (this.#running !== undefined) return this.#running;
    this.#running = new Promise((resolve) => {
      this.#finish = () => {
        this.#running = undefined;
        this.#worker?.unref();
        resolve();
      };
    });
    // Somebody may be waiting for this and nothing else.
    this.#worker.ref();
    this.#worker.postMessage("checkpoint");
    return this.#running;
  }

  #leaveItToSqlite(): void {
    this.#worker = undefined;
    this.#finish();
    if (this.#connection.open) this.#connection.pragma(`wal_autocheckpoint = ${PAGES_BEFORE_SQLITE_DOES_IT}`);
  }
}
