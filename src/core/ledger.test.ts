/** Profit and loss, fees and funding per leader sum exactly to what the account's own trades moved. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FOLLOWER, onlyOrder } from "../../test/core/story.ts";
import { moneyMoves, TwoLeaders } from "../../test/core/two-leaders.ts";
import { type Ledger, profitOf, splitMoney } from "./ledger.ts";
import { Decimal } from "./model/decimal.ts";

const money = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: 0, max: 10 }))
  .map(([units, scale]) => Decimal.of(units, scale));

function texts({ cash, fees, funding, taken }: Ledger) {
  return {
    cash: cash.toString(),
    fees: fees.toString(),
    funding: funding.toString(),
    taken: taken.toString(),
  };
}

function parts(pair: TwoLeaders) {
  return pair.story.leg().market.copies.map(({ ledger }) => texts(ledger));
}

function sum(amounts: readonly string[]): string {
  return amounts.reduce((all, text) => all.plus(Decimal.parse(text)), Decimal.zero).toString();
}

function expectSums(pair: TwoLeaders): void {
  const ledger = texts(pair.story.leg().market.ledger);
  for (const what of ["cash", "fees", "funding", "taken"] as const)
    expect(sum(parts(pair).map((part) => part[what]))).toBe(ledger[what]);
}

describe("splitMoney", () => {
  it("loses and makes nothing", () => {
    fc.assert(
      fc.property(money, fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 6 }), (amount, weights) => {
        const shared = splitMoney(amount, weights).reduce((all, part) => all.plus(part), Decimal.zero);
        expect(shared.equals(amount)).toBe(true);
      }),
    );
  });
});

describe("two leaders' ledgers", () => {
  it("a bought lot costs its price, and is worth the mark", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.5"), "0.5");
    expect(parts(pair)[0]).toMatchObject({ cash: "-30000", fees: "0" });
    pair.story.price("61000");
    const [copy] = pair.story.leg().market.copies;
    expect(copy && profitOf(pair.story.state, copy)?.toString()).toBe("500");
  });

  it("fees go with the fills, and funding with what is held", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.6"), "0.6");
    pair.filled(pair.second("buy", "0.3"), "0.9");
    pair.story.trade(pair.second("sell", "0.3"), { quantity: "0.3", price: "60500", fee: "9.9825" });
    expect(parts(pair).map(({ fees }) => fees)).toEqual(["0", "9.9825"]);
    expect(parts(pair).map(({ cash }) => cash)).toEqual(["-36000", "150"]);
    pair.story.followerHolds("0.6");
    pair.funding("-3.6", "f1");
    pair.funding("-3.6", "f1");
    expect(parts(pair).map((part) => part.funding)).toEqual(["-3.6", "0"]);
    expectSums(pair);
  });

  it("funding passes between opposite sides, and the rest is the account's", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.5"), "0.5");
    pair.filled(pair.second("sell", "0.2"), "0.3");
    pair.funding("-3", "f1");
    expect(parts(pair).map((part) => part.funding)).toEqual(["-5", "2"]);
    expectSums(pair);
  });

  it("funding of what the owner left is all that is shared, before it is settled whose the rest was", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.5"), "0.5");
    pair.filled(pair.second("buy", "0.3"), "0.8");
    pair.story.followerHolds("0.4");
    pair.funding("-0.4", "f1");
    expect(parts(pair).map((part) => part.funding)).toEqual(["-0.25", "-0.15"]);
    expectSums(pair);
  });

  it("funding of what the owner bought beside ours is no copy's", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.3"), "0.3");
    pair.filled(pair.second("buy", "0.1"), "0.4");
    pair.story.followerHolds("0.8");
    pair.funding("-0.8", "f1");
    expect(parts(pair).map((part) => part.funding)).toEqual(["-0.3", "-0.1"]);
    expectSums(pair);
  });

  it("funding that is told again counts once, however many others came after it", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.5"), "0.5");
    for (const id of ["f1", "f2", "f3", "f2", "f1", "f3"]) pair.funding("-3", id);
    expect(parts(pair).map((part) => part.funding)).toEqual(["-9"]);
    expectSums(pair);
  });

  it("what crosses inside changes hands at the mark and costs no fee", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.5"), "0.5");
    pair.filled(pair.second("sell", "0.5"), "0");
    pair.story.price("66000");
    pair.story.command({ kind: "pause", account: FOLLOWER });
    pair.first("sell", "0.5");
    pair.second("buy", "0.5");
    expect(parts(pair)).toEqual([
      { cash: "3000", fees: "0", funding: "0", taken: "0" },
      { cash: "-3000", fees: "0", funding: "0", taken: "0" },
    ]);
    expectSums(pair);
  });

  it("what the owner takes is booked at the mark, beside the cash of our own trades", () => {
    const pair = new TwoLeaders();
    pair.filled(pair.first("buy", "0.5"), "0.5");
    pair.filled(pair.second("buy", "0.3"), "0.8");
    pair.story.price("61000");
    pair.story.followerHolds("0.4");
    pair.settle();
    expect(parts(pair).map(({ cash }) => cash)).toEqual(["-30000", "-18000"]);
    expect(parts(pair).map(({ taken }) => taken)).toEqual(["15250", "9150"]);
    expectSums(pair);
  });

  it("executions that come after the venue's total put its average right", () => {
    const pair = new TwoLeaders();
    const bought = pair.first("buy", "0.3");
    pair.story.report(bought.orders[0]?.order ?? expect.fail(), "0.3");
    expect(parts(pair)[0]?.cash).toBe("-18000");
    pair.story.trade(bought, { quantity: "0.1", price: "59999.9", fee: "0.01" });
    pair.story.trade(bought, { quantity: "0.2", price: "60000.2", fee: "0.02" });
    expect(parts(pair)[0]).toMatchObject({ cash: "-18000.03", fees: "0.03" });
    expectSums(pair);
  });

  it("the venue's worth of an execution that never comes goes before its average, which is rounded", () => {
    const pair = new TwoLeaders();
    const bought = pair.first("buy", "0.3").orders[0]?.order ?? expect.fail();
    const row = pair.story.orderRow(bought, "0.3", "filled");
    const order = { ...row, averagePrice: "60000.33333333", filledValue: "18000.1" };
    pair.story.feed({ kind: "order-reported", account: FOLLOWER, atMs: pair.story.nowMs, order });
    expect(parts(pair)[0]?.cash).toBe("-18000.1");
    expectSums(pair);
  });

  it("the venue's total says the fee of an execution that never comes", () => {
    const pair = new TwoLeaders();
    const bought = pair.first("buy", "0.3");
    pair.story.report(bought.orders[0]?.order ?? expect.fail(), "0.3", "9.9");
    expect(parts(pair)[0]?.fees).toBe("9.9");
    pair.story.trade(bought, { quantity: "0.1", price: "60000", fee: "3.3" });
    expect(parts(pair)[0]).toMatchObject({ cash: "-18000", fees: "9.9" });
    pair.story.trade(bought, { quantity: "0.2", price: "60000", fee: "6.5" });
    expect(parts(pair)[0]?.fees).toBe("9.8");
    expectSums(pair);
  });

  it("executions that come after the total of an order for both put right what each of them paid", () => {
    const pair = new TwoLeaders();
    pair.story.command({ kind: "pause", account: FOLLOWER });
    pair.first("buy", "0.6");
    pair.second("buy", "0.2");
    const both = pair.story.command({ kind: "resume", account: FOLLOWER });
    pair.story.report(onlyOrder(both), "0.8", "8");
    expect(parts(pair).map(({ fees }) => fees)).toEqual(["6", "2"]);
    pair.story.trade(both, { quantity: "0.8", price: "60001", fee: "9.6" });
    expect(parts(pair).map(({ cash, fees }) => [cash, fees])).toEqual([
      ["-36000.6", "7.2"],
      ["-12000.2", "2.4"],
    ]);
    expectSums(pair);
  });

  it("whatever is traded, filled, paid and taken away, the parts sum to the whole", () => {
    fc.assert(
      fc.property(fc.array(moneyMoves, { minLength: 1, maxLength: 40 }), (actions) => {
        const pair = new TwoLeaders();
        for (const one of actions) pair.happens(one);
        pair.settle();
        expectSums(pair);
      }),
      { numRuns: 150 },
    );
  });
});
