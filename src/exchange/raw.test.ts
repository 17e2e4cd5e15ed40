/** Fields of raw JSON: what is documented is read, everything else is refused, and nothing throws anything but that refusal. */
import { describe, expect, it, test } from "vitest";
import { parseKeyInfo } from "./bybit/inspect.ts";
import { OrderBook } from "./bybit/order-book.ts";
import {
  codeIn,
  decimal,
  integer,
  MalformedMessage,
  meant,
  momentIn,
  numberIn,
  optionalDecimal,
  optionalText,
  text,
} from "./raw.ts";

type Row = Readonly<Record<"field", unknown>>;
const row = (field: unknown) => ({ field });
/** JSON can hold it, and `Number` and `String` throw on it. */
const NO_PRIMITIVE = { toString: 1, valueOf: 1 };

describe("text", () => {
  it("is one line of at most 200 characters", () => {
    expect(text<Row>(row("币安人生USDT"), "field")).toBe("币安人生USDT");
    for (const wrong of ["\u001b[2J", "a\nb", "\u0000", "x".repeat(201), 1, null, NO_PRIMITIVE])
      expect(() => text<Row>(row(wrong), "field")).toThrow(MalformedMessage);
  });

  it("may be absent, but is never something else", () => {
    for (const none of [undefined, null, ""]) expect(optionalText<Row>(row(none), "field")).toBe("");
    for (const wrong of [0, 60_000, true, [], {}])
      for (const read of [optionalText<Row>, optionalDecimal<Row>])
        expect(() => read(row(wrong), "field")).toThrow(MalformedMessage);
  });
});

test("a word means what the table says, and no word means what every object has", () => {
  const table = { New: 1 };
  expect(meant(table, "New")).toBe(1);
  for (const word of ["constructor", "toString", "__proto__", ""]) expect(meant(table, word)).toBeUndefined();
});

describe("a number", () => {
  it("that is whole is a JSON number or plain digits", () => {
    expect(["5", 5, "-0", "1700000000100"].map((value) => integer<Row>(row(value), "field"))).toEqual([
      5, 5, 0, 1_700_000_000_100,
    ]);
    for (const wrong of ["", " ", "0x10", "1e3", "1.0", 0.5, 2 ** 53, [], NO_PRIMITIVE])
      expect(() => integer<Row>(row(wrong), "field")).toThrow(MalformedMessage);
  });

  it("of any kind is finite, or none", () => {
    expect([1, "0.5", "-3"].map(numberIn)).toEqual([1, 0.5, -3]);
    for (const wrong of [
      "",
      " ",
      "Infinity",
      "1e999",
      "0x10",
      [],
      [1],
      null,
      undefined,
      true,
      NO_PRIMITIVE,
      Number.POSITIVE_INFINITY,
    ])
      expect(numberIn(wrong)).toBeNaN();
  });

  it("with decimals has no more of them than amounts can have", () => {
    const [least, less] = [40, 41].map((digits) => `0.${"1".padStart(digits, "0")}`);
    expect(decimal<Row>(row(least), "field")).toBe(least);
    for (const wrong of [less, "7".repeat(41), "1e5", "+1", ".5", "5."])
      expect(() => decimal<Row>(row(wrong), "field")).toThrow(MalformedMessage);
  });

  it("of a result is never taken for success when it is missing", () => {
    expect([0, 10001].map(codeIn)).toEqual([0, 10_001]);
    for (const wrong of ["", "0", false, null, [], {}, 0.5, NO_PRIMITIVE]) expect(codeIn(wrong)).toBeNaN();
  });

  it("of a moment lies between 1970 and the end of any clock", () => {
    expect(momentIn(1_700_000_000_000)).toBe(1_700_000_000_000);
    for (const wrong of [0, -1, 1e15, 1e308, Number.POSITIVE_INFINITY, "1700000000000", null])
      expect(momentIn(wrong)).toBeNaN();
  });
});

describe("a key's permissions", () => {
  const key = (Wallet: unknown) => ({
    uta: 1,
    readOnly: 0,
    permissions: { ContractTrade: ["Order", "Position"], Wallet },
  });

  it("tell a right to withdraw", () => {
    expect(parseKeyInfo(key(["Withdraw"]))).toMatchObject({ canWithdraw: true });
    expect(parseKeyInfo(key([]))).toMatchObject({ canWithdraw: false, canTrade: true });
  });

  it("that cannot be read are refused, not taken for none", () => {
    for (const wrong of ["Withdraw", { 0: "Withdraw" }, [["Withdraw"]], 1])
      expect(() => parseKeyInfo(key(wrong))).toThrow(MalformedMessage);
  });
});

test("a book that grows without end is given up", () => {
  const book = new OrderBook();
  book.replace({ updateId: 1, bids: [["1", "1"]], asks: [] });
  for (let updateId = 2; updateId < 8; updateId++) {
    const bids = Array.from({ length: 1_000 }, (_, index) => [`0.${updateId}${index}1`, "1"] as const);
    book.change({ updateId, bids, asks: [] });
  }
  expect(book.levels()).toBeNull();
});
