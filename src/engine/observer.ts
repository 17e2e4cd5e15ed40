/**
 * Who watches the engine: logs, metrics, alerts. Called after the fact, between events; nothing that it does can change a
 * decision.
 */
import type { Decision } from "../core/decision.ts";
import type { Event } from "../core/event.ts";
import type { State } from "../core/state.ts";
import type { JournalError } from "../journal/journal.ts";

/** The cause by which a full disk halts every follower. */
export const DISK_IS_FULL = "the disk is full: only reductions are possible";

export interface EngineObserver {
  /** After the orders of the decision were handed to their connections. */
  decided?(event: Event, decision: Decision, state: State): void;
  /** The journal cannot be written: the engine has stopped and sends nothing more. */
  failed?(error: JournalError): void;
}
