import { describe, expect, it } from "vitest";
import { momentsOf } from "../metrics/moments.ts";
import { sharpeRatio } from "../metrics/sharpe.ts";
import { seededRandom } from "../numeric/random.ts";
import { comparedReturns } from "./comparison.ts";
import { heldCount, heldReturns, type Period, walkForward } from "./holding.ts";

const OPTIONS = { resamples: 500, seed: 1, confidence: 0.95 };

describe("holding through the periods", () => {
  const candidate = (name: string, ...outcome: number[]) => ({
    name,
    returns: new Float64Array(),
    outcome: Float64Array.from(outcome),
  });

  it("is the mean of those who are held, day by day, and nothing where nobody is", () => {
    const held = [candidate("a", 0.1, 0), candidate("b", -0.02, 0.04)];
    expect([...heldReturns(held, 2)]).toEqual([0.04, 0.02]);
    expect([...heldReturns([], 2)]).toEqual([0, 0]);
  });

  it("asks who is held anew at each beginning", () => {
    const periods: readonly Period[] = [
      { beginDay: 0, days: 2, candidates: [candidate("a", 0.1, 0.2), candidate("b", 0, 0)] },
      { beginDay: 2, days: 1, candidates: [candidate("b", 0.5), candidate("a", 0)] },
    ];
    expect([...walkForward(periods, ({ candidates }) => candidates.slice(0, 1))]).toEqual([0.1, 0.2, 0.5]);
  });

  it("leaves something to choose", () => {
    expect([1, 3, 4, 29, 30, 500].map((count) => heldCount(count, 10))).toEqual([1, 1, 2, 10, 10, 10]);
  });
});

describe("two ways held against each other", () => {
  const random = seededRandom(3);
  const noise = Float64Array.from({ length: 300 }, () => 0.02 * (random() - 0.5));

  it("differ by what the one has more, drawn with the same days", () => {
    const ahead = comparedReturns(
      noise.map((value) => value + 0.001),
      noise,
      OPTIONS,
    );
    expect(ahead?.returnAhead).toBeCloseTo(0.365, 9);
    // What both have in common falls out: the difference is the same on every day.
    expect(ahead?.returnInterval?.[0]).toBeCloseTo(0.365, 9);
    expect(ahead?.returnInterval?.[1]).toBeCloseTo(0.365, 9);
    expect(ahead?.sharpeAhead).toBeGreaterThan(0);
    expect(ahead?.sharpeInterval?.[0]).toBeGreaterThan(0);
  });

  it("are not told apart where nothing but chance is between them", () => {
    const other = Float64Array.from(noise, () => 0.02 * (random() - 0.5));
    const ahead = comparedReturns(noise, other, OPTIONS);
    expect(ahead?.returnInterval?.[0]).toBeLessThan(0);
    expect(ahead?.returnInterval?.[1]).toBeGreaterThan(0);
  });

  it("have no ratio where one never varies, and are refused on other days", () => {
    expect(comparedReturns(noise, new Float64Array(300), OPTIONS)).toMatchObject({
      sharpeAhead: null,
      sharpeInterval: null,
    });
    const idle = comparedReturns(noise, new Float64Array(300), { ...OPTIONS, idleSharpe: 0 });
    expect(idle?.sharpeAhead).toBeCloseTo(sharpeRatio(momentsOf(noise), 365) ?? 0, 12);
    expect(idle?.sharpeInterval?.[1]).toBeGreaterThan(idle?.sharpeAhead ?? 0);
    expect(comparedReturns(new Float64Array(), new Float64Array(), OPTIONS)).toBeNull();
    expect(() => comparedReturns(noise, new Float64Array(2), OPTIONS)).toThrow(RangeError);
  });
});
