/** What else a trader held or opened beside each trip: whether it stood alone, or was one side of something. */
import { meaningOfSymbol } from "../../core/model/symbol-name.ts";
import type { StyleTrip } from "./style-trip.ts";

export interface Company {
  /** Size of the sum over size of the parts of all that was open: 1 when all is on one side, 0 when both sides are equal. */
  readonly netShare: number;
  /** Trips that were open, itself included. */
  readonly openCount: number;
  /** Opened at nearly the same time with nearly the same value on the other side of the same coin. */
  readonly hasTwin: boolean;
  /** The same with another coin. */
  readonly hasCounter: boolean;
}

const MINUTE_MS = 60_000;
/** Legs of one idea are opened one after another; what is held is looked at once all are there. */
const SETTLED_MS = 5 * MINUTE_MS;
const TWIN_MS = 2 * MINUTE_MS;
const COUNTER_MS = 15 * MINUTE_MS;
/** Values that are no further apart than this count as equal. */
const RATIO_MAX = 2.5;

/** In the order of the trips. */
export function companyOf(trips: readonly StyleTrip[]): readonly Company[] {
  const sorted = trips.map((trip, index) => ({ trip, index })).sort((a, b) => a.trip.openMs - b.trip.openMs);
  const coins = new Map(trips.map(({ symbol }) => [symbol, coinOf(symbol)]));
  const found: Company[] = [];
  let open: StyleTrip[] = [];
  let next = 0;
  for (const { trip, index } of sorted) {
    const atMs = Math.min(trip.openMs + SETTLED_MS, (trip.openMs + trip.closeMs) / 2);
    for (; next < sorted.length; next++) {
      const later = sorted[next]?.trip;
      if (later === undefined || later.openMs > trip.openMs + COUNTER_MS) break;
      open.push(later);
    }
    open = open.filter(({ closeMs }) => closeMs > trip.openMs - COUNTER_MS);
    const held = open.filter((one) => one === trip || (one.openMs <= atMs && one.closeMs > atMs));
    const [gross, net] = [sum(held, () => 1), sum(held, ({ side }) => (side === "long" ? 1 : -1))];
    const others = open.filter((one) => one.side !== trip.side && isAlike(one, trip));
    const isSame = (one: StyleTrip) => coins.get(one.symbol) === coins.get(trip.symbol);
    found[index] = {
      netShare: gross > 0 ? Math.abs(net) / gross : 1,
      openCount: held.length,
      hasTwin: others.some((one) => isSame(one) && one.symbol !== trip.symbol && isNear(one, trip, TWIN_MS)),
      hasCounter: others.some((one) => !isSame(one) && isNear(one, trip, COUNTER_MS)),
    };
  }
  return found;
}

/** Contracts that end (`BTCUSDT-26DEC25`) are of the coin before the date. */
export function coinOf(symbol: string): string {
  const head = symbol.split(/[-_:]/)[0] ?? symbol;
  return (meaningOfSymbol(symbol) ?? meaningOfSymbol(head))?.coin ?? symbol;
}

function sum(trips: readonly StyleTrip[], sign: (trip: StyleTrip) => number): number {
  return trips.reduce((total, trip) => total + sign(trip) * trip.maxNotional, 0);
}

function isAlike(one: StyleTrip, other: StyleTrip): boolean {
  const ratio = one.maxNotional / other.maxNotional;
  return ratio <= RATIO_MAX && ratio >= 1 / RATIO_MAX;
}

function isNear(one: StyleTrip, other: StyleTrip, withinMs: number): boolean {
  return Math.abs(one.openMs - other.openMs) <= withinMs;
}
