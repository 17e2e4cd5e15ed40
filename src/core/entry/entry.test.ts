/**
 * Increases at a price (pain 32): what they may cost at most against the leader's fill, how late they may be, and what becomes
 * of them when the price has run away. Copies are half of the leader's size, in lots of 0.001.
 */
import { describe, expect, it, test } from "vitest";
import {
  BTC_SPEC,
  FOLLOWER,
  onlyOrder,
  orderTexts,
  reasonsOf,
  Story,
  type StoryOptions,
} from "../../../test/core/story.ts";
import { TwoLeaders } from "../../../test/core/two-leaders.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";
import type { Decision } from "../decision.ts";
import type { ApprovedOrder } from "../order.ts";
import type { Allocation } from "../settings.ts";

/** Ten basis points of 60,000 are 60. */
function capped(allocation: Partial<Allocation> = {}, options: StoryOptions = {}): Story {
  return new Story({ ...options, allocation: { slippageBpsMax: "10", ...allocation } });
}

function resting(allocation: Partial<Allocation> = {}): Story {
  return capped({ onRunaway: "rest", restMs: 30_000, ...allocation });
}

/** Purpose, limit in ticks of 0.1 and time in force of each order. */
function forms(decision: Decision): string[] {
  return decision.orders.map(({ order: { purpose, form } }) =>
    form.kind === "limit" ? `${purpose} ${form.price} ${form.timeInForce}` : `${purpose} ${form.kind}`,
  );
}

const detailOf = (decision: Decision) => decision.denials[0]?.detail;

/** The leader buys one at 60,000 while the price is far; the copy rests. */
function restedOrder(story: Story): ApprovedOrder {
  story.price("60100");
  const order = onlyOrder(story.leaderFill("buy", "1"));
  story.accept(order);
  return order;
}

it("an entry on the side that is left has to be gone before another order goes", () => {
  const story = resting();
  const order = restedOrder(story);
  const turned = story.leaderFill("sell", "2.5", { price: "60100" });
  expect(cancelled([turned])).toEqual([order.clientOrderId]);
  expect(orderTexts(turned)).toEqual([]);
  expect(orderTexts(story.report(order, "0"))).toEqual(["-750"]);
});

const cancelled = (decisions: readonly Decision[]): string[] =>
  decisions.flatMap(({ cancels }) => cancels.map(({ clientOrderId }) => clientOrderId));

const waived = (story: Story) => story.leg().market.copies[0]?.legs[0]?.waivedLots;

describe("a cap on slippage", () => {
  test.each([
    ["buy", "60000", "60000", "rebalance 600600 IOC"],
    ["buy", "59000", "59001", "rebalance 600600 IOC"],
    ["buy", "60050", "60060", "rebalance 600600 IOC"],
    ["sell", "60000", "60000", "rebalance 599400 IOC"],
    ["sell", "61000", "61001", "rebalance 599400 IOC"],
    ["sell", "59940", "59950", "rebalance 599400 IOC"],
  ] as const)("lets a %s at %s to %s go, bounded at the venue", (side, bid, ask, form) => {
    const story = capped();
    story.book(bid, ask, "60000");
    expect(forms(story.leaderFill(side, "1"))).toEqual([form]);
  });

  test.each([
    ["buy", "60000", "60060.1", { price: "60060.1", leaderPrice: "60000", bps: "10.02", bpsMax: "10" }],
    ["sell", "59939.9", "60000", { price: "59939.9", leaderPrice: "60000", bps: "10.02", bpsMax: "10" }],
  ] as const)("refuses a %s at %s to %s with the numbers, for good", (side, bid, ask, detail) => {
    const story = capped();
    story.book(bid, ask, "60000");
    const decision = story.leaderFill(side, "1");
    expect([orderTexts(decision), reasonsOf(decision), detailOf(decision)]).toEqual([
      [],
      ["slippage"],
      detail,
    ]);
    expect(Math.abs(Number(waived(story)))).toBe(500);
    expect(orderTexts(story.price("60000"))).toEqual([]);
  });

  it("is judged on the mark where the book is not known, and left to the venue where nothing is", () => {
    const story = capped();
    story.book("", "", "60100");
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["slippage"]);
    const blind = capped();
    blind.book("", "", "");
    expect(forms(blind.leaderFill("buy", "1"))).toEqual(["rebalance 600600 IOC"]);
  });

  test.each([
    ["0", "600000"],
    ["0.01", "600000"],
    ["0.02", "600001"],
    ["5000", "900000"],
  ])("of %s basis points comes to %s ticks, never rounded to a worse price", (slippageBpsMax, ticks) => {
    expect(forms(capped({ slippageBpsMax }).leaderFill("buy", "1"))).toEqual([`rebalance ${ticks} IOC`]);
  });

  it("of an override holds for its symbols", () => {
    const overrides = [{ pattern: "BTC*", slippageBpsMax: "5" }];
    expect(forms(capped({ overrides }).leaderFill("buy", "1"))).toEqual(["rebalance 600300 IOC"]);
    expect(forms(new Story({ allocation: { overrides } }).leaderFill("buy", "1"))).toEqual([
      "rebalance 600300 IOC",
    ]);
  });

  it("is against the volume-weighted price of the changes that are missing", () => {
    const story = capped({ slippageBpsMax: "0", delayMs: 1_000 });
    story.leaderFill("buy", "1", { price: "60000" });
    story.leaderFill("buy", "3", { price: "60100" });
    story.book("59000", "59000", "59000");
    expect(forms(story.waitForOrder(2_000))).toEqual(["rebalance 600750 IOC"]);
  });

  it("forgets what is held already", () => {
    const story = capped({ slippageBpsMax: "0" });
    story.fill(onlyOrder(story.leaderFill("buy", "1", { price: "60000" })), "0.5", "0.5");
    story.price("61000");
    expect(forms(story.leaderFill("buy", "1", { price: "61000" }))).toEqual(["rebalance 610000 IOC"]);
  });

  it("counts from the present mark for what no fill of the leader's stands behind", () => {
    const story = capped();
    story.price("50000");
    expect(forms(story.leaderSnapshot([story.row("1")]))).toEqual(["rebalance 500500 IOC"]);
  });

  it("counts units where a symbol is mapped", () => {
    const story = capped({ symbolMap: { BTCUSDT: { symbol: "BTCUSDT", units: "1.25" } } });
    story.price("48000");
    expect(forms(story.leaderFill("buy", "1"))).toEqual(["rebalance 480480 IOC"]);
    const other = capped({ symbolMap: { BTCUSDT: { symbol: "BTCUSDT", units: "1.25" } } });
    expect(detailOf(other.leaderFill("buy", "1"))).toMatchObject({ leaderPrice: "48000", bps: "2500" });
  });

  it("never blocks a reduction, nor a close", () => {
    const story = capped();
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
    story.price("30000");
    const half = story.leaderFill("sell", "0.5");
    expect([orderTexts(half), forms(half)]).toEqual([["-250 reduce"], ["rebalance market"]]);
    story.fill(onlyOrder(half), "0.25", "0.25");
    expect(orderTexts(story.leaderFill("sell", "0.5"))).toEqual(["-250 reduce"]);
  });

  it("counts from the present mark for what the owner releases", () => {
    const story = capped();
    story.price("60100");
    story.leaderFill("buy", "1");
    const released = story.command({ kind: "release", account: FOLLOWER });
    expect([orderTexts(released), forms(released)]).toEqual([["+500"], ["rebalance 601601 IOC"]]);
  });

  it("holds for the same quantity in a new quantity step, and at the same price in new ticks", () => {
    const story = capped({ slippageBpsMax: "0", delayMs: 1_000 });
    story.leaderFill("buy", "1");
    story.fill(onlyOrder(story.waitForOrder(2_000)), "0.5", "0.5");
    story.leaderFill("buy", "1", { price: "60010" });
    story.feed({
      kind: "instruments-listed",
      instruments: [{ ...BTC_SPEC, quantityStep: "0.0001", minQuantity: "0.0001" }],
      atMs: story.nowMs,
    });
    expect(forms(story.waitForOrder(2_000))).toEqual(["rebalance 600100 IOC"]);
    const other = capped({ slippageBpsMax: "0", delayMs: 1_000 });
    other.leaderFill("buy", "1", { price: "60010" });
    other.feed({
      kind: "instruments-listed",
      instruments: [{ ...BTC_SPEC, tickSize: "0.01" }],
      atMs: other.nowMs,
    });
    other.price("60005");
    expect(forms(other.waitForOrder(2_000))).toEqual(["rebalance 6001000 IOC"]);
  });

  it("judges what was not filled anew", () => {
    const story = capped();
    const first = onlyOrder(story.leaderFill("buy", "1"));
    const again = story.fill(first, "0.2", "0.2");
    expect([orderTexts(again), forms(again)]).toEqual([["+300"], ["rebalance 600600 IOC"]]);
    story.price("60100");
    const last = story.report(onlyOrder(again), "0.1");
    expect([orderTexts(last), reasonsOf(last)]).toEqual([[], ["slippage"]]);
  });

  it("tries again after a pause where nothing filled, and lets a reduction go meanwhile", () => {
    const story = capped();
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
    const second = onlyOrder(story.leaderFill("buy", "1"));
    expect(orderTexts(story.report(second, "0"))).toEqual([]);
    expect(orderTexts(story.leaderFill("sell", "1.5"))).toEqual(["-250 reduce"]);
    const other = capped();
    const order = onlyOrder(other.leaderFill("buy", "1"));
    other.report(order, "0");
    expect(forms(other.waitForOrder(500))).toEqual(["rebalance 600600 IOC"]);
  });

  it("a buyer's miss says nothing of a sale: that goes at once", () => {
    const story = capped();
    story.report(onlyOrder(story.leaderFill("buy", "1")), "0");
    const turned = story.leaderFill("sell", "2");
    expect([orderTexts(turned), reasonsOf(turned)]).toEqual([["-500"], []]);
    expect(forms(turned)).toEqual(["rebalance 599400 IOC"]);
  });

  test.each(["skip", "rest"] as const)(
    "that no known price explains has a reason between the tries (%s)",
    (onRunaway) => {
      const story = capped({ onRunaway });
      story.book("", "", "");
      let order = onlyOrder(story.leaderFill("buy", "1"));
      for (const untilMs of [250, 500, 1_000]) {
        const after = story.report(order, "0");
        expect([orderTexts(after), reasonsOf(after)]).toEqual([[], ["slippage"]]);
        expect(detailOf(after)).toEqual({ capPrice: "60060", leaderPrice: "60000", bpsMax: "10" });
        expect(story.leg().market.lastReason).toBe("slippage");
        expect(story.wait(100).flatMap(reasonsOf)).toEqual([]);
        const again = story.waitForOrder(untilMs);
        expect([forms(again), reasonsOf(again)]).toEqual([["rebalance 600600 IOC"], []]);
        expect(story.leg().market.lastReason).toBeNull();
        order = onlyOrder(again);
      }
      story.fill(order, "0.5", "0.5");
      expect([story.leg().market.lastReason, story.leg().ownedLots]).toEqual([null, 500]);
    },
  );

  it("of several leaders that share an order is the tightest", () => {
    const two = new TwoLeaders();
    const [first, second] = two.story.settings.allocations;
    two.story.allocate({ ...first, slippageBpsMax: "10" }, { ...second, slippageBpsMax: "3" });
    two.story.command({ kind: "pause", account: FOLLOWER });
    two.first("buy", "1");
    two.second("buy", "1");
    const decision = two.story.command({ kind: "resume", account: FOLLOWER });
    expect([orderTexts(decision), forms(decision)]).toEqual([["+2000"], ["rebalance 600180 IOC"]]);
  });
});

describe("when the price has run away", () => {
  it("take sends what the cap allows, and gives up the rest", () => {
    const story = capped({ onRunaway: "take" });
    story.price("60100");
    const decision = story.leaderFill("buy", "1");
    expect(forms(decision)).toEqual(["rebalance 600600 IOC"]);
    const after = story.fill(onlyOrder(decision), "0.2", "0.2");
    expect(orderTexts(after)).toEqual([]);
    expect(waived(story)).toBe(300);
    expect(story.leg().market.lastReason).toBe("slippage");
    expect(orderTexts(story.price("60000"))).toEqual([]);
  });

  it("rest waits at the leader's price, and fills there", () => {
    const story = resting();
    story.price("60100");
    const decision = story.leaderFill("buy", "1");
    expect([orderTexts(decision), forms(decision)]).toEqual([["+500"], ["entry-rest 600000 GTC"]]);
    const order = onlyOrder(decision);
    expect(orderTexts(story.accept(order))).toEqual([]);
    story.fill(order, "0.5", "0.5");
    expect([waived(story), story.leg().ownedLots]).toEqual([0, 500]);
  });

  it("rest for a short waits at the leader's price, rounded to a better one", () => {
    const story = resting({ delayMs: 100 });
    story.leaderFill("sell", "1", { price: "60000" });
    story.leaderFill("sell", "2", { price: "60000.1" });
    story.price("59000");
    expect(forms(story.waitForOrder(200))).toEqual(["entry-rest 600001 GTC"]);
  });

  it("rest ends at its deadline: cancelled, and what did not fill is given up", () => {
    const story = resting();
    const order = restedOrder(story);
    expect(cancelled(story.wait(29_999))).toEqual([]);
    expect(cancelled(story.wait(1))).toEqual([order.clientOrderId]);
    expect(waived(story)).toBe(0);
    const end = story.fill(order, "0.2", "0.2");
    expect([orderTexts(end), waived(story)]).toEqual([[], 300]);
    expect(story.leg().market.lastReason).toBe("rest-expired");
  });

  it("rest that somebody else took out of the book is given up, too", () => {
    const story = resting();
    story.report(restedOrder(story), "0");
    expect(waived(story)).toBe(500);
  });

  it("rest is taken back when the leader wants less, and what is left is judged anew", () => {
    const story = resting();
    const order = restedOrder(story);
    expect(cancelled([story.leaderFill("sell", "0.4")])).toEqual([order.clientOrderId]);
    const again = story.report(order, "0");
    expect([orderTexts(again), forms(again)]).toEqual([["+300"], ["entry-rest 600000 GTC"]]);
    expect(waived(story)).toBe(0);
  });

  it("rest is taken back before what fills of it meanwhile is sold", () => {
    const story = resting();
    const order = restedOrder(story);
    expect(cancelled([story.leaderFill("sell", "1")])).toEqual([order.clientOrderId]);
    expect(orderTexts(story.fill(order, "0.1", "0.1"))).toEqual(["-100 reduce"]);
  });

  it("rest is beside what the leader adds within the cap", () => {
    const story = resting();
    restedOrder(story);
    const more = story.leaderFill("buy", "1", { price: "60100" });
    expect([orderTexts(more), forms(more)]).toEqual([["+500"], ["rebalance 601601 IOC"]]);
    const order = onlyOrder(more);
    story.fill(order, "0.5", "0.5");
    expect(story.leg().ownedLots).toBe(500);
  });

  it("rest is taken back while nothing may open risk, and comes back after", () => {
    const story = resting();
    const order = restedOrder(story);
    const paused = story.command({ kind: "pause", account: FOLLOWER });
    expect(cancelled([paused])).toEqual([order.clientOrderId]);
    story.report(order, "0");
    const resumed = story.command({ kind: "resume", account: FOLLOWER });
    expect(forms(resumed)).toEqual(["entry-rest 600000 GTC"]);
  });

  it("rest survives a restart with its deadline", () => {
    const story = resting();
    const order = restedOrder(story);
    const text = encodeCheckpoint(story.state);
    expect(encodeCheckpoint(decodeCheckpoint(text))).toBe(text);
    story.feed({ kind: "engine-started", epoch: "ijklmnop", atMs: story.nowMs + 10_000 });
    story.nowMs += 10_000;
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([]);
    story.accept(order);
    expect(cancelled(story.wait(19_990))).toEqual([]);
    expect(cancelled(story.wait(20))).toEqual([order.clientOrderId]);
  });

  it("rest of unknown fate holds up what adds, and nothing is sent twice", () => {
    const story = resting();
    story.price("60100");
    const order = onlyOrder(story.leaderFill("buy", "1"));
    expect(orderTexts(story.unknown(order))).toEqual([]);
    expect(orderTexts(story.leaderFill("buy", "1", { price: "60100" }))).toEqual([]);
    story.accept(order);
    expect(story.leg().working.size).toBe(2);
  });

  it("rest that the venue refuses for good is given up", () => {
    const story = resting();
    story.price("60100");
    story.reject(onlyOrder(story.leaderFill("buy", "1")), "price-out-of-band");
    expect(waived(story)).toBe(500);
  });
});

describe("the longest delay", () => {
  test.each([
    [1_000, ["+500"], []],
    [1_001, [], ["too-late"]],
  ])("an increase of %i ms ago", (ageMs, orders, reasons) => {
    const decision = new Story({ allocation: { entryDelayMaxMs: 1_000 } }).leaderFill("buy", "1", { ageMs });
    expect([orderTexts(decision), reasonsOf(decision)]).toEqual([orders, reasons]);
  });

  it("counts the deliberate delay in", () => {
    const story = new Story({ allocation: { entryDelayMaxMs: 1_500, delayMs: 1_000 } });
    story.leaderFill("buy", "1", { ageMs: 600 });
    expect(story.wait(2_000).flatMap(reasonsOf)).toEqual(["too-late"]);
  });

  it("leaves out only what is late of several changes", () => {
    const story = new Story({ allocation: { entryDelayMaxMs: 1_500, delayMs: 1_000 } });
    story.leaderFill("buy", "1", { ageMs: 600 });
    story.leaderFill("buy", "2");
    expect(orderTexts(story.waitForOrder(2_000))).toEqual(["+1000"]);
    expect(waived(story)).toBe(500);
  });

  it("is never that of a reduction, nor of what has no time", () => {
    const story = new Story({ allocation: { entryDelayMaxMs: 1_000 } });
    const all = story.leaderSnapshot([story.row("1")]);
    expect(orderTexts(all)).toEqual(["+500"]);
    story.fill(onlyOrder(all), "0.5", "0.5");
    expect(orderTexts(story.leaderFill("sell", "1", { ageMs: 30_000 }))).toEqual(["-500 reduce"]);
  });
});
