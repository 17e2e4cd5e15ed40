import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialTail, studentTail } from "./beta-function.ts";
import { erfc, normalCdf, normalQuantile, normalTail } from "./normal.ts";
import { median, quantile, selectInPlace } from "./quantile.ts";
import { seededRandom } from "./random.ts";
import { compensatedSum, mean, quotient } from "./sums.ts";

/** Relative difference. */
function apart(found: number, wanted: number): number {
  return wanted === 0 ? Math.abs(found) : Math.abs(found / wanted - 1);
}

describe("the normal distribution", () => {
  // Wanted: the C library's erfc, and scipy.
  it.each([
    [-3, 1.9999779095030015],
    [-0.4, 1.4283923550466684],
    [0, 1],
    [0.3, 0.6713732405408726],
    [0.5, 0.4795001221869535],
    [1, 0.15729920705028513],
    [3.9, 3.479224859723177e-8],
    [4.1, 6.700027654084918e-9],
    [10, 2.088487583762545e-45],
    [26, 5.663192408856143e-296],
  ])("has the complementary error function of %d", (x, wanted) => {
    expect(apart(erfc(x), wanted)).toBeLessThan(2e-14);
  });

  it.each([
    [1e-300, -37.0470962993612],
    [1e-20, -9.262340089798405],
    [1e-5, -4.264890793922826],
    [0.025, -1.9599639845400538],
    [0.3, -0.5244005127080407],
    [0.5, 0],
    [0.975, 1.9599639845400536],
    [0.999999, 4.753424308817089],
  ])("has the quantile of %d", (probability, wanted) => {
    expect(Math.abs(normalQuantile(probability) - wanted)).toBeLessThan(1e-13);
  });

  it("has a quantile that is the inverse of its distribution function, far into the tail", () => {
    for (let z = -37; z <= 3; z += 0.0137)
      expect(Math.abs(normalQuantile(normalCdf(z)) - z)).toBeLessThan(1e-12);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
    expect([normalQuantile(-0.1), normalQuantile(1.1), normalQuantile(Number.NaN)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });

  it("keeps the digits of the upper tail", () => {
    expect(apart(normalTail(8), 6.22096057427174e-16)).toBeLessThan(1e-13);
    expect(apart(normalTail(35), 1.1249107064724061e-268)).toBeLessThan(1e-12);
  });
});

describe("tails of test statistics", () => {
  // Wanted: scipy.stats.t.sf.
  it.each([
    [0, 10, 0.5],
    [1.3, 18, 0.10500120953565506],
    [2.8, 365, 0.0026910050312228175],
    [-1, 365, 0.841013506458245],
    [40, 365, 8.78212161967092e-136],
  ])("has the upper tail of t = %d at %d degrees of freedom", (t, degrees, wanted) => {
    expect(apart(studentTail(t, degrees), wanted)).toBeLessThan(1e-11);
  });

  it("has the exact chance of at least so many heads", () => {
    const exact = (wins: number, trials: number) => {
      let ways = 1n;
      let sum = 0n;
      for (let k = 0; k <= trials; k += 1) {
        if (k >= wins) sum += ways;
        ways = (ways * BigInt(trials - k)) / BigInt(k + 1);
      }
      return Number((sum * 10n ** 60n) / 2n ** BigInt(trials)) / 1e60;
    };
    for (const [wins, trials] of [
      [66, 67],
      [80, 80],
      [5, 10],
      [30, 100],
      [1, 50],
      [0, 4],
    ] as const)
      expect(apart(binomialTail(wins, trials), exact(wins, trials))).toBeLessThan(1e-11);
  });
});

describe("order statistics", () => {
  const numbers = fc.array(fc.double({ noNaN: true, min: -10, max: 10 }), { minLength: 1, maxLength: 60 });

  it("finds what sorting finds", () => {
    fc.assert(
      fc.property(numbers, fc.nat(59), (values, at) => {
        const k = at % values.length;
        const sorted = Float64Array.from(values).sort();
        expect(selectInPlace(Float64Array.from(values), k)).toBe(sorted[k]);
      }),
    );
  });

  it("interpolates between neighbours, and leaves its input alone", () => {
    const values = [4, 1, 3, 2];
    expect([quantile(values, 0), quantile(values, 0.05), median(values), quantile(values, 1)]).toEqual([
      1, 1.15, 2.5, 4,
    ]);
    expect(values).toEqual([4, 1, 3, 2]);
    expect(quantile([7, 7, 7], 0.37)).toBe(7);
    expect(quantile([], 0.5)).toBeNull();
  });
});

describe("sums", () => {
  it("loses nothing where large terms cancel", () => {
    expect(compensatedSum([1, 1e100, 1, -1e100])).toBe(2);
    expect(mean([])).toBeNull();
    expect([quotient(1, 0), quotient(0, 0), quotient(1, 4)]).toEqual([null, null, 0.25]);
  });
});

describe("seeded chance", () => {
  it("repeats itself for a seed, differs between seeds, and is even", () => {
    const draw = (seed: number) => Array.from({ length: 20_000 }, seededRandom(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1).slice(0, 5)).not.toEqual(draw(2).slice(0, 5));
    const counts = new Array<number>(20).fill(0);
    for (const value of draw(7)) counts[Math.floor(value * 20)] = (counts[Math.floor(value * 20)] ?? 0) + 1;
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});
