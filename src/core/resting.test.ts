/** Orders that rest beside the one that brings a leg to its target: kept, counted, confirmed, changed and taken back. */
import { describe, expect, it } from "vitest";
import {
  at,
  cancelled,
  decideToRest,
  limitAt,
  report,
  rest,
  rowOf,
  snapshotWith,
  stopAt,
} from "../../test/core/resting-orders.ts";
import { FOLLOWER, onlyOrder, orderTexts, Story } from "../../test/core/story.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { parseClientOrderId } from "./client-order-id.ts";
import type { ChangeRefusal } from "./event.ts";
import { Lots } from "./model/amounts.ts";
import type { ApprovedOrder } from "./order.ts";
import { hasOpenOrders, inFlightLots, restingLots } from "./ownership.ts";
import { Planned } from "./planned.ts";
import { approveChange } from "./risk/check-risk.ts";

/** The follower holds half of the leader's 0.020. Nobody tells of the leader's own exits, so that the follower's stay as they are. */
function holding(): Story {
  const story = new Story({ allocation: { copyStops: true, exitParity: true } });
  story.fill(onlyOrder(story.leaderFill("buy", "0.020")), "0.01", "0.01");
  return story;
}

/** The same, and 4 lots more are wanted: what rests beyond its target would be taken back. */
function wanting(): Story {
  const story = holding();
  const part = story.leg().market.copies[0]?.legs[0];
  if (part === undefined) throw new Error("nothing is copied");
  part.wantedLots = Lots(14);
  return story;
}

function refuse(story: Story, order: ApprovedOrder, kind: ChangeRefusal["class"]) {
  const { clientOrderId } = order;
  const refusal = { class: kind, code: 1, text: "" };
  return story.feed({
    kind: "order-cancel-refused",
    account: FOLLOWER,
    clientOrderId,
    refusal,
    atMs: story.nowMs,
  });
}

const working = (story: Story, order: ApprovedOrder) => story.leg().working.get(order.clientOrderId);

describe("beside the order that brings a leg to its target", () => {
  it("several orders of different purposes live on one leg, each under its own id", () => {
    const story = holding();
    const orders = decideToRest(
      story,
      { purpose: "take-profit", lots: -5, form: limitAt(70_000) },
      { purpose: "take-profit", lots: -5, form: limitAt(80_000), part: 1 },
      { purpose: "stop", lots: -10, form: stopAt(50_000) },
      { purpose: "entry-rest", lots: 4, form: limitAt(55_000) },
    );
    const ids = orders.map(({ clientOrderId }) => clientOrderId);
    expect(new Set(ids).size).toBe(4);
    expect(ids.map((id) => parseClientOrderId(id)?.purpose)).toEqual([
      "take-profit",
      "take-profit",
      "stop",
      "entry-rest",
    ]);
  });

  it("exits hold nothing up, and entries nothing once the venue has them", () => {
    const story = holding();
    const [stop, entry] = decideToRest(
      story,
      { purpose: "stop", lots: -10, form: stopAt(50_000) },
      { purpose: "entry-rest", lots: 4, form: limitAt(55_000) },
    );
    if (stop === undefined || entry === undefined) throw new Error("two were wished for");
    expect([hasOpenOrders(story.leg()), inFlightLots(story.leg())]).toEqual([true, 4]);
    expect(restingLots(story.leg())).toEqual({ entries: 0, exits: -10 });
    expect(orderTexts(story.leaderFill("buy", "0.010"))).toEqual([]);
    const accepted = story.accept(entry);
    expect([inFlightLots(story.leg()), restingLots(story.leg())]).toEqual([1, { entries: 4, exits: -10 }]);
    expect(orderTexts(accepted)).toEqual(["+1"]);
  });

  it("an entry of unknown fate holds increases up, and no reduction", () => {
    const story = holding();
    const [entry] = decideToRest(story, { purpose: "entry-rest", lots: 4, form: limitAt(55_000) });
    if (entry === undefined) throw new Error("one was wished for");
    story.unknown(entry);
    expect(orderTexts(story.leaderFill("buy", "0.010"))).toEqual([]);
    expect(orderTexts(story.leaderFill("sell", "0.020"))).toEqual(["-5 reduce"]);
  });

  it("a fill of one is ours, and the leg is brought back to its target", () => {
    const story = holding();
    const exit = rest(story, { purpose: "take-profit", lots: -4, form: limitAt(70_000) });
    report(story, exit, { status: "filled", filledQuantity: "0.004" });
    expect(story.leg().ownedLots).toBe(6);
  });

  it("a refusal of one halts nothing else: the leg's own order is neither given up nor put off", () => {
    const story = holding();
    const [entry] = decideToRest(story, { purpose: "entry-rest", lots: 4, form: limitAt(55_000) });
    if (entry === undefined) throw new Error("one was wished for");
    story.reject(entry, "price-out-of-band");
    expect(story.leg().restAgainAtMs).toBeGreaterThan(story.nowMs);
    expect(orderTexts(story.leaderFill("buy", "0.010"))).toEqual(["+5"]);
  });
});

describe("what the venue states", () => {
  it("an order that every snapshot lists is not looked up; one that is missing is, at once", () => {
    const story = holding();
    const stop = rest(story, { purpose: "stop", lots: -10, form: stopAt(50_000) });
    const row = rowOf(story, stop, { status: "untriggered" });
    for (let count = 0; count < 20; count++) {
      expect(story.wait(15_000).flatMap(({ questions }) => questions)).toEqual([]);
      snapshotWith(story, "0.01", [row]);
    }
    story.nowMs += 15_000;
    const { questions } = snapshotWith(story, "0.01", []);
    expect(questions).toMatchObject([{ kind: "look-up", clientOrderId: stop.clientOrderId }]);
  });

  it("while an order that rests may have filled, what differs is not called somebody else's", () => {
    const story = holding();
    const entry = rest(story, { purpose: "entry-rest", lots: 4, form: limitAt(55_000) });
    story.followerHolds("0.014");
    story.nowMs += 10_000;
    snapshotWith(story, "0.014", []);
    expect(story.leg().foreignLots).toBe(0);
    report(story, entry, { status: "filled", filledQuantity: "0.004" });
    expect([story.leg().ownedLots, story.leg().foreignLots]).toEqual([14, 0]);
    expect(story.leg().mismatchSinceMs).toBeNull();
  });

  it("new terms are taken over, and what is older than they changes nothing", () => {
    const story = holding();
    const entry = rest(story, { purpose: "entry-rest", lots: 4, form: limitAt(55_000) });
    const venueTimeMs = story.nowMs + 10;
    report(story, entry, { status: "working", price: "56000", quantity: "0.006", venueTimeMs });
    expect(working(story, entry)).toMatchObject({ lots: 6, form: { kind: "limit", price: at(56_000) } });
    report(story, entry, { status: "working", venueTimeMs: venueTimeMs - 5 });
    expect(working(story, entry)).toMatchObject({ lots: 6, form: { price: at(56_000) } });
  });

  it("orders that are not ours are counted, and never touched", () => {
    const story = holding();
    const decision = snapshotWith(story, "0.01", [], 3);
    expect(story.state.followers.get(FOLLOWER)?.foreignOrders).toBe(3);
    expect(cancelled(decision)).toEqual([]);
  });
});

describe("taking back", () => {
  it("an order of a lost tail is taken for ours, and what rests of it is cancelled", () => {
    const story = holding();
    const lost = new Story();
    lost.fill(onlyOrder(lost.leaderFill("buy", "0.020")), "0.01", "0.01");
    const entry = rest(lost, { purpose: "entry-rest", lots: 4, form: limitAt(55_000) });
    const row = rowOf(lost, entry, { status: "working", filledQuantity: "0.001" });
    story.followerHolds("0.011");
    const decision = snapshotWith(story, "0.011", [row]);
    expect(story.leg().ownedLots).toBe(11);
    expect(cancelled(decision)).toEqual([entry.clientOrderId]);
  });

  it("an order of this journal that counts as ended, and rests all the same, is cancelled and not counted again", () => {
    const story = holding();
    const entry = rest(story, { purpose: "entry-rest", lots: 4, form: limitAt(55_000) });
    report(story, entry, { status: "cancelled" });
    const owned = story.leg().ownedLots;
    const row = rowOf(story, entry, { status: "working", filledQuantity: "0.002" });
    expect(cancelled(snapshotWith(story, "0.01", [row]))).toEqual([entry.clientOrderId]);
    expect(story.leg().ownedLots).toBe(owned);
  });

  it("orders of another journal are left alone", () => {
    const story = holding();
    const entry = rest(story, { purpose: "entry-rest", lots: 4, form: limitAt(55_000) });
    const foreign = `ctzzzzzzzz${entry.clientOrderId.slice(10)}` as ApprovedOrder["clientOrderId"];
    const row = { ...rowOf(story, entry, { status: "working" }), clientOrderId: foreign };
    expect(cancelled(snapshotWith(story, "0.01", [row]))).toEqual([]);
  });

  it("an entry is cancelled when nobody copies for it any more, and an exit when nothing is left to reduce", () => {
    const story = wanting();
    const entry = rest(story, { purpose: "entry-rest", lots: 4, form: limitAt(55_000) });
    const exit = rest(story, { purpose: "rested-exit", lots: -10, form: limitAt(70_000) });
    const ended = story.configure({ ...story.settings, allocations: [] });
    expect(cancelled(ended)).toEqual([entry.clientOrderId]);
    report(story, entry, { status: "cancelled" });
    const closed = story.fill(onlyOrder(ended), "0.01", "0");
    expect(closed.orders).toEqual([]);
    const cancels = story.decisions.flatMap(cancelled);
    expect(cancels).toEqual([entry.clientOrderId, exit.clientOrderId]);
  });

  it("before a reversal what belongs to the side that is left goes first, and the other side waits for it", () => {
    const story = wanting();
    const entry = rest(story, { purpose: "entry-rest", lots: 4, form: limitAt(55_000) });
    const stop = rest(story, { purpose: "stop", lots: -10, form: stopAt(50_000) });
    const turned = story.leaderFill("sell", "0.040");
    expect(cancelled(turned)).toEqual([entry.clientOrderId, stop.clientOrderId]);
    expect(orderTexts(turned)).toEqual(["-10 reduce"]);
    expect(orderTexts(story.fill(onlyOrder(turned), "0.01", "0"))).toEqual([]);
    expect(orderTexts(report(story, entry, { status: "cancelled" }))).toEqual([]);
    expect(orderTexts(report(story, stop, { status: "cancelled" }))).toEqual(["-10"]);
  });

  it("a close and a partial close leave them", () => {
    const story = holding();
    rest(story, { purpose: "stop", lots: -10, form: stopAt(50_000) });
    const decision = story.leaderFill("sell", "0.010");
    expect([cancelled(decision), orderTexts(decision)]).toEqual([[], ["-5 reduce"]]);
  });
});

describe("a cancellation", () => {
  function asked() {
    const story = wanting();
    const entry = rest(story, { purpose: "entry-rest", lots: 4, form: limitAt(55_000) });
    const decision = story.configure({ ...story.settings, allocations: [] });
    return { story, entry, decision };
  }
  const again = (story: Story, ms: number) => story.wait(ms).flatMap(cancelled);

  it("is asked for once, and again only when nothing came of it", () => {
    const { story, entry, decision } = asked();
    expect(cancelled(decision)).toEqual([entry.clientOrderId]);
    expect(again(story, 2_900)).toEqual([]);
    expect(again(story, 200)).toEqual([entry.clientOrderId]);
  });

  it("is looked up when its order is gone or its fate unknown, and asked for soon when it was only put off", () => {
    for (const kind of ["already-gone", "unknown"] as const) {
      const { story, entry } = asked();
      const { questions } = refuse(story, entry, kind);
      expect(questions).toMatchObject([{ kind: "look-up", clientOrderId: entry.clientOrderId }]);
    }
    const { story, entry } = asked();
    expect(refuse(story, entry, "rate-limited").questions).toEqual([]);
    expect(again(story, 600)).toEqual([entry.clientOrderId]);
  });

  it("that crosses with a fill leaves the fill ours", () => {
    const { story, entry } = asked();
    report(story, entry, { status: "filled", filledQuantity: "0.004" });
    expect(story.leg().ownedLots).toBe(14);
  });

  it("outlives neither a checkpoint's absence nor its presence: after a restart it is asked for anew", () => {
    const { story } = asked();
    const text = encodeCheckpoint(story.state);
    const recovered = decodeCheckpoint(text);
    expect(encodeCheckpoint(recovered)).toBe(text);
    story.feed({ kind: "engine-started", epoch: "ijklmnop", atMs: story.nowMs });
    expect([...story.leg().working.values()].map(({ change }) => change)).not.toContainEqual(
      expect.objectContaining({ kind: "cancel" }),
    );
  });
});

describe("an approval of a change", () => {
  it("keeps an exit within what is held, and an entry within the limits", () => {
    const story = holding();
    const exit = working(story, rest(story, { purpose: "stop", lots: -5, form: stopAt(50_000) }));
    const entry = working(story, rest(story, { purpose: "entry-rest", lots: 4, form: limitAt(55_000) }));
    if (exit === undefined || entry === undefined) throw new Error("both rest");
    const approve = (order: typeof exit, quantity: number) => () =>
      approveChange(
        story.state,
        story.leg(),
        order,
        { quantity: Lots(quantity), reduceOnly: order.reduceOnly },
        new Planned(),
      );
    expect(approve(exit, 10)).not.toThrow();
    expect(approve(exit, 11)).toThrow("not a reduction");
    expect(approve(entry, 5)).not.toThrow();
    story.command({ kind: "pause" });
    expect(approve(entry, 5)).toThrow("not approved");
    expect(approve(entry, 3)).not.toThrow();
    expect(approve(exit, 9)).not.toThrow();
  });
});
