import { describe, expect, test } from "vitest";
import { meaningOfSymbol, sameCoinIn } from "./symbol-name.ts";

describe("what a symbol means", () => {
  test.each([
    ["BTCUSDT", "BTC", "USDT", 1],
    ["1000PEPEUSDT", "PEPE", "USDT", 1000],
    ["SHIB1000USDT", "SHIB", "USDT", 1000],
    ["SHIB1000PERP", "SHIB", "USDC", 1000],
    ["10000SATSUSDT", "SATS", "USDT", 10_000],
    ["1000000MOGUSDT", "MOG", "USDT", 1_000_000],
    ["1MBABYDOGEUSDT", "BABYDOGE", "USDT", 1_000_000],
    ["1000BONKUSDC", "BONK", "USDC", 1000],
    ["kPEPE", "PEPE", "USDC", 1000],
    ["BTC", "BTC", "USDC", 1],
    ["1INCHUSDT", "1INCH", "USDT", 1],
    ["AI16ZPERP", "AI16Z", "USDC", 1],
    ["BTC-PERP", "BTC", "USDC", 1],
    ["BTC-USDT-SWAP", "BTC", "USDT", 1],
    ["KASUSDT", "KAS", "USDT", 1],
  ])("%s is %s in %s, %i coins a unit", (symbol, coin, quote, units) => {
    expect(meaningOfSymbol(symbol)).toEqual({ coin, quote, units });
  });

  test.each(["BTC-26DEC25", "BTCUSDT-26DEC25", "xyz:CL", "", "btcusdt"])(
    "%s is none that is known",
    (symbol) => {
      expect(meaningOfSymbol(symbol)).toBeNull();
    },
  );
});

describe("the same coin at another venue", () => {
  const bybit = ["BTCUSDT", "BTCPERP", "SHIB1000USDT", "10000SATSUSDT", "1000PEPEUSDT", "1000PEPEPERP"];

  test.each([
    ["1000SHIBUSDT", { symbol: "SHIB1000USDT", units: 1 }],
    ["SHIBUSDT", { symbol: "SHIB1000USDT", units: 0.001 }],
    ["1000SATSUSDT", { symbol: "10000SATSUSDT", units: 0.1 }],
    ["kPEPE", { symbol: "1000PEPEPERP", units: 1 }],
    ["PEPE", { symbol: "1000PEPEPERP", units: 0.001 }],
    ["1000PEPEUSD", { symbol: "1000PEPEUSDT", units: 1 }],
    ["DOGEUSDT", null],
    ["xyz:CL", null],
  ])("%s", (symbol, found) => {
    expect(sameCoinIn(symbol, bybit)).toEqual(found);
  });

  test("a name that only begins alike is another coin", () => {
    expect(sameCoinIn("BTCUSDT", ["WBTCUSDT", "BTCDOMUSDT"])).toBeNull();
  });
});
