/**
 * The follower's venue in a backtest, as far as prices go: public books and best prices made of the record. The middle is the last
 * price that anything told of by then, a point of the recorded bars or what a recorded trader paid; round it stand the levels of the
 * slippage model. Nothing here looks past the clock.
 */
import type { InstrumentId, VenueId } from "../../core/model/identifiers.ts";
import type { Instrument } from "../../core/model/instrument.ts";
import type { PriceListener } from "../../exchange/exchange.ts";
import type { PublicBooksListener, PublicMarket } from "../../exchange/public-books.ts";
import { Scope } from "../../exchange/scope.ts";
import type { Clock, Timer } from "../../exchange/transport.ts";
import { firstAtOrAfter } from "../../market/table.ts";
import type { WorldMarket } from "../world.ts";
import { BAR, barSays, isBelieved, type KnownPrice, newest } from "./believed-price.ts";
import type { PriceTape } from "./price-tape.ts";
import { levelsOf, type SlippageModel } from "./slippage.ts";

export interface RecordedMarketParts {
  readonly venue: VenueId;
  readonly instruments: ReadonlyMap<InstrumentId, Instrument>;
  /** Null for an instrument that no bar tells of: it has the prices that traders paid, and none before the first. */
  tapeOf(id: InstrumentId): PriceTape | null;
  readonly clock: Clock;
  readonly slippage: SlippageModel;
  /** Best prices, for the engine. */
  readonly onPrice: PriceListener;
  /** false: the rates of the record are not charged. */
  readonly paysFunding?: boolean;
}

interface Followed {
  readonly instrument: Instrument;
  readonly tape: PriceTape | null;
  price: number;
  /** Of when the price is. */
  knownAtMs: number;
  /** When a trader paid the price; 0 where it is a point of the bars. */
  paidAtMs: number;
  version: number;
  nextMs: number;
  shown: PublicMarket | null;
  shownAtMs: number;
}

/** After a trader's fill the price is known, and then less and less, up to here. */
const DOUBT_MS_MAX = 60_000;
/** The rate of a settlement stays a moment longer, until it was charged. */
const CHARGED_WITHIN_MS = 5_000;
/** Of a random walk's step with deviation s the expected size is s sqrt(2 / pi). */
const EXPECTED_SIZE = Math.sqrt(2 / Math.PI);
/** Volatility a year where no bar tells any. */
const UNSEEN_VOLATILITY = 1;
const YEAR_MS = 365 * 86_400_000;

/** Public books, feed of best prices and clock of the record in one. */
export class RecordedBooks implements WorldMarket {
  readonly venue: VenueId;
  readonly #parts: RecordedMarketParts;
  readonly #scope: Scope;
  readonly #followed = new Map<InstrumentId, Followed>();
  /** What traders paid before anybody followed the instrument. */
  readonly #paid = new Map<InstrumentId, KnownPrice>();
  /** The last of each that was not believed, where no bar told of its time. */
  readonly #refused = new Map<InstrumentId, KnownPrice>();
  #listener: PublicBooksListener = { changed: () => {} };
  #plannedMs = Number.POSITIVE_INFINITY;
  #timer: Timer | null = null;
  strange = 0;

  constructor(parts: RecordedMarketParts) {
    this.venue = parts.venue;
    this.#parts = parts;
    this.#scope = new Scope(parts.clock);
  }

  listen(listener: PublicBooksListener): this {
    this.#listener = listener;
    return this;
  }

  loadInstruments(done: (result: readonly Instrument[]) => void): void {
    done([...this.#parts.instruments.values()]);
  }

  follow(instruments: readonly InstrumentId[]): void {
    for (const id of instruments) {
      const instrument = this.#parts.instruments.get(id);
      if (instrument === undefined || this.#followed.has(id)) continue;
      const followed = this.#begin(id, instrument);
      this.#followed.set(id, followed);
      if (followed.price > 0) this.#tell(id, followed);
    }
    this.#plan();
  }

  read(id: InstrumentId): PublicMarket | null {
    const followed = this.#followed.get(id);
    if (followed === undefined || followed.price <= 0) return null;
    const nowMs = this.#scope.nowMs();
    // What a trader paid is doubted more and more, up to a point.
    const doubtedUpToMs = followed.paidAtMs === 0 ? 0 : Math.min(nowMs, followed.paidAtMs + DOUBT_MS_MAX);
    if (followed.shown !== null && followed.shownAtMs >= doubtedUpToMs) return followed.shown;
    if (followed.shown !== null) followed.version += 1;
    followed.shownAtMs = nowMs;
    followed.shown = this.#market(followed, nowMs);
    return followed.shown;
  }

  paid(id: InstrumentId, price: number): void {
    const followed = this.#followed.get(id);
    const atMs = this.#scope.nowMs();
    if (!this.#isPrice(id, { price, atMs })) {
      this.strange += 1;
      return;
    }
    this.#paid.set(id, { price, atMs });
    if (followed === undefined) return;
    Object.assign(followed, { price, knownAtMs: atMs, paidAtMs: atMs });
    this.#tell(id, followed);
  }

  close(): void {
    this.#scope.close();
  }

  #isPrice(id: InstrumentId, paid: KnownPrice): boolean {
    const bar = barSays(this.#parts.tapeOf(id), paid);
    const refused = this.#refused.get(id) ?? null;
    if (isBelieved({ bar, paid, last: this.#lastOf(id, paid.atMs), refused })) return true;
    if (bar === BAR.none) this.#refused.set(id, paid);
    return false;
  }

  #lastOf(id: InstrumentId, nowMs: number): KnownPrice | null {
    const followed = this.#followed.get(id);
    if (followed !== undefined)
      return followed.price > 0 ? { price: followed.price, atMs: followed.knownAtMs } : null;
    return newest(this.#parts.tapeOf(id)?.pointAt(nowMs) ?? null, this.#paid.get(id) ?? null);
  }

  #begin(id: InstrumentId, instrument: Instrument): Followed {
    const tape = this.#parts.tapeOf(id);
    const nowMs = this.#scope.nowMs();
    const point = tape?.pointAt(nowMs) ?? null;
    const paid = this.#paid.get(id) ?? null;
    const known = newest(point, paid);
    return {
      instrument,
      tape,
      price: known?.price ?? 0,
      knownAtMs: known?.atMs ?? 0,
      paidAtMs: known !== null && known === paid ? paid.atMs : 0,
      version: 1,
      nextMs: tape?.pointAfter(nowMs)?.atMs ?? Number.POSITIVE_INFINITY,
      shown: null,
      shownAtMs: 0,
    };
  }

  /** One timer for the next point of everything that is followed. */
  #plan(): void {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const followed of this.#followed.values()) nextMs = Math.min(nextMs, followed.nextMs);
    if (nextMs >= this.#plannedMs) return;
    this.#plannedMs = nextMs;
    this.#timer?.cancel();
    this.#timer = this.#scope.setTimer(nextMs - this.#scope.nowMs(), () => {
      this.#plannedMs = Number.POSITIVE_INFINITY;
      this.#reach(this.#scope.nowMs());
      this.#plan();
    });
  }

  #reach(nowMs: number): void {
    for (const [id, followed] of this.#followed) {
      if (followed.nextMs > nowMs || followed.tape === null) continue;
      const point = followed.tape.pointAt(nowMs);
      followed.nextMs = followed.tape.pointAfter(nowMs)?.atMs ?? Number.POSITIVE_INFINITY;
      if (point === null) continue;
      Object.assign(followed, { price: point.price, knownAtMs: point.atMs, paidAtMs: 0 });
      this.#tell(id, followed);
    }
  }

  #tell(id: InstrumentId, followed: Followed): void {
    followed.version += 1;
    followed.shown = null;
    const market = this.read(id);
    if (market === null) return;
    const [bid = "", ask = ""] = [market.bids[0]?.[0], market.asks[0]?.[0]];
    const atMs = this.#scope.nowMs();
    this.#parts.onPrice({ kind: "price-updated", instrument: id, bid, ask, mark: market.mark, atMs });
    this.#listener.changed(id);
  }

  #market(followed: Followed, nowMs: number): PublicMarket {
    const { instrument, tape, price, version } = followed;
    const bar = tape?.pastBar(nowMs) ?? null;
    const [tick, step] = [instrument.tickSize.toNumber(), instrument.lotSize.toNumber()];
    const doubt = doubtOf(followed, nowMs, bar);
    const levels = levelsOf(this.#parts.slippage, { price, tick, step, bar, doubt });
    const grid = gridOf(instrument);
    const mark = grid.price(price, Math.round);
    const sizes = levels.map(({ distance, quantity }): Size => [distance, grid.quantity(quantity)]);
    return {
      bids: sizes.map(([distance, size]) => [grid.price(price * (1 - distance), Math.floor), size]),
      asks: sizes.map(([distance, size]) => [grid.price(price * (1 + distance), Math.ceil), size]),
      mark,
      index: mark,
      last: mark,
      fundingRate:
        this.#parts.paysFunding === false
          ? "0"
          : fundingText(tape, nowMs, instrument.spec.fundingIntervalMinutes),
      version,
    };
  }
}

/** Since a trader paid it the price may have moved by so much: it counts against whoever trades. */
export function doubtOf(
  { paidAtMs }: Pick<Followed, "paidAtMs">,
  nowMs: number,
  bar: { readonly sigma: number; readonly intervalMs: number } | null,
): number {
  if (paidAtMs === 0) return 0;
  const passedMs = Math.min(nowMs - paidAtMs, DOUBT_MS_MAX);
  const { sigma, intervalMs } = bar ?? { sigma: UNSEEN_VOLATILITY, intervalMs: YEAR_MS };
  return sigma * Math.sqrt(passedMs / intervalMs) * EXPECTED_SIZE;
}

/** How far from the middle, as a share of it, and the quantity there. */
type Size = readonly [distance: number, quantity: string];

interface Grid {
  price(value: number, round: (steps: number) => number): string;
  quantity(value: number): string;
}

/** Whole ticks, never below one: a price on the grid is a whole number of ticks, whatever the doubles say. */
export function ticksAt(price: number, tick: number, round: (steps: number) => number): number {
  return Math.max(1, round(Math.round((price / tick) * 1e6) / 1e6));
}

/** Decimal text on the instrument's grid. */
function gridOf({ tickSize, lotSize }: Instrument): Grid {
  const [tick, step] = [tickSize.toNumber(), lotSize.toNumber()];
  const [tickPlaces, stepPlaces] = [tickSize.scale, lotSize.scale];
  return {
    price: (value, round) => (ticksAt(value, tick, round) * tick).toFixed(tickPlaces),
    quantity: (value) => (Math.floor(Math.round((value / step) * 1e6) / 1e6) * step).toFixed(stepPlaces),
  };
}

/** The rate of the next settlement of the record; "0" where none is due within one interval. */
export function fundingText(tape: PriceTape | null, nowMs: number, intervalMinutes: number): string {
  const funding = tape?.funding ?? null;
  if (funding === null) return "0";
  const at = firstAtOrAfter(funding.atMs, nowMs - CHARGED_WITHIN_MS);
  const stampMs = funding.atMs[at] ?? Number.POSITIVE_INFINITY;
  if (stampMs - nowMs > intervalMinutes * 60_000) return "0";
  return (funding.rate[at] ?? 0).toFixed(8);
}
