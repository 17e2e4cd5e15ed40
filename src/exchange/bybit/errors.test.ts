/** The table of error codes: complete for what an order can be answered with, and classed as the protocol says. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hasShared, sharedNote, sharedPath } from "../../../test/shared.ts";
import { CODE_MEANINGS, errorOf, meaningOf, refusesAccount, rejectionOf, venueText } from "./errors.ts";

/** Codes of other products, of loans, of account upgrades and of stop settings that no request of ours meets. */
const NOT_OURS = new Set([
  0, 30035, 30134, 30136, 40004, 110041, 110054, 110055, 110056, 110062, 110065, 110071, 110078, 110082,
  110083, 110101, 110102, 110104, 110105, 110106, 110107, 110110, 110111, 110112, 110113, 110114, 110115,
  110116, 110117, 110135, 110136,
]);

describe.skipIf(!hasShared)(`against the venue's own table${sharedNote}`, () => {
  const rows = hasShared
    ? readFileSync(sharedPath("data/venue/bybit_v5/error_codes.csv"), "utf8")
        .split("\n")
        .map((line) => line.split(","))
        .filter(([section]) => section === "UTA" || section === "WS OE General code")
        .map(([, code]) => Number(code))
        .filter((code) => code < 170_000)
    : [];

  test("each code of trading is either in the table or known not to be ours", () => {
    expect(rows.length).toBeGreaterThan(120);
    const missing = rows.filter((code) => !CODE_MEANINGS.has(code) && !NOT_OURS.has(code));
    expect(missing).toEqual([]);
  });
});

describe("what a code means: a leverage that is so already is set (pain 21)", () => {
  test.each([
    [110043, "already-so"],
    [110025, "already-so"],
    [110026, "already-so"],
    [34040, "already-so"],
    [10006, "retry"],
    [10429, "retry"],
    [10002, "retry"],
    [110063, "retry"],
    [10000, "unknown"],
    [10016, "unknown"],
    [10019, "unknown"],
    [110072, "unknown"],
    [110007, "give-up"],
    [110017, "give-up"],
    [987654, "unknown"],
  ])("%i is %s", (code, expected) => {
    expect(meaningOf(code).class).toBe(expected);
  });

  test.each([
    [110007, "ab not enough for new order", "insufficient-margin"],
    [110094, "Order does not meet minimum order value 5USDT", "below-minimum"],
    [110017, "current position is zero", "reduce-only-violation"],
    [30208, "", "price-out-of-band"],
    [110074, "", "market-closed"],
    [110013, "", "leverage-too-high"],
    [10005, "", "account-refused"],
    [10006, "Too many visits!", "rate-limited"],
    [10002, "", "try-again"],
    [10001, "position idx not match position mode", "position-mode-mismatch"],
    [10001, "The number of contracts exceeds minimum limit allowed", "below-minimum"],
    [10001, "The number of contracts exceeds maximum limit allowed: too large", "above-maximum"],
    [10001, "params error: side invalid", "bad-request"],
  ])("an order refused with %i %j is of class %s", (code, text, expected) => {
    expect(rejectionOf(code, text)).toEqual({ class: expected, code, text });
  });

  test("the venue's words are kept without the key that it quotes", () => {
    expect(venueText("error sign! origin_string[1700000000000my-api-key5000category=linear]")).toBe(
      "error sign! origin_string[...]",
    );
    expect(venueText("Too many visits!")).toBe("Too many visits!");
    expect(venueText("x".repeat(1_000))).toHaveLength(300);
    expect(venueText(undefined)).toBe("");
  });

  test("only refusals of the key or the account refuse the account", () => {
    expect([10003, 10004, 10010, 33004].map(refusesAccount)).toEqual([true, true, true, true]);
    expect([10005, 10029, 110007, 10006, 0].map(refusesAccount)).toEqual([false, false, false, false, false]);
  });

  test("a market that this account may not trade does not halt its other markets", () => {
    const classes = [10029, 30133, 110096, 110125, 110132].map((code) => rejectionOf(code, "").class);
    expect(new Set(classes)).toEqual(new Set(["market-closed"]));
  });

  test("an error keeps code, class and a text of bounded length", () => {
    const error = errorOf(10016, "x".repeat(10_000));
    expect(error).toMatchObject({ class: "unknown", code: 10016 });
    expect(error.message.length).toBeLessThan(500);
  });
});

test("the venue's words are shown in one line, and cannot move a terminal's cursor", () => {
  expect(venueText("no\r\nmoney\u001b[2J\u202e")).toBe("no  money [2J ");
  for (const wrong of [undefined, 1, {}, { toString: 1 }]) expect(venueText(wrong)).toBe("");
});
