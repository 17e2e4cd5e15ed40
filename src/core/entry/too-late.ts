/**
 * The longest delay of an entry: what the leader executed longer ago than that when it could be copied is given up. A deliberate
 * delay counts into it. What no trade of the leader's stands behind (a snapshot's, a rebalance's) has no such time, and is
 * never late by it; start modes decide about what was held before.
 */
import type { Objection } from "../risk/check-risk.ts";
import type { Copy, CopyLeg, State } from "../state.ts";
import { newest } from "./leader-price.ts";

/** `missing` lots (unsigned) may be bought as far as nothing of them is late: what is late goes first, and is given up. */
export function checkTooLate(state: State, copy: Copy, part: CopyLeg, missing: number): Objection | null {
  const { entryDelayMaxMs } = copy.allocation;
  if (entryDelayMaxMs === null) return null;
  let [late, oldestMs] = [0, state.nowMs];
  for (const { lots, ticks, executedAtMs } of newest(part.trades, missing)) {
    if (ticks === null || state.nowMs - executedAtMs <= entryDelayMaxMs) continue;
    late += lots;
    oldestMs = Math.min(oldestMs, executedAtMs);
  }
  if (late === 0) return null;
  const detail = { delayMs: state.nowMs - oldestMs, delayMaxMs: entryDelayMaxMs, lateLots: late };
  return { reason: "too-late", detail, room: missing - late, waive: "at-once" };
}
