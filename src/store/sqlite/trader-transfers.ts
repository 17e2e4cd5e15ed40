/** Transfers of traders in SQLite: each is known by its id; only one without an amount is replaced by one that has it. */
import type { Kysely } from "kysely";
import { toNumber } from "../migrations/dialect.ts";
import type { TraderSchema } from "../migrations/trader-schema.ts";
import type { TraderKey, TraderTransferRecord, TraderTransfers, TransferCounts } from "../trader-store.ts";

type Database = Kysely<TraderSchema>;

/** In one transaction. Throws a RangeError for a trader that is not there. */
export function takeTransfers(
  database: Database,
  key: TraderKey,
  { readMs, rows }: TraderTransfers,
): Promise<TransferCounts> {
  return database.transaction().execute(async (transaction) => {
    const trader = await traderId(transaction, key);
    if (trader === null) throw new RangeError(`there is no trader ${key.trader} of ${key.venue}`);
    let added = 0;
    for (const { id, timeMs, kind, amount, asset } of rows) {
      const { numInsertedOrUpdatedRows = 0n } = await transaction
        .insertInto("trader_transfers")
        .values({ trader, id, time_ms: timeMs, kind, amount, asset })
        .onConflict((conflict) =>
          conflict
            .columns(["trader", "id"])
            .doUpdateSet({ kind, amount, asset })
            .where("trader_transfers.amount", "is", null)
            .where("excluded.amount", "is not", null),
        )
        .executeTakeFirst();
      added += Number(numInsertedOrUpdatedRows);
    }
    const isFirst = await noteRead(transaction, trader, readMs);
    if (added > 0 || isFirst) await revise(transaction, trader);
    return { added, known: rows.length - added };
  });
}

export async function transfersOf(database: Database, key: TraderKey): Promise<TraderTransfers | null> {
  const trader = await traderId(database, key);
  if (trader === null) return null;
  const read = await readOf(database, trader);
  if (read === null) return null;
  const rows = await database
    .selectFrom("trader_transfers")
    .selectAll()
    .where("trader", "=", trader)
    .orderBy("time_ms")
    .orderBy("id")
    .execute();
  return {
    readMs: read,
    rows: rows.map(
      (row): TraderTransferRecord => ({
        id: row.id,
        timeMs: toNumber(row.time_ms),
        kind: row.kind,
        amount: row.amount,
        asset: row.asset,
      }),
    ),
  };
}

async function traderId(database: Database, { venue, trader }: TraderKey): Promise<number | null> {
  const row = await database
    .selectFrom("traders")
    .select("id")
    .where("venue", "=", venue)
    .where("trader", "=", trader)
    .executeTakeFirst();
  return row === undefined ? null : toNumber(row.id);
}

async function readOf(database: Database, trader: number): Promise<number | null> {
  const row = await database
    .selectFrom("trader_transfers_read")
    .select("read_ms")
    .where("trader", "=", trader)
    .executeTakeFirst();
  return row === undefined ? null : toNumber(row.read_ms);
}

/** Whether transfers of the trader were never read before. */
async function noteRead(database: Database, trader: number, readMs: number): Promise<boolean> {
  const before = await readOf(database, trader);
  await database
    .insertInto("trader_transfers_read")
    .values({ trader, read_ms: readMs })
    .onConflict((conflict) =>
      conflict.column("trader").doUpdateSet({ read_ms: Math.max(readMs, before ?? 0) }),
    )
    .execute();
  return before === null;
}

async function revise(database: Database, trader: number): Promise<void> {
  await database
    .updateTable("traders")
    .set((row) => ({ revision: row("revision", "+", 1) }))
    .where("id", "=", trader)
    .execute();
}
