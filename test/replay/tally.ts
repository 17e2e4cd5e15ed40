/** Counts what the engine decided: events, orders, reasons, questions, refusals. Counting only; nothing is judged here. */
import type { Decision } from "../../src/core/decision.ts";
import type { Event } from "../../src/core/event.ts";

export type Counts = Record<string, number>;

export class Tally {
  events = 0;
  leaderFills = 0;
  orders = 0;
  readonly eventsByKind: Counts = {};
  readonly reasons: Counts = {};
  readonly questions: Counts = {};
  readonly refusals: Counts = {};
  readonly rejections: Counts = {};

  note(event: Event, decision: Decision): void {
    this.events += 1;
    add(this.eventsByKind, event.kind);
    if (event.kind === "leader-filled") this.leaderFills += 1;
    if (event.kind === "order-rejected")
      add(this.rejections, `${event.rejection.class} ${event.rejection.code}`);
    this.orders += decision.orders.length;
    for (const { reason, changes } of decision.denials)
      if (changes.length > 0) add(this.reasons, reason, changes.length);
    for (const { kind } of decision.questions) add(this.questions, kind);
    if (decision.refusal !== null) add(this.refusals, `${event.kind} ${decision.refusal.kind}`);
  }

  join(other: Tally): void {
    this.events += other.events;
    this.leaderFills += other.leaderFills;
    this.orders += other.orders;
    for (const name of ["eventsByKind", "reasons", "questions", "refusals", "rejections"] as const) {
      for (const [key, count] of Object.entries(other[name])) add(this[name], key, count);
    }
  }
}

export function add(counts: Counts, key: string, by = 1): void {
  counts[key] = (counts[key] ?? 0) + by;
}
