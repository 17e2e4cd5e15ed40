/** Values for limits: in whole millionths, never below the exact value, and never past a limit by a lot. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BTC_SPEC } from "../../test/core/story.ts";
import { Lots, Ticks } from "./model/amounts.ts";
import { Decimal } from "./model/decimal.ts";
import { makeInstrument } from "./model/instrument.ts";
import { lotsWorth, marginOn, moneyText, notionalOf, valueOnMargin, worth } from "./worth.ts";

const MILLIONTHS = Decimal.of(1_000_000n, 0);
const btc = makeInstrument(BTC_SPEC);
/** A lot at a tick is worth 0.35 billionths. */
const fine = makeInstrument({
  ...BTC_SPEC,
  quantityStep: "0.0005",
  minQuantity: "0.0005",
  tickSize: "0.0000007",
  minPrice: "0.0000007",
});
/** And here 12,000. */
const coarse = makeInstrument({
  ...BTC_SPEC,
  quantityStep: "300",
  minQuantity: "300",
  maxMarketQuantity: "3000000",
  tickSize: "40",
});
const instruments = fc.constantFrom(btc, fine, coarse);
const lots = fc.integer({ min: -100_000_000, max: 100_000_000 });
const ticks = fc.integer({ min: 1, max: 2_000_000_000 });

describe("the value of a position", () => {
  it.each([
    [btc, 10, 600_000, "600"],
    [btc, -10, 600_000, "600"],
    [btc, 0, 600_000, "0"],
    [fine, 1, 1, "0.000001"],
    [fine, 2_000_000, 10_000, "7"],
    [coarse, 2, 3, "72000"],
  ])("is exact, or rounded up to a millionth", (instrument, size, price, value) => {
    expect(moneyText(worth(instrument, price, size))).toBe(value);
  });

  it("is the exact one rounded up, past 2^53 infinite", () => {
    fc.assert(
      fc.property(instruments, lots, ticks, (instrument, size, price) => {
        const exact = notionalOf(instrument, Lots(size), Ticks(price)).times(MILLIONTHS);
        const rounded = Number(exact.dividedBy(Decimal.one, 0, "ceiling").units);
        const expected = Number.isSafeInteger(rounded) ? rounded : Number.POSITIVE_INFINITY;
        expect(worth(instrument, price, size)).toBe(expected);
      }),
    );
  });

  it("says how many lots stay within: one more would not", () => {
    fc.assert(
      fc.property(instruments, ticks, fc.integer({ min: 0, max: 1e12 }), (instrument, price, limit) => {
        const most = lotsWorth(instrument, price, limit);
        expect(worth(instrument, price, most)).toBeLessThanOrEqual(limit);
        expect(worth(instrument, price, most + 1)).toBeGreaterThan(limit);
      }),
    );
  });

  it("ties up margin by its leverage, rounded up, and back again", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e15 }),
        fc.integer({ min: 100, max: 10_000 }),
        (value, leverage) => {
          const margin = marginOn(value, leverage);
          expect(BigInt(margin) * BigInt(leverage) >= BigInt(value) * 100n).toBe(true);
          expect(marginOn(valueOnMargin(margin, leverage), leverage)).toBeLessThanOrEqual(margin);
        },
      ),
    );
  });
});
