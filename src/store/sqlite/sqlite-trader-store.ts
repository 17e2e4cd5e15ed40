/**
 * The trader store in one SQLite file, `traders.db`. One connection writes, one reads; imports beside a running engine touch
 * nothing of its database.
 */
import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { sqliteDialect, toNumber } from "../migrations/dialect.ts";
import { traderMigrationProvider } from "../migrations/trader-migrations.ts";
import type { TraderFillTable, TraderSchema } from "../migrations/trader-schema.ts";
import type {
  DerivedDocument,
  FillGroup,
  HistoryExtent,
  ImportSource,
  MergeCounts,
  ScreenedElsewhere,
  TraderFillRecord,
  TraderImport,
  TraderKey,
  TraderRecord,
  TraderStatement,
  TraderStore,
  TraderTransfers,
  TransferCounts,
} from "../trader-store.ts";
import { BUSY_MS, connect, migrate } from "./connect.ts";
import { TraderMerger } from "./trader-merger.ts";
import { traderFillRecord } from "./trader-rows.ts";
import { takeTransfers, transfersOf } from "./trader-transfers.ts";

const PAGE_FILLS = 5_000;
/** Whose word counts where files differ: one that has it all. */
const EXTENTS: readonly HistoryExtent[] = ["complete", "truncated", "unknown"];

/** Opens the database and brings its tables up to date; makes it when it is not there. Throws a StoreError. */
export async function openSqliteTraderStore(path: string): Promise<TraderStore> {
  const connection = connect(path);
  const writing = new Kysely<TraderSchema>({ dialect: new SqliteDialect({ database: connection }) });
  try {
    await migrate(writing, traderMigrationProvider(sqliteDialect), path);
    const reading = new Database(path, { readonly: true, timeout: BUSY_MS });
    return new SqliteTraderStore(connection, writing, reading);
  } catch (error) {
    await writing.destroy();
    throw error;
  }
}

class SqliteTraderStore implements TraderStore {
  readonly #connection: Database.Database;
  readonly #writing: Kysely<TraderSchema>;
  readonly #reading: Kysely<TraderSchema>;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Database.Database, writing: Kysely<TraderSchema>, reading: Database.Database) {
    this.#connection = connection;
    this.#writing = writing;
    this.#reading = new Kysely<TraderSchema>({ dialect: new SqliteDialect({ database: reading }) });
    this.#statements = prepare(connection, reading);
  }

  beginImport(seenMs: number): TraderImport {
    return new SqliteTraderImport(this.#connection, this.#writing, seenMs);
  }

  async traders(): Promise<readonly TraderRecord[]> {
    const rows = await this.#reading
      .selectFrom("traders")
      .selectAll()
      .orderBy("venue")
      .orderBy("trader")
      .execute();
    const sources = await this.#reading.selectFrom("trader_sources").selectAll().execute();
    const byTrader = Map.groupBy(sources, ({ trader }) => trader);
    return rows.map((row) => {
      const own = byTrader.get(row.id) ?? [];
      return {
        venue: row.venue,
        trader: row.trader,
        firstSeenMs: toNumber(row.first_seen_ms),
        lastSeenMs: toNumber(row.last_seen_ms),
        history: EXTENTS.find((extent) => own.some(({ history }) => history === extent)) ?? "unknown",
        statedEquity: row.stated_equity,
        revision: toNumber(row.revision),
        rejectedRows: own.reduce((sum, source) => sum + toNumber(source.rejected_rows), 0),
      };
    });
  }

  async *fills(key: TraderKey): AsyncGenerator<readonly TraderFillRecord[]> {
    let after = { time_ms: -1, place: -1, id: -1 };
    for (;;) {
      const { time_ms, place, id } = after;
      // The statement selects whole rows.
      const rows = this.#statements.fills.all(key.venue, key.trader, time_ms, place, id) as TraderFillTable[];
      if (rows.length > 0) yield rows.map(traderFillRecord);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE_FILLS) return;
      after = last;
    }
  }

  takeTransfers(key: TraderKey, transfers: TraderTransfers): Promise<TransferCounts> {
    return takeTransfers(this.#writing, key, transfers);
  }

  transfers(key: TraderKey): Promise<TraderTransfers | null> {
    return transfersOf(this.#reading, key);
  }

  async derived(key: TraderKey, name: string): Promise<DerivedDocument | null> {
    // The statement selects these two columns.
    const found = this.#statements.derived.get(key.venue, key.trader, name) as DerivedDocument | undefined;
    return found ?? null;
  }

  async saveDerived(key: TraderKey, name: string, { basis, json }: DerivedDocument): Promise<void> {
    const { changes } = this.#statements.saveDerived.run({ ...keyOf(key), name, basis, json });
    if (changes === 0) throw new RangeError(`there is no trader ${key.trader} of ${key.venue}`);
  }

  async noteScreened(keys: readonly TraderKey[], atMs: number): Promise<void> {
    await this.#writing.transaction().execute(async (transaction) => {
      for (const { venue, trader } of keys) {
        await transaction
          .insertInto("trader_screened")
          .values({ venue, trader, first_ms: atMs, last_ms: atMs })
          .onConflict((conflict) => conflict.columns(["venue", "trader"]).doUpdateSet({ last_ms: atMs }))
          .execute();
      }
    });
  }

  async screened(): Promise<number> {
    const rows = await this.#reading
      .selectFrom("traders")
      .select(["venue", "trader"])
      .union(this.#reading.selectFrom("trader_screened").select(["venue", "trader"]))
      .execute();
    const elsewhere = await this.screenedElsewhere();
    return elsewhere.reduce((sum, { count }) => sum + count, rows.length);
  }

  async noteScreenedElsewhere({ count, where, atMs }: Omit<ScreenedElsewhere, "id">): Promise<void> {
    await this.#writing
      .insertInto("trader_screened_elsewhere")
      .values({ count, place: where, at_ms: atMs })
      .execute();
  }

  async screenedElsewhere(): Promise<readonly ScreenedElsewhere[]> {
    const rows = await this.#reading
      .selectFrom("trader_screened_elsewhere")
      .selectAll()
      .orderBy("id")
      .execute();
    return rows.map(({ id, count, place, at_ms }) => ({ id, count, where: place, atMs: toNumber(at_ms) }));
  }

  async takeBackScreenedElsewhere(id: number): Promise<boolean> {
    const { numDeletedRows } = await this.#writing
      .deleteFrom("trader_screened_elsewhere")
      .where("id", "=", id)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  async close(): Promise<void> {
    await this.#reading.destroy();
    await this.#writing.destroy();
  }
}

function keyOf({ venue, trader }: TraderKey): TraderKey {
  return { venue, trader };
}

/** What is asked once or more for each of many traders: prepared once. */
function prepare(writing: Database.Database, reading: Database.Database) {
  const traderId = "select id from traders where venue = ? and trader = ?";
  return {
    fills: reading.prepare(
      `select * from trader_fills where trader = (${traderId}) and (time_ms, place, id) > (?, ?, ?) order by time_ms, place, id limit ${PAGE_FILLS}`,
    ),
    derived: reading.prepare(
      `select basis, json from trader_derived where trader = (${traderId}) and name = ?`,
    ),
    saveDerived: writing.prepare(
      "insert into trader_derived (trader, name, basis, json) select id, @name, @basis, @json from traders where venue = @venue and trader = @trader on conflict (trader, name) do update set basis = excluded.basis, json = excluded.json",
    ),
  };
}

class SqliteTraderImport implements TraderImport {
  readonly #merger: TraderMerger;
  readonly #database: Kysely<TraderSchema>;

  constructor(connection: Database.Database, database: Kysely<TraderSchema>, seenMs: number) {
    this.#merger = new TraderMerger(connection, seenMs);
    this.#database = database;
  }

  async merge(
    groups: readonly FillGroup[],
    { dropDuplicates }: { readonly dropDuplicates: boolean },
  ): Promise<MergeCounts> {
    return this.#merger.merge(groups, dropDuplicates);
  }

  async finish(source: ImportSource, statements: readonly TraderStatement[]): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      for (const statement of statements) {
        const trader = this.#merger.traderId(statement.key);
        const isNews = await saveSource(transaction, trader, source, statement);
        await noteSeen(transaction, trader, statement, isNews);
      }
    });
  }
}

/** Whether this file said something new. */
async function saveSource(
  database: Kysely<TraderSchema>,
  trader: number,
  { hash, name }: ImportSource,
  { seenMs, history, rejectedRows }: TraderStatement,
): Promise<boolean> {
  const known = await database
    .selectFrom("trader_sources")
    .select(["history", "rejected_rows"])
    .where("trader", "=", trader)
    .where("hash", "=", hash)
    .executeTakeFirst();
  const told = { name, seen_ms: seenMs, history, rejected_rows: rejectedRows };
  await database
    .insertInto("trader_sources")
    .values({ trader, hash, ...told })
    .onConflict((conflict) => conflict.columns(["trader", "hash"]).doUpdateSet(told))
    .execute();
  return known?.history !== history || known.rejected_rows !== rejectedRows;
}

async function noteSeen(
  database: Kysely<TraderSchema>,
  trader: number,
  { seenMs, statedEquity }: TraderStatement,
  isNews: boolean,
): Promise<void> {
  const row = await database
    .selectFrom("traders")
    .selectAll()
    .where("id", "=", trader)
    .executeTakeFirstOrThrow();
  const equity = statedEquity ?? row.stated_equity;
  const isRevised = isNews || equity !== row.stated_equity;
  await database
    .updateTable("traders")
    .set({
      first_seen_ms: Math.min(row.first_seen_ms, seenMs),
      last_seen_ms: Math.max(row.last_seen_ms, seenMs),
      stated_equity: equity,
      revision: row.revision + (isRevised ? 1 : 0),
    })
    .where("id", "=", trader)
    .execute();
}
