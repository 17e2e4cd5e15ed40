/** Records put on common days: nothing of a day that was not over, and nothing made up for days without a record. */
import { describe, expect, it } from "vitest";
import { monthOfDay } from "../../src/analytics/equity/days.ts";
import { strategyEvidence } from "../../src/strategies/evidence.ts";
import { madeRecord, TODAY } from "./made-evidence.ts";

const DAY_MS = 86_400_000;

describe("evidence", () => {
  const short = madeRecord({ trader: "short", returns: [0.01, -0.02, 0.03], trips: 2 });
  const early = { ...madeRecord({ trader: "early", returns: [0.04, 0.05] }), firstDay: TODAY - 5 };
  const parts = { equity: 1_000, lookbackDays: 365, records: [short, early] };

  it("has the same days for all, and gaps where nothing is known", () => {
    const found = strategyEvidence({ ...parts, asOfMs: TODAY * DAY_MS + 1 });
    expect(found).toMatchObject({ firstDay: TODAY - 5, days: 5 });
    const none = Number.NaN;
    expect(found.candidates.map(({ returns }) => Array.from(returns))).toEqual([
      [none, none, 0.01, -0.02, 0.03],
      [0.04, 0.05, none, none, none],
    ]);
    expect(found.candidates[0]?.figures).toMatchObject({ days: 3, trips: 2 });
    expect(found.candidates[0]?.figures.total_return).toBeCloseTo(1.01 * 0.98 * 1.03 - 1, 12);
    expect(Array.from(found.correlations)).toEqual([1, none, none, 1]);
  });

  it("has no day that was not over, whoever passes it", () => {
    const found = strategyEvidence({ ...parts, asOfMs: (TODAY - 1) * DAY_MS - 1 });
    expect(found).toMatchObject({ firstDay: TODAY - 5, days: 3 });
    expect(Array.from(found.candidates[0]?.returns ?? [])).toEqual([Number.NaN, Number.NaN, 0.01]);
  });

  it("looks back no further than it is told", () => {
    const found = strategyEvidence({ ...parts, lookbackDays: 2, asOfMs: TODAY * DAY_MS });
    expect(found).toMatchObject({ firstDay: TODAY - 2, days: 2 });
    expect(found.candidates[1]?.figures.days).toBe(0);
  });

  it("tells alike from unlike", () => {
    const one = madeRecord({ trader: "one", seed: 5 });
    const twin = { ...one, trader: "twin" };
    const other = madeRecord({ trader: "other", seed: 9 });
    const { correlations } = strategyEvidence({
      ...parts,
      asOfMs: TODAY * DAY_MS,
      records: [one, twin, other],
    });
    expect(correlations[1]).toBeGreaterThan(0.9);
    expect(Math.abs(correlations[2] ?? 1)).toBeLessThan(0.6);
  });
});

describe("months", () => {
  it("change where the calendar's do", () => {
    for (let day = -200_000; day < 200_000; day += 13) {
      const [date, before] = [new Date(day * DAY_MS), new Date((day - 1) * DAY_MS)];
      const steps =
        (date.getUTCFullYear() - before.getUTCFullYear()) * 12 + date.getUTCMonth() - before.getUTCMonth();
      expect(monthOfDay(day) - monthOfDay(day - 1)).toBe(steps);
    }
  });
});
