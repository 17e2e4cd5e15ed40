import { describe, expect, test } from "vitest";
import { sameCoinIn } from "../../core/model/symbol-name.ts";
import { MULTIPLES } from "./multiples.ts";
import { type ReadOptions, readRecorded } from "./recorded-table.ts";

const START = Date.UTC(2024, 4, 1);
const MINUTE = 60_000;
const OPTIONS: ReadOptions = { symbol: "BTCUSDT", scale: "1", volumeIn: "base", nowMs: START + 1e9 };
const HEADER = "open_time_ms,open,high,low,close,volume";
const bar = (minutes: number, cells = "100,110,90,105,7") => `${START + minutes * MINUTE},${cells}`;
const read = (lines: readonly string[], options: Partial<ReadOptions> = {}) =>
  readRecorded([...lines, ""].join("\n"), { ...OPTIONS, ...options });

describe("a table of bars", () => {
  test("tells its length of bars, puts them in order, and counts what is there twice", () => {
    const { series, rejects } = read([HEADER, bar(10), bar(0), bar(5), bar(5)]);
    expect(rejects).toEqual([]);
    expect(series).toEqual([
      {
        ...{ symbol: "BTCUSDT", kind: "bars", intervalMs: 5 * MINUTE, repeated: 1 },
        rows: [0, 5, 10].map((at) => [START + at * MINUTE, 100, 110, 90, 105, 7]),
      },
    ]);
  });

  test("has several symbols where there is a column of them", () => {
    const { series } = read([
      "symbol,open_time_ms,open,high,low,close,volume,turnover",
      `A,${bar(0)},1`,
      `B,${bar(0)},1`,
      `B,${bar(1_440)},1`,
    ]);
    expect(series.map(({ symbol, rows, intervalMs }) => [symbol, rows.length, intervalMs / MINUTE])).toEqual([
      ["A", 1, 1_440],
      ["B", 2, 1_440],
    ]);
  });

  test("without volume holds bars of the mark", () => {
    const { series } = read(["open_time_ms,open,high,low,close", bar(0, "100,110,90,105")]);
    expect(series[0]).toMatchObject({ kind: "marks", rows: [[START, 100, 110, 90, 105]] });
  });

  test("is scaled exactly: prices up, volumes down", () => {
    const cells = "0.00001234,0.00001251,0.00001211,0.00001245,5000";
    const { series } = read([HEADER, bar(0, cells)], { scale: "1000" });
    expect(series[0]?.rows).toEqual([[START, 0.01234, 0.01251, 0.01211, 0.01245, 5]]);
  });

  test("may count volume in the quote currency", () => {
    expect(read([HEADER, bar(0)], { volumeIn: "quote" }).series[0]?.rows[0]?.[5]).toBe(7 / 105);
  });

  test("has each row that cannot be refused with its line and the reason, and the rest taken", () => {
    const { series, rejects } = read(
      [
        HEADER,
        bar(0),
        bar(5, "100,110,90,105"),
        bar(10, "100,110,1e2,105,7"),
        bar(15, "100,90,110,105,7"),
        bar(20, "0,110,0,105,7"),
        bar(25, "100,110,90,120,7"),
        bar(30, "100,110,90,105,-7"),
        bar(32.5),
        bar(33),
        bar(0, "100,110,90,104,7"),
        "1714521600,100,110,90,105,7",
        `${START + 2e9},100,110,90,105,7`,
        bar(35),
        bar(40, `100,110,90,105,${"7".repeat(400)}`),
        bar(45, `100,110,90,0.${"0".repeat(40)}1,7`),
      ],
      { intervalMs: 5 * MINUTE },
    );
    expect(series[0]?.rows.map(([ms = 0]) => (ms - START) / MINUTE)).toEqual([0, 35]);
    expect(rejects.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      "3 5 cells where the header has 6",
      '4 not a decimal number: "1e2"',
      "5 high is below low",
      "6 a price is not above zero",
      "7 open or close is not between low and high",
      "8 the volume is negative",
      "9 the time is not on a whole minute",
      "10 the time is no beginning of a bar of this length",
      "11 another row with the same time came before",
      "12 the time is not in milliseconds since 1970, or not past",
      "13 the time is not in milliseconds since 1970, or not past",
      `15 not a decimal number: "${"7".repeat(40)}"`,
      `16 not a decimal number: "0.${"0".repeat(38)}"`,
    ]);
  });
});

describe("funding", () => {
  test("keeps the venue's own milliseconds", () => {
    const { series } = read([
      "open_time_ms,funding_rate",
      `${START + 1},-0.00012`,
      `${START + 480 * MINUTE},0.0001`,
    ]);
    expect(series[0]).toMatchObject({
      ...{ kind: "funding", intervalMs: 0 },
      rows: [
        [START + 1, -0.00012],
        [START + 480 * MINUTE, 0.0001],
      ],
    });
  });
});

test.each([
  ["timestamp,value,class", "no column open, high, low, close"],
  ["open,high,low,close", "no column of times"],
  ["", "no column of times"],
])("%s is no such table", (header, complaint) => {
  expect(() => read([header, "1,2,3"])).toThrow(complaint);
});

test("contracts of many coins are known by the coin", () => {
  expect(sameCoinIn("PEPEUSDT", MULTIPLES.binance ?? [])).toEqual({ symbol: "1000PEPEUSDT", units: 0.001 });
  expect(sameCoinIn("SHIBUSDT", MULTIPLES.bybit ?? [])).toEqual({ symbol: "SHIB1000USDT", units: 0.001 });
});
