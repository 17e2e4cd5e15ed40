/** Decimal texts to integers and back, and the rounding of fees, against the exact Decimal type. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Decimal } from "../../core/model/decimal.ts";
import {
  averageText,
  bigUnitsText,
  estimateText,
  feeOn,
  flowOn,
  moneyFrom,
  moneyText,
  proportion,
  unitsFrom,
  unitsText,
} from "./fixed-point.ts";

describe("decimal texts", () => {
  test.each([
    ["1.5", 2, 150],
    ["1.500", 1, 15],
    ["0", 3, 0],
    ["-0.5", 1, -5],
    ["007", 0, 7],
    ["1.05", 1, undefined],
    ["", 1, undefined],
    [".5", 1, undefined],
    ["5.", 1, undefined],
    ["1e3", 1, undefined],
    ["1.2.3", 4, undefined],
    ["-", 1, undefined],
    [" 1", 1, undefined],
    ["99999999999999999999", 0, undefined],
  ])("%j at scale %i is %s", (text, scale, units) => {
    expect(unitsFrom(text, scale)).toBe(units);
  });

  test("read as the Decimal type reads them, and written back the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.integer({ min: 0, max: 9 }), (units, scale) => {
        const text = unitsText(units, scale);
        expect(text).toBe(Decimal.of(BigInt(units), scale).toString());
        expect(unitsFrom(text, scale)).toBe(units);
        expect(bigUnitsText(BigInt(units), scale)).toBe(text);
      }),
    );
  });

  test("money", () => {
    expect(
      ["10000", "-0.000000000001", "1.0000000000000", "1e3", "x", ""].map((text) => moneyFrom(text)),
    ).toEqual([10_000_000_000_000_000n, -1n, 1_000_000_000_000n, undefined, undefined, undefined]);
    expect(moneyText(-1n)).toBe("-0.000000000001");
  });

  test.each([
    [1 / 3, "0.33333333"],
    [-0.000000001, "0"],
    [1e9, "1000000000"],
    [123_456_789_012, "123456789012"],
    [Number.NaN, "0"],
  ])("estimate %d", (value, text) => {
    expect(estimateText(value)).toBe(text);
  });
});

describe("money arithmetic", () => {
  test("fees are rounded up to 10^-8, flows to the nearest and symmetrically", () => {
    expect(moneyText(feeOn(1_000_001n, 55_000n))).toBe("0.00000001");
    expect(feeOn(6_000_010_000_000_000n, 55_000n)).toBe(3_300_005_500_000n);
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 20n }),
        fc.bigInt({ min: -(10n ** 6n), max: 10n ** 6n }),
        (value, rate) => {
          expect(flowOn(value, rate) + flowOn(value, -rate)).toBe(0n);
        },
      ),
    );
  });

  test("parts taken one after another leave nothing over", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
        fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1 }),
        (whole, parts) => {
          let left = whole;
          let lots = parts.reduce((sum, part) => sum + part, 0);
          for (const part of parts) {
            left -= proportion(left, part, lots);
            lots -= part;
          }
          expect(left).toBe(0n);
        },
      ),
    );
  });

  test("averages", () => {
    expect(averageText(6_000_010_000_000_000n, 100, 3, 8)).toBe("60000.1");
    expect(averageText(-10_000_000_000_000n, 3, 0, 8)).toBe("3.33333333");
    expect(averageText(0n, 0, 0, 8)).toBe("0");
  });
});
