/** A fixed value or quantity per position: what opening, adding, closing a part, turning and changed settings do. */
import { describe, expect, it } from "vitest";
import { onlyOrder, orderTexts, reasonsOf, Story } from "../../../test/core/story.ts";
import type { Allocation } from "../settings.ts";

const NOTIONAL = { kind: "fixed-notional", notional: "6000" } as const;
const QUANTITY = { kind: "fixed-quantity", quantity: "0.1" } as const;

const holding = (allocation: Partial<Allocation>): Story => {
  const story = new Story({ allocation });
  story.fill(onlyOrder(story.leaderFill("buy", "2")), "0.1", "0.1");
  return story;
};

describe("a fixed value", () => {
  it.each([
    ["6000", "1", "60000", "0.5", ["+100"]],
    ["6000", "0.5", "60000", "300", ["+50"]],
    ["6000", "1", "48000", "0.5", ["+125"]],
    ["1000", "1", "61234.5", "0.001", ["+16"]],
    ["59.9", "1", "60000", "1", []],
  ])(
    "of %s with scaling %s at %s is the same for a leader's %s",
    (notional, positionScaling, price, quantity, orders) => {
      const sizing = { kind: "fixed-notional", notional } as const;
      const story = new Story({ allocation: { sizing, positionScaling } });
      expect(orderTexts(story.leaderFill("buy", quantity, { price }))).toEqual(orders);
    },
  );

  it("is that of the opening, whatever the price does", () => {
    const story = holding({ sizing: NOTIONAL });
    expect(orderTexts(story.price("90000"))).toEqual([]);
    expect(orderTexts(story.leaderFill("sell", "1", { price: "90000" }))).toEqual(["-50 reduce"]);
  });

  it("of what the leader held before is at the present price", () => {
    const story = new Story({ allocation: { sizing: NOTIONAL }, bare: true });
    story.leaderSnapshot([story.row("2")]);
    story.followerSnapshot([]);
    story.price("50000");
    expect(orderTexts(story.describe("one-way"))).toEqual(["+120"]);
  });

  it("waits for a price, and says so", () => {
    const story = new Story({ allocation: { sizing: NOTIONAL }, bare: true });
    story.leaderSnapshot([story.row("2")]);
    story.followerSnapshot([]);
    expect(reasonsOf(story.describe("one-way"))).toEqual(["no-price"]);
    expect(orderTexts(story.price("60000"))).toEqual(["+100"]);
  });

  it("that changes while the position is open keeps the price of the opening", () => {
    const story = holding({ sizing: NOTIONAL });
    story.price("90000");
    expect(orderTexts(story.allocate({ sizing: { ...NOTIONAL, notional: "9000" } }))).toEqual(["+50"]);
  });

  it("in place of a multiplier begins at the present price and size", () => {
    const story = new Story({ allocation: { sizing: { kind: "multiplier", multiplier: "0.05" } } });
    story.fill(onlyOrder(story.leaderFill("buy", "2")), "0.1", "0.1");
    story.price("40000");
    expect(orderTexts(story.allocate({ sizing: NOTIONAL }))).toEqual(["+50"]);
  });
});

describe.each([
  ["value", NOTIONAL],
  ["quantity", QUANTITY],
])("a fixed %s", (_name, sizing) => {
  it("is not grown by adding, and shrinks with each partial close", () => {
    const story = holding({ sizing });
    const added = story.leaderFill("buy", "2");
    expect(orderTexts(added)).toEqual([]);
    expect(reasonsOf(added)).toEqual(["at-target"]);
    const half = onlyOrder(story.leaderFill("sell", "2"));
    expect(half.lots).toBe(-50);
    story.fill(half, "0.05", "0.05");
    const quarter = onlyOrder(story.leaderFill("sell", "1"));
    expect(quarter.lots).toBe(-25);
    story.fill(quarter, "0.025", "0.025");
    const again = onlyOrder(story.leaderFill("buy", "3"));
    expect(again.lots).toBe(75);
    story.fill(again, "0.075", "0.1");
    expect(orderTexts(story.leaderFill("sell", "4"))).toEqual(["-100 reduce"]);
  });

  it("begins anew on the other side", () => {
    const story = holding({ sizing });
    const turned = story.leaderFill("sell", "3");
    expect(orderTexts(turned)).toEqual(["-100 reduce"]);
    expect(orderTexts(story.fill(onlyOrder(turned), "0.1", "0"))).toEqual(["-100"]);
  });

  it("begins anew after the leader was flat", () => {
    const story = holding({ sizing });
    story.fill(onlyOrder(story.leaderFill("sell", "2")), "0.1", "0");
    expect(orderTexts(story.leaderFill("buy", "0.01"))).toEqual(["+100"]);
  });

  it("is on each leg of a hedge account", () => {
    const story = new Story({ allocation: { sizing }, mode: "hedge" });
    expect(orderTexts(story.leaderFill("buy", "2", { leg: "long" }))).toEqual(["long +100"]);
    expect(orderTexts(story.leaderFill("sell", "1", { leg: "short" }))).toEqual(["short -100"]);
  });

  it("says that a change comes to less than a step", () => {
    const story = holding({ sizing });
    story.fill(onlyOrder(story.leaderFill("sell", "0.001")), "0.001", "0.099");
    expect(reasonsOf(story.leaderFill("sell", "0.001"))).toEqual(["below-step"]);
  });
});
