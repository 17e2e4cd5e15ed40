/** Which holdings are one bet, and how many bets all of them are. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { betsOf, type KnownPair } from "./one-bet.ts";

const pair = (one: number, other: number, value: number, width = 0.05): KnownPair => {
  return { one, other, value, interval: [value - width, value + width] };
};

it("counts the same twice as one, and strangers as two", () => {
  expect(betsOf([1, 1], [pair(0, 1, 1, 0)], 0.7)).toEqual({
    effectiveNumber: 1,
    effectiveNumberCareful: 1,
    groups: [{ members: [0, 1], weight: 1, isSure: true }],
    unknown: [],
  });
  expect(betsOf([1, 1], [pair(0, 1, 0, 0)], 0.7)).toMatchObject({ effectiveNumber: 2, groups: [] });
  expect(betsOf([5], [], 0.7)).toMatchObject({ effectiveNumber: 1, unknown: [] });
});

it("weighs by what is held: two alike of which one is tiny are no part of the number", () => {
  const pairs = [pair(0, 1, 0), pair(0, 2, 0.9), pair(1, 2, 0)];
  const even = betsOf([1, 1, 1], pairs, 0.7);
  const small = betsOf([100, 100, 1], pairs, 0.7);
  expect(even.effectiveNumber).toBeCloseTo(9 / 4.8, 12);
  expect(small.effectiveNumber).toBeCloseTo(2, 1);
  expect(small.groups).toEqual([{ members: [0, 2], weight: 101 / 201, isSure: true }]);
});

it("is not sure of a group whose correlation may be below, and careful of what it does not know", () => {
  const { groups, effectiveNumber, effectiveNumberCareful } = betsOf([1, 1], [pair(0, 1, 0.75, 0.2)], 0.7);
  expect(groups).toEqual([{ members: [0, 1], weight: 1, isSure: false }]);
  expect(effectiveNumberCareful ?? 0).toBeLessThan(effectiveNumber ?? 0);
  expect(betsOf([1, 1, 1], [pair(0, 1, 0.5)], 0.7).unknown).toEqual([2]);
  expect(betsOf([1, 1], [], 0.7)).toEqual({
    effectiveNumber: null,
    effectiveNumberCareful: null,
    groups: [],
    unknown: [0, 1],
  });
});

it("lies between one and the number of holdings, whatever is held", () => {
  const weights = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(weights, fc.double({ min: 0, max: 1, noNaN: true }), (held, common) => {
      const pairs = held.flatMap((_, one) =>
        held.slice(one + 1).map((__, next) => pair(one, one + 1 + next, common, 0)),
      );
      const { effectiveNumber } = betsOf(held, pairs, 0.7);
      expect(effectiveNumber ?? 0).toBeGreaterThanOrEqual(1 - 1e-9);
      expect(effectiveNumber ?? 0).toBeLessThanOrEqual(held.length + 1e-9);
    }),
  );
});
