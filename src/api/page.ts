/** Pages of lists. */
import { ApiProblem } from "./contract/problems.ts";

/** Where a page begins: an id that the page before it gave. */
export function cursorId(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw unknownCursor();
}

interface AskedPage {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Of a list in its own order, whose rows have names: what comes after the one that the page before it gave. Throws an ApiProblem where that is not among them. */
export function pageAfter<Row>(
  found: readonly Row[],
  { limit, cursor }: AskedPage,
  nameOf: (row: Row) => string,
): { readonly rows: readonly Row[]; readonly next_cursor: string | null } {
  const begin = pageBegin(found.map(nameOf), cursor);
  const rows = found.slice(begin, begin + limit);
  const last = found.length > begin + limit ? rows.at(-1) : undefined;
  return { rows, next_cursor: last === undefined ? null : nameOf(last) };
}

/** The same of what has a number and a user, by the user's name where one is asked for. */
export function ownedPage<Row extends { readonly id: number; readonly userName: string }>(
  found: readonly Row[],
  { user, ...asked }: AskedPage & { readonly user?: string | undefined },
): ReturnType<typeof pageAfter<Row>> {
  const meant = found.filter(({ userName }) => user === undefined || userName === user);
  return pageAfter(meant, asked, ({ id }) => String(id));
}

/** Where such a page begins. */
export function pageBegin(names: readonly string[], cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const at = names.indexOf(cursor);
  if (at < 0) throw unknownCursor();
  return at + 1;
}

/** `TIME-REST` of a page before it. */
export function cursorParts(
  cursor: string,
  rest = /^[\w-]{1,64}$/,
): { readonly atMs: number; readonly rest: string } {
  const [, at = "", found = ""] = /^(\d{1,15})-(.+)$/.exec(cursor) ?? [];
  if (at === "" || !rest.test(found)) throw unknownCursor();
  return { atMs: Number(at), rest: found };
}

function unknownCursor(): ApiProblem {
  const message = "must be the next_cursor of the page before";
  return new ApiProblem("bad-request", `cursor: it ${message}`, { errors: [{ field: "cursor", message }] });
}
