/** What copying brought in, per leader and for the account: the parts sum to the whole, to the last digit. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BTC, FOLLOWER, LEADER } from "../../test/core/story.ts";
import { moneyMoves, SECOND, TwoLeaders } from "../../test/core/two-leaders.ts";
import { makeClientOrderId } from "../core/client-order-id.ts";
import { worthOf } from "../core/ledger.ts";
import { Decimal } from "../core/model/decimal.ts";
import { TradeId, VenueOrderId } from "../core/model/identifiers.ts";
import { valuationTicks } from "../core/quotes.ts";
import type { FollowerResults } from "./control.ts";
import { resultsOf } from "./results.ts";

function results({ story }: TwoLeaders): FollowerResults {
  const follower = story.state.followers.get(FOLLOWER);
  const [found, ...others] = follower === undefined ? [] : resultsOf(story.state, follower);
  if (found === undefined) throw new Error("nothing was copied");
  expect(others).toEqual([]);
  return found;
}

function sum(amounts: readonly string[]): string {
  return amounts.reduce((all, text) => all.plus(Decimal.parse(text)), Decimal.zero).toString();
}

/** The account's are those of the market's own ledger, which knows no leaders. */
function expectSums(pair: TwoLeaders): FollowerResults {
  const found = results(pair);
  const { market, ownedLots } = pair.story.leg();
  const price = valuationTicks(pair.story.state, market.instrument) ?? expect.fail();
  const { cash, taken, fees, funding } = market.ledger;
  const trades = cash.plus(taken).plus(worthOf(market.instrument, ownedLots, price));
  expect(found.account).toEqual({
    trades: trades.toString(),
    fees: fees.toString(),
    funding: funding.toString(),
    profit: trades.minus(fees).plus(funding).toString(),
  });
  const parts = [...found.leaders, found.unattributed];
  for (const what of ["trades", "fees", "funding", "profit"] as const)
    expect(sum(parts.map((part) => part[what]))).toBe(found.account[what]);
  return found;
}

const nothing = { trades: "0", fees: "0", funding: "0", profit: "0" };

describe("results of copying", () => {
  it("tell each leader's trades, fees and funding, and the account's sum", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.5"), "0.5");
    const second = pair.second("buy", "0.3");
    pair.story.trade(second, { quantity: "0.3", price: "60100", fee: "9.9165" });
    pair.story.followerHolds("0.8");
    pair.funding("-1.7", "f1");
    pair.story.price("61000");
    expect(expectSums(pair)).toEqual({
      coin: "USDT",
      leaders: [
        { leader: LEADER, trades: "500", fees: "0", funding: "-1.0625", profit: "498.9375" },
        { leader: SECOND, trades: "270", fees: "9.9165", funding: "-0.6375", profit: "259.446" },
      ],
      unattributed: nothing,
      account: { trades: "770", fees: "9.9165", funding: "-1.7", profit: "758.3835" },
    });
  });

  it("an order of a lost tail is no leader's, and has a line of its own", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.5"), "0.5");
    pair.filled(pair.second("buy", "0.2"), "0.7");
    const { story } = pair;
    story.feed({ kind: "engine-started", epoch: "zzzzzzzz", atMs: story.nowMs });
    const lost = {
      epoch: "abcdefgh",
      market: 0,
      leg: "net",
      purpose: "rebalance",
      decision: 7,
      part: 0,
    } as const;
    story.feed({
      kind: "follower-filled",
      account: FOLLOWER,
      instrument: BTC,
      leg: "net",
      tradeId: TradeId("lost-1"),
      venueOrderId: VenueOrderId("lost-order"),
      clientOrderId: makeClientOrderId(lost),
      side: "buy",
      quantity: "0.1",
      price: "60000",
      fee: "3.3",
      sequence: 50,
      venueTimeMs: story.nowMs,
      receivedAtMs: story.nowMs,
    });
    story.price("61000");
    const found = expectSums(pair);
    expect(found.unattributed).toEqual({ trades: "100", fees: "3.3", funding: "0", profit: "96.7" });
    expect(found.account).toMatchObject({ trades: "800", fees: "3.3" });
  });

  it("what the owner holds itself is no part of it", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.5"), "0.5");
    pair.story.followerHolds("0.9");
    pair.settle();
    pair.story.price("61000");
    expect(expectSums(pair).account).toMatchObject({ trades: "500" });
  });

  it("say nothing where a price is not known, and never half of it", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.5"), "0.5");
    pair.story.state.quotes.clear();
    const { account, leaders, unattributed } = results(pair);
    expect(account).toEqual({ trades: "", fees: "0", funding: "0", profit: "" });
    expect(leaders[0]).toMatchObject({ trades: "", profit: "" });
    expect(unattributed.trades).toBe("");
  });

  it("sum to the account's, whatever is traded, filled, paid and taken away", () => {
    fc.assert(
      fc.property(fc.array(moneyMoves, { minLength: 1, maxLength: 30 }), (actions) => {
        const pair = new TwoLeaders();
        pair.first("buy", "0.1");
        for (const one of actions) {
          pair.happens(one);
          expectSums(pair);
        }
      }),
      { numRuns: 60 },
    );
  });
});
