/** What a leader opened before we could follow, under each start mode. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { onlyOrder, orderTexts, reasonsOf, Story } from "../../../test/core/story.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";
import type { Decision } from "../decision.ts";
import type { Allocation } from "../settings.ts";

/** The leader holds `quantity` at an entry of `entry` when copying begins; the price is `price`, or not known. */
function begin(
  allocation: Partial<Allocation>,
  { quantity, entry, price }: { readonly quantity: string; readonly entry: string; readonly price?: string },
): { readonly story: Story; readonly decision: Decision } {
  const story = new Story({ allocation, bare: true });
  story.leaderSnapshot([{ ...story.row(quantity), entryPrice: entry }]);
  story.followerSnapshot([]);
  if (price !== undefined) story.price(price);
  return { story, decision: story.describe("one-way") };
}

test.each([
  ["all", "1", "50000", "60000", ["+500"], []],
  ["new-only", "1", "60000", "50000", [], ["waived"]],
  ["not-worse", "1", "60000", "60000", ["+500"], []],
  ["not-worse", "1", "60000", "59999.9", ["+500"], []],
  ["not-worse", "1", "60000", "60000.1", [], ["late-entry"]],
  ["not-worse", "-1", "60000", "60000", ["-500"], []],
  ["not-worse", "-1", "60000", "60000.1", ["-500"], []],
  ["not-worse", "-1", "60000", "59999.9", [], ["late-entry"]],
  ["not-worse", "1", "", "60000", [], ["late-entry"]],
  ["not-worse", "1", "60000", undefined, [], ["no-price"]],
] as const)(
  "start mode %s, leader holds %s from %s, price %s: %j %j",
  (startMode, quantity, entry, price, orders, reasons) => {
    const { decision } = begin({ startMode }, { quantity, entry, ...(price && { price }) });
    expect([orderTexts(decision), reasonsOf(decision)]).toEqual([orders, reasons]);
  },
);

describe("not-worse", () => {
  const worse = { quantity: "1", entry: "60000", price: "61000" };

  it("says with which prices, and does not come back to it when the price does", () => {
    const { story, decision } = begin({ startMode: "not-worse" }, worse);
    expect(decision.denials[0]?.detail).toEqual({ price: "61000", leaderEntry: "60000", lateLots: 500 });
    story.price("59000");
    expect(orderTexts(story.followerSnapshot([]))).toEqual([]);
  });

  it("buys what the leader adds from then on", () => {
    const { story } = begin({ startMode: "not-worse" }, worse);
    const added = story.leaderFill("buy", "0.2", { price: "61000" });
    expect(orderTexts(added)).toEqual(["+100"]);
    story.fill(onlyOrder(added), "0.1", "0.1");
    expect(orderTexts(story.leaderFill("buy", "0.2", { price: "61000" }))).toEqual(["+100"]);
  });

  it("judges what it bought no more, whatever the price does", () => {
    const { story, decision } = begin({ startMode: "not-worse" }, { ...worse, price: "60000" });
    story.fill(onlyOrder(decision), "0.5", "0.5");
    story.price("65000");
    expect(orderTexts(story.leaderFill("buy", "0.2", { price: "65000" }))).toEqual(["+100"]);
  });

  it("waits for a price, also over a checkpoint, and does not take an old one for it", () => {
    const { story, decision } = begin({ startMode: "not-worse" }, { quantity: "1", entry: "60000" });
    expect(reasonsOf(decision)).toEqual(["no-price"]);
    const text = encodeCheckpoint(story.state);
    expect(encodeCheckpoint(decodeCheckpoint(text))).toBe(text);
    expect(orderTexts(story.price("60000"))).toEqual(["+500"]);
  });

  it("takes the other side's price for an inverse copy", () => {
    const { decision } = begin({ startMode: "not-worse", inverse: true }, worse);
    expect(orderTexts(decision)).toEqual(["-500"]);
  });
});

/** The program is down while the leader makes of nothing, or of `before`, a position of `after`. */
function whileDown(
  startMode: Allocation["startMode"],
  before: string,
  after: string,
  price: string,
): Decision {
  const story = new Story({ allocation: { startMode } });
  if (before !== "0") {
    const order = onlyOrder(story.leaderFill("buy", before));
    const half = String(Number(before) / 2);
    story.fill(order, half, half);
  }
  const holds = String(Number(before) / 2);
  story.nowMs += 3_600_000;
  story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
  story.configure(story.settings);
  story.price(price);
  story.followerSnapshot(before === "0" ? [] : [story.row(holds)]);
  return story.leaderSnapshot([{ ...story.row(after), entryPrice: "60000" }]);
}

test.each([
  ["all", "0", "1", "61000", ["+500"]],
  ["new-only", "0", "1", "59000", []],
  ["not-worse", "0", "1", "60000", ["+500"]],
  ["not-worse", "0", "1", "61000", []],
  ["not-worse", "1", "1.4", "61000", []],
  ["not-worse", "1", "1.4", "60000", ["+200"]],
  ["not-worse", "1", "0.4", "61000", ["-300 reduce"]],
  ["new-only", "1", "0.4", "61000", ["-300 reduce"]],
] as const)(
  "start mode %s: from %s to %s while down, price %s: %j",
  (startMode, before, after, price, orders) => {
    expect(orderTexts(whileDown(startMode, before, after, price))).toEqual(orders);
  },
);

test("an old fill that is learned first after a restart is late, a young one is not", () => {
  const orders = [1_000, 120_000].map((ageMs) => {
    const story = new Story({ allocation: { startMode: "new-only" } });
    story.nowMs += 600_000;
    story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
    story.configure(story.settings);
    story.followerSnapshot([]);
    story.nowMs += 1;
    story.leaderFill("buy", "1", { ageMs });
    return orderTexts(story.leaderSnapshot([story.row("1")]));
  });
  expect(orders).toEqual([["+500"], []]);
});

test("under not-worse nothing late is ever bought at a worse price", () => {
  const price = fc.integer({ min: 590_000, max: 610_000 }).map((ticks) => String(ticks / 10));
  fc.assert(
    fc.property(price, price, fc.boolean(), (entry, now, isLong) => {
      const quantity = isLong ? "1" : "-1";
      const { decision } = begin({ startMode: "not-worse" }, { quantity, entry, price: now });
      const worse = isLong ? Number(now) > Number(entry) : Number(now) < Number(entry);
      expect(decision.orders.length).toBe(worse ? 0 : 1);
    }),
  );
});
