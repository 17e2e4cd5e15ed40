/** Where a guard or the kill switch stopped a copy, it does not grow before it is released or its time is over. */
import { barOf, detailOf } from "../guard/stop.ts";
import type { Copy } from "../state.ts";
import type { Objection } from "./check-risk.ts";

export function checkStopped(_state: unknown, copy: Copy): Objection | null {
  const stop = barOf(copy);
  return stop === null ? null : { reason: "stopped", detail: detailOf(stop) };
}
