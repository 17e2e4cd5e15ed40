/** Leaders on opposite sides of one follower's position. */
import { describe, expect, it } from "vitest";
import {
  ALLOCATION,
  BTC,
  FOLLOWER,
  onlyOrder,
  orderTexts,
  reasonsOf,
  Story,
  VENUE,
} from "../../test/core/story.ts";
import type { Decision } from "./decision.ts";
import type { Side } from "./event.ts";
import { AccountId, AllocationId, TradeId, VenueOrderId } from "./model/identifiers.ts";
import type { Allocation } from "./settings.ts";

const SECOND = AccountId("second");

/** Both are copied one to one; orders below 0.010 are rounded up. */
function together(first: Partial<Allocation> = {}, other: Partial<Allocation> = {}) {
  const story = new Story({ instrument: { minQuantity: "0.010" } });
  const rule = {
    sizing: { kind: "multiplier", multiplier: "1" },
    minimumPolicy: { kind: "round-up", excessMax: "1" },
  } as const;
  story.configure({
    ...story.settings,
    accounts: [...story.settings.accounts, { account: SECOND, venue: VENUE, role: "leader" }],
    allocations: [
      { ...ALLOCATION, ...rule, ...first },
      { ...ALLOCATION, ...rule, id: AllocationId(SECOND, FOLLOWER), leader: SECOND, ...other },
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

it("what was rounded up belongs to who grows by the order, and not to who closes with it", () => {
  const { story, second } = together();
  story.fill(onlyOrder(story.leaderFill("sell", "0.020")), "0.02", "-0.02");
  story.fill(onlyOrder(second("buy", "0.020")), "0.02", "0");
  expect(reasonsOf(story.leaderFill("buy", "0.002"))).toEqual(["below-minimum-quantity"]);
  const rounded = second("buy", "0.003");
  expect(orderTexts(rounded)).toEqual(["+10"]);
  story.fill(onlyOrder(rounded), "0.01", "0.01");
  expect(story.leg().market.copies.map(({ legs }) => legs[0]?.heldLots)).toEqual([-18, 28]);
});

it("what only shrinks, and is refused where the position grows by it, has its reason until it is tried again", () => {
  const { story, second } = together();
  story.fill(onlyOrder(story.leaderFill("sell", "0.050")), "0.05", "-0.05");
  story.fill(onlyOrder(second("buy", "0.020")), "0.02", "-0.03");
  const refused = story.reject(onlyOrder(second("sell", "0.020")), "insufficient-margin");
  expect([orderTexts(refused), reasonsOf(refused)]).toEqual([[], ["refused-by-exchange"]]);
  expect(story.leg().market.lastReason).toBe("refused-by-exchange");
  const again = story.waitForOrder(1_000);
  expect(orderTexts(again)).toEqual(["-20"]);
  story.fill(onlyOrder(again), "0.02", "-0.05");
  expect(story.leg().market.lastReason).toBeNull();
});

it("a change that comes while a refused reduction waits is explained by the order that is sent then", () => {
  const { story, second } = together();
  story.fill(onlyOrder(story.leaderFill("sell", "0.050")), "0.05", "-0.05");
  story.fill(onlyOrder(second("buy", "0.020")), "0.02", "-0.03");
  story.reject(onlyOrder(second("sell", "0.010")), "insufficient-margin");
  const meanwhile = second("sell", "0.010");
  expect([orderTexts(meanwhile), reasonsOf(meanwhile)]).toEqual([[], []]);
  expect(orderTexts(story.waitForOrder(1_000))).toEqual(["-20"]);
  expect(story.leg().market.copies.flatMap(({ pendingChanges }) => pendingChanges)).toEqual([]);
});

it("a reduction that is refused has its reason until it is tried again", () => {
  const { story } = together();
  story.fill(onlyOrder(story.leaderFill("buy", "0.050")), "0.05", "0.05");
  const refused = story.reject(onlyOrder(story.leaderFill("sell", "0.050")), "market-closed");
  expect([orderTexts(refused), reasonsOf(refused)]).toEqual([[], ["refused-by-exchange"]]);
  const again = story.waitForOrder(1_000);
  expect(orderTexts(again)).toEqual(["-50 reduce"]);
  expect(story.leg().market.lastReason).toBeNull();
});

describe("an order of before another leader traded there", () => {
  /** The first leader's entry of 1 rests, and then the other sells, which is nothing of a step here. */
  function resting() {
    const tiny = { sizing: { kind: "multiplier", multiplier: "0.0001" } } as const;
    const { story, second } = together(
      { slippageBpsMax: "10", onRunaway: "rest", restMs: 60_000 },
      { ...tiny, minimumPolicy: { kind: "skip" } },
    );
    story.price("60061");
    const order = onlyOrder(story.leaderFill("buy", "1"));
    story.accept(order);
    return { story, order, sold: second("sell", "1") };
  }

  it("is not the other's: it stays, and nothing is given up for it", () => {
    const { story, order, sold } = resting();
    expect([orderTexts(sold), sold.cancels, reasonsOf(sold)]).toEqual([[], [], ["below-step"]]);
    story.report(order, "0");
    expect(story.leg().market.copies.map((copy) => copy.legs[0]?.waivedFor ?? null)).toEqual([
      "rest-expired",
      null,
    ]);
  });
});

it("an entry that is to rest against what we own waits until it is known whose sale the venue shows", () => {
  const { story, second } = together({}, { slippageBpsMax: "0", onRunaway: "rest", restMs: 60_000 });
  story.fill(onlyOrder(story.leaderFill("buy", "0.050")), "0.05", "0.05");
  story.price("59900");
  story.followerHolds("0.02");
  expect(orderTexts(second("sell", "0.030"))).toEqual([]);
  const asked = story.wait(2_000).flatMap((decision) => orderTexts(decision));
  story.nowMs += 2_000;
  // The owner closed 30 of the first leader's 50, and what rests now turns what is left.
  const known = story.followerSnapshot([story.row("0.02")]);
  const [entry] = known.orders;
  expect([asked, entry?.order.lots, entry?.order.purpose]).toEqual([[], -30, "entry-rest"]);
  expect(story.leg()).toMatchObject({ ownedLots: 20, foreignLots: 0 });
});

it("an entry that is to rest against what one reading lacked rests as soon as the next has it again", () => {
  const { story, second } = together({}, { slippageBpsMax: "0", onRunaway: "rest", restMs: 60_000 });
  story.fill(onlyOrder(story.leaderFill("buy", "0.050")), "0.05", "0.05");
  story.price("59900");
  story.nowMs += 5_000;
  story.followerSnapshot([]);
  expect(orderTexts(second("sell", "0.030"))).toEqual([]);
  story.nowMs += 1_000;
  const [entry] = story.followerSnapshot([story.row("0.05")]).orders;
  expect([entry?.order.lots, entry?.order.purpose]).toEqual([-30, "entry-rest"]);
});

it("what a copy that ended cannot close has a reason, which stands until it can", () => {
  const { story, second } = together();
  story.fill(onlyOrder(story.leaderFill("sell", "0.050")), "0.05", "-0.05");
  story.fill(onlyOrder(second("buy", "0.050")), "0.05", "0");
  story.command({ kind: "pause", account: FOLLOWER });
  const [first] = story.settings.allocations;
  if (first === undefined) throw new Error("nobody is copied");
  expect(reasonsOf(story.configure({ ...story.settings, allocations: [first] }))).toEqual(["paused"]);
  const { market } = story.leg();
  expect(market.lastReason).toBe("paused");
  expect(reasonsOf(story.followerSnapshot([]))).toEqual([]);
  const closing = story.command({ kind: "resume", account: FOLLOWER });
  expect(orderTexts(closing)).toEqual(["-50"]);
  expect(market.lastReason).toBe(null);
});

it("an order is rounded up for nobody whose own growth still waits", () => {
  const minimumPolicy = { kind: "round-up", excessMax: "20" } as const;
  const { story, second } = together({}, { delayMs: 2_000, minimumPolicy });
  story.fill(onlyOrder(story.leaderFill("buy", "0.050")), "0.05", "0.05");
  second("sell", "0.013");
  story.fill(onlyOrder(story.waitForOrder(3_000)), "0.013", "0.037");
  story.fill(onlyOrder(second("buy", "0.010")), "0.01", "0.047");
  expect(orderTexts(second("buy", "0.018"))).toEqual([]);
  expect(orderTexts(story.waitForOrder(3_000))).toEqual(["+18"]);
});

describe("leaders who set each other off, so that the account holds nothing", () => {
  it("cross to nothing when both end at once", () => {
    const { story, second } = together();
    story.fill(onlyOrder(story.leaderFill("buy", "0.020")), "0.020", "0.020");
    story.fill(onlyOrder(second("sell", "0.020")), "0.020", "0");
    story.wait(300_000);
    story.followerSnapshot([]);
    expect(story.leg().working.size).toBe(0);
    const held = (): number[] =>
      story.leg().market.copies.map((copy) => copy.legs.reduce((sum, { heldLots }) => sum + heldLots, 0));
    expect([story.leg().ownedLots, held()]).toEqual([0, [20, -20]]);
    expect(orderTexts(story.allocate())).toEqual([]);
    expect(held()).toEqual([0, 0]);
  });
});
