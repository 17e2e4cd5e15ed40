/** What followers should hold: multiplier and equity proportion, on both position modes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FOLLOWER, LEADER, onlyOrder, orderTexts, reasonsOf, Story } from "../../../test/core/story.ts";

const PROPORTIONAL = { kind: "equity-proportional", rebalanceBand: "0.1" } as const;

describe("multiplier", () => {
  it.each([
    ["1", "1", "0.123", ["+123"]],
    ["0.5", "1", "0.123", ["+61"]],
    ["0.1", "0.5", "1", ["+50"]],
    ["2", "1", "0.001", ["+2"]],
    ["0.333", "1", "0.003", []],
  ])("%s with scaling %s of %s is %j", (multiplier, positionScaling, quantity, orders) => {
    const story = new Story({ allocation: { sizing: { kind: "multiplier", multiplier }, positionScaling } });
    expect(orderTexts(story.leaderFill("buy", quantity))).toEqual(orders);
  });

  it("takes the leader's side, whatever the leader does", () => {
    const trades = fc.array(
      fc.tuple(fc.constantFrom("buy" as const, "sell" as const), fc.integer({ min: 1, max: 900 })),
      {
        minLength: 1,
        maxLength: 20,
      },
    );
    fc.assert(
      fc.property(trades, (history) => {
        const story = new Story();
        for (const [side, lots] of history) story.leaderFill(side, String(lots / 1_000));
        const wanted = story.leg().market.copies[0]?.legs[0];
        const leader = history.reduce((sum, [side, lots]) => sum + (side === "buy" ? lots : -lots), 0);
        expect(wanted?.wantedLots).toBe(Math.trunc(leader / 2) + 0);
      }),
      { numRuns: 50 },
    );
  });
});

describe("a change below one step", () => {
  it("is said to be one, step by step, until the parts come to a step", () => {
    const story = new Story({ allocation: { sizing: { kind: "multiplier", multiplier: "0.4" } } });
    const below = (leaderLots: number, targetLots: number) => [
      { reason: "below-step", detail: { changedLots: 1, leaderLots, targetLots } },
    ];
    expect(story.leaderFill("sell", "0.001").denials).toMatchObject([
      { reason: "below-step", detail: { changedLots: -1, leaderLots: -1, targetLots: 0 } },
    ]);
    expect(story.leaderFill("buy", "0.001").denials).toMatchObject(below(0, 0));
    expect(story.leaderFill("buy", "0.001").denials).toMatchObject(below(1, 0));
    expect(story.leaderFill("buy", "0.001").denials).toMatchObject(below(2, 0));
    const third = story.leaderFill("buy", "0.001");
    expect(orderTexts(third)).toEqual(["+1"]);
    story.fill(onlyOrder(third), "0.001", "0.001");
    expect(story.leaderFill("buy", "0.001").denials).toMatchObject(below(4, 1));
  });

  it("stands for nothing afterwards: a status shows no reason", () => {
    const story = new Story();
    story.leaderFill("buy", "0.001");
    expect(story.leg().market.lastReason).toBeNull();
    expect(reasonsOf(story.leaderSnapshot([story.row("0.001")]))).toEqual([]);
  });
});

describe("equity proportion", () => {
  /** Leader 10,000, follower 1,000: a tenth. */
  function started(): Story {
    const story = new Story({ allocation: { sizing: PROPORTIONAL }, bare: true });
    story.leaderSnapshot([], "10000");
    story.followerSnapshot([], "1000");
    story.price("60000");
    story.describe("one-way");
    return story;
  }

  it("is follower's equity by leader's equity", () => {
    expect(orderTexts(started().leaderFill("buy", "1"))).toEqual(["+100"]);
  });

  /** The leader trades before its first snapshot. */
  function early(): Story {
    const story = new Story({ allocation: { sizing: PROPORTIONAL }, bare: true });
    story.followerSnapshot([], "1000");
    story.price("60000");
    story.describe("one-way");
    const traded = story.leaderFill("buy", "1");
    expect(orderTexts(traded)).toEqual([]);
    expect(reasonsOf(traded)).toEqual([]);
    return story;
  }

  it("of a trade seen before the leader's first snapshot waits for it", () => {
    const story = early();
    expect(orderTexts(story.leaderSnapshot([story.row("1")], "10000"))).toEqual(["+100"]);
  });

  it("is said to be unknown once the first snapshot does not tell it either", () => {
    const story = early();
    const told = story.leaderSnapshot([story.row("1")], "");
    expect(told.denials).toMatchObject([{ reason: "equity-unknown", changes: [{ byLots: 1_000 }] }]);
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["equity-unknown"]);
  });

  it("stays as it was when the leader reduces, step by step, without drifting", () => {
    const story = started();
    let held = 100;
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.1", "0.1");
    story.feed({
      kind: "equity-reported",
      account: LEADER,
      equity: "10500",
      available: "0",
      atMs: story.nowMs,
    });
    for (let rest = 997; rest > 700; rest -= 3) {
      const [planned] = story.leaderFill("sell", "0.003").orders;
      expect(planned?.order.lots ?? 0).toBe(Math.trunc(rest / 10) - held);
      held = Math.trunc(rest / 10);
      if (planned !== undefined)
        story.fill(planned.order, String(Math.abs(planned.order.lots) / 1_000), String(held / 1_000));
    }
  });

  it("is renewed when the leader adds", () => {
    const story = started();
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.1", "0.1");
    story.feed({
      kind: "equity-reported",
      account: FOLLOWER,
      equity: "1050",
      available: "0",
      atMs: story.nowMs,
    });
    expect(orderTexts(story.leaderFill("buy", "1"))).toEqual(["+110"]);
  });

  it("does not trade on a tick of equity, and does when the band is left", () => {
    const story = started();
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.1", "0.1");
    const equity = (value: string): string[] =>
      orderTexts(
        story.feed({
          kind: "equity-reported",
          account: FOLLOWER,
          equity: value,
          available: "0",
          atMs: story.nowMs,
        }),
      );
    expect(equity("1099")).toEqual([]);
    expect(equity("1101")).toEqual(["+10"]);
  });

  it("that lacks an equity says so, and copies as soon as it is known", () => {
    const story = new Story({ allocation: { sizing: PROPORTIONAL }, bare: true });
    story.leaderSnapshot([], "");
    story.followerSnapshot([], "1000");
    story.price("60000");
    story.describe("one-way");
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["equity-unknown"]);
    const known = story.feed({
      kind: "equity-reported",
      account: LEADER,
      equity: "10000",
      available: "0",
      atMs: story.nowMs,
    });
    expect(orderTexts(known)).toEqual(["+100"]);
  });

  it("that lacks an equity still follows one leg down while it cannot size the other", () => {
    const story = started();
    story.describe("hedge");
    story.fill(onlyOrder(story.leaderFill("sell", "1", { leg: "short" })), "0.1", "-0.1");
    story.feed({ kind: "equity-reported", account: LEADER, equity: "0", available: "0", atMs: story.nowMs });
    expect(reasonsOf(story.leaderFill("buy", "1", { leg: "long" }))).toEqual(["equity-unknown"]);
    expect(orderTexts(story.leaderFill("buy", "0.5", { leg: "short" }))).toEqual(["short +50 reduce"]);
  });
});

describe("position modes", () => {
  it("a hedge leader on a one-way follower gives the net of both legs", () => {
    const story = new Story();
    story.fill(onlyOrder(story.leaderFill("buy", "1", { leg: "long" })), "0.5", "0.5");
    const netted = story.leaderFill("sell", "0.4", { leg: "short" });
    expect(orderTexts(netted)).toEqual(["-200 reduce"]);
    story.fill(onlyOrder(netted), "0.2", "0.3");
    const closing = story.leaderFill("sell", "1", { leg: "long" });
    expect(orderTexts(closing)).toEqual(["-300 reduce"]);
    expect(orderTexts(story.fill(onlyOrder(closing), "0.3", "0"))).toEqual(["-200"]);
  });

  it("a one-way leader on a hedge follower uses the leg of its side, and changes legs on a flip", () => {
    const story = new Story({ mode: "hedge" });
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
    expect(orderTexts(story.leaderFill("sell", "1.4"))).toEqual(["long -500 reduce", "short -200"]);
  });

  it("hedge on hedge copies each leg by itself", () => {
    const story = new Story({ mode: "hedge" });
    expect(orderTexts(story.leaderFill("buy", "1", { leg: "long" }))).toEqual(["long +500"]);
    expect(orderTexts(story.leaderFill("sell", "1", { leg: "short" }))).toEqual(["short -500"]);
  });

  it("an order on one leg does not explain what waits on the other", () => {
    const story = new Story({ mode: "hedge" });
    story.leaderFill("buy", "1", { leg: "long" });
    const small = story.leaderFill("sell", "0.001", { leg: "short" });
    expect(small.denials).toMatchObject([
      { reason: "below-step", leg: "short", changes: [{ leg: "short" }] },
    ]);
  });

  it("what was given up stays given up when the account changes its mode", () => {
    const story = new Story();
    story.reject(onlyOrder(story.leaderFill("buy", "1")), "insufficient-margin");
    expect(orderTexts(story.describe("hedge"))).toEqual([]);
    expect(story.wait(120_000).flatMap(orderTexts)).toEqual([]);
  });
});
