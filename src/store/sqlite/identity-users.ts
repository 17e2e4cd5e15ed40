/** Rows of users and their recovery codes in SQLite. */
import type { Kysely } from "kysely";
import type { RecoveryCodeRows, UserRecord, UserRows } from "../identity-store.ts";
import type { IdentitySchema, UserTable } from "../migrations/identity-schema.ts";
import { jsonList, listOf } from "./json-list.ts";
import type { SyncQueries } from "./sync-queries.ts";

export function userRows(database: Kysely<IdentitySchema>, queries: SyncQueries): UserRows {
  const select = database.selectFrom("users").selectAll();
  const found = (query: typeof select) => {
    const row = queries.first(query);
    return row === null ? null : userRecord(row);
  };
  return {
    all: () => queries.all(select.orderBy("name_key")).map(userRecord),
    byId: (id) => found(select.where("id", "=", id)),
    byName: (name) => found(select.where("name_key", "=", name.toLowerCase())),
    byTelegramId: (telegramId) => found(select.where("telegram_id", "=", telegramId)),
    add: ({ name, role, telegramId, password, factor, createdMs, ...user }) =>
      queries.run(
        database.insertInto("users").values({
          name,
          name_key: name.toLowerCase(),
          role,
          listed: jsonList(user.listed),
          given: jsonList(user.given),
          telegram_id: telegramId,
          password,
          factor,
          pending_factor: user.pendingFactor,
          factor_step: user.factorStep,
          created_ms: createdMs,
        }),
      ).id,
    change(id, change) {
      const set = changedColumns(change);
      if (Object.keys(set).length > 0)
        queries.run(database.updateTable("users").set(set).where("id", "=", id));
    },
    remove(id) {
      queries.run(database.deleteFrom("users").where("id", "=", id));
    },
  };
}

function userRecord(row: Omit<UserTable, "id"> & { readonly id: number }): UserRecord {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    listed: listOf(row.listed),
    given: listOf(row.given),
    telegramId: row.telegram_id,
    password: row.password,
    factor: row.factor,
    pendingFactor: row.pending_factor,
    factorStep: row.factor_step,
    createdMs: row.created_ms,
  };
}

function changedColumns(change: Partial<Omit<UserRecord, "id">>) {
  const { name, role, listed, given, password, factor } = change;
  const columns = {
    name,
    name_key: name?.toLowerCase(),
    role,
    listed: listed === undefined ? undefined : jsonList(listed),
    given: given === undefined ? undefined : jsonList(given),
    telegram_id: change.telegramId,
    password,
    factor,
    pending_factor: change.pendingFactor,
    factor_step: change.factorStep,
  };
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

export function recoveryCodeRows(database: Kysely<IdentitySchema>, queries: SyncQueries): RecoveryCodeRows {
  const remove = database.deleteFrom("recovery_codes");
  return {
    count: (userId) =>
      queries.all(database.selectFrom("recovery_codes").select("hash").where("user_id", "=", userId)).length,
    replace(userId, hashes) {
      queries.run(remove.where("user_id", "=", userId));
      for (const hash of hashes)
        queries.run(database.insertInto("recovery_codes").values({ user_id: userId, hash }));
    },
    remove: (userId, hash) =>
      queries.run(remove.where("user_id", "=", userId).where("hash", "=", hash)).changes > 0,
  };
}
