/** Prices of instruments as the journal tells them, in the venue's own digits; the last known stand in after a restart. */
import type { EventOf } from "../../core/event.ts";
import { Decimal } from "../../core/model/decimal.ts";
import type { InstrumentId } from "../../core/model/identifiers.ts";
import type { Instrument } from "../../core/model/instrument.ts";
import { valuationTicks } from "../../core/quotes.ts";
import type { State } from "../../core/state.ts";

interface Told {
  /** By the venue's clock where it says so, as executions are: what was under way meanwhile is no newer than it. */
  readonly atMs: number;
  readonly bid: Decimal | null;
  readonly ask: Decimal | null;
  readonly mark: Decimal | null;
}

/** One of the leader's, in the follower's units. */
export interface LeaderTrade {
  readonly price: Decimal;
  readonly way: number;
  readonly isMaker: boolean;
  readonly sinceMs: number;
}

/** What an order was decided at: the middle of the book, and what its other side asked. */
export interface Arrival {
  readonly reference: Decimal;
  readonly touch: Decimal;
  /** When bid and ask were told, of which the reference is the middle; null where they were not known. */
  readonly bookAtMs: number | null;
}

const HALF = Decimal.parse("0.5");

export class Quotes {
  readonly #told = new Map<InstrumentId, Told>();

  note({ instrument, bid, ask, mark, atMs, venueTimeMs = atMs }: EventOf<"price-updated">): void {
    const before = this.#told.get(instrument);
    const told = { atMs: venueTimeMs, bid: positive(bid), ask: positive(ask), mark: positive(mark) };
    this.#told.set(instrument, { ...told, mark: told.mark ?? before?.mark ?? null });
  }

  /** The middle of the book, else the mark, else the last trade that is known; null where nothing is. */
  reference(state: State, instrument: Instrument): Decimal | null {
    const { bid = null, ask = null, mark = null } = this.#told.get(instrument.id) ?? {};
    if (bid !== null && ask !== null) return bid.plus(ask).times(HALF);
    return mark ?? valuation(state, instrument);
  }

  /** What values positions: the mark, else as `reference`. */
  mark(state: State, instrument: Instrument): Decimal | null {
    return this.#told.get(instrument.id)?.mark ?? this.reference(state, instrument);
  }

  /**
   * How far from the middle the leader's side of the book is, where it bought (`way` +1) or sold (-1) at a price: the nearest of bid, middle
   * and ask; where the market has left that price since, the side that it took, or on which it rested. Null where the book is older than
   * the trade, and another by then.
   */
  offsetOf(instrument: Instrument, { price, way, isMaker, sinceMs }: LeaderTrade): Decimal | null {
    const { bid = null, ask = null, atMs = 0 } = this.#told.get(instrument.id) ?? {};
    if (bid === null || ask === null) return null;
    const middle = bid.plus(ask).times(HALF);
    const isOutside = price.compare(bid) < 0 || price.compare(ask) > 0;
    if (isOutside && atMs < sinceMs) return null;
    if (isOutside) return (way > 0 === isMaker ? bid : ask).minus(middle);
    const apart = (one: Decimal) => price.minus(one).absolute();
    const nearest = [middle, bid, ask].reduce((best, one) =>
      apart(one).compare(apart(best)) < 0 ? one : best,
    );
    return nearest.minus(middle);
  }

  /** For a buyer (+1) or a seller (-1). */
  arrival(state: State, instrument: Instrument, side: number): Arrival | null {
    const reference = this.reference(state, instrument);
    if (reference === null) return null;
    const { bid = null, ask = null, atMs = 0 } = this.#told.get(instrument.id) ?? {};
    if (bid === null || ask === null) return { reference, touch: reference, bookAtMs: null };
    return { reference, touch: side > 0 ? ask : bid, bookAtMs: atMs };
  }
}

/** What the core's ledgers book at what changes hands without a trade. */
export function valuation(state: State, instrument: Instrument): Decimal | null {
  const ticks = valuationTicks(state, instrument);
  return ticks === null ? null : Decimal.of(BigInt(ticks), 0).times(instrument.tickSize);
}

function positive(text: string): Decimal | null {
  const value = Decimal.tryParse(text);
  return value === undefined || value.sign <= 0 ? null : value;
}
