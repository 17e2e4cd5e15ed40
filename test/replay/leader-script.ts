/**
 * From one recorded account to what a leader is made to do: the positions that it brings along, then orders in order of
 * time, each of which is filled at exactly the recorded prices and quantities. Consecutive fills of one second, symbol and
 * side become one order as far as one market order can have had them (its prices only get worse). Says which fills are left
 * out, by a closed list of reasons.
 */
import { Decimal } from "../../src/core/model/decimal.ts";
import {
  instrumentSettings,
  shippedInstruments,
  synthesiseInstrument,
} from "../../src/exchange/simulated/instruments.ts";
import type { InstrumentSettings } from "../../src/exchange/simulated/market-types.ts";
import { carriedUnits, signedUnits, unitsText } from "./carried.ts";
import type { RecordedFill, RecordedLeg } from "./recorded-fills.ts";
import type { RecordedMarket } from "./recorded-market.ts";

/** Why a fill is not replayed. */
export const UNUSED = {
  "no-bars": "no recorded bars cover the symbol at that time",
  "price-outside-bar": "the price lies outside every bar that covers it",
  "below-minimum-value": "an opening order of less than the least value that the venue takes",
  "refused-by-exchange": "the exchange refused the leader's order",
  "not-as-recorded": "the exchange filled the leader's order otherwise than recorded",
  "not-replayed": "the replay of the account stopped by an error",
} as const;

export type UnusedReason = keyof typeof UNUSED;

export interface LeaderOrder {
  readonly atMs: number;
  readonly symbol: string;
  readonly side: "Buy" | "Sell";
  readonly leg: RecordedLeg;
  readonly quantity: string;
  readonly fills: readonly RecordedFill[];
}

export interface CarriedPosition {
  readonly symbol: string;
  readonly leg: RecordedLeg;
  /** Signed. */
  readonly quantity: string;
  /** Of the first fill of the symbol. */
  readonly price: string;
}

export interface LeaderScript {
  readonly trader: string;
  readonly mode: "one-way" | "hedge";
  readonly instruments: readonly InstrumentSettings[];
  readonly synthesised: number;
  readonly carried: readonly CarriedPosition[];
  readonly orders: readonly LeaderOrder[];
  /** Largest sum of position values at any time, USDT. */
  readonly exposureUsdt: number;
  readonly fills: number;
  readonly unused: ReadonlyMap<RecordedFill, UnusedReason>;
}

const LEAST_VALUE_USDT = 5;

export function leaderScript(
  trader: string,
  fills: readonly RecordedFill[],
  market: RecordedMarket,
): LeaderScript {
  const unused = new Map<RecordedFill, UnusedReason>();
  for (const fill of fills) {
    const coverage = market.coverage(fill.symbol, fill.timeMs, Number(fill.price));
    if (coverage === "no-bars") unused.set(fill, "no-bars");
    if (coverage === "outside-bar") unused.set(fill, "price-outside-bar");
  }
  for (const order of ordersOf(fills.filter((fill) => !unused.has(fill)))) {
    if (isTooSmall(order)) for (const fill of order.fills) unused.set(fill, "below-minimum-value");
  }
  const used = fills.filter((fill) => !unused.has(fill));
  const carried = carriedPositions(used);
  const orders = ordersOf(used);
  const instruments = instrumentsOf(orders, carried);
  return {
    trader,
    mode: fills.some(({ leg }) => leg !== "net") ? "hedge" : "one-way",
    instruments,
    synthesised: instruments.filter(({ symbol }) => !isShipped(symbol, instruments)).length,
    carried,
    orders,
    exposureUsdt: largestExposure(carried, used),
    fills: fills.length,
    unused,
  };
}

function ordersOf(fills: readonly RecordedFill[]): readonly LeaderOrder[] {
  const groups: RecordedFill[][] = [];
  for (const fill of fills) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && mayFollow(last, fill)) group.push(fill);
    else groups.push([fill]);
  }
  return groups.map(orderOf);
}

function mayFollow(last: RecordedFill, fill: RecordedFill): boolean {
  const isSame =
    last.timeMs === fill.timeMs &&
    last.symbol === fill.symbol &&
    last.side === fill.side &&
    last.leg === fill.leg;
  const worse = fill.side === "Buy" ? 1 : -1;
  return isSame && (Number(fill.price) - Number(last.price)) * worse >= 0;
}

function orderOf(fills: readonly RecordedFill[]): LeaderOrder {
  const [first] = fills;
  if (first === undefined) throw new RangeError("an order needs a fill");
  const { timeMs, symbol, side, leg } = first;
  const quantity = fills
    .reduce((sum, fill) => sum.plus(Decimal.parse(fill.quantity)), Decimal.zero)
    .toString();
  return { atMs: timeMs, symbol, side, leg, quantity, fills };
}

/** Closing is exempt from the least value. */
function isTooSmall({ fills }: LeaderOrder): boolean {
  const opens = fills.some(({ realised }) => realised === 0);
  const value = fills.reduce((sum, fill) => sum + Number(fill.price) * Number(fill.quantity), 0);
  return opens && value < LEAST_VALUE_USDT;
}

function carriedPositions(fills: readonly RecordedFill[]): readonly CarriedPosition[] {
  const found: CarriedPosition[] = [];
  for (const [symbol, ofSymbol] of bySymbol(fills)) {
    for (const leg of ["net", "long", "short"] as const) {
      const ofLeg = ofSymbol.filter((fill) => fill.leg === leg);
      const [first] = ofLeg;
      if (first === undefined) continue;
      const scale = scaleOf(ofLeg);
      const units = carriedUnits(ofLeg, scale);
      if (units === 0n) continue;
      found.push({ symbol, leg, quantity: unitsText(units, scale), price: first.price });
    }
  }
  return found;
}

function scaleOf(fills: readonly RecordedFill[]): number {
  return Math.max(...fills.map(({ quantity }) => quantity.split(".")[1]?.length ?? 0));
}

function bySymbol(fills: readonly RecordedFill[]): ReadonlyMap<string, readonly RecordedFill[]> {
  return Map.groupBy(fills, ({ symbol }) => symbol);
}

/** The venue's own filters where everything fits them, else a finer grid made of what was seen. */
export function instrumentsOf(
  orders: readonly LeaderOrder[],
  carried: readonly CarriedPosition[],
): readonly InstrumentSettings[] {
  const symbols = [...new Set(orders.map(({ symbol }) => symbol))];
  return symbols.map((symbol) => {
    const own = orders.filter((order) => order.symbol === symbol);
    const brought = carried.filter((position) => position.symbol === symbol);
    const known = shippedInstruments().find((listed) => listed.symbol === symbol);
    if (known !== undefined && fits(known, own, brought)) return known;
    const fills = own.flatMap((order) => order.fills);
    const made = synthesiseInstrument({
      symbol,
      prices: fills.map(({ price }) => price),
      quantities: [...fills, ...own, ...brought].map(({ quantity }) => quantity.replace("-", "")),
    });
    return known === undefined ? made : refined(known, made);
  });
}

/** The venue's own listing on a grid that also holds what was seen; steps are powers of ten or multiples of them. */
function refined(known: InstrumentSettings, made: InstrumentSettings): InstrumentSettings {
  const qtyStep = finer(known.qtyStep, made.qtyStep);
  const { maxLeverage } = known;
  const tickSize = finer(known.tickSize, made.tickSize);
  return instrumentSettings({ ...made, tickSize, qtyStep, minOrderQty: qtyStep, maxLeverage });
}

function finer(left: string, right: string): string {
  return Number(left) < Number(right) ? left : right;
}

function fits(
  known: InstrumentSettings,
  orders: readonly LeaderOrder[],
  carried: readonly CarriedPosition[],
): boolean {
  const fills = orders.flatMap((order) => order.fills);
  const quantities = [...fills, ...carried].map(({ quantity }) => quantity);
  return (
    fills.every(({ price }) => isMultiple(price, known.tickSize)) &&
    quantities.every((quantity) => isMultiple(quantity, known.qtyStep)) &&
    orders.every(({ quantity }) => Number(quantity) <= Number(known.maxMktOrderQty)) &&
    carried.every(({ quantity }) => Math.abs(Number(quantity)) <= Number(known.maxMktOrderQty))
  );
}

function isMultiple(text: string, step: string): boolean {
  const value = Decimal.parse(text);
  return value.roundedToStep(Decimal.parse(step), "floor").equals(value);
}

export function isShipped(symbol: string, used: readonly InstrumentSettings[]): boolean {
  return shippedInstruments().some((known) => known.symbol === symbol && used.includes(known));
}

function largestExposure(carried: readonly CarriedPosition[], fills: readonly RecordedFill[]): number {
  const values = new Map<string, { held: number; price: number }>();
  for (const { symbol, leg, quantity, price } of carried) {
    values.set(`${symbol} ${leg}`, { held: Number(quantity), price: Number(price) });
  }
  let largest = sumOf(values);
  for (const fill of fills) {
    const key = `${fill.symbol} ${fill.leg}`;
    const held = (values.get(key)?.held ?? 0) + Number(signedUnits(fill, 8)) / 1e8;
    values.set(key, { held, price: Number(fill.price) });
    largest = Math.max(largest, sumOf(values));
  }
  return largest;
}

function sumOf(values: ReadonlyMap<string, { readonly held: number; readonly price: number }>): number {
  let sum = 0;
  for (const { held, price } of values.values()) sum += Math.abs(held * price);
  return sum;
}
