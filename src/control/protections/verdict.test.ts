/** When something was saved, when it cost, and when nothing can be told. */
import { describe, expect, it } from "vitest";
import { testedTotal } from "../../analytics/selection/total-test.ts";
import {
  adjustedChances,
  type ComparedRun,
  differenceOf,
  type ProtectionVerdict,
  verdictOf,
} from "./verdict.ts";

const RESAMPLING = { resamples: 500, seed: 1 };

/** Gains so much on each day, from 1,000. */
function run(doings: string, gains: readonly number[]): ComparedRun {
  let sum = 1_000;
  const equity = gains.map((gain) => {
    sum += gain;
    return sum;
  });
  return { doings, equity, equityTo: String(sum), days: gains.map(String) };
}

const DAYS = 30;
const daily = (gain: (day: number) => number) => Array.from({ length: DAYS }, (_, day) => gain(day));
const still = run(
  "still",
  daily(() => 0),
);

describe("a difference", () => {
  it("that is there day by day is told from chance; one of a single day is not", () => {
    const steady = differenceOf(
      run(
        "steady",
        daily((day) => 2 + (day % 3)),
      ),
      still,
      RESAMPLING,
    );
    expect(steady.saved).toBe("90");
    expect(steady.interval?.[0]).toBeGreaterThan(60);
    expect(steady.chance).toBeLessThan(0.01);
    const once = differenceOf(
      run(
        "once",
        daily((day) => (day === 7 ? 90 : 0)),
      ),
      still,
      RESAMPLING,
    );
    expect(once.saved).toBe("90");
    expect(once.interval?.[0]).toBe(0);
    expect(once.chance).toBeGreaterThan(0.2);
  });

  it("has no interval of fewer than 20 days, and none where every decision was the same", () => {
    const short = run("short", daily((day) => day).slice(0, 19));
    expect(differenceOf(short, still, RESAMPLING)).toMatchObject({
      interval: null,
      chance: null,
      isSame: false,
    });
    const level = { saved: "0", isLevel: true, interval: null, chance: null };
    expect(differenceOf(still, still, RESAMPLING)).toEqual({ ...level, isSame: true });
    // It struck, and kept nothing from being done.
    const idle = run(
      "idle",
      daily(() => 0),
    );
    expect(differenceOf(idle, still, RESAMPLING)).toEqual({ ...level, isSame: false });
  });

  it("counts every question that was asked", () => {
    const chances = [0.01, null, null, 0.04].map((chance) => ({
      saved: "1",
      isSame: false,
      isLevel: false,
      interval: null,
      chance,
    }));
    expect(adjustedChances(chances)).toEqual([0.04, null, null, 0.12]);
  });

  it.each<readonly [string, number | null, number, number, boolean, ProtectionVerdict]>([
    ["5", 0.01, 30, 5, false, "saved"],
    ["-5", 0.01, 30, 5, false, "cost"],
    ["5", 0.05, 30, 5, false, "chance"],
    ["5", null, 30, 5, false, "chance"],
    ["5", 0.01, 30, 4, false, "too-few-strikes"],
    ["5", 0.01, 19, 5, false, "too-few-days"],
    ["0", null, 30, 0, true, "no-difference"],
  ])("of %s at %s over %i days with %i strikes", (saved, adjusted, days, strikes, isLevel, verdict) => {
    const difference = { saved, isSame: isLevel, isLevel, interval: null, chance: null };
    expect(verdictOf(difference, adjusted, { days, strikes })).toBe(verdict);
  });
});

describe("a sum of daily amounts", () => {
  it("has the interval of a mean of independent days", () => {
    const amounts = Float64Array.from({ length: 400 }, (_, day) => (day % 2 === 0 ? 1 : -1) + 0.05);
    const { total, interval } = testedTotal(amounts, {
      resamples: 4_000,
      seed: 1,
      confidence: 0.95,
      blockLength: 1,
    });
    expect(total).toBeCloseTo(20, 9);
    // 1.96 deviations of a sum of 400 with deviation 1 each.
    expect(interval?.[0]).toBeGreaterThan(20 - 1.96 * 20 * 1.1);
    expect(interval?.[1]).toBeLessThan(20 + 1.96 * 20 * 1.1);
    expect((interval?.[1] ?? 0) - (interval?.[0] ?? 0)).toBeGreaterThan(2 * 1.96 * 20 * 0.9);
  });

  it("is nothing that could be tested without resamples or days", () => {
    const options = { resamples: 0, seed: 1, confidence: 0.95 };
    expect(testedTotal(Float64Array.of(1, 2), options)).toEqual({ total: 3, interval: null, chance: null });
    expect(testedTotal(new Float64Array(0), { ...options, resamples: 9 }).interval).toBeNull();
    expect(testedTotal(new Float64Array(9), { ...options, resamples: 9 }).chance).toBe(1);
  });
});
