/** Rows of failed attempts and of the audit log in SQLite. */
import type { Kysely } from "kysely";
import type { AuditRows, ThrottleRows } from "../identity-store.ts";
import type { IdentitySchema } from "../migrations/identity-schema.ts";
import type { SyncQueries } from "./sync-queries.ts";

export function throttleRows(database: Kysely<IdentitySchema>, queries: SyncQueries): ThrottleRows {
  const remove = database.deleteFrom("throttles");
  return {
    byKey(key) {
      const row = queries.first(database.selectFrom("throttles").selectAll().where("key", "=", key));
      if (row === null) return null;
      return { key, failures: row.failures, lastMs: row.last_ms, untilMs: row.until_ms };
    },
    put({ key, failures, lastMs, untilMs }) {
      const values = { failures, last_ms: lastMs, until_ms: untilMs };
      queries.run(
        database
          .insertInto("throttles")
          .values({ key, ...values })
          .onConflict((conflict) => conflict.column("key").doUpdateSet(values)),
      );
    },
    remove(key) {
      queries.run(remove.where("key", "=", key));
    },
    prune(quietSinceMs, keptMax) {
      queries.run(remove.where("last_ms", "<", quietSinceMs));
      const kept = database.selectFrom("throttles").select("key").orderBy("last_ms", "desc").limit(keptMax);
      queries.run(remove.where("key", "not in", kept));
    },
  };
}

export function auditRows(database: Kysely<IdentitySchema>, queries: SyncQueries): AuditRows {
  return {
    append({ atMs, actor, actorKind, action, subject, before, after, address }) {
      queries.run(
        database
          .insertInto("audit")
          .values({ at_ms: atMs, actor, actor_kind: actorKind, action, subject, before, after, address }),
      );
    },
    page({ limit, before, action, actor }) {
      const newest = database.selectFrom("audit").selectAll().orderBy("id", "desc").limit(limit);
      const rows = queries.all(
        newest
          .$if(before !== null, (query) => query.where("id", "<", before))
          .$if(action !== null, (query) => query.where("action", "=", action))
          .$if(actor !== null, (query) => query.where("actor", "=", actor)),
      );
      return rows.map(({ at_ms, actor_kind, ...row }) => ({ ...row, atMs: at_ms, actorKind: actor_kind }));
    },
  };
}
