/**
 * Pages over lists. A cursor names the last row that was given, so that rows which arrive meanwhile do not shift the
 * next page. In plain form it survives being percent-encoded never, once or twice.
 */

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** "" when there is nothing more. */
  readonly cursor: string;
}

export interface PageRequest {
  readonly cursor: string | undefined;
  readonly limit: number;
  readonly style: "plain" | "encoded";
}

/** Undefined when the cursor names no row of the list. */
export function pageOf<Row>(
  rows: readonly Row[],
  idOf: (row: Row) => string,
  request: PageRequest,
): Page<Row> | undefined {
  const start = startOf(rows, idOf, request.cursor);
  if (start === undefined) return undefined;
  const page = rows.slice(start, start + request.limit);
  const last = page.at(-1);
  const more = start + page.length < rows.length;
  return { rows: page, cursor: more && last !== undefined ? encode(idOf(last), request.style) : "" };
}

function startOf<Row>(
  rows: readonly Row[],
  idOf: (row: Row) => string,
  cursor: string | undefined,
): number | undefined {
  if (cursor === undefined || cursor === "") return 0;
  const id = decode(cursor);
  const index = rows.findIndex((row) => idOf(row) === id);
  return index < 0 ? undefined : index + 1;
}

function encode(id: string, style: "plain" | "encoded"): string {
  return style === "plain" ? `after_${id}` : `page_token%3D${id}%26`;
}

/** Accepts the cursor undecoded, decoded once or decoded twice. */
function decode(cursor: string): string {
  const match = /^(?:after_|page_token(?:=|%3D))([A-Za-z0-9_.-]+?)(?:&|%26)?$/.exec(cursor);
  return match?.[1] ?? "";
}
