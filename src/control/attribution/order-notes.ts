/** What orders were decided at, until they are over: which leader change they answer, and at which prices. */
import type { Decision, PlannedOrder } from "../../core/decision.ts";
import type { Event } from "../../core/event.ts";
import { copiesOf, waitingChanges } from "../../core/explanation.ts";
import type { ClientOrderId } from "../../core/model/identifiers.ts";
import { mayRest } from "../../core/order.ts";
import type { Copy, LeaderChange, State } from "../../core/state.ts";
import type { Arrival, Quotes } from "./quotes.ts";

export interface OrderNote {
  /** Null where it rests, or no price was known: the moment of the execution counts. */
  readonly arrival: Arrival | null;
  readonly decidedAtMs: number;
  /** By the copy's place in its market: the newest leader change that the order answers; none where it answers none. */
  readonly answers: ReadonlyMap<number, LeaderChange>;
  /** The same of the newest leader change that went the order's way, which it may follow long after. */
  readonly follows: ReadonlyMap<number, LeaderChange>;
}

/** Notes are thrown away in one go, of orders that the core has forgotten. */
const NOTES_MAX = 20_000;

export class OrderNotes {
  readonly #quotes: Quotes;
  readonly #notes = new Map<ClientOrderId, OrderNote>();

  constructor(quotes: Quotes) {
    this.#quotes = quotes;
  }

  /** The decision is not committed yet: what it explains still waits. */
  note(state: State, { orders }: Decision): void {
    for (const planned of orders) this.#notes.set(planned.order.clientOrderId, this.#noteOf(state, planned));
    if (this.#notes.size <= NOTES_MAX) return;
    const sent = new Set(orders.map(({ order }) => order.clientOrderId));
    for (const id of this.#notes.keys()) if (!state.orders.has(id) && !sent.has(id)) this.#notes.delete(id);
  }

  /** Of the order that an event tells of; of several in a snapshot the first that is known. */
  of(event: Event | null, copy: Copy): OrderNote | undefined {
    switch (event?.kind) {
      case "follower-filled":
        return event.clientOrderId && this.#notes.get(event.clientOrderId);
      case "order-reported":
        return this.#notes.get(event.order.clientOrderId);
      case "follower-snapshot-taken": {
        const { id } = copy.market.instrument;
        const listed = event.orders.filter(({ instrument }) => instrument === id);
        return listed
          .map(({ clientOrderId }) => this.#notes.get(clientOrderId))
          .find((one) => one !== undefined);
      }
      default:
        return undefined;
    }
  }

  #noteOf(state: State, planned: PlannedOrder): OrderNote {
    const { market, order } = planned;
    const answers = new Map<number, LeaderChange>();
    const follows = new Map<number, LeaderChange>();
    for (const copy of copiesOf(planned)) {
      const change = waitingChanges(copy, order.leg).at(-1);
      if (change !== undefined) answers.set(copy.index, change);
      const { lastChange, allocation } = copy;
      const way = Math.sign(lastChange?.byLots ?? 0) * (allocation.inverse ? -1 : 1);
      if (lastChange !== null && way === Math.sign(order.lots)) follows.set(copy.index, lastChange);
    }
    const rests = mayRest(order.form);
    const arrival = rests ? null : this.#quotes.arrival(state, market.instrument, order.lots);
    return { arrival, decidedAtMs: state.nowMs, answers, follows };
  }
}
