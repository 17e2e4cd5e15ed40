/** The pure pieces of a what-if, by numbers that can be followed by hand. */
import { describe, expect, it } from "vitest";
import { delayLimit } from "./delay-limit.ts";
import { impactCapacity } from "./impact-capacity.ts";
import { leastCapital } from "./least-capital.ts";

describe("the delay past which copying does not pay", () => {
  const at = (...profits: readonly number[]) =>
    delayLimit(profits.map((profit, place) => ({ delayMs: 10 ** (place + 1), profit })));

  it("lies between the last that pays and the first that does not, by the logarithm", () => {
    expect(at(9, 5, -5)).toEqual({ kind: "until", delayMs: expect.closeTo(100 * Math.sqrt(10), 9) });
    expect(at(9, 9, 0)).toEqual({ kind: "until", delayMs: expect.closeTo(1_000, 9) });
  });

  it("is none where the shortest loses, whatever luck brings later", () => {
    expect(at(-1, -2)).toEqual({ kind: "never" });
    expect(at(-1, 5, 5)).toEqual({ kind: "never" });
  });

  it("is not found where the longest pays, and what comes back after a loss does not count", () => {
    expect(at(3, 2, 1)).toEqual({ kind: "beyond", delayMs: 1_000 });
    expect(at(3, -3, 4)).toEqual({ kind: "until", delayMs: expect.closeTo(10 * Math.sqrt(10), 9) });
  });
});

describe("room for money", () => {
  it("is where impact, which grows by the root, is as large as what is earned", () => {
    // 1,000,000 earn 50,000 and pay 5,000: at a hundred times as much 5,000,000 are earned and 5,000 x 100^1.5 paid.
    expect(impactCapacity({ capital: 1e6, earned: 50_000, impact: 5_000 }, 1)).toBeCloseTo(1e8, 3);
    expect(impactCapacity({ capital: 1e6, earned: 50_000, impact: 5_000 }, 0.5)).toBeCloseTo(2.5e7, 3);
  });

  it("grows with what is earned and falls with impact, and is the same at whatever capital it was tried", () => {
    const room = (earned: number, impact: number) =>
      impactCapacity({ capital: 1e6, earned, impact }, 1) ?? Number.NaN;
    const edges = [1, 2, 5, 30].map((earned) => room(earned, 3));
    expect(edges).toEqual(edges.toSorted((one, other) => one - other));
    const impacts = [1, 2, 5, 30].map((impact) => room(20, impact));
    expect(impacts).toEqual(impacts.toSorted((one, other) => other - one));
    for (const factor of [0.01, 4, 100])
      expect(
        impactCapacity({ capital: 1e6 * factor, earned: 9 * factor, impact: 3 * factor ** 1.5 }, 1),
      ).toBeCloseTo(room(9, 3), 3);
  });

  it("is nothing where nothing is earned, and not known where no impact is", () => {
    expect(impactCapacity({ capital: 1e6, earned: -1, impact: 3 }, 1)).toBe(0);
    expect(impactCapacity({ capital: 1e6, earned: 1, impact: 0 }, 1)).toBeNull();
  });
});

describe("the least capital", () => {
  const range = { from: 1, to: 1e9 };

  it("is found to a hundredth", () => {
    for (const planted of [3.7, 400, 123_456, 8e8]) {
      const found = leastCapital((capital) => capital >= planted, range) ?? 0;
      expect(found / planted).toBeGreaterThanOrEqual(1);
      expect(found / planted).toBeLessThan(1.011);
    }
  });

  it("is the one from which on it holds, not the first that happens to", () => {
    const holds = (capital: number) => capital >= 900 || (capital > 300 && capital < 500);
    expect((leastCapital(holds, range) ?? 0) / 900).toBeCloseTo(1, 1);
  });

  it("is below what is too much for a venue", () => {
    const found = leastCapital((capital) => capital >= 400 && capital < 7e6, range) ?? 0;
    expect(found / 400).toBeCloseTo(1, 1);
  });

  it("is the least that is tried where all hold, and none where none does", () => {
    expect(leastCapital(() => true, range)).toBe(1);
    expect(leastCapital(() => false, range)).toBeNull();
  });
});
