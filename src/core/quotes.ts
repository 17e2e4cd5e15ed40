/**
 * The latest prices that decisions may use, in whole ticks. Prices off the grid (a mark price can be) go to the nearest
 * tick; they value orders and never enter one.
 */
import type { EventOf } from "./event.ts";
import { Ticks } from "./model/amounts.ts";
import { type Instrument, nearestTicks } from "./model/instrument.ts";
import type { Quote, State } from "./state.ts";

export function applyPrice(state: State, event: EventOf<"price-updated">, instrument: Instrument): void {
  const quote = quoteOf(state, instrument);
  const before = quote.mark;
  quote.bid = ticksOf(instrument, event.bid);
  quote.ask = ticksOf(instrument, event.ask);
  quote.mark = ticksOf(instrument, event.mark);
  quote.atMs = event.atMs;
  if (quote.mark !== before) state.moved.add(instrument.id);
}

export function noteLastPrice(state: State, instrument: Instrument, price: Ticks, atMs: number): void {
  const quote = quoteOf(state, instrument);
  quote.last = price;
  quote.atMs = Math.max(quote.atMs, atMs);
}

/** The price that values an order in `instrument`: mark, else bid, else the last known; null when none is known. */
export function valuationTicks(state: State, instrument: Instrument): Ticks | null {
  const quote = state.quotes.get(instrument.id);
  if (quote === undefined) return null;
  return quote.mark ?? quote.bid ?? quote.ask ?? quote.last;
}

/** The same of what was quoted in this run alone: the last price of an earlier one may be as old as that. */
export function quotedTicks(state: State, instrument: Instrument): Ticks | null {
  const quote = state.quotes.get(instrument.id);
  return quote?.mark ?? quote?.bid ?? quote?.ask ?? null;
}

/** The most that a venue may value a position at now: the highest of what is quoted, else the last; null when none is known. */
export function highestTicks(state: State, instrument: Instrument): Ticks | null {
  const quote = state.quotes.get(instrument.id);
  if (quote === undefined) return null;
  const { mark, bid, ask, last } = quote;
  const highest = Math.max(mark ?? 0, bid ?? 0, ask ?? 0);
  return highest > 0 ? Ticks(highest) : last;
}

/** What the venue values positions by; null when it is not known in this run. */
export function markTicks(state: State, instrument: Instrument): Ticks | null {
  return state.quotes.get(instrument.id)?.mark ?? null;
}

/** A quote older than this says nothing about the present. */
const PRICE_AGE_MAX_MS = 60_000;

/** What a buyer (side 1) pays now, or a seller (-1) gets; the mark where the book is not known, null without a fresh quote. */
export function presentTicks(state: State, instrument: Instrument, side: number): Ticks | null {
  const quote = state.quotes.get(instrument.id);
  if (quote === undefined || state.nowMs - quote.atMs > PRICE_AGE_MAX_MS) return null;
  return (side > 0 ? quote.ask : quote.bid) ?? quote.mark;
}

function quoteOf(state: State, instrument: Instrument): Quote {
  let quote = state.quotes.get(instrument.id);
  if (quote === undefined) {
    quote = { bid: null, ask: null, mark: null, last: null, atMs: 0 };
    state.quotes.set(instrument.id, quote);
  }
  return quote;
}

function ticksOf(instrument: Instrument, text: string): Ticks | null {
  const ticks = text === "" ? undefined : nearestTicks(instrument, text);
  return ticks === undefined || ticks <= 0 ? null : ticks;
}
