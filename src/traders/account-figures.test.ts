import { describe, expect, it } from "vitest";
import type { PaymentIn } from "../analytics/trades/margin-top-ups.ts";
import { Decimal } from "../core/model/decimal.ts";
import { accountFigures } from "./account-figures.ts";
import type { TraderEvidence } from "./evidence.ts";

const HOUR_MS = 3_600_000;
const bar = { sigma: 0.01, volume: 10_000 };
const trip = {
  symbol: "BTCUSDT",
  side: "long",
  openMs: 0,
  closeMs: HOUR_MS,
  pnl: 8,
  fees: 0,
  maxQuantity: 100,
  maxNotional: 1_000,
  adds: [],
} as const;
const evidence: TraderEvidence = {
  trader: { venue: "binance", trader: "alice" },
  days: ["2024-05-01", "2024-05-02", "2024-05-03"],
  returns: Float64Array.of(0.5, 0, 0),
  pnl: Float64Array.of(500, 0, 0),
  base: 1_000,
  isBaseStated: true,
  peakNotional: 3_000,
  dailyPeaks: Float64Array.of(1_000, 3_000, 0),
  trips: [trip],
  assumptions: [],
  quality: [],
};
/** Knows bars of BTCUSDT alone. */
const moves = {
  between: (symbol: string) =>
    symbol === "BTCUSDT" ? { ratio: 1, unknown: 0, intervalMs: HOUR_MS, bar } : null,
};

describe("figures of an account and its markets", () => {
  it("are leverage on the stated capital, and what could follow", () => {
    const { figures, why } = accountFigures(evidence, moves, null);
    expect(figures).toMatchObject({ meanLeverage: 1, maxLeverage: 2, volumeShare: 0.01 });
    expect(figures.highLeverage).toBeCloseTo(1.9, 12);
    expect(figures.capacityMultiple).toBeCloseTo(4, 12);
    expect(figures.capacity).toBeCloseTo(4_000, 9);
    const unknown = "no source of it tells what was paid in or out";
    expect(why).toEqual({
      marginTopUps: unknown,
      marginTopUpAmount: unknown,
      marginTopUpShare: unknown,
    });
  });

  it("have no leverage where the capital is assumed: it is the least that held everything", () => {
    const { figures, why } = accountFigures({ ...evidence, isBaseStated: false }, moves, null);
    expect(figures).toMatchObject({ meanLeverage: null, highLeverage: null, maxLeverage: null });
    expect(why.meanLeverage).toContain("--equity");
  });

  it("are what was paid in while something was losing, or why that is not told", () => {
    const paid = (amount: string, held: PaymentIn["held"]) => ({ amount: Decimal.parse(amount), held });
    const told = accountFigures(evidence, moves, [paid("30", "losing"), paid("90", "not-losing")]);
    expect(told.figures).toMatchObject({ marginTopUps: 1, marginTopUpAmount: 30, marginTopUpShare: 0.25 });
    expect(told.why).toEqual({});
    const nothing = accountFigures(evidence, moves, []);
    expect(nothing.figures).toMatchObject({ marginTopUps: 0, marginTopUpAmount: 0, marginTopUpShare: null });
    expect(nothing.why).toEqual({ marginTopUpShare: "nothing was paid in" });
    const untold = accountFigures(evidence, moves, [paid("30", "losing"), paid("90", "untold")]);
    expect(untold.figures).toMatchObject({ marginTopUps: null, marginTopUpAmount: null });
    expect(untold.why.marginTopUps).toContain("no price is known");
  });

  it("say nothing of markets of which most is unknown, or where nothing was earned", () => {
    const elsewhere = { ...trip, symbol: "NEWUSDT", maxNotional: 1_500 };
    const most = accountFigures({ ...evidence, trips: [trip, elsewhere] }, moves, null);
    expect(most.figures).toMatchObject({ capacity: null, capacityMultiple: null, volumeShare: null });
    expect(most.why.capacity).toContain("known for 40 % of what it traded, half is needed");
    const none = accountFigures({ ...evidence, trips: [] }, moves, null);
    expect(none.why.volumeShare).toBe("no round trip of it was seen whole");
    const loser = accountFigures({ ...evidence, trips: [{ ...trip, pnl: -8 }] }, moves, null);
    expect(loser.figures).toMatchObject({ capacity: null, volumeShare: 0.01 });
    expect(loser.why.capacity).toContain("earned nothing");
  });
});
