/** Steps and minima of a venue's instruments: out of a table, into a file, and back. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readInstrumentTable } from "./import/instrument-table.ts";
import { readInstruments, withInstruments, writeInstruments } from "./instrument-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "instruments-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const SHORT = "symbol,base_coin,quote_coin,kind,min_order_qty,max_order_qty,max_leverage,tick_size";
const BTC = "BTCUSDT,BTC,USDT,perpetual,0.001,1190,100,0.1";

describe("a table of instruments", () => {
  it("says of what it has not what is taken", () => {
    const table = readInstrumentTable(
      [
        SHORT,
        BTC,
        "BTCUSDT-26DEC25,BTC,USDT,dated,0.001,10,50,0.5",
        "BTCPERP,BTC,USDC,perpetual,1,2,3,4",
      ].join("\n"),
      "bybit",
    );
    expect(table).toMatchObject({ leftOut: 2, rejects: [] });
    expect(table.assumed).toEqual([
      "qty_step: that of min_order_qty",
      "max_mkt_order_qty: that of max_order_qty",
      "min_notional_value: 5 USDT",
    ]);
    expect(table.specs).toMatchObject([
      {
        symbol: "BTCUSDT",
        baseCoin: "BTC",
        tickSize: "0.1",
        quantityStep: "0.001",
        minQuantity: "0.001",
        maxMarketQuantity: "1190",
        minNotional: "5",
      },
    ]);
  });

  it("has its own steps, minima and largest market orders", () => {
    const text = `symbol,tick_size,qty_step,min_order_qty,max_order_qty,max_mkt_order_qty,min_notional_value
XUSDT,0.01,0.5,2,1000,100,10
`;
    const { specs, assumed } = readInstrumentTable(text, "bybit");
    expect(assumed).toEqual([]);
    expect(specs).toMatchObject([
      { quantityStep: "0.5", minQuantity: "2", maxMarketQuantity: "100", minNotional: "10" },
    ]);
  });

  it("refuses rows that make no instrument, with their line", () => {
    const rows = [SHORT, "BTCUSDT,BTC,USDT,perpetual,0.001,1190,100,0", "<b>,B,USDT,perpetual,1,1,1,1", BTC];
    const { specs, rejects } = readInstrumentTable(rows.join("\n"), "bybit");
    expect(specs).toHaveLength(1);
    expect(rejects).toEqual(["2: BTCUSDT: tickSize must be above zero, got 0", '3: "<b>" is no symbol']);
  });

  it("is none without its columns", () => {
    expect(() => readInstrumentTable("symbol,price\nA,1", "bybit")).toThrow(
      "it has no column tick_size, min_order_qty, max_order_qty; instruments need",
    );
  });
});

describe("the file of a venue", () => {
  const specs = (...rows: readonly string[]) =>
    readInstrumentTable([SHORT, ...rows].join("\n"), "bybit").specs;
  const whole = { venue: "bybit", toldAtMs: 5, isComplete: true, specs: specs(BTC) };

  it("comes back as it was written", () => {
    expect(readInstruments(folder, "bybit")).toBeNull();
    writeInstruments(join(folder, "deep"), whole);
    expect(readInstruments(join(folder, "deep"), "bybit")).toEqual(whole);
  });

  it("stays complete when rows of a file go over it, and a file alone never is", () => {
    const eth = specs("ETHUSDT,ETH,USDT,perpetual,0.01,100,100,0.01");
    const finer = specs("BTCUSDT,BTC,USDT,perpetual,0.002,1190,100,0.1", "");
    const added = { venue: "bybit", toldAtMs: 9, specs: [...eth, ...finer] };
    expect(withInstruments(null, added)).toMatchObject({ isComplete: false, toldAtMs: 9 });
    const both = withInstruments(whole, added);
    expect(both).toMatchObject({ isComplete: true, toldAtMs: 5 });
    expect(both.specs.map(({ symbol, minQuantity }) => [symbol, minQuantity])).toEqual([
      ["BTCUSDT", "0.002"],
      ["ETHUSDT", "0.01"],
    ]);
  });

  it.each([
    ["{", "is not JSON"],
    ["[]", "venue is no text"],
    [JSON.stringify({ ...whole, isComplete: 1 }), "isComplete is neither true nor false"],
    [JSON.stringify({ ...whole, specs: [{ symbol: "X" }] }), "specs[0] is no instrument"],
  ])("is refused by name where it was spoiled: %s", (text, message) => {
    writeFileSync(join(folder, "bybit.json"), text);
    expect(() => readInstruments(folder, "bybit")).toThrow(message);
    expect(() => readInstruments(folder, "bybit")).toThrow(/bybit\.json.*copytrader market instruments/);
  });
});
