/**
 * A table that stays a table, on a phone too: it scrolls sideways in its own frame, its first column being what a row is about.
 * Columns that matter less may leave on narrow screens (`isExtra`).
 */
import type { ReactNode } from "react";

export interface Column<Row> {
  readonly id: string;
  readonly title: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  readonly isNumber?: boolean;
  /** Hidden below 600 px. */
  readonly isExtra?: boolean;
}

export interface TableProps<Row> {
  /** For screen readers; what the table holds. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly isStale?: boolean;
}

export function Table<Row>({ label, columns, rows, keyOf, isStale = false }: TableProps<Row>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of fields it is not
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="table-frame" role="group" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" className={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className={isStale ? "is-stale" : undefined}>
              {columns.map((column, at) =>
                at === 0 ? (
                  <th key={column.id} scope="row" className={classOf(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.id} className={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function classOf<Row>({ isNumber = false, isExtra = false }: Column<Row>): string | undefined {
  const names = [...(isNumber ? ["number"] : []), ...(isExtra ? ["extra"] : [])];
  return names.length === 0 ? undefined : names.join(" ");
}
