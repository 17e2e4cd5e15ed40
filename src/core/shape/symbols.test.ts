/** Lists of symbols and patterns. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { reasonsOf, Story } from "../../../test/core/story.ts";
import { AccountId } from "../model/identifiers.ts";
import { plainAllocation } from "../settings.ts";
import { filterSymbol, fits } from "./symbols.ts";

const plain = plainAllocation(AccountId("l"), AccountId("f"));

test.each([
  ["BTCUSDT", "BTCUSDT", true],
  ["BTCUSDT", "BTCUSDTX", false],
  ["BTC*", "BTCUSDT", true],
  ["BTC*", "BTC", true],
  ["*USDT", "BTCUSDT", true],
  ["*USDT", "BTCUSDC", false],
  ["*PEPE*", "1000PEPEUSDT", true],
  ["*PEPE*", "PEPE", true],
  ["1000*USDT", "1000SHIBUSDT", true],
  ["AB*BC", "ABC", false],
  ["AB*BC", "ABBC", true],
  ["A*B*A", "ABA", true],
  ["A*B*A", "AB", false],
  ["*", "ANY", true],
  ["A**B", "AB", true],
])("%s fits %s: %s", (pattern, symbol, expected) => {
  expect(fits(pattern, symbol)).toBe(expected);
});

test("a pattern fits what the same regular expression fits", () => {
  const letters = (max: number) => fc.string({ unit: fc.constantFrom("A", "B", "*"), maxLength: max });
  const symbols = fc.string({ unit: fc.constantFrom("A", "B"), maxLength: 8 });
  fc.assert(
    fc.property(letters(6), symbols, (pattern, symbol) => {
      expect(fits(pattern, symbol)).toBe(new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(symbol));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  [{}, null],
  [{ symbols: ["BTC*"] }, null],
  [{ symbols: ["ETH*", "SOLUSDT"] }, { symbol: "BTCUSDT", allowed: "ETH*, SOLUSDT" }],
  [
    { symbols: ["BTC*"], symbolsWithin: ["*USDC"] },
    { symbol: "BTCUSDT", allowed: "*USDC" },
  ],
  [{ symbols: ["*"], symbolsWithin: ["*USDT"] }, null],
  [
    { symbols: ["BTCUSDT"], symbolsDenied: ["ETH*", "*TCUSDT"] },
    { symbol: "BTCUSDT", deniedBy: "*TCUSDT" },
  ],
  [
    { symbols: ["A", "B", "C", "D", "E", "F", "G"] },
    { symbol: "BTCUSDT", allowed: "A, B, C, D, E and 2 more" },
  ],
])("BTCUSDT under %j: %j", (lists, expected) => {
  expect(filterSymbol({ ...plain, ...lists }, { symbol: "BTCUSDT" }, "XBTUSDT")).toEqual(expected);
});

describe("a filtered symbol", () => {
  it("is recorded with what matched", () => {
    const story = new Story({ allocation: { symbolsDenied: ["BTC*"] } });
    const decision = story.leaderFill("buy", "1");
    expect(reasonsOf(decision)).toEqual(["symbol-filtered"]);
    expect(decision.denials[0]?.detail).toEqual({ symbol: "BTCUSDT", deniedBy: "BTC*" });
  });
});
