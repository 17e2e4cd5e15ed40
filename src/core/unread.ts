/**
 * Instruments in which it is not known what a leader holds: a fill of it was refused, the venue lists the instrument only
 * since, or its row in the account cannot be counted. The next fill alone says nothing there, not even the side, so nothing
 * is added until the account was read since.
 */
import type { Event, PositionRow } from "./event.ts";
import { SNAPSHOT_SETTLE_MS } from "./holding.ts";
import type { InstrumentId } from "./model/identifiers.ts";
import type { Refusal } from "./reason.ts";
import type { LeaderState, State } from "./state.ts";

export interface Unread {
  /** What was asked for from then on can tell; our clock. */
  readonly fromMs: number;
  /** As the newest snapshot states it, where that cannot be counted; null where only a newer one is awaited. */
  readonly quantity: string | null;
}

/** Reads may lag behind the streams: one that is asked for at once may not know yet what was refused. */
function noteUnread({ unread }: LeaderState, instrument: InstrumentId, nowMs: number): void {
  unread.set(instrument, { fromMs: nowMs + SNAPSHOT_SETTLE_MS, quantity: null });
}

/** A fill that was refused, or a report of a position that cannot be counted in the lots we know. */
export function noteRefused(state: State, event: Event, { kind }: Refusal): void {
  if (event.kind !== "leader-filled" && event.kind !== "leader-position-reported") return;
  if (event.kind === "leader-position-reported" && kind !== "wrong-step") return;
  const leader = state.leaders.get(event.account);
  const instrument = event.kind === "leader-filled" ? event.instrument : event.position.instrument;
  if (leader !== undefined) noteUnread(leader, instrument, event.receivedAtMs);
}

/** Instruments that the venue did not list before: what was traded of them was refused. */
export function noteListed(state: State, instruments: readonly InstrumentId[]): void {
  for (const leader of state.leaders.values()) {
    if (leader.confirmedAtMs === 0) continue;
    for (const id of instruments) noteUnread(leader, id, state.nowMs);
    if (instruments.length > 0) state.snapshotsWanted.add(leader.account);
  }
}

/** A snapshot is in: it knows what came before it was asked for, and `uncounted` are its rows that cannot be counted. */
export function noteRead(
  state: State,
  leader: LeaderState,
  requestedAtMs: number,
  uncounted: readonly PositionRow[],
): void {
  for (const [id, { fromMs }] of leader.unread) if (fromMs <= requestedAtMs) leader.unread.delete(id);
  if (leader.unread.size > 0) state.snapshotsWanted.add(leader.account);
  for (const { instrument, quantity } of uncounted)
    leader.unread.set(instrument, { fromMs: requestedAtMs, quantity });
}

/** Clocks may have been set meanwhile, and what is read from now on is young enough. */
export function noteStarted({ unread }: LeaderState, nowMs: number): void {
  for (const [id, { quantity }] of unread) unread.set(id, { fromMs: nowMs, quantity });
}

/** Until an account's next snapshot tells; what even that cannot tell is objected to (risk/freshness.ts). */
export function isAwaited({ unread }: LeaderState, instrument: InstrumentId): boolean {
  return unread.size > 0 && unread.get(instrument)?.quantity === null;
}
