/** A venue changes the quantity step of an instrument while positions of the old step are held. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BTC,
  BTC_SPEC,
  FOLLOWER,
  LEADER,
  onlyOrder,
  orderTexts,
  reasonsOf,
  Story,
  type StoryOptions,
  VENUE,
} from "../../test/core/story.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import type { Decision } from "./decision.ts";
import type { Side } from "./event.ts";
import { InstrumentId, TradeId, VenueOrderId } from "./model/identifiers.ts";
import { quantityText } from "./model/instrument.ts";

/** The follower holds 0.555 of the leader's 1.11. */
function holding(options: StoryOptions = {}): Story {
  const story = new Story(options);
  story.fill(onlyOrder(story.leaderFill("buy", "1.11")), "0.555", "0.555");
  return story;
}

function relist(story: Story, quantityStep: string, minQuantity = quantityStep): Decision {
  const instruments = [{ ...BTC_SPEC, quantityStep, minQuantity }];
  return story.feed({ kind: "instruments-listed", instruments, atMs: story.nowMs });
}

/** Orders as quantities, signed. */
function quantities(decision: Decision): string[] {
  return decision.orders.map(({ market, order }) => {
    const text = quantityText(market.instrument, order.lots);
    return order.reduceOnly ? `${text} reduce` : text;
  });
}

function owned(story: Story): string {
  const { market, ownedLots } = story.leg();
  return quantityText(market.instrument, ownedLots);
}

describe("a coarser quantity step", () => {
  it("leaves what is held alone, and is copied in from then on", () => {
    const story = holding();
    expect(orderTexts(relist(story, "0.01"))).toEqual([]);
    const added = story.leaderFill("buy", "0.1");
    expect(quantities(added)).toEqual(["0.04"]);
    story.followerHolds("0.595");
    expect(quantities(story.leaderFill("buy", "0.01"))).toEqual([]);
  });

  it("makes reductions whole, and the close takes the odd rest along", () => {
    const story = holding();
    relist(story, "0.01");
    const reduced = onlyOrder(story.leaderFill("sell", "0.51"));
    expect(quantityText(story.leg().market.instrument, reduced.lots)).toBe("-0.25");
    story.fill(reduced, "0.25", "0.305");
    expect(quantities(story.leaderFill("sell", "0.6"))).toEqual(["-0.305 reduce"]);
  });

  it("closes the odd rest before it goes to the other side", () => {
    const story = holding();
    relist(story, "0.01");
    const closing = story.leaderFill("sell", "1.51");
    expect(quantities(closing)).toEqual(["-0.555 reduce"]);
    expect(quantities(story.fill(onlyOrder(closing), "0.555", "0"))).toEqual(["-0.2"]);
  });

  it("leaves the odd rest, with its reason, where the venue does not take it", () => {
    const story = holding();
    relist(story, "0.01");
    story.reject(onlyOrder(story.leaderFill("sell", "1.11")), "bad-request");
    const whole = story.waitForOrder(1_000);
    expect(quantities(whole)).toEqual(["-0.55 reduce"]);
    const left = story.fill(onlyOrder(whole), "0.55", "0.005");
    expect(orderTexts(left)).toEqual([]);
    expect(story.leg().market.lastReason).toBe("below-minimum-quantity");
    expect(story.wait(60_000).flatMap(orderTexts)).toEqual([]);
  });

  it("is all that counts once nothing of before is held", () => {
    const story = holding();
    relist(story, "0.01");
    story.fill(onlyOrder(story.leaderFill("sell", "1.11")), "0.555", "0");
    story.nowMs += 61_000;
    story.leaderSnapshot([story.row("0")]);
    story.followerSnapshot([]);
    relist(story, "0.01");
    expect(story.leg().market.instrument.spec).not.toHaveProperty("lotSize");
    expect(orderTexts(story.leaderFill("buy", "1"))).toEqual(["+50"]);
  });

  it("finds the order that was on its way, in the step of before", () => {
    const story = holding();
    const order = onlyOrder(story.leaderFill("buy", "0.222"));
    relist(story, "0.0001");
    const filled = story.report(order, "0.111");
    expect(orderTexts(filled)).toEqual([]);
    expect(owned(story)).toBe("0.666");
  });
});

describe("a finer quantity step", () => {
  it("keeps what is held, and copies finer from then on", () => {
    const story = holding();
    story.fill(onlyOrder(story.leaderFill("buy", "0.003")), "0.001", "0.556");
    expect(quantities(relist(story, "0.0001"))).toEqual(["0.0005"]);
    expect(owned(story)).toBe("0.556");
  });

  it("does not size by the equity of the day", () => {
    const story = new Story({
      allocation: { sizing: { kind: "equity-proportional", rebalanceBand: "0.5" } },
    });
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "1", "1");
    story.leaderSnapshot([story.row("1")], "9000");
    expect(orderTexts(relist(story, "0.0001"))).toEqual([]);
  });

  it("does not buy what was given up", () => {
    const story = holding();
    story.fill(onlyOrder(story.command({ kind: "close", account: FOLLOWER })), "0.555", "0");
    expect(orderTexts(relist(story, "0.0001"))).toEqual([]);
    expect(reasonsOf(story.leaderFill("buy", "0.0001"))).toEqual(["waived"]);
  });
});

describe("steps that do not divide one another", () => {
  it("are counted in what divides both", () => {
    const story = holding();
    relist(story, "0.002");
    expect(quantities(story.leaderFill("buy", "0.01"))).toEqual(["0.004"]);
  });

  it("wait, closed to increases, where that is past exact counting", () => {
    const story = holding();
    relist(story, "0.0000000000003", "0.001");
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["instrument-not-trading"]);
    expect(quantities(story.leaderFill("sell", "2.11"))).toEqual(["-0.555 reduce"]);
  });
});

describe("a position in a step that is not known", () => {
  it("is counted when the account is read, whoever's it is, and ordered in known steps", () => {
    const story = holding();
    const seen = story.leaderSnapshot([story.row("1.1105")]);
    expect(quantities(seen)).toEqual([]);
    expect(owned(story)).toBe("0.555");
    expect(quantities(story.leaderFill("buy", "0.0095"))).toEqual(["0.005"]);
    story.followerSnapshot([story.row("0.5553")]);
    expect(owned(story)).toBe("0.555");
    expect(encodeCheckpoint(decodeCheckpoint(encodeCheckpoint(story.state)))).toBe(
      encodeCheckpoint(story.state),
    );
  });

  it("does not turn a whole-step fill of a short leader into a long copy", () => {
    const story = new Story();
    expect(story.leaderFill("sell", "3.7005").refusal?.kind).toBe("wrong-step");
    story.nowMs += 10;
    expect(orderTexts(story.leaderFill("buy", "1"))).toEqual([]);
    expect(orderTexts(story.leaderSnapshot([]))).toEqual([]);
    story.nowMs += 1_000;
    const read = story.leaderSnapshot([story.row("-2.7005")]);
    expect(quantities(read)).toEqual(["-1.35"]);
  });

  it("is not added to from the fills alone once a report of it was refused", () => {
    const story = new Story();
    const position = { ...story.row("-2.7005") };
    story.feed({ kind: "leader-position-reported", account: LEADER, position, receivedAtMs: story.nowMs });
    expect(orderTexts(story.leaderFill("buy", "1"))).toEqual([]);
  });

  it("waits with its reason where it is past counting, and still goes when the leader's does", () => {
    const story = holding();
    story.leaderSnapshot([story.row("1.11000000000000001")]);
    expect(reasonsOf(story.leaderFill("buy", "1"))).toEqual(["leader-uncounted"]);
    const closing = story.leaderFill("sell", "2.11");
    expect(quantities(closing)).toEqual(["-0.555 reduce"]);
    story.fill(onlyOrder(closing), "0.555", "0");
    story.nowMs += 2_000;
    expect(quantities(story.leaderSnapshot([story.row("2")]))).toEqual(["1"]);
  });
});

describe("an instrument that the venue lists anew", () => {
  it("is not copied from fills before the leader was read since", () => {
    const story = new Story();
    const other = { ...BTC_SPEC, symbol: "ETHUSDT", baseCoin: "ETH" };
    const instrument = InstrumentId("ETHUSDT", VENUE);
    const row = { ...story.row("-16"), instrument };
    story.leaderSnapshot([row]);
    story.feed({ kind: "instruments-listed", instruments: [other], atMs: story.nowMs });
    const fill = { kind: "leader-filled", account: LEADER, instrument, leg: "net", fee: "0" } as const;
    const ids = { tradeId: TradeId("t"), venueOrderId: VenueOrderId("o"), sequence: row.sequence + 1 };
    const traded = { side: "buy", quantity: "1", price: "2000", venueTimeMs: story.nowMs } as const;
    const bought = story.feed({ ...fill, ...ids, ...traded, receivedAtMs: story.nowMs });
    expect(bought.questions).toContainEqual(expect.objectContaining({ kind: "describe-market" }));
    const described = { instrument, mode: "one-way", leverage: "10", atMs: story.nowMs } as const;
    expect(orderTexts(story.feed({ kind: "market-described", account: FOLLOWER, ...described }))).toEqual([]);
    story.nowMs += 1_000;
    const read = story.leaderSnapshot([{ ...row, quantity: "-15", sequence: row.sequence + 1 }]);
    expect(orderTexts(read)).toEqual(["-7500"]);
  });
});

const STEPS = ["0.001", "0.01", "0.1", "0.0005", "0.002", "0.003", "0.0001"] as const;

describe("whatever the steps, in whatever order (pain 45)", () => {
  it("orders are whole steps but for the close, the state reads back, and a flat leader leaves nothing", () => {
    const change = fc.tuple(
      fc.constantFrom(...STEPS),
      fc.constantFrom("buy" as const, "sell" as const),
      fc.integer({ min: 1, max: 60 }),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
        const story = holding();
        let leader = 11_100;
        for (const [step, side, count] of changes) {
          carryOut(story, relist(story, step));
          const tenThousandths = count * Math.round(Number(step) * 10_000);
          leader += side === "buy" ? tenThousandths : -tenThousandths;
          carryOut(story, story.leaderFill(side, String(tenThousandths / 10_000)));
          const text = encodeCheckpoint(story.state);
          expect(encodeCheckpoint(decodeCheckpoint(text))).toBe(text);
        }
        if (leader === 0) return;
        const side: Side = leader > 0 ? "sell" : "buy";
        carryOut(story, story.leaderFill(side, String(Math.abs(leader) / 10_000)));
        expect(story.leg().ownedLots).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

/** Fills what is sent, whole, until nothing more is. */
function carryOut(story: Story, first: Decision): void {
  for (let decision = first; decision.orders.length > 0; ) {
    const order = onlyOrder(decision);
    const { market } = story.leg();
    const { stepLots } = market.instrument;
    const after = story.leg().ownedLots + order.lots;
    expect(order.lots % stepLots === 0 || (order.reduceOnly && after === 0)).toBe(true);
    const text = quantityText(market.instrument, order.lots).replace("-", "");
    story.feed({
      kind: "order-reported",
      account: FOLLOWER,
      atMs: story.nowMs,
      order: {
        instrument: BTC,
        leg: "net",
        clientOrderId: order.clientOrderId,
        venueOrderId: "v" as never,
        side: order.lots > 0 ? "buy" : "sell",
        status: "filled",
        quantity: text,
        filledQuantity: text,
        averagePrice: "60000",
        reduceOnly: order.reduceOnly,
        venueReason: "",
        venueTimeMs: story.nowMs,
      },
    });
    decision = story.followerHolds(owned(story));
  }
}
