import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HistoryRequest } from "../history-source.ts";
import { MalformedMessage } from "../raw.ts";
import { parseHistory } from "./history.ts";

const MINUTE = 60_000;
const FROM = 1_670_601_600_000;
/** The examples of "Get Kline", "Get Mark Price Kline" and "Get Funding Rate History", with times of one window. */
const KLINE = {
  symbol: "BTCUSD",
  category: "inverse",
  list: [
    ["1670608800000", "17071", "17073", "17027", "17055.5", "268611", "15.74462667"],
    ["1670605200000", "17071.5", "17071.5", "17061", "17071", "4177", "0.24469757"],
    ["1670601600000", "17086.5", "17088", "16978", "17071.5", "6356", "0.37288112"],
  ],
};
const BARS: HistoryRequest = {
  ...{ symbol: "BTCUSD", kind: "bars", intervalMs: 60 * MINUTE },
  ...{ fromMs: FROM, untilMs: FROM + 180 * MINUTE - 1 },
};
const kline = (row: readonly unknown[]) => parseHistory({ ...KLINE, list: [row] }, BARS);

describe("history from Bybit", () => {
  test("reads klines as the documentation shows them", () => {
    expect(parseHistory(KLINE, BARS)).toEqual({
      rows: [
        [1670608800000, 17071, 17073, 17027, 17055.5, 268611],
        [1670605200000, 17071.5, 17071.5, 17061, 17071, 4177],
        [1670601600000, 17086.5, 17088, 16978, 17071.5, 6356],
      ],
      unreadable: [],
    });
  });

  test("reads klines of the mark, which have no volume, and funding", () => {
    const marks = { list: [["1670601600000", "17164.16", "17164.16", "17121.5", "17131.64"]] };
    expect(parseHistory(marks, { ...BARS, kind: "marks" }).rows).toEqual([
      [FROM, 17164.16, 17164.16, 17121.5, 17131.64],
    ]);
    const row = { symbol: "ETHPERP", fundingRate: "0.0001", fundingRateTimestamp: "1670601600000" };
    const request: HistoryRequest = { ...BARS, kind: "funding", intervalMs: 0 };
    expect(parseHistory({ list: [row] }, request).rows).toEqual([[FROM, 0.0001]]);
  });

  test.each([
    ["not all of its values are numbers", ["1670601600000", "17086.5", "", "16978", "17071.5", "6356"]],
    ["not all of its values are numbers", ["1670601600000", "17086.5"]],
    ["its time was not asked for", ["1670598000000", "1", "1", "1", "1", "1"]],
    ["its time is no beginning of a bar", ["1670601660000", "1", "1", "1", "1", "1"]],
    ["its prices do not lie between low and high", ["1670601600000", "2", "1.5", "1", "1", "1"]],
    ["its prices do not lie between low and high", ["1670601600000", "0", "0", "0", "0", "0"]],
    ["its volume is negative", ["1670601600000", "1", "1", "1", "1", "-1"]],
  ])("a row is left out where %s", (trouble, row) => {
    const { rows, unreadable } = kline(row);
    expect(rows).toEqual([]);
    expect(unreadable).toEqual([expect.stringContaining(trouble)]);
  });

  test.each([[{}], [{ list: "none" }], [null], [{ list: new Array(1_001).fill([]) }]])(
    "%j is no answer",
    (result) => {
      expect(() => parseHistory(result, BARS)).toThrow(MalformedMessage);
    },
  );

  test("whatever is answered is read, left out, or no answer", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom("bars", "marks", "funding"), (list, kind) => {
        try {
          const { rows } = parseHistory({ list }, { ...BARS, kind });
          for (const row of rows) expect(row.every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessage);
        }
      }),
    );
  });
});
