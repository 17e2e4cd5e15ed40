/** Two leaders with orders that wait, on one netted account: each has its own, and opposite intents do not rest beside one another. */
import { expect, it } from "vitest";
import { limitExit } from "../../../test/core/limit-exits.ts";
import { LEADER, orderTexts } from "../../../test/core/story.ts";
import { SECOND, TwoLeaders } from "../../../test/core/two-leaders.ts";
import type { Decision } from "../decision.ts";
import type { AccountId } from "../model/identifiers.ts";

class PendingOfTwo extends TwoLeaders {
  constructor() {
    super();
    const { story } = this;
    story.allocate(...story.settings.allocations.map((one) => ({ ...one, copyPending: true })));
    for (const account of [LEADER, SECOND]) this.lists(account);
  }

  lists(account: AccountId): void {
    const { story } = this;
    story.nowMs += 1;
    story.feed({
      kind: "leader-snapshot-taken",
      account,
      positions: [],
      orders: [],
      leaderOrders: [],
      equity: { equity: "10000", available: "10000" },
      serverTimeMs: story.nowMs,
      requestedAtMs: story.nowMs,
      receivedAtMs: story.nowMs,
    });
  }

  waits(account: AccountId, id: string, side: "buy" | "sell", price: string): Decision {
    const { story } = this;
    story.nowMs += 1;
    const order = limitExit(id, {
      side,
      price,
      quantity: "0.1",
      reduceOnly: false,
      venueTimeMs: story.nowMs,
    });
    return story.feed({ kind: "leader-order-reported", account, order, atMs: story.nowMs });
  }

  /** The venue takes everything that the decision sends. */
  taken(decision: Decision): Decision {
    for (const { order } of decision.orders) this.story.accept(order);
    return decision;
  }

  said(): string[] {
    return this.story.decisions.flatMap(({ denials }) =>
      denials.flatMap(({ pending, reason }) => (pending === undefined ? [] : [`${pending} ${reason}`])),
    );
  }
}

it("rests one for each leader on the same side, and credits each its own", () => {
  const two = new PendingOfTwo();
  const first = two.taken(two.waits(LEADER, "a", "buy", "59000"));
  const second = two.taken(two.waits(SECOND, "b", "buy", "58000"));
  expect([...orderTexts(first), ...orderTexts(second)]).toEqual(["+100", "+100"]);
  two.filled(second, "0.1");
  expect([two.held(), two.targets()]).toEqual([
    [0, 100],
    [0, 100],
  ]);
  two.filled(first, "0.2");
  expect([two.held(), two.targets()]).toEqual([
    [100, 100],
    [100, 100],
  ]);
});

it("leaves the second of two opposite intents to its fill", () => {
  const two = new PendingOfTwo();
  two.taken(two.waits(LEADER, "a", "buy", "59000"));
  expect(two.waits(SECOND, "b", "sell", "61000")).toMatchObject({ orders: [], denials: [{ pending: "b" }] });
  expect(two.said()).toEqual(["b pending-opposite"]);
});

it("takes back what rests against another leader's position", () => {
  const two = new PendingOfTwo();
  two.taken(two.waits(LEADER, "a", "buy", "59000"));
  const opened = two.second("sell", "0.2");
  expect(opened.cancels).toHaveLength(1);
  expect(two.said()).toEqual(["a pending-opposite"]);
});
