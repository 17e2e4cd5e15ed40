/**
 * Typed queries run at once, without a promise between them: inside one of SQLite's transactions nothing of this process can come
 * between a question and the change that follows from its answer.
 */
import type Database from "better-sqlite3";
import type { Compilable } from "kysely";

/** More texts than the queries of a store have. */
const PREPARED_MAX = 200;

export class SyncQueries {
  readonly #connection: Database.Database;
  readonly #prepared = new Map<string, Database.Statement>();

  constructor(connection: Database.Database) {
    this.#connection = connection;
  }

  all<Row>(query: Compilable<Row>): Row[] {
    const { sql, parameters } = query.compile();
    // Kysely knows the row's type by the columns that it asks for.
    return this.#statement(sql).all(...parameters) as Row[];
  }

  first<Row>(query: Compilable<Row>): Row | null {
    return this.all(query)[0] ?? null;
  }

  /** How many rows it changed, and the id of the one it added. */
  run(query: Compilable<unknown>): { readonly changes: number; readonly id: number } {
    const { sql, parameters } = query.compile();
    const { changes, lastInsertRowid } = this.#statement(sql).run(...parameters);
    return { changes, id: Number(lastInsertRowid) };
  }

  #statement(sql: string): Database.Statement {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    if (this.#prepared.size >= PREPARED_MAX) this.#prepared.clear();
    const made = this.#connection.prepare(sql);
    this.#prepared.set(sql, made);
    return made;
  }
}
