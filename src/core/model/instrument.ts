/**
 * A market as its venue describes it: tick, step and limits, and the exact conversions between decimal text and the
 * whole lots and ticks that the core computes with. Made by a connector's `instruments.ts`; only apply-instruments.ts changes
 * one afterwards.
 */
import { Lots, multiplyExactly, Ticks } from "./amounts.ts";
import { Decimal } from "./decimal.ts";
import { InstrumentId, type VenueId } from "./identifiers.ts";

export type InstrumentStatus = "trading" | "pre-launch" | "delivering" | "closed";

export interface InstrumentSpec {
  readonly venue: VenueId;
  readonly symbol: string;
  readonly baseCoin: string;
  readonly settleCoin: string;
  readonly status: InstrumentStatus;
  /** Decimal strings, in the venue's units. */
  readonly tickSize: string;
  readonly quantityStep: string;
  readonly minQuantity: string;
  readonly maxLimitQuantity: string;
  readonly maxMarketQuantity: string;
  /** Smallest order value in the settle coin; "0" where the venue has none. */
  readonly minNotional: string;
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly maxLeverage: string;
  readonly leverageStep: string;
  readonly fundingIntervalMinutes: number;
  /**
   * What quantities are counted in when that is not `quantityStep`: positions of an earlier step are still held, and this
   * goes into both steps. Set by the core, never by a connector.
   */
  readonly lotSize?: string;
  /**
   * What other venues may call it, the likeliest first. Absent where venues mostly agree on the name; empty where none is known
   * to trade the same thing.
   */
  readonly elsewhere?: readonly NameElsewhere[];
}

/** A name of an instrument at another venue, and how many of that venue's units one of its own is. */
export interface NameElsewhere {
  readonly symbol: string;
  /** Decimal string, above zero. */
  readonly units: string;
}

/** How much leverage the venue allows a position up to some value; an instrument's are kept in the order of their limits. */
export interface RiskTier {
  /** Whole millionths of the settle coin, included. */
  readonly limit: number;
  readonly leverageHundredths: number;
}

export interface Instrument {
  readonly id: InstrumentId;
  readonly spec: InstrumentSpec;
  /** What one lot is. */
  readonly lotSize: Decimal;
  /** One quantity step of the venue in lots: 1, unless positions of an earlier step are still held. */
  readonly stepLots: number;
  readonly tickSize: Decimal;
  readonly minLots: Lots;
  readonly maxMarketLots: Lots;
  /** An order of `lots` at `ticks` reaches the minimum notional when `lots * ticks >= minNotionalLotTicks`. */
  readonly minNotionalLotTicks: number;
  /** `lots * ticks * valueUnits / valueDivisor` is a value in millionths of the settle coin. */
  readonly valueUnits: number;
  readonly valueDivisor: number;
  readonly minTicks: Ticks;
  readonly maxTicks: Ticks;
  /** Whole hundredths: 12.5x is 1250. */
  readonly maxLeverageHundredths: number;
  /** Scale factors for the fast path of `lotsFrom` and `ticksFrom`. */
  readonly quantityScale: number;
  readonly priceScale: number;
  readonly lotUnits: number;
  readonly tickUnits: number;
}

/** Builds the derived integers. Throws a RangeError, naming symbol and field, when a filter makes no sense. */
export function makeInstrument(spec: InstrumentSpec): Instrument {
  const quantityStep = positive(spec, "quantityStep");
  const tickSize = positive(spec, "tickSize");
  const lotSize = spec.lotSize === undefined ? quantityStep : positive(spec, "lotSize");
  const stepLots = Number(quantityStep.dividedBy(lotSize, 0, "floor").units);
  if (!lotSize.times(Decimal.of(BigInt(stepLots), 0)).equals(quantityStep))
    throw new RangeError(`${spec.symbol}: quantityStep is not a multiple of lotSize ${spec.lotSize}`);
  const inLots = (field: DecimalField, mode: "floor" | "ceiling"): Lots =>
    Lots(multiplyExactly(wholeSteps(spec, field, quantityStep, mode), stepLots));
  const lotValue = lotSize.times(tickSize);
  const maxMarketLots = inLots("maxMarketQuantity", "floor");
  if (maxMarketLots === 0) throw new RangeError(`${spec.symbol}: maxMarketQuantity is below one step`);
  return {
    id: InstrumentId(spec.symbol, spec.venue),
    spec,
    lotSize,
    stepLots,
    tickSize,
    minLots: inLots("minQuantity", "ceiling"),
    maxMarketLots,
    minNotionalLotTicks: Number(decimalOf(spec, "minNotional").dividedBy(lotValue, 0, "ceiling").units),
    ...valueFactors(lotValue),
    minTicks: Ticks(Number(decimalOf(spec, "minPrice").dividedBy(tickSize, 0, "ceiling").units)),
    maxTicks: Ticks(Number(decimalOf(spec, "maxPrice").dividedBy(tickSize, 0, "floor").units)),
    maxLeverageHundredths: Number(decimalOf(spec, "maxLeverage").dividedBy(HUNDREDTH, 0, "floor").units),
    quantityScale: lotSize.scale,
    priceScale: tickSize.scale,
    lotUnits: Number(lotSize.units),
    tickUnits: Number(tickSize.units),
  };
}

const HUNDREDTH = Decimal.parse("0.01");

/** Decimal places of the values that limits compare. */
export const VALUE_SCALE = 6;

function valueFactors({ units, scale }: Decimal): Pick<Instrument, "valueUnits" | "valueDivisor"> {
  const excess = scale - VALUE_SCALE;
  return {
    valueUnits: Number(excess >= 0 ? units : units * 10n ** BigInt(-excess)),
    valueDivisor: Number(10n ** BigInt(Math.max(excess, 0))),
  };
}

/** Whole lots of a decimal quantity; undefined when the text is no number or not a multiple of a lot. */
export function lotsFrom(instrument: Instrument, quantity: string): Lots | undefined {
  const units = scaledUnits(quantity, instrument.quantityScale);
  if (units === undefined || units % instrument.lotUnits !== 0) return undefined;
  return Lots(units / instrument.lotUnits);
}

/** As much of `lots` (signed) as orders can be made of: whole quantity steps, towards zero. */
export function toWholeSteps({ stepLots }: Instrument, lots: Lots): Lots {
  return stepLots === 1 ? lots : Lots(Math.trunc(lots / stepLots) * stepLots);
}

/** Whole ticks of a decimal price; undefined when the text is no number or not a multiple of the tick. */
export function ticksFrom(instrument: Instrument, price: string): Ticks | undefined {
  const units = scaledUnits(price, instrument.priceScale);
  if (units === undefined || units % instrument.tickUnits !== 0) return undefined;
  return Ticks(units / instrument.tickUnits);
}

/** The nearest tick of any decimal price (average prices are not on the grid); undefined when not a number, or too large. */
export function nearestTicks(instrument: Instrument, price: string): Ticks | undefined {
  const value = Decimal.tryParse(price);
  if (value === undefined) return undefined;
  const ticks = Number(value.dividedBy(instrument.tickSize, 0, "half-even").units);
  return Number.isSafeInteger(ticks) ? Ticks(ticks) : undefined;
}

/** Decimal text of a quantity in the instrument's own precision, without trailing zeros; signed like `lots`. */
export function quantityText(instrument: Instrument, lots: Lots): string {
  return unitsText(lots * instrument.lotUnits, instrument.quantityScale);
}

/** Decimal text of a price, without trailing zeros. */
export function priceText(instrument: Instrument, ticks: Ticks): string {
  return unitsText(ticks * instrument.tickUnits, instrument.priceScale);
}

/** `text * 10^scale` as a safe integer; undefined when it is no plain decimal, too fine or too large. */
function scaledUnits(text: string, scale: number): number | undefined {
  const value = Decimal.tryParse(text);
  if (value === undefined) return undefined;
  const excess = value.scale - scale;
  if (excess > 0 && value.units % 10n ** BigInt(excess) !== 0n) return undefined;
  const number = Number(value.unitsAt(scale));
  return Number.isSafeInteger(number) ? number : undefined;
}

const ZERO_CODE = 48;

function unitsText(units: number, scale: number): string {
  if (!Number.isSafeInteger(units)) throw new RangeError(`${units} is past 2^53`);
  if (scale === 0) return String(units);
  // By hand, as each order on the way out waits for it.
  let digits = String(units < 0 ? -units : units);
  while (digits.length <= scale) digits = `0${digits}`;
  const point = digits.length - scale;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === ZERO_CODE) end -= 1;
  const sign = units < 0 ? "-" : "";
  const whole = digits.slice(0, point);
  return end === point ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(point, end)}`;
}

type DecimalField = Exclude<
  keyof InstrumentSpec,
  "venue" | "symbol" | "baseCoin" | "settleCoin" | "status" | "fundingIntervalMinutes" | "elsewhere"
>;

function decimalOf(spec: InstrumentSpec, field: DecimalField): Decimal {
  const value = Decimal.tryParse(spec[field] ?? "");
  if (value === undefined) throw new RangeError(`${spec.symbol}: ${field} is not a number: ${spec[field]}`);
  return value;
}

function positive(spec: InstrumentSpec, field: DecimalField): Decimal {
  const value = decimalOf(spec, field);
  if (value.sign <= 0)
    throw new RangeError(`${spec.symbol}: ${field} must be above zero, got ${spec[field]}`);
  return value;
}

function wholeSteps(
  spec: InstrumentSpec,
  field: DecimalField,
  step: Decimal,
  mode: "floor" | "ceiling",
): Lots {
  return Lots(Number(decimalOf(spec, field).dividedBy(step, 0, mode).units));
}
