import { describe, expect, it } from "vitest";
import { pearson } from "../metrics/covariation.ts";
import { seededRandom } from "../numeric/random.ts";
import { correlationMatrix, plainCorrelationMatrix, SERIES_MAX } from "./matrix.ts";

function noise(rows: number, days: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const common = Array.from({ length: days }, () => random() - 0.5);
  return Float64Array.from({ length: rows * days }, (_, at) => random() - 0.5 + (common[at % days] ?? 0));
}

describe("correlations of all pairs", () => {
  it.each([
    [1, 5],
    [2, 2],
    [3, 7],
    [4, 4],
    [5, 365],
    [64, 33],
    [65, 32],
    [130, 31],
    [201, 100],
  ])("are those of the plain way, and of each pair: %d series of %d days", (rows, days) => {
    const returns = noise(rows, days, rows);
    const matrix = correlationMatrix({ returns, days });
    const plain = plainCorrelationMatrix({ returns, days });
    expect(matrix.length).toBe(rows * rows);
    let apart = 0;
    for (const [at, value] of matrix.entries()) apart = Math.max(apart, Math.abs(value - (plain[at] ?? 9)));
    expect(apart).toBeLessThan(1e-13);
    for (let pair = 0; pair < 50; pair += 1) {
      const [one, other] = [(pair * 7) % rows, (pair * 13) % rows];
      const row = (at: number) => returns.subarray(at * days, (at + 1) * days);
      expect(matrix[one * rows + other]).toBeCloseTo(pearson(row(one), row(other)) ?? 9, 12);
      expect(matrix[one * rows + other]).toBe(matrix[other * rows + one]);
    }
  });

  it("are 1 in the diagonal, exactly, and unknown for what does not vary", () => {
    const returns = Float64Array.of(0.1, 0.2, 0.4, 0.3, 0.3, 0.3, 0.2, 0.4, 0.8);
    const matrix = correlationMatrix({ returns, days: 3 });
    expect([matrix[0], matrix[4], matrix[8]]).toEqual([1, Number.NaN, 1]);
    expect([matrix[1], matrix[3], matrix[5], matrix[7]]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
    expect(matrix[2]).toBeCloseTo(1, 14);
    expect(matrix[2]).toBeLessThanOrEqual(1);
  });

  it("refuse what is not whole or too much", () => {
    expect(correlationMatrix({ returns: new Float64Array(), days: 3 })).toEqual(new Float64Array());
    expect(() => correlationMatrix({ returns: new Float64Array(4), days: 3 })).toThrow(RangeError);
    expect(() => correlationMatrix({ returns: new Float64Array(4), days: 0 })).toThrow(RangeError);
    expect(() => correlationMatrix({ returns: new Float64Array(SERIES_MAX + 1), days: 1 })).toThrow(
      "8001 series",
    );
  });
});
