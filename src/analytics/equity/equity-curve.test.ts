import { describe, expect, it } from "vitest";
import { Decimal } from "../../core/model/decimal.ts";
import type { PositionFill } from "../positions/position-fill.ts";
import { PositionLedger } from "../positions/position-ledger.ts";
import { returnsOn } from "./capital.ts";
import { DAY_MS } from "./days.ts";
import { EquityCurve, type KnownPrice } from "./equity-curve.ts";
import { OpeningPositions } from "./opening.ts";

const HOUR_MS = 3_600_000;
const decimal = (text: string) => Decimal.parse(text);

/** `+2 @ 10` buys at `hours` after 1970. */
function fill(hours: number, text: string, more: Partial<PositionFill> = {}): PositionFill {
  const [, sign, quantity = "", price = ""] = /^([+-])(\S+) @ (\S+)$/.exec(text) ?? [];
  return {
    timeMs: hours * HOUR_MS,
    symbol: "X",
    side: sign === "+" ? "buy" : "sell",
    leg: "net",
    price: decimal(price),
    quantity: decimal(quantity),
    realizedPnl: null,
    fee: Decimal.zero,
    positionBefore: null,
    leverage: null,
    ...more,
  };
}

/** Marks at the ends of days: `{ 1: 110 }` is 110 at the end of the first day. */
function curve(fills: readonly PositionFill[], marks: Readonly<Record<number, number>> = {}) {
  const ledger = new PositionLedger("average-cost");
  const openings = new OpeningPositions();
  for (const one of fills) {
    openings.see(one);
    ledger.apply(one);
  }
  const markAt = (_symbol: string, ms: number): KnownPrice | null => {
    const price = marks[Math.floor(ms / DAY_MS)];
    return price === undefined ? null : { price, atMs: Math.floor(ms / DAY_MS) * DAY_MS };
  };
  const made = new EquityCurve({ opening: openings.from(ledger.books), markAt });
  for (const one of fills) made.apply(one);
  return made.finish() ?? expect.fail("no fills");
}

describe("profit day by day", () => {
  it("is what is held at the marks, and fees", () => {
    // Bought at 100, worth 110 at the end of the day; worth 105 after the second, sold at 107 on the third.
    const fee = { fee: decimal("-1") };
    const result = curve([fill(10, "+1 @ 100", fee), fill(50, "-1 @ 107", fee)], { 1: 110, 2: 105 });
    expect([...result.pnl]).toEqual([9, -5, 1]);
    expect([...result.dailyPeaks]).toEqual([110, 110, 105]);
    // 100 is held after a fee of 1; later there is profit to hold it with.
    expect(result).toMatchObject({
      firstDay: 0,
      leastCapital: 101,
      peakNotional: 110,
      unmarked: [],
      carriedIn: [],
    });
  });

  it("has a day without fills when something is held, and nothing after the last fill", () => {
    const result = curve([fill(1, "-2 @ 50"), fill(73, "+1 @ 40")], { 1: 48, 2: 51, 3: 45, 4: 99 });
    // Short two: +4, -6, +12, then both are worth 40.
    expect([...result.pnl]).toEqual([4, -6, 12, 10]);
    expect(result.leastCapital).toBe(104);
  });

  it("takes the last known price where there is no mark, and says so", () => {
    const result = curve([fill(1, "+1 @ 100"), fill(50, "-1 @ 130")]);
    expect([...result.pnl]).toEqual([0, 0, 30]);
    expect(result.unmarked).toEqual(["X"]);
  });

  it("prefers a fill to a mark that is older", () => {
    const result = curve([fill(1, "+1 @ 100"), fill(26, "+1 @ 120")], { 1: 110 });
    expect([...result.pnl]).toEqual([10, 10]);
  });

  it("counts legs apart and both as held", () => {
    const result = curve([fill(1, "+1 @ 100", { leg: "long" }), fill(2, "-1 @ 100", { leg: "short" })], {
      1: 90,
    });
    expect([...result.pnl]).toEqual([0]);
    expect(result.peakNotional).toBe(200);
  });

  it("adds funding on its day", () => {
    const made = new EquityCurve({ opening: [], markAt: () => null });
    made.apply(fill(1, "+1 @ 100"));
    made.pay({ timeMs: 32 * HOUR_MS, symbol: "X", leg: "net", side: "buy", amount: decimal("-0.25") });
    expect([...(made.finish()?.pnl ?? [])]).toEqual([0, -0.25]);
  });

  it("counts what a leg carried in from the first price on", () => {
    // Three were there; two of them are seen only because five are sold.
    const fills = [fill(30, "+2 @ 100", { leg: "long" }), fill(60, "-5 @ 110", { leg: "long" })];
    const marked = curve(fills, { 1: 96, 2: 104 });
    // From 96 to 104 on 3, and from 100 to 104 on 2; then 6 on 5.
    expect([...marked.pnl]).toEqual([32, 30]);
    expect(marked.carriedIn).toEqual(["X"]);
    // Without marks from the first fill's price on.
    expect([...curve(fills).pnl]).toEqual([0, 50]);
  });

  it("begins with the position that the venue names, and gains nothing by what was not seen", () => {
    const result = curve([
      fill(1, "-1 @ 100", { positionBefore: decimal("3") }),
      // One more was bought somewhere between.
      fill(2, "-3 @ 110", { positionBefore: decimal("3") }),
    ]);
    // Two are worth 10 more; the third came and went at 110.
    expect([...result.pnl]).toEqual([20]);
  });

  it("believes the venue's profit where nobody tells how much was held", () => {
    const result = curve([
      fill(1, "-1 @ 100", { realizedPnl: decimal("7") }),
      fill(30, "-1 @ 90", { realizedPnl: decimal("5") }),
    ]);
    expect([...result.pnl]).toEqual([7, 5]);
    expect(result.realisedOnly).toEqual(["X"]);
  });

  it("needs less capital at a leverage that is told", () => {
    expect(curve([fill(1, "+1 @ 100", { leverage: decimal("4") })]).leastCapital).toBe(25);
  });

  it("is nothing without fills", () => {
    expect(new EquityCurve({ opening: [], markAt: () => null }).finish()).toBeNull();
  });
});

describe("returns", () => {
  it("are on what the days before left", () => {
    const { returns, exhaustedOn } = returnsOn(1000, Float64Array.from([9, -6, 0]));
    expect([...returns]).toEqual([0.009, -6 / 1009, 0]);
    expect(exhaustedOn).toBeNull();
  });

  it("end when the capital is used up", () => {
    const { returns, exhaustedOn } = returnsOn(100, Float64Array.from([-50, -50, 80]));
    expect([...returns]).toEqual([-0.5, -1, 0]);
    expect(exhaustedOn).toBe(1);
  });

  it("need a capital", () => {
    expect(() => returnsOn(0, new Float64Array(1))).toThrow("a capital of 0 has no returns");
  });
});
