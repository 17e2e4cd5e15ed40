/** The nearest choice is the one a reader would name, and none when there is none. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance, nearest } from "./nearest.ts";

test.each([
  ["papper", ["paper", "live", "backtest"], "paper"],
  ["Live", ["paper", "live", "backtest"], "live"],
  ["copyin", ["mode", "copying", "trader_selection"], "copying"],
  ["copy_multipler", ["copy_multiplier", "symbols_to_copy"], "copy_multiplier"],
  ["copy-multiplier", ["copy_multiplier", "sizing"], "copy_multiplier"],
  ["equity", ["multiplier", "equity-proportional"], "equity-proportional"],
  ["laeder", ["leader", "follower"], "leader"],
  ["demo", ["paper", "live", "backtest"], undefined],
  ["xyz", [], undefined],
])("%s among %j is %s", (text, choices, expected) => {
  expect(nearest(text, choices)).toBe(expected);
});

test("a swap of neighbours is one edit", () => {
  expect(editDistance("laeder", "leader")).toBe(1);
  expect(editDistance("", "abc")).toBe(3);
});

test("distance is symmetric and zero only for equal texts", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 7 });
  fc.assert(
    fc.property(word, word, (left, right) => {
      expect(editDistance(left, right)).toBe(editDistance(right, left));
      expect(editDistance(left, right) === 0).toBe(left === right);
    }),
  );
});
