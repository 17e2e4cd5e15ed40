/** Longs only, shorts only, the opposite: what a leader holds, and what the follower's legs should. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { onlyOrder, orderTexts, reasonsOf, Story } from "../../../test/core/story.ts";
import { Lots } from "../model/amounts.ts";
import type { Allocation, CopySide } from "../settings.ts";
import { leftOutLots, shapedLots } from "./side.ts";

const legs = (net: number, long: number, short: number) => ({
  net: Lots(net),
  long: Lots(long),
  short: Lots(short),
});

test.each([
  ["both", false, legs(5, 0, 0), { net: 5, long: 5, short: 0 }],
  ["both", true, legs(5, 0, 0), { net: -5, long: 0, short: -5 }],
  ["both", true, legs(0, 5, -3), { net: -2, long: 3, short: -5 }],
  ["long", false, legs(5, 0, 0), { net: 5, long: 5, short: 0 }],
  ["long", false, legs(-5, 0, 0), { net: 0, long: 0, short: 0 }],
  ["long", false, legs(0, 5, -3), { net: 5, long: 5, short: 0 }],
  ["short", false, legs(0, 5, -3), { net: -3, long: 0, short: -3 }],
  ["long", true, legs(0, 5, -3), { net: -5, long: 0, short: -5 }],
  ["short", true, legs(-5, 0, 0), { net: 5, long: 5, short: 0 }],
] as const)("side %s, inverse %s, of %j: %j", (side, inverse, held, expected) => {
  const onLeg = (leg: "net" | "long" | "short") => shapedLots({ side, inverse }, held, leg);
  expect({ net: onLeg("net"), long: onLeg("long"), short: onLeg("short") }).toEqual(expected);
});

test("what is copied and what is left out are all, on every leg", () => {
  const sides = fc.constantFrom<CopySide>("both", "long", "short");
  const held = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.nat(9), fc.nat(9));
  fc.assert(
    fc.property(sides, fc.boolean(), held, (side, inverse, [net, long, short]) => {
      const all = legs(net, long, -short);
      for (const leg of ["net", "long", "short"] as const) {
        const parts = shapedLots({ side, inverse }, all, leg) + leftOutLots({ side, inverse }, all, leg);
        expect(parts).toBe(shapedLots({ side: "both", inverse }, all, leg) + 0);
      }
    }),
  );
});

/** The follower after each of the leader's trades, when all orders fill. */
function follow(allocation: Partial<Allocation>, trades: readonly number[]): number[] {
  const story = new Story({ allocation: { sizing: { kind: "multiplier", multiplier: "1" }, ...allocation } });
  return trades.map((lots) => {
    let decision = story.leaderFill(lots > 0 ? "buy" : "sell", String(Math.abs(lots) / 1_000));
    while (decision.orders.length > 0) {
      const order = onlyOrder(decision);
      const quantity = Math.abs(order.lots) / 1_000;
      const holds = (story.leg().ownedLots + order.lots) / 1_000;
      decision = story.fill(order, String(quantity), String(holds));
    }
    return story.leg().ownedLots;
  });
}

test("the copier takes the leader's side, or with inverse the other (pains row 15)", () => {
  const trade = fc.integer({ min: -400, max: 400 }).filter((lots) => lots !== 0);
  fc.assert(
    fc.property(fc.array(trade, { maxLength: 12 }), fc.boolean(), (trades, inverse) => {
      let leader = 0;
      const held = trades.map((lots) => {
        leader += lots;
        return leader;
      });
      expect(follow({ inverse }, trades)).toEqual(held.map((lots) => (inverse && lots !== 0 ? -lots : lots)));
    }),
    { numRuns: 50 },
  );
});

test.each([
  ["long", false, [100, -300, -100, 400], [100, 0, 0, 100]],
  ["short", false, [100, -300, -100, 400], [0, -200, -300, 0]],
  ["long", true, [100, -300, -100, 400], [-100, 0, 0, -100]],
] as const)("copy side %s, inverse %s: leader's trades %j give %j", (side, inverse, trades, expected) => {
  expect(follow({ side, inverse }, trades)).toEqual(expected);
});

describe("one side", () => {
  it("goes flat when the leader turns, with the reason for the rest", () => {
    const story = new Story({ allocation: { side: "long" } });
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
    const turned = story.leaderFill("sell", "3");
    expect(orderTexts(turned)).toEqual(["-500 reduce"]);
    const flat = story.fill(onlyOrder(turned), "0.5", "0");
    expect(orderTexts(flat)).toEqual([]);
    const more = story.leaderFill("sell", "1");
    expect([orderTexts(more), reasonsOf(more)]).toEqual([[], ["side-filtered"]]);
    expect(more.denials[0]?.detail).toEqual({ side: "long", leaderLots: -3_000 });
  });

  it("is explained on the follower's leg of a hedge account", () => {
    const story = new Story({ allocation: { side: "long", inverse: true }, mode: "hedge" });
    expect(orderTexts(story.leaderFill("buy", "1", { leg: "long" }))).toEqual(["short -500"]);
    expect(reasonsOf(story.leaderFill("sell", "1", { leg: "short" }))).toEqual(["side-filtered"]);
  });
});

describe("inverse", () => {
  it("that is switched on turns the position in two steps, and keeps what was given up", () => {
    const story = new Story({ allocation: { startMode: "new-only" }, bare: true });
    story.leaderSnapshot([story.row("1")]);
    story.followerSnapshot([]);
    story.price("60000");
    story.describe("one-way");
    story.fill(onlyOrder(story.leaderFill("buy", "0.4")), "0.2", "0.2");
    const turned = story.allocate({ startMode: "new-only", inverse: true });
    expect(orderTexts(turned)).toEqual(["-200 reduce"]);
    expect(orderTexts(story.fill(onlyOrder(turned), "0.2", "0"))).toEqual(["-200"]);
  });
});
