/** The demo's markets: one path from a seed, in strides of any length, that somebody else may move. */
import { expect, test } from "vitest";
import { MARKETS, MarketModel } from "./market-model.ts";

const HOUR_MS = 3_600_000;
const YEAR_HOURS = 365 * 24;

function hourly(seed: number, symbol: string, hours: number): readonly number[] {
  const model = new MarketModel(seed);
  return Array.from({ length: hours }, () => {
    model.step(HOUR_MS);
    return model.price(symbol);
  });
}

test("the same seed gives the same path, another seed another", () => {
  expect(hourly(3, "ETHUSDT", 50)).toEqual(hourly(3, "ETHUSDT", 50));
  expect(hourly(4, "ETHUSDT", 50)).not.toEqual(hourly(3, "ETHUSDT", 50));
});

test.each(MARKETS.map(({ symbol, volatility }) => [symbol, volatility] as const))(
  "%s moves about as much in a year as it says",
  (symbol, volatility) => {
    const daily: number[] = [];
    for (let seed = 1; seed <= 8; seed += 1) {
      const path = hourly(seed, symbol, YEAR_HOURS);
      for (let at = 48; at < path.length; at += 24)
        daily.push(Math.log((path[at] ?? 1) / (path[at - 24] ?? 1)));
    }
    const variance = daily.reduce((sum, move) => sum + move * move, 0) / daily.length;
    const annual = Math.sqrt(variance * 365);
    expect(annual / volatility).toBeGreaterThan(0.7);
    expect(annual / volatility).toBeLessThan(1.5);
  },
);

test("a price that somebody else sets is where the path goes on", () => {
  const model = new MarketModel(1);
  model.step(HOUR_MS);
  const price = model.price("BTCUSDT") * 0.9;
  model.moveTo("BTCUSDT", price);
  expect(model.price("BTCUSDT")).toBeCloseTo(price, 4);
  model.step(1_000);
  expect(Math.abs(model.price("BTCUSDT") / price - 1)).toBeLessThan(0.01);
});

test("funding stays within what a venue would ask for", () => {
  const model = new MarketModel(2);
  for (let hour = 0; hour < YEAR_HOURS; hour += 8) {
    model.step(8 * HOUR_MS);
    expect(Math.abs(Number(model.fundingRate("SOLUSDT")))).toBeLessThanOrEqual(0.0008);
  }
});
