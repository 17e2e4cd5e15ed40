/** Rows of sessions, API tokens and one-time links in SQLite; each is found by the hash of what its bearer shows. */
import type { Kysely, Selectable } from "kysely";
import type { LinkRows, SessionRecord, SessionRows, TokenRecord, TokenRows } from "../identity-store.ts";
import type { IdentitySchema, SessionTable, TokenTable } from "../migrations/identity-schema.ts";
import { jsonList, listOf } from "./json-list.ts";
import type { SyncQueries } from "./sync-queries.ts";

export function sessionRows(database: Kysely<IdentitySchema>, queries: SyncQueries): SessionRows {
  const select = database.selectFrom("sessions").selectAll().orderBy("id");
  const found = (query: typeof select) => {
    const row = queries.first(query);
    return row === null ? null : sessionRecord(row);
  };
  const remove = database.deleteFrom("sessions");
  return {
    all: () => queries.all(select).map(sessionRecord),
    ofUser: (userId) => queries.all(select.where("user_id", "=", userId)).map(sessionRecord),
    byId: (id) => found(select.where("id", "=", id)),
    byHash: (hash) => found(select.where("hash", "=", hash)),
    add: ({ hash, userId, createdMs, expiresMs, sealed }) =>
      queries.run(
        database
          .insertInto("sessions")
          .values({ hash, user_id: userId, created_ms: createdMs, expires_ms: expiresMs, sealed }),
      ).id,
    seal(id, sealed) {
      queries.run(database.updateTable("sessions").set({ sealed }).where("id", "=", id));
    },
    remove: (id) => queries.run(remove.where("id", "=", id)).changes > 0,
    removeOthers(userId, kept) {
      const all = remove.where("user_id", "=", userId);
      return queries.run(kept === null ? all : all.where("id", "!=", kept)).changes;
    },
    removeExpired(nowMs) {
      queries.run(remove.where("expires_ms", "<=", nowMs));
    },
  };
}

function sessionRecord(row: Selectable<SessionTable>): SessionRecord {
  const { id, hash, sealed } = row;
  return { id, hash, userId: row.user_id, createdMs: row.created_ms, expiresMs: row.expires_ms, sealed };
}

export function tokenRows(database: Kysely<IdentitySchema>, queries: SyncQueries): TokenRows {
  const select = database.selectFrom("tokens").selectAll().orderBy("id");
  const found = (query: typeof select) => {
    const row = queries.first(query);
    return row === null ? null : tokenRecord(row);
  };
  return {
    all: () => queries.all(select).map(tokenRecord),
    byId: (id) => found(select.where("id", "=", id)),
    byHash: (hash) => found(select.where("hash", "=", hash)),
    add: ({ hash, hint, name, userId, scopes, createdMs, expiresMs, lastUsedMs }) =>
      queries.run(
        database.insertInto("tokens").values({
          hash,
          hint,
          name,
          user_id: userId,
          scopes: jsonList(scopes),
          created_ms: createdMs,
          expires_ms: expiresMs,
          last_used_ms: lastUsedMs,
        }),
      ).id,
    noteUse(id, atMs) {
      queries.run(database.updateTable("tokens").set({ last_used_ms: atMs }).where("id", "=", id));
    },
    remove: (id) => queries.run(database.deleteFrom("tokens").where("id", "=", id)).changes > 0,
  };
}

function tokenRecord(row: Selectable<TokenTable>): TokenRecord {
  return {
    id: row.id,
    hash: row.hash,
    hint: row.hint,
    name: row.name,
    userId: row.user_id,
    scopes: listOf(row.scopes),
    createdMs: row.created_ms,
    expiresMs: row.expires_ms,
    lastUsedMs: row.last_used_ms,
  };
}

export function linkRows(database: Kysely<IdentitySchema>, queries: SyncQueries): LinkRows {
  const remove = database.deleteFrom("links");
  const removeOf = (userId: number | null) => {
    queries.run(userId === null ? remove.where("user_id", "is", null) : remove.where("user_id", "=", userId));
  };
  return {
    byHash(hash) {
      const row = queries.first(database.selectFrom("links").selectAll().where("hash", "=", hash));
      if (row === null) return null;
      return { hash, userId: row.user_id, createdMs: row.created_ms, expiresMs: row.expires_ms };
    },
    put({ hash, userId, createdMs, expiresMs }) {
      removeOf(userId);
      const values = { hash, user_id: userId, created_ms: createdMs, expires_ms: expiresMs };
      queries.run(database.insertInto("links").values(values));
    },
    remove: (hash) => queries.run(remove.where("hash", "=", hash)).changes > 0,
    removeOf,
    removeExpired(nowMs) {
      queries.run(remove.where("expires_ms", "<=", nowMs));
    },
  };
}
