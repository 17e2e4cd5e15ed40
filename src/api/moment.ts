/** Moments in queries: a time back (`30m`, `24h`, `7d`), or a date. */
import { sinceMs } from "../control/since.ts";
import { ApiProblem } from "./contract/problems.ts";

/** UTC milliseconds, 1970 at the earliest; throws an ApiProblem that names the field. */
export function momentOf(field: string, text: string, nowMs: number): number {
  const found = sinceMs(text, nowMs);
  if (found !== null) return Math.max(0, found);
  throw wrong(field, "must be a time back (30m, 24h, 7d) or a date");
}

/** As `span` of the contract has it: from the one moment on, and before the other. Throws an ApiProblem that names the field. */
export function spanOf(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  nowMs: number,
): { readonly fromMs?: number; readonly toMs?: number } {
  const fromMs = from === undefined ? undefined : momentOf("from", from, nowMs);
  const toMs = to === undefined ? undefined : momentOf("to", to, nowMs);
  if (fromMs !== undefined && toMs !== undefined && toMs <= fromMs) throw wrong("to", "must be after from");
  return { ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) };
}

function wrong(field: string, message: string): ApiProblem {
  return new ApiProblem("bad-request", `${field}: it ${message}`, { errors: [{ field, message }] });
}
