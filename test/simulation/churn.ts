/**
 * What rests at a venue does not come and go: where nothing is told of leaders, prices, or by owners, the answers to our own orders
 * lead to a handful of cancellations on a leg in some seconds, however fast the venue answers.
 */
import type { Decision } from "../../src/core/decision.ts";
import type { Event } from "../../src/core/event.ts";
import type { ClientOrderId } from "../../src/core/model/identifiers.ts";
import type { FollowerLeg, State } from "../../src/core/state.ts";

const WINDOW_MS = 5_000;
/** Each order is counted once, however often its cancellation is asked for: five entries of a copy and the exits of two. */
const CANCELS_MAX = 16;

/** Told in answer to what we sent, or by the clock. */
const ANSWERS: ReadonlySet<Event["kind"]> = new Set([
  "order-accepted",
  "order-rejected",
  "order-outcome-unknown",
  "order-reported",
  "order-not-found",
  "order-cancel-refused",
  "order-amend-refused",
  "follower-filled",
  "follower-position-reported",
  "equity-reported",
  "clock-ticked",
]);

export class Churn {
  readonly #cancelled = new Map<FollowerLeg, Map<ClientOrderId, number>>();

  /** Called after each decision; what has come and gone too often since anything was news. */
  breaches(event: Event, { cancels }: Decision, { nowMs, orders }: State): readonly string[] {
    if (!ANSWERS.has(event.kind)) this.#cancelled.clear();
    return cancels.flatMap(({ market, clientOrderId }) => {
      const leg = orders.get(clientOrderId);
      if (leg === undefined) return [];
      const lately = this.#cancelled.get(leg) ?? new Map<ClientOrderId, number>();
      this.#cancelled.set(leg, lately);
      for (const [id, atMs] of lately) if (atMs <= nowMs - WINDOW_MS) lately.delete(id);
      if (lately.has(clientOrderId)) return [];
      lately.set(clientOrderId, nowMs);
      if (lately.size <= CANCELS_MAX) return [];
      const place = `${market.follower.account} ${market.instrument.id} ${leg.leg}`;
      return [`${place}: ${lately.size} orders cancelled within ${WINDOW_MS} ms, and nothing was news`];
    });
  }
}
