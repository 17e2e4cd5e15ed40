import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalQuantile } from "../numeric/normal.ts";
import { seededRandom } from "../numeric/random.ts";
import { centred } from "./covariance.ts";
import { effectiveNumber } from "./effective-number.ts";
import { clustersOf, type Linkage, linkage } from "./linkage.ts";
import { correlationInterval } from "./pair-bootstrap.ts";
import { fisherInterval, pairsOf, shrunkCorrelations } from "./pairs.ts";
import { ledoitWolfConstant } from "./shrunk-to-constant.ts";
import { ledoitWolfFactor } from "./shrunk-to-factor.ts";
import { ledoitWolfIdentity, oracleApproximating } from "./shrunk-to-identity.ts";
import { correlationsOfTable } from "./table-correlations.ts";

/** Two series whose true correlation is `rho`. */
function correlated(days: number, rho: number, seed: number): readonly [Float64Array, Float64Array] {
  const random = seededRandom(seed);
  const normal = () => normalQuantile(random() * 0.999999 + 5e-7);
  const one = Float64Array.from({ length: days }, normal);
  return [one, one.map((value) => rho * value + Math.sqrt(1 - rho * rho) * normal())];
}

const series = (name: string, returns: readonly number[] | Float64Array, firstRow = 0) => ({
  name,
  firstRow,
  returns: Float64Array.from(returns),
});

describe("clusters", () => {
  /** The definition: of all pairs of groups the closest become one. */
  function plainLinkage(distances: Float64Array, count: number, method: Linkage) {
    let groups = Array.from({ length: count }, (_, at) => [at]);
    const merged: { distance: number; group: readonly number[] }[] = [];
    const between = (one: readonly number[], other: readonly number[]) => {
      const all = one.flatMap((a) => other.map((b) => distances[a * count + b] ?? 0));
      return method === "single" ? Math.min(...all) : all.reduce((sum, value) => sum + value, 0) / all.length;
    };
    while (groups.length > 1) {
      const pairs = groups.flatMap((one, at) =>
        groups.slice(at + 1).map((other) => ({ one, other, distance: between(one, other) })),
      );
      const best = pairs.reduce((least, next) => (next.distance < least.distance ? next : least));
      const group = [...best.one, ...best.other].sort((a, b) => a - b);
      merged.push({ distance: best.distance, group });
      groups = [...groups.filter((one) => one !== best.one && one !== best.other), group];
    }
    return merged;
  }

  it.each(["average", "single"] as const)("are those of the definition, by %s linkage", (method) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 1_000_000 }), (count, seed) => {
        const random = seededRandom(seed);
        const distances = new Float64Array(count * count);
        for (let row = 0; row < count; row += 1)
          for (let column = 0; column < row; column += 1) {
            const value = random();
            distances[row * count + column] = value;
            distances[column * count + row] = value;
          }
        const merges = linkage(distances, count, method);
        const plain = plainLinkage(distances, count, method);
        expect(merges.length).toBe(Math.max(0, count - 1));
        for (const [at, { distance, size }] of merges.entries()) {
          expect(distance).toBeCloseTo(plain[at]?.distance ?? 9, 12);
          expect(size).toBe(plain[at]?.group.length);
          const cut = clustersOf(merges, count, distance + 1e-12);
          expect(cut).toContainEqual(plain[at]?.group);
          expect(cut.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, one) => one));
        }
      }),
    );
  });

  it("end where many are as near", () => {
    const count = 6;
    const same = new Float64Array(count * count).fill(0.5);
    expect(linkage(same, count, "average").map(({ distance }) => distance)).toEqual([
      0.5, 0.5, 0.5, 0.5, 0.5,
    ]);
    expect(clustersOf(linkage(same, count, "average"), count, 0.4)).toEqual([[0], [1], [2], [3], [4], [5]]);
  });
});

describe("the number of independent bets", () => {
  const matrix = (count: number, rho: number) =>
    Float64Array.from({ length: count * count }, (_, at) => (at % (count + 1) === 0 ? 1 : rho));

  it("is one for the same bet many times, and all for independent ones", () => {
    expect(effectiveNumber(matrix(5, 1), 5)).toEqual({ byAverage: 1, byEigenvalues: 1 });
    expect(effectiveNumber(matrix(5, 0), 5)).toEqual({ byAverage: 5, byEigenvalues: 5 });
    expect(effectiveNumber(matrix(5, 0.5), 5).byAverage).toBeCloseTo(5 / 3, 12);
    expect(effectiveNumber(matrix(2, -1), 2)).toEqual({ byAverage: null, byEigenvalues: 1 });
    expect(effectiveNumber(new Float64Array(), 0)).toEqual({ byAverage: null, byEigenvalues: null });
  });
});

describe("a pair", () => {
  it("is compared on the days that both have", () => {
    const [pair] = pairsOf([series("a", [9, 1, 2, 3, 5]), series("b", [1, 2, 3, 5, 7], 1)]);
    expect(pair).toMatchObject({ one: 0, other: 1, days: 4, correlation: 1 });
    const few = pairsOf([series("a", [1, 2]), series("b", [1], 5), series("c", [1, 1])]);
    expect(few.map(({ days, correlation, interval }) => [days, correlation, interval])).toEqual([
      [0, null, null],
      [2, null, null],
      [0, null, null],
    ]);
  });

  it("has an interval that covers the true correlation about as often as it says, by Fisher and by resampling", () => {
    const covered = { fisher: 0, bootstrap: 0 };
    for (let seed = 0; seed < 150; seed += 1) {
      const [one, other] = correlated(100, 0.5, seed);
      const [pair] = pairsOf([series("a", one), series("b", other)]);
      const [low, high] = pair?.interval ?? [1, -1];
      if (low <= 0.5 && high >= 0.5) covered.fisher += 1;
      const [from, until] = correlationInterval(one, other, {
        resamples: 200,
        seed: 1,
        confidence: 0.95,
      }) ?? [1, -1];
      if (from <= 0.5 && until >= 0.5) covered.bootstrap += 1;
    }
    expect(covered.fisher / 150).toBeGreaterThan(0.89);
    expect(covered.bootstrap / 150).toBeGreaterThan(0.85);
    expect(covered.bootstrap / 150).toBeLessThan(0.99);
  });

  it("has no interval of too few days, and none of no width where it is perfect", () => {
    expect(fisherInterval(0.5, 3, 0.95)).toBeNull();
    expect(fisherInterval(1, 30, 0.95)).toEqual([1, 1]);
    const flat = new Float64Array(10);
    expect(correlationInterval(flat, flat, { resamples: 20, seed: 1, confidence: 0.95 })).toBeNull();
  });

  it("is drawn to the mean of all, the less it is known the further", () => {
    const pairs = [
      { one: 0, other: 1, days: 1_000, correlation: 0.8, interval: null },
      { one: 0, other: 2, days: 20, correlation: 0.8, interval: null },
      { one: 1, other: 2, days: 1_000, correlation: -0.2, interval: null },
      { one: 2, other: 3, days: 0, correlation: null, interval: null },
    ];
    const matrix = shrunkCorrelations(pairs, 4);
    const at = (one: number, other: number) => matrix[one * 4 + other] ?? Number.NaN;
    expect(at(0, 1)).toBeGreaterThan(at(0, 2));
    expect(at(0, 2)).toBeGreaterThan(at(2, 3));
    expect(at(2, 3)).toBeGreaterThan(at(1, 2));
    expect([at(1, 0), at(3, 3)]).toEqual([at(0, 1), 1]);
    expect([...shrunkCorrelations([], 2)]).toEqual([1, 0, 0, 1]);
  });
});

describe("shrinking covariances", () => {
  const shrinkers = [ledoitWolfConstant, ledoitWolfFactor, ledoitWolfIdentity, oracleApproximating];

  it.each([
    ["one series", [[1, 2, 4]]],
    [
      "the same one twice",
      [
        [1, 2, 4],
        [1, 2, 4],
      ],
    ],
    [
      "opposites",
      [
        [1, -1, 2],
        [-1, 1, -2],
      ],
    ],
    [
      "one that does not vary",
      [
        [1, 2, 4],
        [3, 3, 3],
      ],
    ],
    [
      "none that varies",
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
    ],
  ])("leaves whole numbers for %s", (_, rows) => {
    for (const shrink of shrinkers) {
      const { covariance, intensity } = shrink(centred(rows.map((row) => Float64Array.from(row))));
      expect([...covariance].every(Number.isFinite)).toBe(true);
      expect(intensity).toBeGreaterThanOrEqual(0);
      expect(intensity).toBeLessThanOrEqual(1);
    }
  });

  it("refuses series of different days", () => {
    expect(() => centred([Float64Array.of(1, 2), Float64Array.of(1)])).toThrow(RangeError);
    expect(() => centred([])).toThrow(RangeError);
  });
});

describe("a table", () => {
  const dates = Array.from({ length: 31 }, (_, day) => `2024-01-${String(day + 1).padStart(2, "0")}`);

  it("is told as groups, pairs and the days that all have", () => {
    const [a, b] = correlated(31, 0.95, 1);
    const [c] = correlated(30, 0, 2);
    const found = correlationsOfTable(
      { dates, series: [series("a", a), series("b", b), series("c", c, 1)] },
      0.7,
    );
    expect(found.clusters.groups).toEqual([["a", "b"], ["c"]]);
    expect(found.common_days).toMatchObject({ days: 30, first_date: "2024-01-02", last_date: "2024-01-31" });
    expect(found.pairs.map(({ one, other, days }) => [one, other, days])).toEqual([
      ["a", "b", 31],
      ["a", "c", 30],
      ["b", "c", 30],
    ]);
    expect(found.shrunk.map((row) => row.length)).toEqual([3, 3, 3]);
    expect(found.effective_number.by_eigenvalues).toBeGreaterThan(1.3);
    expect(found.effective_number.by_eigenvalues).toBeLessThan(2.5);
  });

  it("of series without common days has neither correlation nor groups", () => {
    const found = correlationsOfTable({ dates, series: [series("a", [1, 2]), series("b", [1, 2], 3)] }, 0.7);
    expect(found).toMatchObject({
      average_correlation: null,
      common_days: null,
      clusters: { groups: [["a"], ["b"]] },
    });
    expect(correlationsOfTable({ dates, series: [] }, 0.7)).toMatchObject({ pairs: [], common_days: null });
  });
});
