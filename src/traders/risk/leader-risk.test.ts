/** What a record says of risk, and how the engine is told it. */
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../analytics/equity/days.ts";
import { RISK_DAYS } from "../../core/evidence.ts";
import type { TraderEvidence } from "../evidence.ts";
import { riskReading, riskWindow, toldRisk } from "./leader-risk.ts";

const FIRST_DAY = 20_000;
const NOW_MS = (FIRST_DAY + 100) * DAY_MS + 5;

/** The benchmark goes up by 1 % on even days and back on odd ones. */
const marks = {
  markAt: (_: string, ms: number) => ({ price: (ms / DAY_MS) % 2 === 0 ? 100 : 101, atMs: ms - 1 }),
};
const sources = { marks, benchmark: "BTCUSDT", window: riskWindow(NOW_MS) };

/** Holds 1,000 every day, and makes half of what the benchmark does. */
function record(days = 100, over: Partial<TraderEvidence> = {}): TraderEvidence {
  const places = Array.from({ length: days }, (_, place) => place);
  const dates = places.map((place) => new Date((FIRST_DAY + place) * DAY_MS).toISOString().slice(0, 10));
  const returns = places.map((place) => ((FIRST_DAY + place) % 2 === 0 ? 0.01 : 100 / 101 - 1));
  return {
    trader: { venue: "bybit", trader: "a" },
    days: dates,
    returns: Float64Array.from(returns),
    pnl: Float64Array.from(returns, (value) => 500 * value),
    base: 1,
    isBaseStated: false,
    peakNotional: 1_000,
    dailyPeaks: Float64Array.from(places, () => 1_000),
    trips: [],
    assumptions: [],
    quality: [],
    ...over,
  };
}

describe("the risk of what a trader holds", () => {
  it("is read per unit of value held, with its beta to the benchmark", () => {
    const found = riskReading(record(), sources);
    if (!found.ok) throw new Error(found.lack);
    expect(found.reading.unit.ownDays).toBe(100);
    expect(found.reading.beta).toEqual({ beta: expect.closeTo(0.5, 9), days: 100 });
  });

  it("is told day by day at the day's own place, whenever it was measured", () => {
    const days = [0, 1].map((later) => {
      const window = riskWindow(NOW_MS + later * DAY_MS);
      const found = riskReading(record(101), { ...sources, window });
      return found.ok ? toldRisk(found.reading, window.untilDay) : { dayReturns: [] };
    });
    expect(days[0]?.dayReturns).toHaveLength(RISK_DAYS);
    const place = (FIRST_DAY + 50) % RISK_DAYS;
    expect(days.map(({ dayReturns }) => dayReturns[place])).toEqual([500, 500]);
    expect(days[0]?.dayReturns[(FIRST_DAY + 51) % RISK_DAYS]).toBe(-495);
  });

  it("says why it cannot be read", () => {
    const lackOf = (given: TraderEvidence | null) => {
      const found = riskReading(given, sources);
      return found.ok ? null : found.lack;
    };
    expect(lackOf(null)).toBe("no-record");
    expect(lackOf(record(29))).toBe("too-short");
    expect(lackOf(record(100, { assumptions: [{ word: "venue-profit-only", text: "" }] }))).toBe(
      "venue-profit-only",
    );
    const unknown = { markAt: () => null };
    expect(riskReading(record(), { ...sources, marks: unknown })).toMatchObject({ reading: { beta: null } });
  });

  it("knows nothing of the day that is not over, nor of later ones", () => {
    const crash = record(120);
    for (let day = 100; day < 120; day += 1) crash.pnl[day] = -1e6;
    expect(riskReading(crash, sources)).toEqual(riskReading(record(100), sources));
  });
});
