import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Decimal } from "../../core/model/decimal.ts";
import type { CostRule } from "./cost-basis.ts";
import { PositionBook } from "./position-book.ts";
import type { PositionFill, PositionLeg } from "./position-fill.ts";
import { PositionLedger } from "./position-ledger.ts";
import type { PositionTrip } from "./trip.ts";

const decimal = (text: string) => Decimal.parse(text);

/** `+2 @ 10` buys, `-2 @ 10` sells; times count up from 1. */
function fill(text: string, timeMs: number, more: Partial<PositionFill> = {}): PositionFill {
  const [, sign, quantity = "", price = ""] = /^([+-])(\S+) @ (\S+)$/.exec(text) ?? [];
  return {
    timeMs,
    symbol: "BTCUSDT",
    side: sign === "+" ? "buy" : "sell",
    leg: "net",
    price: decimal(price),
    quantity: decimal(quantity),
    realizedPnl: null,
    fee: decimal("-0.3"),
    positionBefore: null,
    leverage: null,
    ...more,
  };
}

function run(
  texts: readonly string[],
  { rule = "average-cost", leg = "net" }: { rule?: CostRule; leg?: PositionLeg } = {},
) {
  const book = new PositionBook("BTCUSDT", leg, rule);
  const steps = texts.map((text, index) => book.apply(fill(text, index + 1, { leg })));
  return { book, steps, trips: steps.flatMap(({ ended }) => ended) };
}

const texts = ({
  pnl,
  openMs,
  closeMs,
  direction,
  maxQuantity,
  maxNotional,
  fees,
  fills,
  isPartlyUnseen,
}: PositionTrip) => ({
  pnl: pnl.toString(),
  openMs,
  closeMs,
  direction,
  maxQuantity: maxQuantity.toString(),
  maxNotional: maxNotional.toString(),
  fees: fees.toString(),
  fills,
  isPartlyUnseen,
});

describe("a position", () => {
  it.each([
    ["average-cost", "15", "20"],
    ["fifo", "20", "15"],
  ] as const)("closes by %s: %s of the first half, %s of the rest", (rule, first, rest) => {
    // 1 at 10 and 1 at 20: on average 15. Sold at 30 each: 15 + 15 by average, 20 + 10 by FIFO.
    const { steps, trips } = run(["+1 @ 10", "+1 @ 20", "-1 @ 30", "-1 @ 35"], { rule });
    expect(steps.map(({ pnl }) => pnl.toString())).toEqual(["0", "0", first, rest]);
    expect(trips.map(texts)).toEqual([
      {
        pnl: "35",
        openMs: 1,
        closeMs: 4,
        direction: "long",
        maxQuantity: "2",
        maxNotional: "30",
        fees: "-1.2",
        fills: 4,
        isPartlyUnseen: false,
      },
    ]);
    expect(trips[0]?.adds.map(({ averageEntry, quantity }) => [averageEntry, quantity.toString()])).toEqual([
      [10, "1"],
    ]);
  });

  it("turns round through zero: one trip ends, another begins, and the fee is shared", () => {
    const { book, trips } = run(["+1 @ 10", "-3 @ 12"]);
    expect(trips.map(texts)).toMatchObject([{ pnl: "2", direction: "long", closeMs: 2, fees: "-0.4" }]);
    expect(book.quantity.toString()).toBe("-2");
    expect(book.openTrip).toMatchObject({ direction: "short", openMs: 2, fills: 1 });
    expect(book.openTrip?.fees.toString()).toBe("-0.2");
    expect(book.counts.flips).toBe(1);
  });

  it("gains from a fall when it is short", () => {
    const { trips } = run(["-2 @ 10", "+2 @ 7"]);
    expect(trips.map(texts)).toMatchObject([{ pnl: "6", direction: "short" }]);
  });

  it("shows that it was carried in when a leg closes more than it opened", () => {
    const { book, steps, trips } = run(["+1 @ 10", "-3 @ 12", "-1 @ 13"], { leg: "long" });
    expect(steps.map(({ unmatched }) => unmatched.toString())).toEqual(["0", "2", "1"]);
    expect(trips.map(texts)).toMatchObject([{ pnl: "2", isPartlyUnseen: true }]);
    expect(book.isCarriedIn).toBe(true);
    expect(book.quantity.toString()).toBe("0");
    expect(book.counts.fillsWithUnmatchedClose).toBe(2);
  });

  it("shows that it was carried in when the venue books a profit on its first fill", () => {
    const book = new PositionBook("BTCUSDT", "net", "average-cost");
    book.apply(fill("-1 @ 12", 1, { realizedPnl: decimal("2") }));
    expect(book.isCarriedIn).toBe(true);
    expect(book.openTrip?.isPartlyUnseen).toBe(true);
  });

  it("begins with what the venue says was held", () => {
    const book = new PositionBook("BTCUSDT", "net", "average-cost");
    const { ended } = book.apply(
      fill("-5 @ 12", 1, { positionBefore: decimal("5"), realizedPnl: decimal("7") }),
    );
    expect(book.isCarriedIn).toBe(true);
    expect(book.counts.gaps).toBe(0);
    expect(ended).toMatchObject([{ isPartlyUnseen: true }]);
    // Nothing of what happened before is made up; the venue's figure is kept beside.
    expect(ended.map(({ pnl, venuePnl }) => [pnl.toString(), venuePnl?.toString()])).toEqual([["0", "7"]]);
  });

  it("counts fills that are missing, and goes on from what the venue says", () => {
    const book = new PositionBook("BTCUSDT", "net", "average-cost");
    book.apply(fill("+5 @ 10", 1, { positionBefore: decimal("0") }));
    book.apply(fill("-2 @ 11", 2, { positionBefore: decimal("2") }));
    expect(book.isCarriedIn).toBe(false);
    expect(book.counts.gaps).toBe(1);
    expect(book.quantity.toString()).toBe("0");
  });

  it("keeps the highest leverage that was told", () => {
    const book = new PositionBook("BTCUSDT", "net", "average-cost");
    book.apply(fill("+1 @ 10", 1, { leverage: decimal("5") }));
    book.apply(fill("+1 @ 10", 2, { leverage: decimal("20") }));
    book.apply(fill("-1 @ 10", 3));
    expect(book.openTrip?.leverage?.toString()).toBe("20");
  });

  it.each(["average-cost", "fifo"] as const)("neither makes nor loses money by %s", (rule) => {
    const amounts = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 997 }));
    fc.assert(
      fc.property(fc.array(amounts, { maxLength: 60 }), (rows) => {
        const book = new PositionBook("BTCUSDT", "net", rule);
        let cash = Decimal.zero;
        rows.forEach(([isBuy, quantity, price], index) => {
          book.apply(fill(`${isBuy ? "+" : "-"}${quantity} @ ${price}`, index + 1));
          const value = Decimal.of(BigInt(quantity * price), 0);
          cash = isBuy ? cash.minus(value) : cash.plus(value);
        });
        // Profit is the cash, and what is held at what it cost.
        const held = book.quantity.sign < 0 ? book.cost.negated() : book.cost;
        expect(book.pnl.equals(cash.plus(held))).toBe(true);
      }),
    );
  });

  it("stays exact over thirds", () => {
    const { trips } = run(["+1 @ 1", "+2 @ 2", "-1 @ 2", "-1 @ 2", "-1 @ 1"]);
    expect(trips.map(({ pnl }) => pnl.toString())).toEqual(["0"]);
  });
});

describe("a ledger", () => {
  it("keeps legs apart and gives funding to the position that is open", () => {
    const ledger = new PositionLedger("average-cost");
    const pay = (leg: PositionLeg, amount: string) =>
      ledger.pay({ timeMs: 3, symbol: "BTCUSDT", leg, side: "sell", amount: decimal(amount) });
    ledger.apply(fill("+1 @ 10", 1, { leg: "long" }));
    ledger.apply(fill("-2 @ 10", 2, { leg: "short" }));
    pay("long", "-0.5");
    // Of a source that tells a side and no leg.
    pay("net", "-0.25");
    ledger.pay({ timeMs: 3, symbol: "ETHUSDT", leg: "net", side: "buy", amount: decimal("-0.125") });
    const ended = ledger.apply(fill("-1 @ 11", 4, { leg: "long" })).ended;
    expect(ended.map(({ funding }) => funding.toString())).toEqual(["-0.5"]);
    expect(ledger.unassignedFunding.toString()).toBe("-0.125");
    expect([...ledger.books].map(({ openTrip }) => openTrip?.funding.toString())).toEqual([
      undefined,
      "-0.25",
    ]);
    expect([...ledger.books].map(({ leg, quantity }) => [leg, quantity.toString()])).toEqual([
      ["long", "0"],
      ["short", "-2"],
    ]);
  });
});
