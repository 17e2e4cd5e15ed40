/** Pages of lists. */
import { ApiProblem } from "./contract/problems.ts";

/** Where a page begins: an id that the page before it gave. */
export function cursorId(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw unknownCursor();
}

/** Where a page of named ones begins: after the one that the page before it gave. Throws an ApiProblem where that is not among them. */
export function pageBegin(names: readonly string[], cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const at = names.indexOf(cursor);
  if (at < 0) throw unknownCursor();
  return at + 1;
}

function unknownCursor(): ApiProblem {
  const message = "must be the next_cursor of the page before";
  return new ApiProblem("bad-request", `cursor: it ${message}`, { errors: [{ field: "cursor", message }] });
}
