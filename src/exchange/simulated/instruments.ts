/**
 * The markets that the simulated exchange lists, and how a listing becomes the integers that matching computes with.
 * Also makes an instrument for a symbol of which only traded prices and quantities are known.
 */
import { MONEY_SCALE, unitsFrom } from "./fixed-point.ts";
import { INSTRUMENT_TABLE } from "./instrument-table.ts";
import type { InstrumentRow, InstrumentSettings } from "./market-types.ts";

/** Highest price in ticks, the venue's usual bound. */
const MAX_PRICE_TICKS = 19_999_998;
const LAUNCH_MS = Date.UTC(2022, 0, 1);

let shipped: readonly InstrumentSettings[] | undefined;

/** The shipped list of several hundred USDT perpetuals, sorted by symbol. */
export function shippedInstruments(): readonly InstrumentSettings[] {
  shipped ??= INSTRUMENT_TABLE.trim()
    .split("\n")
    .map((line) => settingsOfLine(line));
  return shipped;
}

function settingsOfLine(line: string): InstrumentSettings {
  const [symbol = "", tickSize = "", qtyStep = "", maxOrderQty = "", maxLeverage = "", basePrice = ""] =
    line.split(" ");
  return instrumentSettings({
    symbol,
    tickSize,
    qtyStep,
    maxOrderQty,
    maxMktOrderQty: symbol === "BTCUSDT" ? "500" : fifthOf(maxOrderQty, qtyStep),
    maxLeverage,
    basePrice,
  });
}

type Essential = "symbol" | "tickSize" | "qtyStep" | "maxOrderQty" | "maxLeverage" | "basePrice";

/** Completes a listing by what follows from the rest: bands and funding by leverage class, minimum = step. */
export function instrumentSettings(
  known: Pick<InstrumentSettings, Essential> & Partial<InstrumentSettings>,
): InstrumentSettings {
  const leverage = Number(known.maxLeverage);
  const band = leverage >= 100 ? ["0.01", "0.02"] : leverage >= 50 ? ["0.03", "0.06"] : ["0.05", "0.1"];
  const fundingCap = leverage >= 100 ? "0.00375" : "0.02";
  return {
    baseCoin: known.symbol.replace(/USDT$/, ""),
    status: "Trading",
    minOrderQty: known.qtyStep,
    maxMktOrderQty: known.maxOrderQty,
    minNotionalValue: "5",
    leverageStep: "0.01",
    fundingIntervalMinutes: leverage >= 50 ? 480 : 240,
    priceLimitRatioX: band[0] ?? "0.05",
    priceLimitRatioY: band[1] ?? "0.1",
    upperFundingRate: fundingCap,
    lowerFundingRate: `-${fundingCap}`,
    launchTimeMs: LAUNCH_MS,
    reduceOnly: false,
    ...known,
  };
}

function fifthOf(quantity: string, step: string): string {
  const scale = decimalPlaces(step);
  const steps = Math.floor((unitsFrom(quantity, scale) ?? 0) / 5 / (unitsFrom(step, scale) ?? 1));
  return plainText(Math.max(1, steps) * Number(step), scale);
}

/** What was seen of a symbol: decimal texts. */
export interface Observed {
  readonly symbol: string;
  readonly prices: readonly string[];
  readonly quantities: readonly string[];
}

/**
 * An instrument on whose grid every observed price and quantity lies, with limits far above them. Throws a
 * RangeError when nothing was observed or the digits are finer than the venue's money can hold.
 */
export function synthesiseInstrument(observed: Observed): InstrumentSettings {
  const priceScale = Math.max(0, ...observed.prices.map((text) => decimalPlaces(trimmed(text))));
  const stepScale = Math.max(0, ...observed.quantities.map((text) => decimalPlaces(trimmed(text))));
  const basePrice = observed.prices.at(-1);
  if (basePrice === undefined || observed.quantities.length === 0) {
    throw new RangeError(`${observed.symbol}: no prices or quantities to make an instrument of`);
  }
  if (priceScale + stepScale > MONEY_SCALE)
    throw new RangeError(`${observed.symbol}: too many decimal places`);
  const largest = Math.max(...observed.quantities.map(Number));
  const maxOrderQty = plainText(10 ** Math.ceil(Math.log10(largest * 100 + 1)), 0);
  return instrumentSettings({
    symbol: observed.symbol,
    tickSize: plainText(10 ** -priceScale, priceScale),
    qtyStep: plainText(10 ** -stepScale, stepScale),
    maxOrderQty,
    maxLeverage: "100",
    basePrice: trimmed(basePrice),
  });
}

function trimmed(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function decimalPlaces(text: string): number {
  const point = text.indexOf(".");
  return point < 0 ? 0 : text.length - point - 1;
}

function plainText(value: number, places: number): string {
  return trimmed(value.toFixed(places));
}

/** The integer grid of an instrument. Immutable: records of the past keep the units in which they were made. */
export interface Units {
  readonly quantityScale: number;
  /** One lot = `lotUnits * 10^-quantityScale` base units. */
  readonly lotUnits: number;
  readonly priceScale: number;
  /** One tick = `tickUnits * 10^-priceScale` USDT. */
  readonly tickUnits: number;
  /** Value of one lot x tick: exact money, and the nearest double in USDT. */
  readonly lotTickMoney: bigint;
  readonly lotTickUsdt: number;
  readonly tickUsdt: number;
  readonly lotBase: number;
}

export function makeUnits(tickSize: string, lotSize: string): Units {
  const priceScale = decimalPlaces(trimmed(tickSize));
  const quantityScale = decimalPlaces(trimmed(lotSize));
  const tickUnits = unitsFrom(tickSize, priceScale) ?? 0;
  const lotUnits = unitsFrom(lotSize, quantityScale) ?? 0;
  if (tickUnits <= 0 || lotUnits <= 0) throw new RangeError(`no grid: tick ${tickSize}, step ${lotSize}`);
  const places = MONEY_SCALE - priceScale - quantityScale;
  if (places < 0) throw new RangeError(`tick ${tickSize} x step ${lotSize} is finer than 10^-${MONEY_SCALE}`);
  const lotTickMoney = BigInt(tickUnits) * BigInt(lotUnits) * 10n ** BigInt(places);
  const tickUsdt = Number(tickSize);
  const lotBase = Number(lotSize);
  return {
    quantityScale,
    lotUnits,
    priceScale,
    tickUnits,
    lotTickMoney,
    lotTickUsdt: Number(lotTickMoney) / 1e12,
    tickUsdt,
    lotBase,
  };
}

/** The limits of a market in lots and ticks. */
export interface Filters {
  /** Orders are whole multiples of these many lots and ticks; 1 unless the step was made coarser. */
  readonly stepLots: number;
  readonly stepTicks: number;
  readonly minLots: number;
  readonly maxLots: number;
  readonly maxMarketLots: number;
  readonly minNotionalUsdt: number;
  readonly minTicks: number;
  readonly maxTicks: number;
  readonly bandX: number;
  readonly bandY: number;
  readonly maxLeverageHundredths: number;
  readonly leverageStepHundredths: number;
}

/** Throws a RangeError, naming symbol and field, when a limit makes no sense. */
export function makeFilters(settings: InstrumentSettings, units: Units): Filters {
  const lots = (field: "qtyStep" | "minOrderQty" | "maxOrderQty" | "maxMktOrderQty") =>
    positiveUnits(settings, field, units.quantityScale) / units.lotUnits;
  const stepTicks = positiveUnits(settings, "tickSize", units.priceScale) / units.tickUnits;
  return {
    stepLots: lots("qtyStep"),
    stepTicks,
    minLots: Math.ceil(lots("minOrderQty")),
    maxLots: Math.floor(lots("maxOrderQty")),
    maxMarketLots: Math.floor(lots("maxMktOrderQty")),
    minNotionalUsdt: Number(settings.minNotionalValue),
    minTicks: stepTicks,
    maxTicks: MAX_PRICE_TICKS * stepTicks,
    bandX: Number(settings.priceLimitRatioX),
    bandY: Number(settings.priceLimitRatioY),
    maxLeverageHundredths: positiveUnits(settings, "maxLeverage", 2),
    leverageStepHundredths: positiveUnits(settings, "leverageStep", 2),
  };
}

type PositiveField =
  | "qtyStep"
  | "minOrderQty"
  | "maxOrderQty"
  | "maxMktOrderQty"
  | "tickSize"
  | "maxLeverage"
  | "leverageStep";

function positiveUnits(settings: InstrumentSettings, field: PositiveField, scale: number): number {
  const units = unitsFrom(settings[field], scale);
  if (units === undefined || units <= 0) {
    throw new RangeError(`${settings.symbol}: ${field} makes no sense: ${JSON.stringify(settings[field])}`);
  }
  return units;
}

export function instrumentRow(settings: InstrumentSettings, symbolId: number): InstrumentRow {
  const scale = decimalPlaces(settings.tickSize);
  return {
    ...settings,
    symbolId,
    quoteCoin: "USDT",
    settleCoin: "USDT",
    minPrice: settings.tickSize,
    maxPrice: plainText(MAX_PRICE_TICKS * Number(settings.tickSize), scale),
    minLeverage: "1",
    priceScale: scale,
  };
}
