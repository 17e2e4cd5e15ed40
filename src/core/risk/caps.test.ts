/** Caps on value: never past the cap, never short of it by a step, and nothing where it is passed already. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BTC_SPEC } from "../../../test/core/story.ts";
import { Lots, Ticks } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import { makeInstrument } from "../model/instrument.ts";
import { leaderRoom, notionalOf, orderRoom, symbolRoom } from "./caps.ts";

const btc = makeInstrument(BTC_SPEC);
const at60k = Ticks(600_000);

describe("caps", () => {
  it.each([
    ["600", 10],
    ["599.99", 9],
    ["59.9", 0],
    ["0", 0],
  ])("an order within %s is at most %i lots at 60,000", (cap, lots) => {
    expect(orderRoom(cap, btc, at60k)).toBe(lots);
  });

  it.each([
    [0, 10],
    [4, 6],
    [-4, 6],
    [10, 0],
    [11, 0],
  ])("beside %i lots of a symbol %i more fit into 600", (held, more) => {
    expect(symbolRoom("600", Lots(held), btc, at60k)).toBe(more);
  });

  it("what a leader's other copies are worth counts", () => {
    expect(leaderRoom("1000", Decimal.parse("430.5"), btc, at60k)).toBe(9);
    expect(leaderRoom("1000", Decimal.parse("1000.01"), btc, at60k)).toBe(0);
  });

  it("a coarser step is kept to", () => {
    const coarse = makeInstrument({
      ...BTC_SPEC,
      quantityStep: "0.005",
      minQuantity: "0.005",
      lotSize: "0.001",
    });
    expect(orderRoom("599", coarse, at60k)).toBe(5);
  });

  it("no huge amount leaves the exact numbers", () => {
    const cheap = makeInstrument({ ...BTC_SPEC, tickSize: "0.0000001", minPrice: "0.0000001" });
    expect(orderRoom("1000000000000", cheap, Ticks(1))).toBe(Number.MAX_SAFE_INTEGER);
  });

  it("whatever is added stays within, and one step more would not", () => {
    const amounts = fc.record({
      cents: fc.integer({ min: 1, max: 1_000_000_000 }),
      held: fc.integer({ min: -10_000, max: 10_000 }),
      price: fc.integer({ min: 1, max: 2_000_000 }),
    });
    fc.assert(
      fc.property(amounts, ({ cents, held, price }) => {
        const cap = Decimal.of(BigInt(cents), 2);
        const room = symbolRoom(cap.toString(), Lots(held), btc, Ticks(price));
        const worth = (lots: number) => notionalOf(btc, Lots(Math.abs(held) + lots), Ticks(price));
        expect(worth(room + 1).compare(cap)).toBe(1);
        if (room > 0) expect(worth(room).compare(cap)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
