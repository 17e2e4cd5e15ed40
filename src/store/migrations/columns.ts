/** Columns that migrations add by the handful: texts and whole numbers that are never null. */
import type { CreateTableBuilder } from "kysely";
import type { SqlDialect } from "./dialect.ts";

export function texts<C extends string>(...names: readonly C[]) {
  return <T extends string, K extends string>(table: CreateTableBuilder<T, K>) => {
    let built: CreateTableBuilder<T, K | C> = table;
    for (const name of names) built = built.addColumn(name, "text", (column) => column.notNull());
    return built;
  };
}

export function wholeNumbers<C extends string>(dialect: SqlDialect, ...names: readonly C[]) {
  return <T extends string, K extends string>(table: CreateTableBuilder<T, K>) => {
    let built: CreateTableBuilder<T, K | C> = table;
    for (const name of names)
      built = built.addColumn(name, dialect.wholeNumber, (column) => column.notNull());
    return built;
  };
}
