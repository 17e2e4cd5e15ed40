/** How often what goes wrong: by kind, over the last minutes and since the start. Counting is all that is done for each event. */
import type { Decision } from "../core/decision.ts";
import type { Event } from "../core/event.ts";
import { isFault } from "../core/reason.ts";
import { type HealthReading, stateAbove } from "./health.ts";

/** Each with how many within five minutes are too many; five times as many are critical. */
export const ERROR_KINDS = {
  /** A venue refused an order. */
  "order-rejected": 20,
  /** Nobody knew whether a venue took an order. */
  "outcome-unknown": 5,
  /** A look-up, a snapshot or another question got no answer. */
  "question-failed": 20,
  /** A venue refused a leverage, a margin mode, a cancellation or an amendment. */
  "change-refused": 20,
  "connection-lost": 10,
  /** What a venue stated could not be true, or was not understood. */
  "statement-refused": 5,
  /** Whatever the log counts as an error. */
  logged: 10,
} as const satisfies Readonly<Record<string, number>>;

export type ErrorKind = keyof typeof ERROR_KINDS;

export const ERROR_WINDOW_MS = 300_000;
const CRITICAL_FACTOR = 5;
const SLOT_MS = 10_000;
const SLOTS = ERROR_WINDOW_MS / SLOT_MS;

interface Counter {
  total: number;
  /** Of the last slots, by slot number modulo their count. */
  readonly counts: number[];
  readonly slots: number[];
}

export class ErrorRates {
  readonly #counters = new Map<ErrorKind, Counter>();

  note(event: Event, decision: Pick<Decision, "refusal">, nowMs: number): void {
    const kind = kindOf(event);
    if (kind !== null) this.add(kind, nowMs);
    if (decision.refusal !== null && isFault(decision.refusal)) this.add("statement-refused", nowMs);
  }

  add(kind: ErrorKind, nowMs: number, count = 1): void {
    const counter = this.#counter(kind);
    const slot = Math.floor(nowMs / SLOT_MS);
    const at = slot % SLOTS;
    counter.total += count;
    counter.counts[at] = (counter.slots[at] === slot ? (counter.counts[at] ?? 0) : 0) + count;
    counter.slots[at] = slot;
  }

  readings(nowMs: number): readonly HealthReading[] {
    return (Object.keys(ERROR_KINDS) as ErrorKind[]).map((kind) => {
      const { total, counts, slots } = this.#counter(kind);
      const oldest = Math.floor(nowMs / SLOT_MS) - SLOTS;
      const value = counts.reduce((sum, count, at) => sum + ((slots[at] ?? 0) > oldest ? count : 0), 0);
      const threshold = ERROR_KINDS[kind];
      const state = stateAbove(value, threshold, threshold * CRITICAL_FACTOR);
      return { check: "errors", subject: kind, state, value, threshold, total };
    });
  }

  #counter(kind: ErrorKind): Counter {
    const known = this.#counters.get(kind);
    if (known !== undefined) return known;
    const made = { total: 0, counts: [], slots: [] };
    this.#counters.set(kind, made);
    return made;
  }
}

function kindOf(event: Event): ErrorKind | null {
  switch (event.kind) {
    case "order-rejected":
      return "order-rejected";
    case "order-outcome-unknown":
      return "outcome-unknown";
    case "question-failed":
      return "question-failed";
    case "leverage-refused":
    case "margin-mode-refused":
    case "order-cancel-refused":
    case "order-amend-refused":
      return "change-refused";
    case "connection-changed":
      return event.state === "down" ? "connection-lost" : null;
    default:
      return null;
  }
}
