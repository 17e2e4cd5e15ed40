/** What an account is taken to have held before its record begins. */
import { expect, test } from "vitest";
import { carriedUnits, unitsText } from "./carried.ts";
import type { RecordedFill, RecordedLeg } from "./recorded-fills.ts";

/** `+3` buys 3, `-3*` sells 3 and realises something. */
function fills(leg: RecordedLeg, text: string): readonly RecordedFill[] {
  return text.split(" ").map((word, place) => ({
    trader: "1",
    line: place,
    timeMs: place,
    symbol: "BTCUSDT",
    side: word.startsWith("-") ? "Sell" : "Buy",
    leg,
    price: "1",
    quantity: word.replace(/[+\-*]/g, ""),
    realised: word.endsWith("*") ? 1 : 0,
  }));
}

const CASES: readonly (readonly [RecordedLeg, string, string, string])[] = [
  ["net", "+3 -3*", "0", "opened and closed"],
  ["net", "-3*", "3", "a first sale that realises closes a long position"],
  ["net", "+3*", "-3", "a first purchase that realises closes a short one"],
  ["net", "-3* -2* +1", "5", "closed in two steps"],
  ["net", "+5 -8* -1", "0", "turned: what follows opens the other side"],
  ["net", "+5 -8* -1*", "4", "what follows still closes, so there was more"],
  ["net", "+5 -8* +3*", "0", "turned: what follows closes the other side"],
  ["net", "-0.5* -0.25", "0.5", "fractions are exact"],
  ["long", "+3 -5*", "2", "a leg that closes more than it opened"],
  ["long", "-1* +3 -3*", "1", "closing first"],
  ["short", "+4*", "-4", "a short leg is negative"],
  ["short", "-4 +4*", "0", "and needs nothing when it was opened here"],
];

test.each(CASES)("%s %s carries %s: %s", (leg, text, expected) => {
  expect(unitsText(carriedUnits(fills(leg, text), 2), 2)).toBe(expected);
});
