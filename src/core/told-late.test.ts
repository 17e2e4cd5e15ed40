/** Executions of an account that are told in another order than the venue made them in. */
import { describe, expect, it } from "vitest";
import { BTC, FOLLOWER, onlyOrder, orderTexts, Story } from "../../test/core/story.ts";
import type { Leg } from "./event.ts";
import type { ClientOrderId } from "./model/identifiers.ts";
import { TradeId, VenueOrderId } from "./model/identifiers.ts";

interface Execution {
  readonly sequence: number;
  /** Signed, in lots of a thousandth. */
  readonly lots: number;
  readonly id?: ClientOrderId;
  /** The net one when left out. */
  readonly leg?: Leg;
}

/** Ours is 500, by an execution of the venue's sequence 10, and all of it is told and stated. */
function holding(leg: Leg = "net"): Story {
  const story = new Story({ mode: leg === "net" ? "one-way" : "hedge" });
  const opening = onlyOrder(story.leaderFill("buy", "1"));
  tell(story, { sequence: 10, lots: 500, id: opening.clientOrderId, leg });
  story.report(opening, "0.5");
  story.nowMs += 2_000;
  story.followerSnapshot([{ ...story.row("0.5", leg), sequence: 10 }]);
  return story;
}

/** Without an id of ours it is the owner's. */
function tell(story: Story, { sequence, lots, id, leg = "net" }: Execution): string[] {
  story.nowMs += 1;
  return orderTexts(
    story.feed({
      kind: "follower-filled",
      account: FOLLOWER,
      instrument: BTC,
      leg,
      tradeId: TradeId(`at-${sequence}`),
      venueOrderId: VenueOrderId(`order-${sequence}`),
      ...(id === undefined ? {} : { clientOrderId: id }),
      side: lots > 0 ? "buy" : "sell",
      quantity: String(Math.abs(lots) / 1_000),
      price: "60000",
      fee: "0",
      sequence,
      venueTimeMs: story.nowMs,
      receivedAtMs: story.nowMs,
    }),
  );
}

/** What is whose once snapshots of `quantity` have settled it. */
function settled(story: Story, quantity: string, sequence: number, leg: Leg = "net") {
  for (let time = 0; time < 3; time += 1) {
    story.nowMs += 2_000;
    story.followerSnapshot([{ ...story.row(quantity, leg), sequence }]);
  }
  const { ownedLots, foreignLots } = story.leg(leg);
  return { ownedLots, foreignLots };
}

const BOUGHT: Execution = { sequence: 11, lots: 600 };
const SOLD: Execution = { sequence: 12, lots: -400 };
const SOLD_FIRST: Execution = { sequence: 11, lots: -400 };
const BOUGHT_AFTER: Execution = { sequence: 12, lots: 600 };

describe("what an owner opened and closed again beside ours", () => {
  it.each([
    ["in order", [BOUGHT, SOLD]],
    ["the close first", [SOLD, BOUGHT]],
  ])("took nothing of ours: told %s", (_, executions) => {
    const story = holding();
    for (const one of executions) tell(story, one);
    expect(settled(story, "0.7", 12)).toEqual({ ownedLots: 500, foreignLots: 200 });
  });
});

describe("what an owner closed of ours before they opened their own", () => {
  it.each([
    ["in order", [SOLD_FIRST, BOUGHT_AFTER]],
    ["the opening first", [BOUGHT_AFTER, SOLD_FIRST]],
  ])("is theirs: told %s", (_, executions) => {
    const story = holding();
    for (const one of executions) tell(story, one);
    expect(orderTexts(story.leaderFill("sell", "1"))).toEqual(["-100 reduce"]);
    const again = holding();
    for (const one of executions) tell(again, one);
    expect(settled(again, "0.7", 12)).toEqual({ ownedLots: 100, foreignLots: 600 });
  });

  it("is theirs where a reduction of ours was between, told last", () => {
    const story = holding();
    const selling = onlyOrder(story.leaderFill("sell", "0.2"));
    tell(story, { sequence: 13, lots: 600 });
    tell(story, { sequence: 11, lots: -300 });
    tell(story, { sequence: 12, lots: -100, id: selling.clientOrderId });
    story.report(selling, "0.1");
    expect(settled(story, "0.7", 13)).toEqual({ ownedLots: 100, foreignLots: 600 });
  });

  it("is theirs where they had opened some of their own before that, too", () => {
    const story = holding();
    tell(story, { sequence: 11, lots: 600 });
    tell(story, { sequence: 12, lots: -900 });
    tell(story, { sequence: 13, lots: 500 });
    expect(settled(story, "0.7", 13)).toEqual({ ownedLots: 200, foreignLots: 500 });
  });

  it("stays theirs beside a reduction of ours that comes after it", () => {
    const story = holding();
    tell(story, { sequence: 11, lots: -300 });
    tell(story, { sequence: 12, lots: 600 });
    const selling = onlyOrder(story.leaderFill("sell", "0.8"));
    expect(selling.lots).toBe(-100);
    story.leaderFill("sell", "0.2");
    expect(orderTexts(story.report(selling, "0.1"))).toEqual(["-100 reduce"]);
  });

  it("stays theirs beside a reduction of ours whose execution is told first", () => {
    const story = holding();
    tell(story, { sequence: 11, lots: -300 });
    tell(story, { sequence: 12, lots: 600 });
    const selling = onlyOrder(story.leaderFill("sell", "0.8"));
    tell(story, { sequence: 13, lots: -100, id: selling.clientOrderId });
    story.report(selling, "0.1");
    expect(orderTexts(story.leaderFill("sell", "0.2"))).toEqual(["-100 reduce"]);
  });

  it("stays theirs where a statement told of it before, whatever is told late", () => {
    const story = holding();
    story.nowMs += 1;
    story.feed({
      kind: "follower-position-reported",
      account: FOLLOWER,
      position: { ...story.row("0.1"), sequence: 11 },
      receivedAtMs: story.nowMs,
    });
    tell(story, { sequence: 14, lots: -50 });
    tell(story, { sequence: 13, lots: 600 });
    expect(settled(story, "0.65", 14)).toEqual({ ownedLots: 100, foreignLots: 550 });
  });
});

describe("an owner's close that snapshots told by lacking the position", () => {
  it.each(["before", "after"])("takes nothing of what is added since, told %s that", (order) => {
    const story = holding("long");
    for (let time = 0; time < 3; time += 1) {
      story.nowMs += 2_000;
      story.followerSnapshot([]);
    }
    expect(story.leg("long")).toMatchObject({ ownedLots: 0, foreignLots: 0 });
    const opening = onlyOrder(story.leaderFill("buy", "1.2"));
    const closed: Execution = { sequence: 11, lots: -500, leg: "long" };
    const added: Execution = { sequence: 12, lots: 600, id: opening.clientOrderId, leg: "long" };
    for (const one of order === "before" ? [closed, added] : [added, closed]) tell(story, one);
    story.report(opening, "0.6");
    tell(story, { sequence: 13, lots: 100, leg: "long" });
    expect(settled(story, "0.7", 13, "long")).toEqual({ ownedLots: 600, foreignLots: 100 });
  });
});
