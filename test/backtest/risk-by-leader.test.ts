/** Which leader brought how much of a backtest's risk: exact where it is known, and all of it together. */
import { describe, expect, it } from "vitest";
import { NO_LEADER, type RiskDays, riskByLeader } from "../../src/backtest/risk-by-leader.ts";

const TERMS = { resamples: 50, seed: 1, daysMin: 20 };

/** Two leaders on 40 days: what each makes of an equity of 10,000 that stays; `lost` is nobody's. */
function days(ofOne: (day: number) => number, ofOther: (day: number) => number, lost = 0): RiskDays {
  const all = Array.from({ length: 40 }, (_, day) => day);
  const sumOf = (of: (day: number) => number, until: number) =>
    all.slice(0, until + 1).reduce((sum, day) => sum + of(day), 0);
  return {
    profits: all.map(
      (day) =>
        new Map([
          ["one", sumOf(ofOne, day)],
          ["other", sumOf(ofOther, day)],
        ]),
    ),
    returns: all.map((day) => (ofOne(day) + ofOther(day) - lost) / 10_000),
    benchmark: {
      symbol: "BTCUSDT",
      returns: Float64Array.from(all, (day) => (day % 2 === 0 ? 0.01 : -0.01)),
    },
    equity: [10_000, ...all.map(() => 10_000)],
  };
}

describe("risk by leader", () => {
  it("parts the worst days among those who lost on them, and beta among those who move with the market", () => {
    const found = riskByLeader(
      days(
        (day) => (day < 4 ? -200 : 10),
        (day) => (day % 2 === 0 ? 50 : -50),
      ),
      TERMS,
    );
    expect(found?.leaders).toEqual(["one", "other"]);
    // Days 1 and 3: the one loses 200, the other 50.
    expect(found?.figures.shortfall.whole).toBeCloseTo(0.025, 9);
    expect(found?.figures.shortfall.parts.map((part) => part.toFixed(6))).toEqual(["0.020000", "0.005000"]);
    expect(found?.beta?.parts[1]).toBeCloseTo(0.5, 9);
    expect(found?.intervals?.shortfall).not.toBeNull();
  });

  it("shows what is no leader's by itself, so that all sums to the whole", () => {
    const found = riskByLeader(
      days(
        (day) => (day < 4 ? -200 : 10),
        () => 1,
        5,
      ),
      TERMS,
    );
    expect(found?.leaders).toEqual(["one", "other", NO_LEADER]);
    const { whole = 0, parts = [] } = found?.figures.shortfall ?? {};
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(whole, 12);
    expect(parts[2]).toBeCloseTo(0.0005, 9);
  });

  it("is nothing of a few days, or where nobody was copied", () => {
    const short = days(
      () => 1,
      () => 1,
    );
    expect(riskByLeader({ ...short, returns: short.returns.slice(0, 19) }, TERMS)).toBeNull();
    expect(riskByLeader({ ...short, profits: short.profits.map(() => new Map()) }, TERMS)).toBeNull();
  });
});
