import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { performanceOf } from "../metrics/performance.ts";
import { normalQuantile } from "../numeric/normal.ts";
import { seededRandom } from "../numeric/random.ts";
import { COLUMN, FIGURE_COLUMNS } from "./figure-columns.ts";
import { figureMatrix } from "./figure-matrix.ts";

/** As far apart as the reference values may be: relative 1e-9, absolute 1e-12. */
function expectSame(rows: readonly (readonly number[])[], months: readonly number[]): void {
  const days = months.length;
  const matrix = figureMatrix({
    returns: Float64Array.from(rows.flat()),
    months: Int32Array.from(months),
    periodsPerYear: 365,
  });
  for (const [at, row] of rows.entries()) {
    const plain = performanceOf({ returns: Float64Array.from(row), months, periodsPerYear: 365 });
    for (const name of FIGURE_COLUMNS) {
      const fast = matrix[at * FIGURE_COLUMNS.length + COLUMN[name]] ?? 0;
      const wanted = plain[name];
      const where = `${name} of ${days} days: ${fast} for ${wanted}`;
      if (wanted === null) expect(fast, where).toBeNaN();
      else
        expect(Math.abs(fast - wanted), where).toBeLessThanOrEqual(Math.max(1e-12, 1e-9 * Math.abs(wanted)));
    }
  }
}

const inMonths = (days: number) => Array.from({ length: days }, (_, day) => Math.floor(day / 30));

describe("figures of many traders at once", () => {
  it("are those of one trader, for every figure", () => {
    expect([...FIGURE_COLUMNS].sort()).toEqual(
      Object.keys(performanceOf({ returns: Float64Array.of(0.1), months: [1], periodsPerYear: 365 })).sort(),
    );
    const random = seededRandom(4);
    for (const days of [365, 366, 100, 101, 37, 20, 21]) {
      const rows = Array.from({ length: 30 }, (_, row) =>
        Array.from({ length: days }, () =>
          random() < 0.02 * row ? 0 : 0.001 + 0.03 * normalQuantile(0.999 * random() + 0.0005),
        ),
      );
      expectSame(rows, inMonths(days));
    }
  });

  it("are those of one trader at the edges", () => {
    const edges = [
      [0, 0, 0, 0, 0],
      [0.01, 0.02, 0.005, 0, 0.01],
      [-0.01, -0.02, -0.005, -0.03, -0.01],
      [0.01, 0.01, 0.01, 0.01, 0.01],
      [0.1, -1, 0.05, 0.1, -0.2],
      [0.1, -1.5, 0.05, 0.1, -0.2],
      [0.1, 1.5, 0.2, 0, 0.3],
      [-0.5, 0.1, 0.1, 0.1, 0.1],
      [0.1, 0.1, 0.1, 0.1, -0.5],
      [-0.1, 0.2, -0.1, 0.2, -0.05],
    ];
    expectSame(edges, [1, 1, 1, 1, 1]);
    expectSame(edges, [1, 1, 2, 2, 3]);
    for (const few of [[0.01], [0], [-0.4]]) expectSame([few], [1]);
    for (const few of [
      [0.01, -0.01],
      [0, 0],
      [0.1, 0],
    ])
      expectSame([few], [1, 1]);
    expectSame([[0.1, 0, -0.1]], [1, 1, 2]);
  });

  it("are those of one trader, whatever the returns", () => {
    const value = fc.oneof(
      fc.integer({ min: -40, max: 40 }).map((percent) => percent / 100),
      fc.constant(0),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (row) =>
        expectSame([row], inMonths(row.length)),
      ),
      { numRuns: 300 },
    );
  });

  it("refuse half a row", () => {
    expect(() =>
      figureMatrix({ returns: new Float64Array(3), months: new Int32Array(2), periodsPerYear: 365 }),
    ).toThrow(RangeError);
    expect(() =>
      figureMatrix({ returns: new Float64Array(3), months: new Int32Array(), periodsPerYear: 365 }),
    ).toThrow(RangeError);
    expect(
      figureMatrix({ returns: new Float64Array(), months: new Int32Array(2), periodsPerYear: 365 }).length,
    ).toBe(0);
  });
});
