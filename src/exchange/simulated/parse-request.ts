/**
 * Reads the decimal texts of requests into lots and ticks of a market, and makes refusals. A reader returns the value,
 * or a refusal that says what is wrong with the text.
 */
import { unitsFrom } from "./fixed-point.ts";
import { lotsText, ticksText } from "./rows.ts";
import type { Market, Sign, Stops } from "./state.ts";
import type { RefusalReason, Refused, StopSettings, TriggerBy } from "./venue-types.ts";

export function refused(reason: RefusalReason, detail?: string): Refused {
  return detail === undefined ? { kind: "refused", reason } : { kind: "refused", reason, detail };
}

/** Whole lots on the market's step; undefined when the text is no such quantity. */
export function readLots(market: Market, text: string): number | undefined {
  const { units, filters } = market;
  const value = unitsFrom(text, units.quantityScale);
  if (value === undefined || value < 0 || value % units.lotUnits !== 0) return undefined;
  const lots = value / units.lotUnits;
  return lots % filters.stepLots === 0 ? lots : undefined;
}

/** Whole ticks on the market's grid and within its range; undefined when the text is no such price. */
export function readTicks(market: Market, text: string): number | undefined {
  const { units, filters } = market;
  const value = unitsFrom(text, units.priceScale);
  if (value === undefined || value % units.tickUnits !== 0) return undefined;
  const ticks = value / units.tickUnits;
  if (ticks < filters.minTicks || ticks > filters.maxTicks || ticks % filters.stepTicks !== 0)
    return undefined;
  return ticks;
}

/** The grid's price nearest to any decimal text; undefined when none of the market's range is near. */
export function nearestTicks(market: Market, text: string): number | undefined {
  const exact = readTicks(market, text);
  if (exact !== undefined) return exact;
  const { units, filters } = market;
  const steps = (Number(text) * 10 ** units.priceScale) / units.tickUnits / filters.stepTicks;
  const ticks = Math.round(steps) * filters.stepTicks;
  return ticks >= filters.minTicks && ticks <= filters.maxTicks ? ticks : undefined;
}

export function priceBy(market: Market, by: TriggerBy): number {
  switch (by) {
    case "LastPrice":
      return market.last;
    case "MarkPrice":
      return market.mark;
    case "IndexPrice":
      return market.indexPrice;
  }
}

/** A leg: 0 when absent or "0". */
function readLeg(market: Market, text: string | undefined): number | undefined {
  if (text === undefined || text === "" || Number(text) === 0) return 0;
  return readTicks(market, text);
}

export function hasStops(settings: StopSettings): boolean {
  return isGiven(settings.takeProfit) || isGiven(settings.stopLoss);
}

function isGiven(text: string | undefined): boolean {
  return text !== undefined && text !== "" && Number(text) !== 0;
}

/** Stops of an order or a position; triggers are not yet held against a price. */
export function readStops(market: Market, settings: StopSettings): Stops | Refused {
  const takeProfit = readLeg(market, settings.takeProfit);
  const stopLoss = readLeg(market, settings.stopLoss);
  const tpLimit = readLeg(market, settings.tpLimitPrice);
  const slLimit = readLeg(market, settings.slLimitPrice);
  if (takeProfit === undefined || stopLoss === undefined || tpLimit === undefined || slLimit === undefined) {
    return refused("invalid-price", "take profit or stop loss is not on the price grid");
  }
  const mode = settings.tpslMode ?? "Full";
  const wantsLimit = settings.tpOrderType === "Limit" || settings.slOrderType === "Limit";
  if (mode === "Full" && (wantsLimit || tpLimit !== 0 || slLimit !== 0)) {
    return refused("stop-limit-requires-partial");
  }
  return {
    takeProfit,
    stopLoss,
    tpTriggerBy: settings.tpTriggerBy ?? "LastPrice",
    slTriggerBy: settings.slTriggerBy ?? "LastPrice",
    mode,
    tpLimit: settings.tpOrderType === "Market" ? 0 : tpLimit,
    slLimit: settings.slOrderType === "Market" ? 0 : slLimit,
  };
}

/** Each leg on its own side of the price; `basePrice` 0 means the price that its trigger watches. */
export function checkStopSides(
  market: Market,
  stops: Stops,
  sign: Sign,
  basePrice: number,
): Refused | undefined {
  const tpBase = basePrice === 0 ? priceBy(market, stops.tpTriggerBy) : basePrice;
  const slBase = basePrice === 0 ? priceBy(market, stops.slTriggerBy) : basePrice;
  if (stops.takeProfit !== 0 && (stops.takeProfit - tpBase) * sign <= 0) {
    return refused("take-profit-wrong-side", sides(market, stops.takeProfit, tpBase));
  }
  if (stops.stopLoss !== 0 && (stops.stopLoss - slBase) * sign >= 0) {
    return refused("stop-loss-wrong-side", sides(market, stops.stopLoss, slBase));
  }
  return undefined;
}

function sides(market: Market, stop: number, base: number): string {
  return `stop ${ticksText(market.units, stop)}, price ${ticksText(market.units, base)}`;
}

export function quantityDetail(market: Market, lots: number, bound: number): string {
  return `quantity ${lotsText(market.units, lots)}, bound ${lotsText(market.units, bound)}`;
}
