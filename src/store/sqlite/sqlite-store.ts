/**
 * The store in one SQLite file (WAL, synchronous NORMAL: a power cut may lose the last transactions, which the journal
 * still has). One connection writes, one reads. The file and its companions are 0600.
 */
import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { sqliteDialect } from "../migrations/dialect.ts";
import { migrationProvider } from "../migrations/migrations.ts";
import type { Schema } from "../migrations/schema.ts";
import type {
  ExecutionFilter,
  FillMoment,
  FillRecord,
  OrderFilter,
  OrderRecord,
  OutcomeFilter,
  Store,
  StoreBatch,
  WorkedFilter,
} from "../store.ts";
import { Checkpointer } from "./checkpointer.ts";
import { BUSY_MS, connect, migrate, StoreError } from "./connect.ts";
import * as days from "./day-rows.ts";
import * as queries from "./queries.ts";
import { SqliteWriter } from "./writer.ts";

type Filter<K extends keyof Store> = Parameters<Store[K]>[0];

/** Calls of `apply` and `clear` that wait for the one under way. */
const WAITING_MAX = 1000;

export interface SqliteStoreOptions {
  /** Path of the database file; made, with its tables, when it is not there. */
  readonly path: string;
}

/** Opens the database and brings its tables up to date; throws a StoreError. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const writing = connect(options.path);
  const database = new Kysely<Schema>({ dialect: new SqliteDialect({ database: writing }) });
  try {
    await migrate(database, migrationProvider(sqliteDialect), options.path);
    const reading = new Database(options.path, { readonly: true, timeout: BUSY_MS });
    const readable = new Kysely<Schema>({ dialect: new SqliteDialect({ database: reading }) });
    return new SqliteStore(
      database,
      readable,
      new SqliteWriter(writing, database),
      new Checkpointer(writing),
    );
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

/** Reads the leaders' fills of a database that another thread writes; throws a StoreError where there is none. */
export function openLeaderFills(
  path: string,
): Pick<Store, "leaderFills" | "firstEquity"> & { close(): Promise<void> } {
  const connection = openReading(path);
  const reading = new Kysely<Schema>({ dialect: new SqliteDialect({ database: connection }) });
  return {
    leaderFills: (filter) => queries.selectLeaderFills(reading, filter),
    firstEquity: (account) => queries.selectFirstEquity(reading, account),
    close: () => reading.destroy(),
  };
}

/** Reads the days of a database that another thread or process writes; throws a StoreError where there is none. */
export function openDays(
  path: string,
): Pick<Store, "lastSequence" | "accountDays" | "copyDays"> & { close(): Promise<void> } {
  const connection = openReading(path);
  const reading = new Kysely<Schema>({ dialect: new SqliteDialect({ database: connection }) });
  // Of an earlier version: its next start makes them.
  const hasDays = hasTable(connection, "account_days");
  return {
    lastSequence: async () => (hasDays ? queries.selectProgress(reading) : 0),
    accountDays: async (filter) => (hasDays ? days.selectAccountDays(reading, filter) : []),
    copyDays: async (filter) => (hasDays ? days.selectCopyDays(reading, filter) : []),
    close: () => reading.destroy(),
  };
}

export interface Executions {
  /** Newest first. */
  orders(filter: OrderFilter): Promise<readonly OrderRecord[]>;
  fills(filter: ExecutionFilter<FillMoment>): Promise<readonly FillRecord[]>;
  close(): Promise<void>;
}

/** Reads orders and fills of a database that another process writes; throws a StoreError where there is none. */
export function openExecutions(path: string): Executions {
  const connection = openReading(path);
  const reading = new Kysely<Schema>({ dialect: new SqliteDialect({ database: connection }) });
  return {
    orders: (filter) => queries.selectOrdersBefore(reading, filter),
    fills: (filter) => queries.selectFillsBefore(reading, filter),
    close: () => reading.destroy(),
  };
}

function hasTable(connection: Database.Database, name: string): boolean {
  const found = connection.prepare("select 1 from sqlite_master where type = 'table' and name = ?").get(name);
  return found !== undefined;
}

function openReading(path: string): Database.Database {
  try {
    return new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
  } catch (error) {
    throw new StoreError("unreadable", `${path} cannot be read`, { cause: error });
  }
}

class SqliteStore implements Store {
  readonly #writing: Kysely<Schema>;
  readonly #reading: Kysely<Schema>;
  readonly #writer: SqliteWriter;
  readonly #checkpointer: Checkpointer;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  constructor(
    writing: Kysely<Schema>,
    reading: Kysely<Schema>,
    writer: SqliteWriter,
    checkpointer: Checkpointer,
  ) {
    this.#writing = writing;
    this.#reading = reading;
    this.#writer = writer;
    this.#checkpointer = checkpointer;
  }

  lastSequence(): Promise<number> {
    return queries.selectProgress(this.#reading);
  }

  apply(batches: readonly StoreBatch[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#writer.apply(batches);
      await this.#checkpointer.written();
    });
  }

  clear(): Promise<void> {
    return this.#inTurn(async () => this.#writer.clear());
  }

  forgetDays(fromSequence: number): Promise<void> {
    return this.#inTurn(async () => this.#writer.forgetDays(fromSequence));
  }

  accounts() {
    return queries.selectAccounts(this.#reading);
  }

  allocations() {
    return queries.selectAllocations(this.#reading);
  }

  orders(filter: Filter<"orders">) {
    return queries.selectOrders(this.#reading, filter);
  }

  fills(filter: Filter<"fills">) {
    return queries.selectFills(this.#reading, filter);
  }

  leaderFills(filter: Filter<"leaderFills">) {
    return queries.selectLeaderFills(this.#reading, filter);
  }

  firstEquity(account: string) {
    return queries.selectFirstEquity(this.#reading, account);
  }

  positions(filter: Filter<"positions">) {
    return queries.selectPositions(this.#reading, filter);
  }

  equity(filter: Filter<"equity">) {
    return queries.selectEquity(this.#reading, filter);
  }

  worked(filter: WorkedFilter) {
    return queries.selectWorked(this.#reading, filter);
  }

  outcomes(filter: OutcomeFilter) {
    return queries.selectOutcomes(this.#reading, filter);
  }

  accountDays(filter: Filter<"accountDays">) {
    return days.selectAccountDays(this.#reading, filter);
  }

  copyDays(filter: Filter<"copyDays">) {
    return days.selectCopyDays(this.#reading, filter);
  }

  lastAccountDays() {
    return days.selectLastAccountDays(this.#reading);
  }

  lastCopyDays() {
    return days.selectLastCopyDays(this.#reading);
  }

  /** Waits for what is under way. Closing twice does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#queue;
    await this.#checkpointer.stop();
    await this.#reading.destroy();
    await this.#writing.destroy();
  }

  /** Writers take turns: SQLite has one transaction at a time on a connection. */
  async #inTurn(action: () => Promise<void>): Promise<void> {
    if (this.#closed) throw new StoreError("closed", "the database is closed");
    if (this.#waiting >= WAITING_MAX) {
      throw new StoreError("overloaded", `${WAITING_MAX} writes are waiting for the database`);
    }
    this.#waiting += 1;
    const turn = this.#queue.then(action);
    this.#queue = turn.then(
      () => {},
      () => {}, // the caller of that turn gets the error
    );
    try {
      await turn;
    } finally {
      this.#waiting -= 1;
    }
  }
}
