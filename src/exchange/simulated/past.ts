/**
 * A market's past from before this venue began: bars, mark bars and funding rates that somebody else recorded, so that what
 * asks for history can be tried against more than the minutes since the start.
 */
import type { PastCandle } from "./candles.ts";
import { rateUnitsFrom } from "./fixed-point.ts";
import type { Bar, MarketPast } from "./market-types.ts";
import { nearestTicks } from "./parse-request.ts";
import type { Market } from "./state.ts";

const MINUTE_MS = 60_000;

/**
 * What is known for a time already stays. Prices between two ticks go to the nearer one. Throws a RangeError on what is no bar
 * or no rate, and on what is not of the past; nothing is taken then.
 */
export function addPast(market: Market, past: MarketPast, nowMs: number): void {
  const candles = (past.bars ?? []).map((bar) => candleOf(market, bar, nowMs));
  const marks = (past.marks ?? []).map((bar) => candleOf(market, { ...bar, volume: 0 }, nowMs));
  const rates = (past.funding ?? []).map(({ fundingRate, time }) => {
    rateUnitsFrom(fundingRate, "funding rate");
    if (!isPast(time, nowMs)) throw new RangeError(`funding at ${time} is not of the past`);
    return { symbol: market.symbol, fundingRate, time };
  });
  market.candles.addPast(candles);
  market.markCandles.addPast(marks);
  const known = new Set(market.pastFunding.map(({ time }) => time));
  market.pastFunding.push(...rates.filter(({ time }) => !known.has(time)));
  market.pastFunding.sort((left, right) => right.time - left.time);
}

function candleOf(market: Market, bar: Bar, nowMs: number): PastCandle {
  const { openTimeMs, volume } = bar;
  const where = `${market.symbol}: the bar at ${openTimeMs}`;
  if (!isPast(openTimeMs, nowMs) || openTimeMs % MINUTE_MS !== 0)
    throw new RangeError(`${where} does not open on a whole minute of the past`);
  const [open = 0, high = 0, low = 0, close = 0] = [bar.open, bar.high, bar.low, bar.close].map((price) => {
    const ticks = nearestTicks(market, String(price));
    if (ticks === undefined) throw new RangeError(`${where} has ${price}, which is no price of this market`);
    return ticks;
  });
  if (high < Math.max(open, close) || low > Math.min(open, close))
    throw new RangeError(`${where} has its open or close outside of low and high`);
  const lots = Math.round(volume / market.units.lotBase);
  if (!(lots >= 0 && Number.isSafeInteger(lots)))
    throw new RangeError(`${where} has no volume that can be counted: ${volume}`);
  return { startMs: openTimeMs, open, high, low, close, lots, turnoverUsdt: volume * bar.close };
}

function isPast(timeMs: number, nowMs: number): boolean {
  return Number.isSafeInteger(timeMs) && timeMs > 0 && timeMs <= nowMs;
}
