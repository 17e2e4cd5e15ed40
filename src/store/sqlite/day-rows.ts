/** Rows of what days came to, and back, and their listings; in Kysely alone, so that every SQL database shares them. */
import type { Kysely } from "kysely";
import type { AccountDayRecord, CopyDayRecord, DayFilter } from "../day-records.ts";
import { type SqlDialect, toBoolean, toNumber } from "../migrations/dialect.ts";
import type { AccountDayTable, CopyDayTable, Schema } from "../migrations/schema.ts";

export function accountDayRow(record: AccountDayRecord, dialect: SqlDialect): AccountDayTable {
  const { account, place, books, day, sequence, atMs, equity, capital, strategy, opening } = record;
  return {
    ...{ account, place, books, day, sequence, at_ms: atMs, equity, capital, strategy },
    opening: dialect.fromBoolean(opening),
  };
}

export function accountDayRecord(row: AccountDayTable): AccountDayRecord {
  const { account, place, equity, capital, strategy } = row;
  return {
    ...{ account, place, books: toNumber(row.books), day: toNumber(row.day) },
    ...{ sequence: toNumber(row.sequence), atMs: toNumber(row.at_ms), equity, capital, strategy },
    opening: toBoolean(row.opening),
  };
}

export function copyDayRow(record: CopyDayRecord, dialect: SqlDialect): CopyDayTable {
  const { account, place, books, leader, coin, day, sequence, trades, fees, funding } = record;
  return {
    ...{ account, place, books, leader, coin, day, sequence, trades, fees, funding },
    copied: dialect.fromBoolean(record.copied),
    fee_rate: record.feeRate,
    fee_period: record.feePeriod,
    opening: dialect.fromBoolean(record.opening),
  };
}

export function copyDayRecord(row: CopyDayTable): CopyDayRecord {
  const { account, place, leader, coin, trades, fees, funding } = row;
  return {
    ...{ account, place, books: toNumber(row.books), leader, coin, day: toNumber(row.day) },
    ...{ sequence: toNumber(row.sequence), trades, fees, funding, copied: toBoolean(row.copied) },
    feeRate: row.fee_rate,
    feePeriod: row.fee_period,
    opening: toBoolean(row.opening),
  };
}

/** By day, then in the order of their books. */
export async function selectAccountDays(database: Kysely<Schema>, { account }: DayFilter) {
  let query = database.selectFrom("account_days").selectAll();
  if (account !== undefined) query = query.where("account", "=", account);
  const found = await query.orderBy("day").orderBy("account").orderBy("books").execute();
  return found.map(accountDayRecord);
}

export async function selectCopyDays(database: Kysely<Schema>, { account }: DayFilter) {
  let query = database.selectFrom("copy_days").selectAll();
  if (account !== undefined) query = query.where("account", "=", account);
  const found = await query
    .orderBy("day")
    .orderBy("account")
    .orderBy("books")
    .orderBy("leader")
    .orderBy("coin")
    .execute();
  return found.map(copyDayRecord);
}

/** Of each account the row that was made last. */
export async function selectLastAccountDays(database: Kysely<Schema>) {
  const newest = database
    .selectFrom("account_days")
    .select(["account as of", ({ fn }) => fn.max("sequence").as("newest")])
    .groupBy("account")
    .as("last");
  const found = await database
    .selectFrom("account_days")
    .innerJoin(newest, (join) =>
      join.onRef("last.of", "=", "account_days.account").onRef("last.newest", "=", "account_days.sequence"),
    )
    .selectAll("account_days")
    .orderBy("account")
    .orderBy("day")
    .execute();
  return found.map(accountDayRecord);
}

/** The same of each leader's copies on each account, in each of its books. */
export async function selectLastCopyDays(database: Kysely<Schema>) {
  const newest = database
    .selectFrom("copy_days")
    .select([
      "account as of",
      "books as within",
      "leader as whose",
      "coin as what",
      ({ fn }) => fn.max("sequence").as("newest"),
    ])
    .groupBy(["account", "books", "leader", "coin"])
    .as("last");
  const found = await database
    .selectFrom("copy_days")
    .innerJoin(newest, (join) =>
      join
        .onRef("last.of", "=", "copy_days.account")
        .onRef("last.within", "=", "copy_days.books")
        .onRef("last.whose", "=", "copy_days.leader")
        .onRef("last.what", "=", "copy_days.coin")
        .onRef("last.newest", "=", "copy_days.sequence"),
    )
    .selectAll("copy_days")
    .execute();
  return found.map(copyDayRecord);
}
