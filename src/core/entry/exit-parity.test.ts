/** A leader's limit exits rest for the follower too (pain 38), scaled, and it is never behind for longer than stated. */
import { describe, expect, it, test } from "vitest";
import { LimitExits } from "../../../test/core/limit-exits.ts";
import { FOLLOWER, onlyOrder, orderTexts, type Story } from "../../../test/core/story.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";
import type { Decision } from "../decision.ts";
import type { ApprovedOrder } from "../order.ts";
import { isOpen } from "../state.ts";

/** As `rested-exit -500 at 610000`. */
function texts(decision: Decision): string[] {
  return decision.orders.map(({ order: { purpose, form, lots } }) =>
    form.kind === "limit" ? `${purpose} ${lots} at ${form.price}` : `${purpose} ${lots}`,
  );
}

const cancelled = (...decisions: readonly Decision[]): string[] =>
  decisions.flatMap(({ cancels }) => cancels.map(({ clientOrderId }) => clientOrderId));

/** The leader rests an exit of all of it at 61,000, and so does the follower. */
function rested(allocation = {}): {
  readonly exits: LimitExits;
  readonly story: Story;
  readonly order: ApprovedOrder;
} {
  const exits = new LimitExits(allocation);
  const order = onlyOrder(exits.leads("exit", "61000", "1"));
  exits.story.accept(order);
  return { exits, story: exits.story, order };
}

const open = (story: Story) => [...story.leg().working.values()].filter(isOpen).map(({ lots }) => lots);

describe("a leader's limit exit", () => {
  test.each([
    ["all of a long", "buy", "61000", "1", {}, ["rested-exit -500 at 610000"]],
    ["a part", "buy", "61000", "0.4", {}, ["rested-exit -200 at 610000"]],
    ["more than it holds", "buy", "61000", "3", {}, ["rested-exit -500 at 610000"]],
    ["what is left of it", "buy", "61000", "0.5", { filledQuantity: "0.3" }, ["rested-exit -100 at 610000"]],
    ["all of a short", "sell", "59000", "1", { side: "buy" }, ["rested-exit 500 at 590000"]],
    ["a limit that opens", "buy", "61000", "1", { reduceOnly: false }, []],
    ["an order of the same side", "buy", "59000", "1", { side: "buy" }, []],
    ["a conditional one", "buy", "61000", "1", { status: "untriggered", triggerPrice: "60500" }, []],
    ["a take profit that was triggered", "buy", "61000", "1", { orderKind: "take-profit" }, []],
    ["one that is over", "buy", "61000", "1", { status: "cancelled" }, []],
  ] as const)("%s", (_, side, price, quantity, more, expected) => {
    expect(texts(new LimitExits({}, side).leads("exit", price, quantity, more))).toEqual(expected);
  });

  it("is left alone without exit parity, and for an inverse copy, where it would fill at once", () => {
    expect(texts(new LimitExits({ exitParity: false }).leads("exit", "61000", "1"))).toEqual([]);
    expect(texts(new LimitExits({ inverse: true }, "buy").leads("exit", "61000", "1"))).toEqual([]);
  });

  it("beside others rests in their order, never more than is held", () => {
    const exits = new LimitExits();
    exits.story.accept(onlyOrder(exits.leads("far", "62000", "0.8")));
    const near = exits.leads("near", "61000", "0.6");
    expect(cancelled(near)).toHaveLength(1);
    expect(texts(near)).toEqual(["rested-exit -100 at 610000"]);
  });
});

describe("when the leader's exit fills first", () => {
  it("ours goes on resting for a time, then what is left is cancelled and goes at market", () => {
    const { exits, story, order } = rested();
    expect([texts(exits.fills("exit", "61000", "1")), open(story)]).toEqual([[], [-500]]);
    const waited = story.wait(5_000);
    expect(waited.flatMap(texts)).toEqual(["rebalance -500"]);
    expect(cancelled(...waited)).toEqual([order.clientOrderId]);
  });

  it("and ours fills in time, nothing goes at market, and the change is explained", () => {
    const { exits, story, order } = rested();
    exits.fills("exit", "61000", "1");
    story.fill(order, "0.5", "0");
    expect(story.wait(20_000).flatMap(texts)).toEqual([]);
    expect(story.leg().market.copies[0]?.pendingChanges).toEqual([]);
  });

  it("a part of it lets a part of ours lag, and no longer than stated", () => {
    const { exits, story, order } = rested();
    exits.fills("exit", "61000", "0.4");
    exits.leads("exit", "61000", "1", { filledQuantity: "0.4" });
    expect(cancelled(...story.wait(4_000))).toEqual([]);
    expect(cancelled(...story.wait(1_000))).toEqual([order.clientOrderId]);
    const gone = story.report(order, "0");
    expect(texts(gone)).toEqual(["rebalance -200", "rested-exit -300 at 610000"]);
    expect(story.wait(1_500).flatMap(texts)).toEqual([]);
  });
});

describe("when ours fills first", () => {
  it("it is not bought back, and the leader's own fill makes it even", () => {
    const { exits, story, order } = rested();
    const filled = story.fill(order, "0.5", "0");
    expect(orderTexts(filled)).toEqual([]);
    expect(story.leg().market.lastReason).toBe("exit-filled");
    expect(orderTexts(exits.fills("exit", "61000", "1"))).toEqual([]);
    const again = story.leaderFill("buy", "1");
    expect(orderTexts(again)).toEqual(["+500"]);
  });
});

it("that its owner cancels at the venue is placed again while the leader's stands", () => {
  const { story, order } = rested();
  expect(texts(story.report(order, "0"))).toEqual([]);
  expect(texts(story.waitForOrder(1_000))).toEqual(["rested-exit -500 at 610000"]);
});

describe("what the leader does otherwise", () => {
  it("cancels: ours is cancelled", () => {
    const { exits, order } = rested();
    expect(cancelled(exits.leads("exit", "61000", "1", { status: "cancelled" }))).toEqual([
      order.clientOrderId,
    ]);
  });

  it("moves it: ours is cancelled, and placed anew once it is gone", () => {
    const { exits, story, order } = rested();
    const moved = exits.leads("exit", "61500", "1");
    expect([cancelled(moved), texts(moved)]).toEqual([[order.clientOrderId], []]);
    expect(texts(story.report(order, "0"))).toEqual(["rested-exit -500 at 615000"]);
  });

  it("closes all at market: so do we at once, and nothing stays in the book", () => {
    const { story, order } = rested();
    const closed = story.leaderFill("sell", "1");
    expect([texts(closed), cancelled(closed)]).toEqual([["rebalance -500"], [order.clientOrderId]]);
  });

  it("closes a part at market: ours is cancelled first, and the part goes without delay", () => {
    const { story, order } = rested();
    const part = story.leaderFill("sell", "0.5");
    expect([texts(part), cancelled(part)]).toEqual([[], [order.clientOrderId]]);
    expect(texts(story.report(order, "0"))).toContain("rebalance -250");
    const late = rested();
    late.story.leaderFill("sell", "0.5");
    expect(late.story.wait(1_100).flatMap(texts)).toEqual(["rebalance -250"]);
  });

  it("adds: ours is sized anew, by the share that the leader's closes then", () => {
    const { exits, story, order } = rested();
    const added = story.leaderFill("buy", "1");
    expect([texts(added), cancelled(added)]).toEqual([["rebalance 500"], [order.clientOrderId]]);
    story.report(order, "0");
    const held = story.fill(onlyOrder(added), "0.5", "1");
    expect(texts(held)).toEqual(["rested-exit -500 at 610000"]);
    story.accept(onlyOrder(held));
    expect(texts(exits.leads("exit", "61000", "2"))).toEqual(["rested-exit -500 at 610000"]);
  });
});

it("survives a restart, and is taken back when the setting ends", () => {
  const { exits, story, order } = rested();
  exits.fills("exit", "61000", "1");
  const text = encodeCheckpoint(story.state);
  expect(encodeCheckpoint(decodeCheckpoint(text))).toBe(text);
  const other = rested();
  expect(cancelled(other.story.allocate({ exitParity: false }))).toEqual([other.order.clientOrderId]);
  expect(story.command({ kind: "pause", account: FOLLOWER }).cancels).toEqual([]);
  expect(open(story)).toEqual([order.lots]);
});
