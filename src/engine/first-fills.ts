/**
 * Which executions of our own orders are told for the first time. A venue is read again after every lost connection and every
 * restart, and tells then what it told before; the state counts each once, and whoever writes down or tells fills asks here.
 * Fed with every event and the state after it.
 */
import { parseClientOrderId } from "../core/client-order-id.ts";
import type { Event, EventOf } from "../core/event.ts";
import type { AccountId, ClientOrderId } from "../core/model/identifiers.ts";
import { findOrder } from "../core/order-fates.ts";
import type { State } from "../core/state.ts";

/** More than a venue tells of one account at once. */
const KNOWN_MAX = 2_000;

type Fill = EventOf<"follower-filled">;

/** Its order is one of ours. */
export type OwnFill = Fill & { readonly clientOrderId: ClientOrderId };

export class FirstFills {
  readonly #known = new Map<AccountId, Set<string>>();
  /** Orders of earlier runs that were open when this one began; null before the first event. */
  #inherited: ReadonlySet<ClientOrderId> | null = null;

  /** Null for all but an execution of an order of ours that was not told before. */
  take(event: Event, state: State): OwnFill | null {
    if (this.#inherited === null || event.kind === "engine-started") this.#begin(event, state);
    if (event.kind !== "follower-filled" || !isNamed(event)) return null;
    return this.#isOurs(event, state) && this.#learn(event.account, event.tradeId) ? event : null;
  }

  /** False when it was known. */
  #learn(account: AccountId, tradeId: string): boolean {
    const known = this.#known.get(account) ?? new Set();
    this.#known.set(account, known);
    if (known.has(tradeId)) return false;
    known.add(tradeId);
    const [oldest] = known;
    if (known.size > KNOWN_MAX && oldest !== undefined) known.delete(oldest);
    return true;
  }

  /** An order of this run, or of an earlier one that was not done with when this one began. */
  #isOurs({ clientOrderId }: OwnFill, state: State): boolean {
    const identity = parseClientOrderId(clientOrderId);
    if (identity === undefined) return false;
    if (identity.epoch === state.epoch || this.#inherited?.has(clientOrderId)) return true;
    return findOrder(state, clientOrderId) !== undefined;
  }

  #begin(event: Event, state: State): void {
    this.#inherited = new Set(state.orders.keys());
    for (const [id, { working, market }] of state.orders) {
      for (const tradeId of working.get(id)?.tradeIds ?? []) {
        const isThis = event.kind === "follower-filled" && event.tradeId === tradeId;
        if (!isThis) this.#learn(market.follower.account, tradeId);
      }
    }
  }
}

function isNamed(fill: Fill): fill is OwnFill {
  return fill.clientOrderId !== undefined;
}
