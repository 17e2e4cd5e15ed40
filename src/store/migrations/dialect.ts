/**
 * The little in which the databases differ, in one place: how a column type is called and how booleans, JSON and large
 * integers go in and out. Migrations and rows use this and nothing else that is particular to one database.
 */
import type { ColumnDataType } from "kysely";

export interface SqlDialect {
  readonly name: "sqlite" | "postgres";
  /** Column types: whole numbers past 2^31, yes or no, JSON text. */
  readonly wholeNumber: ColumnDataType;
  readonly yesNo: ColumnDataType;
  readonly json: ColumnDataType;
  /** What a yes or no is as a parameter. */
  fromBoolean(value: boolean): SqlBoolean;
}

export type SqlBoolean = number | boolean;

export const sqliteDialect: SqlDialect = {
  name: "sqlite",
  wholeNumber: "integer",
  yesNo: "integer",
  json: "text",
  fromBoolean: (value) => (value ? 1 : 0),
};

/** A yes or no as any of the databases gives it. */
export function toBoolean(value: SqlBoolean): boolean {
  return value === true || value === 1;
}

/** A whole number as any of the databases gives it; PostgreSQL's driver returns int8 as text. */
export function toNumber(value: number | string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw new RangeError(`not a safe whole number in the database: ${value}`);
  return number;
}
