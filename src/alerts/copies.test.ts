/** Executed copies: each order once with all of its fills, or one sum per follower; nothing of what is not ours. */
import { describe, expect, it } from "vitest";
import { FOLLOWER, onlyOrder, Story } from "../../test/core/story.ts";
import type { Event } from "../core/event.ts";
import { AccountId } from "../core/model/identifiers.ts";
import type { ApprovedOrder } from "../core/order.ts";
import { alertOf } from "./alert.ts";
import { CopiesTold, copiesToldUpTo } from "./copies.ts";
import { OutboxView } from "./outbox-records.ts";

function world(told: "off" | "each" | "summary") {
  const story = new Story();
  const copies = new CopiesTold(() => ({ told, summaryMs: 60_000 }));
  /** A part of an order is filled; the same `trade` is the same execution, told again. */
  const filled = (order: ApprovedOrder, quantity: string, price: string, trade: number) => {
    const event = {
      kind: "follower-filled",
      account: FOLLOWER,
      instrument: order.instrument,
      leg: "net",
      tradeId: `t${trade}`,
      venueOrderId: `v-${order.clientOrderId}`,
      clientOrderId: order.clientOrderId,
      side: "buy",
      quantity,
      price,
      fee: "0",
      sequence: trade,
      venueTimeMs: story.nowMs,
      receivedAtMs: story.nowMs,
    } as unknown as Event;
    copies.note(event, story.state);
  };
  const due = (afterMs: number) =>
    copies
      .due(story.nowMs + afterMs)
      .map(({ kind, follower, cause, numbers }) => ({ kind, follower, cause, numbers }));
  return { story, copies, filled, due };
}

describe("executed copies", () => {
  it("are told once per order, at the average price of its fills, however often a fill is told", () => {
    const { story, filled, due } = world("each");
    const order = onlyOrder(story.leaderFill("buy", "1"));
    filled(order, "0.3", "100", 1);
    filled(order, "0.7", "110", 7);
    filled(order, "0.7", "110", 7);
    expect(due(500)).toEqual([]);
    expect(due(1_000)).toEqual([
      {
        kind: "copies-executed",
        follower: FOLLOWER,
        cause: "BTCUSDT +1 at 107",
        numbers: { orders: 1, fills: 2, notional: "107" },
      },
    ]);
    expect(due(60_000)).toEqual([]);
  });

  it("are summed up per follower where that is wanted, and what is left is told at the end", () => {
    const { story, copies, filled, due } = world("summary");
    const first = onlyOrder(story.leaderFill("buy", "1"));
    filled(first, "1", "100", 1);
    story.nowMs += 30_000;
    filled(first, "0.5", "200", 2);
    expect(due(29_000)).toEqual([]);
    expect(due(30_000)).toMatchObject([
      { cause: "BTCUSDT +1.5 at 133.33333333", numbers: { orders: 1, fills: 2, notional: "200" } },
    ]);
    filled(first, "0.1", "100", 3);
    expect(copies.due(story.nowMs, { isLast: true })).toHaveLength(1);
    expect(copies.isWaiting).toBe(false);
  });

  it("are not told where nobody wants that", () => {
    const { story, filled, due } = world("off");
    filled(onlyOrder(story.leaderFill("buy", "1")), "1", "100", 1);
    expect(due(1e9)).toEqual([]);
  });

  it("of a run that died are told for each follower from where his own were told", () => {
    const view = new OutboxView();
    const told = (event: number, follower?: string) => {
      const whose = follower === undefined ? {} : { follower: AccountId(follower) };
      const alert = alertOf({ kind: "copies-executed", ...whose, event }, event);
      view.take({ type: "alert", alert, channels: [] });
    };
    const upTo = () => ["one", "two", "three"].map((name) => copiesToldUpTo(view)(AccountId(name)));
    told(5, "one");
    expect(upTo()).toEqual(Array(3).fill(Number.POSITIVE_INFINITY));
    view.take({ type: "run", run: "started", atMs: 0 });
    told(9, "two");
    expect(upTo()).toEqual([5, 9, -1]);
    told(7);
    expect(upTo()).toEqual([7, 9, 7]);
  });
});
