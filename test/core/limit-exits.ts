/** A leader whose limit exits rest, and a follower that copies half of it with exit parity; quantities in lots of 0.001. */
import type { Decision } from "../../src/core/decision.ts";
import type { LeaderOrderRow } from "../../src/core/event.ts";
import { VenueOrderId } from "../../src/core/model/identifiers.ts";
import type { Allocation } from "../../src/core/settings.ts";
import { BTC, LEADER, onlyOrder, Story } from "./story.ts";

export class LimitExits {
  readonly story: Story;

  /** The leader holds 1, or -1; the follower half of it. */
  constructor(allocation: Partial<Allocation> = {}, side: "buy" | "sell" = "buy") {
    this.story = new Story({ allocation: { exitParity: true, exitRestMs: 5_000, ...allocation } });
    const holds = side === "buy" ? "0.5" : "-0.5";
    this.story.fill(onlyOrder(this.story.leaderFill(side, "1")), "0.5", holds);
  }

  /** What the venue says of a limit order of the leader's. */
  leads(id: string, price: string, quantity: string, more: Partial<LeaderOrderRow> = {}): Decision {
    this.story.nowMs += 1;
    const order = limitExit(id, { price, quantity, venueTimeMs: this.story.nowMs, ...more });
    const { nowMs } = this.story;
    return this.story.feed({ kind: "leader-order-reported", account: LEADER, order, atMs: nowMs });
  }

  /** An execution of that order. */
  fills(id: string, price: string, quantity: string, side: "buy" | "sell" = "sell"): Decision {
    return this.story.leaderFill(side, quantity, { order: id, price });
  }
}

export function limitExit(id: string, more: Partial<LeaderOrderRow>): LeaderOrderRow {
  return {
    instrument: BTC,
    leg: "net",
    venueOrderId: VenueOrderId(id),
    orderKind: "order",
    side: "sell",
    status: "working",
    orderType: "limit",
    price: "61000",
    triggerPrice: "",
    quantity: "1",
    filledQuantity: "0",
    averagePrice: "",
    timeInForce: "GTC",
    triggerBy: null,
    triggerDirection: null,
    reduceOnly: true,
    venueReason: "",
    venueTimeMs: 0,
    ...more,
  };
}
