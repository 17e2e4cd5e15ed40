/** Sizing is exact: a million random cases against whole-number arithmetic on the decimal texts themselves. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Lots } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import { makeRatio, scaleLots } from "./ratio.ts";

const CASES = 1_000_000;

/** Digits and scale drawn by a small generator, so that a million cases take seconds. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 4_294_967_296;
  }
}

function decimalText(units: number, scale: number): string {
  const digits = String(units).padStart(scale + 1, "0");
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

describe("scaleLots", () => {
  it("equals a decimal reference over a million random cases", () => {
    const draw = numbers(20_260_101);
    const next = (): number => draw.next().value;
    let ratio = makeRatio([Decimal.one], [Decimal.one]);
    let [top, bottom] = [1n, 1n];
    for (let index = 0; index < CASES; index += 1) {
      if (index % 10 === 0) {
        const [multiplierUnits, multiplierScale] = [Math.floor(next() * 10 ** (1 + (index % 9))), index % 7];
        const [stepUnits, stepScale] = [1 + (Math.floor(next() * 3) % 3) * 4, index % 6];
        const [otherUnits, otherScale] = [1 + (Math.floor(next() * 3) % 3) * 4, (index >> 3) % 6];
        const multiplier = Decimal.parse(decimalText(multiplierUnits, multiplierScale));
        const [step, other] = [
          Decimal.parse(decimalText(stepUnits, stepScale)),
          Decimal.parse(decimalText(otherUnits, otherScale)),
        ];
        ratio = makeRatio([multiplier, step], [other]);
        top = BigInt(multiplierUnits) * BigInt(stepUnits) * 10n ** BigInt(otherScale);
        bottom = BigInt(otherUnits) * 10n ** BigInt(multiplierScale + stepScale);
      }
      const lots = Math.floor((next() - 0.5) * 2 * 10 ** (1 + (index % 13)));
      const expected = (BigInt(lots) * top) / bottom;
      const actual = scaleLots(Lots(lots), ratio);
      if (BigInt(actual) !== expected && Number.isSafeInteger(actual))
        expect.fail(`${lots} x ${top}/${bottom} is ${expected}, not ${actual}`);
    }
  });

  it("goes towards zero, with the leader's sign, and never past it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        (lots, numerator, denominator) => {
          const ratio = makeRatio([Decimal.of(BigInt(numerator), 0)], [Decimal.of(BigInt(denominator), 0)]);
          const scaled = scaleLots(Lots(lots), ratio);
          expect(scaled * lots).toBeGreaterThanOrEqual(0);
          expect(scaleLots(Lots(-lots), ratio) + scaled).toBe(0);
        },
      ),
    );
  });

  it("says a number past 2^53 instead of a wrong one", () => {
    const ratio = makeRatio([Decimal.parse("1000000")], [Decimal.parse("0.0001")]);
    expect(Number.isSafeInteger(scaleLots(Lots(10_000_000), ratio))).toBe(false);
  });
});
