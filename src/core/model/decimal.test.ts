/** Reading decimals, against the notation written as a pattern. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Decimal } from "./decimal.ts";

const NOTATION = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** What the text means, by the pattern: units and scale. */
function meant(text: string): { readonly units: bigint; readonly scale: number } | undefined {
  const match = NOTATION.exec(text);
  const fraction = match?.[3] ?? "";
  if (match === null || fraction.length > 40) return undefined;
  const magnitude = BigInt(`${match[2]}${fraction}`);
  return { units: match[1] === "-" ? -magnitude : magnitude, scale: fraction.length };
}

function read(text: string): { readonly units: bigint; readonly scale: number } | undefined {
  const value = Decimal.tryParse(text);
  return value === undefined ? undefined : { units: value.units, scale: value.scale };
}

test("texts that are numbers, and texts that nearly are", () => {
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength: 45 });
  const number = fc
    .tuple(fc.constantFrom("", "+", "-"), digits, fc.constantFrom("", "."), digits)
    .map((parts) => parts.join(""));
  const nearly = fc.string({ unit: fc.constantFrom(..."0019.+-e "), maxLength: 24 });
  fc.assert(
    fc.property(fc.oneof(number, nearly), (text) => {
      expect(read(text)).toEqual(meant(text));
    }),
    { numRuns: 5_000 },
  );
});

test.each(["", ".", "-", "1.", ".5", "1e5", " 1", "1 ", "0x10", "Infinity", "NaN", "1..2", "--1", "٣"])(
  "%j is no decimal",
  (text) => {
    expect(read(text)).toBeUndefined();
    expect(meant(text)).toBeUndefined();
  },
);

test("a hundred characters are read, more are not, however many there are", () => {
  expect(Decimal.parse("7".repeat(100)).toString()).toBe("7".repeat(100));
  expect(Decimal.tryParse("7".repeat(101))).toBeUndefined();
  expect(() => Decimal.parse("0".repeat(1_000_000))).toThrow(`not a decimal number: "${"0".repeat(100)}"`);
});
