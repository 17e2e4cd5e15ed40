/** We touch only what we own: owners' positions and closes, lost tails of the journal, and what is whose afterwards. */
import { describe, expect, it } from "vitest";
import { BTC, FOLLOWER, LEADER, onlyOrder, orderTexts, reasonsOf, Story } from "../../test/core/story.ts";
import { makeClientOrderId } from "./client-order-id.ts";
import type { Decision } from "./decision.ts";
import type { FillReport, OrderRow } from "./event.ts";
import { ClientOrderId, TradeId, VenueOrderId } from "./model/identifiers.ts";
import { readUpToMs } from "./read-up-to.ts";

function holding(): Story {
  const story = new Story();
  story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
  return story;
}

/** Two snapshots, far enough apart that what they show is a fact. */
function confirm(story: Story, quantity: string): string[] {
  const orders: string[] = [];
  for (let time = 0; time < 3; time += 1) {
    story.nowMs += 2_000;
    orders.push(...orderTexts(story.followerSnapshot(quantity === "0" ? [] : [story.row(quantity)])));
    orders.push(...story.wait(100).flatMap(orderTexts));
  }
  return orders;
}

describe("a position of the owner's", () => {
  it("blocks copies with a recorded reason while it exists, and is never reduced (pain 44)", () => {
    const story = new Story({ followerHolds: [{ ...new Story().row("0.3"), sequence: 1 }] });
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["foreign-position"]);
    expect(orderTexts(story.leaderFill("sell", "1"))).toEqual([]);
    expect(orderTexts(story.leaderFill("sell", "1"))).toEqual([]);
    expect(orderTexts(story.followerHolds("0"))).toEqual(["-500"]);
  });

  it("opened beside ours stops increases only; ours still follows down", () => {
    const story = holding();
    story.followerHolds("0.8");
    expect(confirm(story, "0.8")).toEqual([]);
    expect(story.leg()).toMatchObject({ ownedLots: 500, foreignLots: 300 });
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["foreign-position"]);
    expect(orderTexts(story.leaderFill("sell", "2"))).toEqual(["-500 reduce"]);
  });
});

describe("what the owner closes of ours", () => {
  it("is not bought again, and a later add of the leader is copied", () => {
    const story = holding();
    story.followerHolds("0");
    expect(confirm(story, "0")).toEqual([]);
    expect(story.leg().ownedLots).toBe(0);
    story.leaderSnapshot([story.row("1")]);
    expect(orderTexts(story.leaderFill("buy", "0.2"))).toEqual(["+100"]);
  });

  it("in part leaves the rest ours, and the waiver ends when the leader is flat", () => {
    const story = holding();
    story.followerHolds("0.2");
    expect(confirm(story, "0.2")).toEqual([]);
    expect(story.leg().ownedLots).toBe(200);
    const closing = story.leaderFill("sell", "1");
    expect(orderTexts(closing)).toEqual(["-200 reduce"]);
    story.fill(onlyOrder(closing), "0.2", "0");
    story.leaderSnapshot([]);
    expect(orderTexts(story.leaderFill("buy", "1"))).toEqual(["+500"]);
  });

  it.each([
    { side: "buy", back: "sell", sign: "", reduced: "-1 reduce", added: "+1" },
    { side: "sell", back: "buy", sign: "-", reduced: "+1 reduce", added: "-1" },
  ] as const)("stays given up to the last lot as a leader who went to $side reduces", (row) => {
    const { side, back, sign, reduced, added } = row;
    const story = new Story();
    story.fill(onlyOrder(story.leaderFill(side, "0.02")), "0.01", `${sign}0.01`);
    story.followerHolds(`${sign}0.005`);
    expect(confirm(story, `${sign}0.005`)).toEqual([]);
    story.leaderSnapshot([story.row(`${sign}0.02`)]);
    // Of 9 and of 8 half a lot, and then less, of the 5 would be wanted again.
    for (const left of ["0.004", "0.003"]) {
      const reducing = story.leaderFill(back, "0.002");
      expect(orderTexts(reducing)).toEqual([reduced]);
      story.fill(onlyOrder(reducing), "0.001", `${sign}${left}`);
    }
    expect(story.leg().market.copies[0]?.legs[0]).toMatchObject({
      wantedLots: Number(`${sign}8`),
      waivedLots: Number(`${sign}5`),
    });
    expect(orderTexts(story.leaderFill(side, "0.002"))).toEqual([added]);
  });

  it("is not settled by a snapshot that contradicts the stream", () => {
    const story = holding();
    const closing = onlyOrder(story.leaderFill("sell", "1"));
    story.report(closing, "0.5");
    story.nowMs += 1_200;
    story.followerSnapshot([]);
    expect(story.leg().foreignLots).toBe(0);
  });
});

describe("what the owner closes of ours and opens anew", () => {
  /** Ours is 500, with nothing of it left to be told. */
  function told(): Story {
    const story = new Story();
    const opening = story.leaderFill("buy", "1");
    story.trade(opening, { quantity: "0.5", price: "60000", fee: "0" });
    story.report(onlyOrder(opening), "0.5");
    return story;
  }

  it("is taken from what was to be closed anyway first", () => {
    const story = told();
    story.followerHolds("0.2");
    // Of 0.5 in all a quarter is left to be held: more than is there.
    expect(orderTexts(story.leaderFill("sell", "0.5"))).toEqual([]);
    expect(confirm(story, "0.2")).toEqual([]);
    expect(story.leg().ownedLots).toBe(200);
    // 50 were given up of 250, and are of the rest, too.
    expect(orderTexts(story.leaderFill("sell", "0.25"))).toEqual(["-100 reduce"]);
  });

  it("is the owner's, where the close was told and not settled yet", () => {
    const story = told();
    story.followerHolds("0");
    story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
    story.followerHolds("0.8");
    expect(confirm(story, "0.8")).toEqual([]);
    expect(story.leg()).toMatchObject({ ownedLots: 0, foreignLots: 800 });
    expect(orderTexts(story.leaderFill("sell", "1"))).toEqual([]);
  });

  it("in part leaves ours what was left of it", () => {
    const story = told();
    story.followerHolds("0.3");
    story.followerHolds("0.2");
    story.followerHolds("0.8");
    expect(orderTexts(story.leaderFill("sell", "1"))).toEqual(["-200 reduce"]);
  });

  it("is not reduced by what waited for an order of unknown fate", () => {
    const story = told();
    const selling = onlyOrder(story.leaderFill("sell", "0.2"));
    story.unknown(selling, story.nowMs + 5_000);
    story.followerHolds("0");
    story.nowMs += 2_000;
    story.followerSnapshot([]);
    story.followerHolds("0.8");
    story.nowMs += 6_000;
    expect(orderTexts(story.notFound(selling))).toEqual([]);
    expect(confirm(story, "0.8")).toEqual([]);
    expect(story.leg()).toMatchObject({ ownedLots: 0, foreignLots: 800 });
  });

  it("counts once what an order of ours took that is told of later", () => {
    const story = told();
    const selling = onlyOrder(story.leaderFill("sell", "0.2"));
    story.unknown(selling, story.nowMs + 5_000);
    story.followerHolds("0.3");
    story.nowMs += 2_000;
    story.followerSnapshot([story.row("0.3")]);
    story.report(selling, "0.1");
    expect(confirm(story, "0.3")).toEqual([]);
    expect(story.leg()).toMatchObject({ ownedLots: 300, foreignLots: 0 });
  });

  it("says nothing of what ours adds afterwards", () => {
    const story = told();
    story.followerHolds("0.3");
    const adding = story.leaderFill("buy", "0.2");
    story.trade(adding, { quantity: "0.1", price: "60000", fee: "0" });
    story.report(onlyOrder(adding), "0.1");
    story.followerHolds("0.4");
    expect(confirm(story, "0.4")).toEqual([]);
    expect(story.leg()).toMatchObject({ ownedLots: 400, foreignLots: 0 });
  });
});

describe("a row that cannot be read", () => {
  it("is not taken for a closed position", () => {
    const story = holding();
    for (let time = 0; time < 3; time += 1) {
      story.nowMs += 2_000;
      story.followerSnapshot([story.row("0.50000000000000005")]);
    }
    expect(story.leg().ownedLots).toBe(500);
  });
});

describe("an account whose every reading was lost with the journal's tail", () => {
  it("is asked for what was executed since the last record that is left, as orders of ours may be among it", () => {
    const story = new Story({ bare: true });
    expect(readUpToMs(story.state, FOLLOWER)).toBe(story.nowMs - 60 * 60_000);
    expect(readUpToMs(story.state, LEADER)).toBeNull();
    story.followerSnapshot([]);
    expect(readUpToMs(story.state, FOLLOWER)).toBe(story.nowMs);
  });
});

describe("an order of a lost tail of the journal", () => {
  const lost = makeClientOrderId({
    epoch: "abcdefgh",
    market: 0,
    leg: "net",
    purpose: "rebalance",
    decision: 7,
    part: 0,
  });

  function restarted(): Story {
    const story = new Story();
    story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
    return story;
  }

  function lostFill(story: Story, clientOrderId: ClientOrderId, tradeId = "lost-1"): FillReport {
    return {
      account: FOLLOWER,
      instrument: BTC,
      leg: "net",
      tradeId: TradeId(tradeId),
      venueOrderId: VenueOrderId("v"),
      clientOrderId,
      side: "buy",
      quantity: "0.5",
      price: "60000",
      fee: "0",
      sequence: 50,
      venueTimeMs: story.nowMs,
      receivedAtMs: story.nowMs,
    };
  }

  /** The venue states that all of it is filled. */
  function reportLost(
    story: Story,
    { quantity, ...terms }: Pick<OrderRow, "side" | "quantity" | "reduceOnly">,
  ): void {
    story.feed({
      kind: "order-reported",
      account: FOLLOWER,
      atMs: story.nowMs,
      order: {
        ...terms,
        instrument: BTC,
        leg: "net",
        clientOrderId: lost,
        venueOrderId: VenueOrderId("v"),
        status: "filled",
        quantity,
        filledQuantity: quantity,
        averagePrice: "60000",
        venueReason: "",
        venueTimeMs: story.nowMs,
      },
    });
  }

  it("is ours: taken back by its mark, once, however often it is told", () => {
    const story = restarted();
    for (let time = 0; time < 3; time += 1) {
      story.feed({ kind: "follower-filled", ...lostFill(story, lost) });
      reportLost(story, { side: "buy", quantity: "0.5", reduceOnly: false });
      story.wait(120_000);
      story.followerSnapshot([{ ...story.row("0.5"), sequence: 50 }]);
      expect(story.leg().ownedLots).toBe(500);
    }
    const adopted = story.decisions.flatMap((decision) => decision.adopted);
    expect(adopted.map(({ clientOrderId }) => clientOrderId)).toEqual([lost]);
  });

  it("leaves nothing behind where it closed an owner's part with ours", () => {
    const story = holding();
    story.followerHolds("0.8");
    confirm(story, "0.8");
    expect(story.leg()).toMatchObject({ ownedLots: 500, foreignLots: 300 });
    story.nowMs += 10_000;
    story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
    story.followerSnapshot([{ ...story.row("0.8"), sequence: 40 }]);
    story.feed({ kind: "follower-filled", ...lostFill(story, lost), side: "sell", quantity: "0.8" });
    reportLost(story, { side: "sell", quantity: "0.8", reduceOnly: true });
    confirm(story, "0");
    expect(story.leg()).toMatchObject({ ownedLots: 0, foreignLots: 0, mismatchSinceMs: null });
    expect(story.leg().market.copies[0]?.legs[0]?.heldLots).toBe(0);
  });

  it("is adopted by its own event, and not by one after it that is refused", () => {
    const story = restarted();
    story.feed({ kind: "follower-filled", ...lostFill(story, lost) });
    const refused = story.feed({
      kind: "follower-filled",
      ...lostFill(story, lost, "lost-2"),
      quantity: "what",
    });
    expect([refused.refusal?.kind, refused.adopted]).toEqual(["not-a-number", []]);
  });

  it("explains what an earlier run could not: a difference counts from the start", () => {
    const story = new Story();
    story.report(onlyOrder(story.leaderFill("buy", "1")), "0.5");
    story.nowMs += 10_000;
    story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
    story.followerSnapshot([{ ...story.row("0.2"), sequence: 50 }]);
    expect(story.leg()).toMatchObject({ ownedLots: 500, foreignLots: 0 });
    story.feed({ kind: "follower-filled", ...lostFill(story, lost), side: "sell", quantity: "0.3" });
    expect(story.leg()).toMatchObject({ ownedLots: 200, foreignLots: 0, mismatchSinceMs: null });
    story.leaderSnapshot([story.row("0.4")]);
    expect(story.leg().market.copies[0]?.legs[0]).toMatchObject({ wantedLots: 200, waivedLots: 0 });
  });

  /** A snapshot of a program that still reads what was executed while nobody listened. */
  function readingStill(story: Story, quantity: string, untoldSinceMs = story.nowMs): void {
    story.nowMs += 2_000;
    const { nowMs } = story;
    story.feed({
      kind: "follower-snapshot-taken",
      account: FOLLOWER,
      positions: [{ ...story.row(quantity), sequence: 50 }],
      orders: [],
      awaitsExecutions: true,
      untoldSinceMs,
      equity: { equity: "10000", available: "10000" },
      serverTimeMs: nowMs,
      requestedAtMs: nowMs,
      receivedAtMs: nowMs,
    });
  }

  it("is still looked for by a later run where this one ended before it had read what was executed", () => {
    const story = new Story();
    const untoldSinceMs = story.nowMs;
    readingStill(story, "0", untoldSinceMs);
    expect(readUpToMs(story.state, FOLLOWER)).toBe(untoldSinceMs);
    story.followerSnapshot([]);
    expect(readUpToMs(story.state, FOLLOWER)).toBe(story.nowMs);
  });

  it.each([
    ["explains the difference however late it is read, and it does not count twice", "lost", 0],
    ["and where none does, what is gone is the owner's doing once all is read", "none", 300],
  ])("%s", (_, told, waivedLots) => {
    const story = new Story();
    story.report(onlyOrder(story.leaderFill("buy", "1")), "0.5");
    story.nowMs += 10_000;
    story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
    for (let time = 0; time < 3; time += 1) {
      readingStill(story, "0.2");
      expect(story.leg()).toMatchObject({ ownedLots: 500, foreignLots: 0 });
    }
    if (told === "lost")
      story.feed({ kind: "follower-filled", ...lostFill(story, lost), side: "sell", quantity: "0.3" });
    story.nowMs += 2_000;
    story.followerSnapshot([{ ...story.row("0.2"), sequence: 50 }]);
    expect(story.leg()).toMatchObject({ ownedLots: 200, foreignLots: 0, mismatchSinceMs: null });
    expect(story.leg().market.copies[0]?.legs[0]).toMatchObject({ waivedLots });
  });

  /** Ours is 0.5 beside the owner's 0.3, and what the venue shows once the program begins anew: then the leader closes. */
  function closedUnheard(
    shows: string,
    meanwhile: (story: Story) => void = () => {},
  ): { readonly story: Story; readonly closing: Decision } {
    const story = new Story();
    story.report(onlyOrder(story.leaderFill("buy", "1")), "0.5");
    story.nowMs += 10_000;
    for (let time = 0; time < 3; time += 1) {
      story.nowMs += 2_000;
      story.followerSnapshot([story.row("0.8")]);
    }
    expect(story.leg()).toMatchObject({ ownedLots: 500, foreignLots: 300 });
    story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
    readingStill(story, shows);
    story.leaderSnapshot([story.row("1")]);
    meanwhile(story);
    return { story, closing: story.leaderFill("sell", "1") };
  }

  it("that closed beside what is the owner's is not closed a second time", () => {
    const { story, closing } = closedUnheard("0.3");
    expect(orderTexts(closing)).toEqual([]);
    const told = story.feed({ kind: "follower-filled", ...lostFill(story, lost), side: "sell" });
    expect(orderTexts(told)).toEqual([]);
    story.nowMs += 2_000;
    expect(orderTexts(story.followerSnapshot([{ ...story.row("0.3"), sequence: 50 }]))).toEqual([]);
    expect(story.leg()).toMatchObject({ ownedLots: 0, foreignLots: 300, mismatchSinceMs: null });
  });

  it.each([
    ["0.8", "-500 reduce"],
    ["0.6", "-300 reduce"],
    ["0.5", "-200 reduce"],
  ])("may have closed as much as is gone: of %s the rest goes before all is read", (shows, order) => {
    expect(orderTexts(closedUnheard(shows).closing)).toEqual([order]);
  });

  it("is in doubt no longer once its execution is told", () => {
    const { story, closing } = closedUnheard("0.5", (before) => {
      before.feed({ kind: "follower-filled", ...lostFill(before, lost), side: "sell", quantity: "0.3" });
    });
    expect(orderTexts(closing)).toEqual(["-200 reduce"]);
    expect(story.leg()).toMatchObject({ ownedLots: 200, doubtedLots: 0 });
  });

  it("is in doubt until all is read, which is asked for", () => {
    const { story, closing } = closedUnheard("0.5");
    story.fill(onlyOrder(closing), "0.2", "0.3");
    const asked = story.wait(5_000).flatMap(({ questions }) => questions.map(({ kind }) => kind));
    expect(asked).toContain("snapshot");
    expect(orderTexts(story.followerSnapshot([story.row("0.3")]))).toEqual(["-300 reduce"]);
  });

  it("of another journal, or of a decision that we did record, is not taken", () => {
    const story = restarted();
    const stranger = makeClientOrderId({
      epoch: "somebody",
      market: 0,
      leg: "net",
      purpose: "rebalance",
      decision: 7,
      part: 0,
    });
    story.feed({ kind: "follower-filled", ...lostFill(story, stranger) });
    story.feed({ kind: "follower-filled", ...lostFill(story, ClientOrderId("my-own-order"), "lost-2") });
    expect(story.leg().ownedLots).toBe(0);
  });
});

describe("what the venue refuses to reduce", () => {
  function refused(): Story {
    const story = holding();
    story.followerHolds("0");
    const closing = onlyOrder(story.leaderFill("sell", "1"));
    expect(orderTexts(story.reject(closing, "reduce-only-violation"))).toEqual([]);
    return story;
  }

  it("is not tried again where the venue shows less, whatever is there later, before a snapshot has told whose it is", () => {
    const story = refused();
    expect(story.wait(30_000).flatMap(orderTexts)).toEqual([]);
    expect(confirm(story, "0")).toEqual([]);
    story.followerHolds("0.4");
    expect(story.wait(30_000).flatMap(orderTexts)).toEqual([]);
    expect(story.leg().ownedLots).toBe(0);
  });

  it("is tried again once a snapshot shows it", () => {
    const story = refused();
    expect(confirm(story, "0.5")).toEqual(["-500 reduce"]);
  });
});
