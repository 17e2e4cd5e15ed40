/**
 * Writes batches into SQLite by statements that Kysely built once: a thousand rows cost a few milliseconds. A transaction
 * is spread over turns of the event loop, `ROWS_PER_TURN` rows each, so that orders on their way do not wait for it;
 * readers have a connection of their own and never see a half of it.
 */
import type Database from "better-sqlite3";
import type { Kysely } from "kysely";
import { type SqlDialect, sqliteDialect } from "../migrations/dialect.ts";
import { DAY_TABLES, JOURNAL_TABLES, KEYS, type RecordTable, type Schema } from "../migrations/schema.ts";
import type { StoreBatch } from "../store.ts";
import { accountDayRow, copyDayRow } from "./day-rows.ts";
import { selectProgress } from "./queries.ts";
import * as rows from "./rows.ts";

const ROWS_PER_TURN = 200;

type SqlValue = string | number | bigint | boolean | null;

interface TableRow {
  readonly table: RecordTable;
  readonly row: object;
}

export class SqliteWriter {
  readonly #connection: Database.Database;
  readonly #database: Kysely<Schema>;
  readonly #statements = new Map<RecordTable, Database.Statement>();
  readonly #saveProgress: Database.Statement;

  /** `database` is Kysely over the same connection. */
  constructor(connection: Database.Database, database: Kysely<Schema>) {
    this.#connection = connection;
    this.#database = database;
    this.#saveProgress = connection.prepare(
      database
        .insertInto("journal_progress")
        .values({ id: 1, sequence: 0 })
        .onConflict((conflict) => conflict.column("id").doUpdateSet({ sequence: 0 }))
        .compile().sql,
    );
  }

  /** Applies what is new of `batches` in one transaction. */
  async apply(batches: readonly StoreBatch[]): Promise<void> {
    const last = await selectProgress(this.#database);
    const fresh = unapplied(batches, last);
    if (fresh.length === 0) return;
    this.#connection.exec("begin immediate");
    try {
      await this.#insertAll(fresh);
      const sequence = Math.max(last, fresh.at(-1)?.sequence ?? 0);
      this.#saveProgress.run(1, sequence, sequence);
      this.#connection.exec("commit");
    } catch (error) {
      if (this.#connection.inTransaction) this.#connection.exec("rollback");
      throw error;
    }
  }

  clear(): void {
    this.#connection.transaction(() => {
      for (const table of JOURNAL_TABLES) {
        this.#connection.prepare(this.#database.deleteFrom(table).compile().sql).run();
      }
      this.#saveProgress.run(1, 0, 0);
    })();
  }

  forgetDays(fromSequence: number): void {
    this.#connection.transaction(() => {
      for (const table of DAY_TABLES) {
        const statement = this.#database.deleteFrom(table).where("sequence", ">=", fromSequence);
        this.#connection.prepare(statement.compile().sql).run(fromSequence);
      }
    })();
  }

  async #insertAll(batches: readonly StoreBatch[]): Promise<void> {
    let written = 0;
    for (const batch of batches) {
      for (const { table, row } of rowsOf(batch, sqliteDialect)) {
        this.#insert(table, row);
        written += 1;
        if (written % ROWS_PER_TURN === 0) await nextTurn();
      }
    }
  }

  #insert(table: RecordTable, row: object): void {
    const values: SqlValue[] = Object.values(row);
    let statement = this.#statements.get(table);
    if (statement === undefined) {
      statement = this.#connection.prepare(upsert(this.#database, table, row));
      this.#statements.set(table, statement);
    }
    statement.run(values);
  }
}

/** Batches after `last`; those of sequence 0 do not come from the journal and always count. */
function unapplied(batches: readonly StoreBatch[], last: number): readonly StoreBatch[] {
  let previous = 0;
  for (const { sequence } of batches) {
    if (sequence === 0) continue;
    if (sequence <= previous) throw new RangeError(`batch ${sequence} comes after batch ${previous}`);
    previous = sequence;
  }
  return batches.filter(({ sequence }) => sequence === 0 || sequence > last);
}

/** An insert of one row, its columns in the order of `row`, that replaces the row of the same key. */
function upsert(database: Kysely<Schema>, table: RecordTable, row: object): string {
  const columns = Object.keys(row);
  const keys: readonly string[] = KEYS[table];
  const insert = database.insertInto(table).values(row as never);
  return insert
    .onConflict((conflict) =>
      conflict
        .columns(keys as never)
        .doUpdateSet((expressions) =>
          Object.fromEntries(
            columns
              .filter((column) => !keys.includes(column))
              .map((column) => [column, expressions.ref(`excluded.${column}` as never)]),
          ),
        ),
    )
    .compile().sql;
}

function* rowsOf(batch: StoreBatch, dialect: SqlDialect): Generator<TableRow, void, undefined> {
  for (const record of batch.accounts ?? []) yield { table: "accounts", row: rows.accountRow(record) };
  for (const record of batch.allocations ?? [])
    yield { table: "allocations", row: rows.allocationRow(record) };
  for (const record of batch.orders ?? []) yield { table: "orders", row: rows.orderRow(record, dialect) };
  for (const record of batch.fills ?? []) yield { table: "fills", row: rows.fillRow(record) };
  for (const record of batch.positions ?? []) yield { table: "positions", row: rows.positionRow(record) };
  for (const record of batch.equity ?? []) yield { table: "equity", row: rows.equityRow(record) };
  for (const record of batch.outcomes ?? []) yield { table: "outcomes", row: rows.outcomeRow(record) };
  for (const record of batch.worked ?? []) yield { table: "worked", row: rows.workedRow(record) };
  for (const record of batch.accountDays ?? [])
    yield { table: "account_days", row: accountDayRow(record, dialect) };
  for (const record of batch.copyDays ?? []) yield { table: "copy_days", row: copyDayRow(record, dialect) };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
