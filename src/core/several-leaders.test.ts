/** Leaders on opposite sides of one follower's position. */
import { expect, it } from "vitest";
import { ALLOCATION, BTC, FOLLOWER, onlyOrder, orderTexts, Story, VENUE } from "../../test/core/story.ts";
import type { Decision } from "./decision.ts";
import type { Side } from "./event.ts";
import { AccountId, AllocationId, TradeId, VenueOrderId } from "./model/identifiers.ts";

const SECOND = AccountId("second");

/** Both are copied one to one; orders below 0.010 are rounded up. */
function together() {
  const story = new Story({ instrument: { minQuantity: "0.010" } });
  const rule = {
    sizing: { kind: "multiplier", multiplier: "1" },
    minimumPolicy: { kind: "round-up", excessMax: "1" },
  } as const;
  story.configure({
    ...story.settings,
    accounts: [...story.settings.accounts, { account: SECOND, venue: VENUE, role: "leader" }],
    allocations: [
      { ...ALLOCATION, ...rule },
      { ...ALLOCATION, ...rule, id: AllocationId(SECOND, FOLLOWER), leader: SECOND },
    ],
  });
  story.feed({
    kind: "leader-snapshot-taken",
    account: SECOND,
    positions: [],
    orders: [],
    equity: { equity: "1", available: "1" },
    serverTimeMs: story.nowMs,
    requestedAtMs: story.nowMs,
    receivedAtMs: story.nowMs,
  });
  let sequence = 1_000;
  const second = (side: Side, quantity: string): Decision => {
    sequence += 1;
    return story.feed({
      kind: "leader-filled",
      account: SECOND,
      instrument: BTC,
      leg: "net",
      tradeId: TradeId(`s${sequence}`),
      venueOrderId: VenueOrderId(`s${sequence}`),
      side,
      quantity,
      price: "60000",
      fee: "0",
      sequence,
      venueTimeMs: story.nowMs,
      receivedAtMs: story.nowMs,
    });
  };
  return { story, second };
}

it("what was rounded up belongs to the leader who wants that side", () => {
  const { story, second } = together();
  story.fill(onlyOrder(story.leaderFill("sell", "0.020")), "0.02", "-0.02");
  const closing = onlyOrder(second("buy", "0.025"));
  const rounded = story.fill(closing, "0.02", "0");
  expect(orderTexts(rounded)).toEqual(["+10"]);
  story.fill(onlyOrder(rounded), "0.01", "0.01");
  // 25 - 22 is wanted, and 5 more are held: a reduction of 2 is below the minimum, and nothing else is to do.
  expect(orderTexts(story.leaderFill("sell", "0.002"))).toEqual([]);
  expect(orderTexts(second("sell", "0.025"))).toEqual(["-10 reduce"]);
});
