/**
 * Notices that the program itself stood still: stopped, starved, or on a machine that slept. What waited for it meanwhile is old,
 * though it comes in as if it were news. So nothing is opened before every leader has been read again; reductions go on.
 */
import type { State } from "../core/state.ts";

export const STOOD_STILL =
  "this program stood still: nothing is opened before every leader has been read again";

/** Turns are never further apart than a second (engine.ts, the tick under guard) while it runs as it should. */
const STANDSTILL_MS = 3_000;
/** A leader that cannot be read is stale by then, and no reason to keep others waiting. */
const READ_WITHIN_MS = 30_000;

export class Standstill {
  #lastTurnMs: number | null = null;
  /** Since when leaders are waited for; null while none are. */
  #wokeAtMs: number | null = null;

  /** Something happened; true where it is the first after a standstill. */
  noteTurn(nowMs: number): boolean {
    const isFirst = this.#lastTurnMs !== null && nowMs - this.#lastTurnMs > STANDSTILL_MS;
    this.#lastTurnMs = Math.max(this.#lastTurnMs ?? 0, nowMs);
    if (isFirst) this.#wokeAtMs = nowMs;
    return isFirst;
  }

  /** True once, when all leaders were read since it woke, or enough time was given to it. */
  endsWith(state: State, nowMs: number): boolean {
    const wokeAtMs = this.#wokeAtMs;
    if (wokeAtMs === null) return false;
    const isRead = [...state.leaders.values()].every(({ confirmedAtMs }) => confirmedAtMs >= wokeAtMs);
    if (!isRead && nowMs < wokeAtMs + READ_WITHIN_MS) return false;
    this.#wokeAtMs = null;
    return true;
  }
}
