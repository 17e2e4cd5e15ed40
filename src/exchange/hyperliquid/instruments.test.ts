/** Coins as instruments, and the symbols that other venues have for them. */
import { describe, expect, it } from "vitest";
import { VenueId } from "../../core/model/identifiers.ts";
import { isSpot, namesElsewhere, parseInstruments, partsOf } from "./instruments.ts";

const VENUE = VenueId("api.hyperliquid.xyz");
const listed = (...universe: readonly object[]) => parseInstruments({ universe }, VENUE);

describe("an instrument", () => {
  it("has the steps that its decimals allow", () => {
    const { instruments } = listed(
      { name: "BTC", szDecimals: 5, maxLeverage: 40 },
      { name: "kPEPE", szDecimals: 0, maxLeverage: 10 },
    );
    expect(
      instruments.map(({ spec }) => [spec.symbol, spec.quantityStep, spec.tickSize, spec.status]),
    ).toEqual([
      ["BTC", "0.00001", "0.1", "trading"],
      ["kPEPE", "1", "0.000001", "trading"],
    ]);
  });

  it("is closed where it is delisted", () => {
    const [delisted] = listed({
      name: "MATIC",
      szDecimals: 1,
      maxLeverage: 20,
      isDelisted: true,
    }).instruments;
    expect(delisted?.spec.status).toBe("closed");
  });

  it("that cannot be understood is left out and named, the others are not", () => {
    const { instruments, unreadable } = listed(
      { name: "ODD", szDecimals: 9, maxLeverage: 3 },
      { name: "OK", szDecimals: 2, maxLeverage: 3 },
    );
    expect(instruments.map(({ spec }) => spec.symbol)).toEqual(["OK"]);
    expect(unreadable).toEqual(["ODD: szDecimals is not 0 to 6"]);
  });
});

describe("names elsewhere", () => {
  it.each([
    ["BTC", "BTCUSDT", "1"],
    ["PEPE", "1000PEPEUSDT", "0.001"],
    ["SHIB", "SHIB1000USDT", "0.001"],
    ["SATS", "10000SATSUSDT", "0.0001"],
    ["MOG", "1000000MOGUSDT", "0.000001"],
    ["kPEPE", "1000PEPEUSDT", "1"],
    ["kSHIB", "SHIB1000USDT", "1"],
    ["kDOGS", "DOGSUSDT", "1000"],
    ["kSATS", "10000SATSUSDT", "0.1"],
  ])("%s may be %s, of which %s make one", (coin, symbol, units) => {
    expect(namesElsewhere(coin)).toContainEqual({ symbol, units });
  });

  it("begin with those that count the coin alike", () => {
    expect(namesElsewhere("BTC")[0]).toEqual({ symbol: "BTCUSDT", units: "1" });
    expect(namesElsewhere("kPEPE")[0]).toEqual({ symbol: "1000PEPEUSDT", units: "1" });
  });

  it("are none for a builder's market", () => {
    expect(namesElsewhere("xyz:CL")).toEqual([]);
    expect(partsOf("xyz:CL")).toEqual({ dex: "xyz", base: "CL" });
  });

  it("of a coin that only looks like a thousand stay its own", () => {
    expect(namesElsewhere("kaito")[0]?.symbol).toBe("kaitoUSDT");
  });
});

it("tells spot pairs from perpetuals", () => {
  expect(["@107", "PURR/USDC", "BTC", "xyz:CL"].map(isSpot)).toEqual([true, true, false, false]);
});
