/** The solver of quadratic programmes beside quadprog, on programmes that both can do, and by the value of the point on those that only ours can. */
import fc from "fast-check";
import quadprog from "quadprog";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/analytics/numeric/random.ts";
import { solveQuadratic } from "../../src/analytics/portfolio/solver/quadratic.ts";
import type { Region, Row } from "../../src/analytics/portfolio/solver/region.ts";

/** `factors` below `size` leave the matrix without an inverse. */
function madeProgramme(size: number, factors: number, seed: number) {
  const random = seededRandom(seed);
  const loads = Array.from({ length: factors }, () =>
    Float64Array.from({ length: size }, () => random() - 0.5),
  );
  const quadratic = new Float64Array(size * size);
  for (const load of loads)
    for (let at = 0; at < quadratic.length; at += 1)
      quadratic[at] =
        (quadratic[at] as number) + (load[Math.floor(at / size)] as number) * (load[at % size] as number);
  const linear = Float64Array.from({ length: size }, () => 0.3 * (random() - 0.5));
  const row = (coefficients: readonly number[], least: number): Row => ({
    coefficients: Float64Array.from(coefficients),
    least,
  });
  const one = (at: number, value: number) =>
    Array.from({ length: size }, (_, place) => (place === at ? value : 0));
  const all = Array.from({ length: size }, (_, at) => at);
  const group = all.map((at) => (2 * at < size ? -1 : 0));
  const region: Region = {
    size,
    equal: [
      row(
        all.map(() => 1),
        1,
      ),
    ],
    atLeast: [
      ...all.map((at) => row(one(at, 1), 0)),
      ...all.map((at) => row(one(at, -1), -Math.min(1, 2 / size))),
      row(group, -0.7),
    ],
  };
  return { region, quadratic, linear, near: new Float64Array(size).fill(1 / size) };
}

function byQuadprog({ region, quadratic, linear }: ReturnType<typeof madeProgramme>): readonly number[] {
  const { size, equal, atLeast } = region;
  const rows = [...equal, ...atLeast];
  const { solution, message } = quadprog.solveQP(
    [
      [],
      ...Array.from({ length: size }, (_, row) => [0, ...quadratic.subarray(row * size, (row + 1) * size)]),
    ],
    [0, ...linear.map((value) => -value)],
    [
      [],
      ...Array.from({ length: size }, (_, at) => [0, ...rows.map((row) => row.coefficients[at] as number)]),
    ],
    [0, ...rows.map(({ least }) => least)],
    equal.length,
  );
  if (message !== "" || solution === undefined) throw new Error(message);
  return solution.slice(1);
}

const valueAt = ({ quadratic, linear }: ReturnType<typeof madeProgramme>, x: ArrayLike<number>) => {
  const size = linear.length;
  let value = 0;
  for (let at = 0; at < quadratic.length; at += 1)
    value +=
      ((quadratic[at] as number) * (x[Math.floor(at / size)] as number) * (x[at % size] as number)) / 2;
  return linear.reduce((sum, cost, at) => sum + cost * (x[at] as number), value);
};

const seeds = fc.integer({ min: 0, max: 1_000_000 });

describe("quadratic programmes", () => {
  it("have quadprog's solution where the matrix has an inverse", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 14 }), seeds, (size, seed) => {
        const made = madeProgramme(size, 2 * size + 4, seed);
        const found = solveQuadratic(made);
        const beside = byQuadprog(made);
        if (found.kind !== "solved") throw new Error(found.why);
        for (const [at, value] of beside.entries())
          expect(Math.abs((found.x[at] ?? 9) - value)).toBeLessThan(1e-8);
      }),
      { numRuns: 60 },
    );
  });

  it("are solved without an inverse: no corner of the region and no way between points is better", () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 10 }), seeds, (size, seed) => {
        const made = madeProgramme(size, Math.floor(size / 2), seed);
        const found = solveQuadratic(made);
        if (found.kind !== "solved") throw new Error(found.why);
        const best = valueAt(made, found.x);
        // The same with a little of the identity has an inverse, and its solution is a feasible point of this one.
        const firmer = made.quadratic.map((value, at) => (at % (size + 1) === 0 ? value + 1e-6 : value));
        const near = byQuadprog({ ...made, quadratic: firmer });
        expect(best).toBeLessThanOrEqual(valueAt(made, near) + 1e-9);
        expect(best).toBeGreaterThanOrEqual(valueAt(made, near) - 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it("say so where the constraints leave nothing", () => {
    const made = madeProgramme(4, 12, 1);
    const row = { coefficients: new Float64Array(4).fill(-1), least: -0.5 };
    const found = solveQuadratic({
      ...made,
      region: { ...made.region, atLeast: [...made.region.atLeast, row] },
    });
    expect(found.kind).toBe("failed");
  });
});
