/** How often each named thing was reached in a simulated history: faults that struck, and branches that were taken. */
import type { Decision } from "../../src/core/decision.ts";
import type { Event } from "../../src/core/event.ts";
import type { State } from "../../src/core/state.ts";

export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string, by = 1): void {
    if (by > 0) this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  /** By name, in the order of the names. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort(([left], [right]) => (left < right ? -1 : 1)));
  }
}

/** What a decision did, each by its kind: `order rebalance`, `reason paused`, `question look-up`, `halt ...`, and so on. */
export class Branches {
  readonly tally = new Tally();
  readonly #halts = new Map<string, string>();

  note(event: Event, decision: Decision, state: State): void {
    const { tally } = this;
    tally.add(`event ${event.kind}`);
    if (event.kind === "order-rejected") tally.add(`rejection ${event.rejection.class}`);
    if (event.kind === "command-issued") tally.add(`command ${event.command.kind}`);
    for (const { order } of decision.orders)
      tally.add(`order ${order.purpose}${order.reduceOnly ? " reducing" : ""}`);
    for (const { reason } of decision.denials) tally.add(`reason ${reason}`);
    for (const { kind } of decision.questions) tally.add(`question ${kind}`);
    for (const { kind } of decision.adjustments) tally.add(`adjustment ${kind}`);
    for (const { guard, action } of decision.stops) tally.add(`stop ${guard} ${action}`);
    tally.add("cancel", decision.cancels.length);
    tally.add("amendment", decision.amends.length);
    tally.add("crossing", decision.crossings.length);
    if (decision.refusal !== null) tally.add(`refusal ${decision.refusal.kind}`);
    this.#noteHalts(state);
  }

  #noteHalts({ followers }: State): void {
    for (const { account, halted } of followers.values()) {
      if (halted === null) this.#halts.delete(account);
      else if (this.#halts.get(account) !== halted) {
        this.#halts.set(account, halted);
        this.tally.add(`halt ${halted}`);
      }
    }
  }
}
