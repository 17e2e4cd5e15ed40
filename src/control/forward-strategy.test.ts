import { describe, expect, it } from "vitest";
import type { Strategy, StrategyEvidence } from "../strategies/strategy.ts";
import { forwardStrategy } from "./forward-strategy.ts";

const HOUR_MS = 3_600_000;

describe("options that are held in turn", () => {
  const one = (note: string, rebalancingHours: number): Strategy => ({
    name: "any",
    rebalancingHours,
    choose: () => ({ wishes: [], notes: [note] }),
  });
  const at = (hours: number): StrategyEvidence => ({
    asOfMs: hours * HOUR_MS,
    ...{ equity: 1, firstDay: 0, days: 0, candidates: [], correlations: [] },
  });

  it("change at their moments, and are asked at each change", () => {
    const found = forwardStrategy([
      { fromMs: 0, strategy: one("first", 72) },
      { fromMs: 100 * HOUR_MS, strategy: one("second", 24) },
      { fromMs: 130 * HOUR_MS, strategy: one("third", 48) },
    ]);
    const asked: unknown[] = [];
    for (let hours = 0; hours < 240; hours += found.rebalancingHours)
      asked.push([hours, found.choose(at(hours)).notes?.[0]]);
    expect(asked).toEqual([
      [0, "first"],
      [72, "first"],
      [100, "second"],
      [124, "second"],
      [130, "third"],
      [178, "third"],
      [226, "third"],
    ]);
  });
});
