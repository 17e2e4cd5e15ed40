/**
 * Conflates prices: the newest quote of each instrument waits here and enters the core (and so the journal) only with an
 * event that may need it, at most once a second otherwise. Follows the instruments that are copied. What is held under a guard
 * is told by itself: at once a second when the mark moved by a thousandth, at most ten seconds late otherwise. That is about 150
 * bytes of the journal each time: 1.3 MB a day for an instrument that stands still, 13 MB for one that never does.
 */
import { type Event, type EventOf, timeOf } from "../core/event.ts";
import { isMarketWatched } from "../core/guard/guard-settings.ts";
import { type AccountId, InstrumentId, type VenueId } from "../core/model/identifiers.ts";
import type { State } from "../core/state.ts";
import type { MarketFeed } from "../exchange/exchange.ts";

type PriceEvent = EventOf<"price-updated">;

const REPEAT_MIN_MS = 1_000;
/** Under a guard: by so much, or after so long. */
const GUARDED_MOVE = 0.001;
const GUARDED_REPEAT_MS = 10_000;

interface Waiting {
  event: PriceEvent;
  /** Not in the core yet. */
  fresh: boolean;
  toldAtMs: number;
  toldMark: string;
}

export class Prices {
  readonly #feeds: ReadonlyMap<VenueId, MarketFeed>;
  readonly #latest = new Map<InstrumentId, Waiting>();
  readonly #followed = new Set<InstrumentId>();

  constructor(feeds: ReadonlyMap<VenueId, MarketFeed>) {
    this.#feeds = feeds;
  }

  note(event: PriceEvent): void {
    const known = this.#latest.get(event.instrument);
    if (known === undefined)
      this.#latest.set(event.instrument, { event, fresh: true, toldAtMs: 0, toldMark: "" });
    else Object.assign(known, { event, fresh: true });
  }

  /** Those that were told were left out (a full disk): the newest of each is told again when it is needed. */
  forgetTold(): void {
    for (const waiting of this.#latest.values()) waiting.fresh = true;
  }

  /** Whether the core has no price at all for this instrument: it is told at once. */
  isFirst(event: PriceEvent, state: State): boolean {
    const quote = state.quotes.get(event.instrument);
    return quote === undefined || (quote.mark === null && quote.bid === null);
  }

  /**
   * Quotes that the core should know before it reads `event`: of a leader's fill the instrument's own, on every venue; of what
   * may move targets, shares or reserves by itself, those of all markets that it concerns, at most one a second for each.
   */
  dueBefore(event: Event, state: State): readonly PriceEvent[] {
    return event.kind === "leader-filled"
      ? this.#dueBeforeFill(event, state)
      : this.#dueBeforeFigures(event, state);
  }

  #dueBeforeFigures(event: Event, state: State): readonly PriceEvent[] {
    const due: PriceEvent[] = [];
    const atMs = timeOf(event);
    for (const id of concerned(event, state)) {
      const waiting = this.#latest.get(id);
      if (waiting !== undefined && waiting.toldAtMs + REPEAT_MIN_MS <= atMs) this.#take(id, atMs, due);
    }
    return due;
  }

  #dueBeforeFill(event: EventOf<"leader-filled">, state: State): readonly PriceEvent[] {
    const symbol = state.instruments.get(event.instrument)?.spec.symbol;
    if (symbol === undefined) return [];
    const due: PriceEvent[] = [];
    for (const venue of this.#feeds.keys()) this.#take(InstrumentId(symbol, venue), event.receivedAtMs, due);
    const copies = state.leaders.get(event.account)?.copies.get(event.instrument)?.copies ?? [];
    for (const { market } of copies) {
      // Where the follower's venue names it otherwise.
      if (market.instrument.spec.symbol !== symbol) this.#take(market.instrument.id, event.receivedAtMs, due);
    }
    return due;
  }

  /** Quotes of the markets that want to be looked at by `atMs`, at most one a second for each. */
  dueAt(atMs: number, state: State): readonly PriceEvent[] {
    const due: PriceEvent[] = [];
    for (const [index, dueMs] of state.agenda) {
      const id = state.markets[index]?.instrument.id;
      const waiting = id === undefined ? undefined : this.#latest.get(id);
      if (dueMs > atMs || id === undefined || waiting === undefined) continue;
      if (waiting.toldAtMs + REPEAT_MIN_MS <= atMs) this.#take(id, atMs, due);
    }
    return due;
  }

  /** Quotes of what is held under a guard whose marks moved enough, or long ago. */
  dueUnderGuard(atMs: number, state: State): readonly PriceEvent[] {
    const due: PriceEvent[] = [];
    for (const id of guardedInstruments(state)) {
      const waiting = this.#latest.get(id);
      if (waiting === undefined || waiting.toldAtMs + REPEAT_MIN_MS > atMs) continue;
      if (waiting.toldAtMs + GUARDED_REPEAT_MS <= atMs || hasMoved(waiting)) this.#take(id, atMs, due);
    }
    return due;
  }

  /** Asks the feeds for the prices of everything that is copied. */
  followCopied(state: State): void {
    const wanted = new Map<VenueId, InstrumentId[]>();
    for (const { instrument } of state.markets) {
      if (this.#followed.has(instrument.id)) continue;
      this.#followed.add(instrument.id);
      const { venue } = instrument.spec;
      wanted.set(venue, [...(wanted.get(venue) ?? []), instrument.id]);
    }
    for (const [venue, ids] of wanted) this.#feeds.get(venue)?.follow(ids);
  }

  #take(id: InstrumentId, atMs: number, due: PriceEvent[]): void {
    const waiting = this.#latest.get(id);
    if (waiting === undefined || !waiting.fresh) return;
    waiting.fresh = false;
    waiting.toldAtMs = atMs;
    waiting.toldMark = waiting.event.mark;
    due.push(waiting.event);
  }
}

function hasMoved({ event, toldMark }: Waiting): boolean {
  const [told, now] = [Number(toldMark), Number(event.mark)];
  return !(Math.abs(now - told) < told * GUARDED_MOVE);
}

/** Whatever a watched account holds, and what is held of relations with a stop. */
function guardedInstruments(state: State): Iterable<InstrumentId> {
  const ids = new Set<InstrumentId>();
  for (const market of state.markets) {
    if (ids.has(market.instrument.id) || market.legs.every(({ venue }) => venue.lots === 0)) continue;
    if (isMarketWatched(state, market)) ids.add(market.instrument.id);
  }
  return ids;
}

/** Instruments of markets that an event which is no fill may have the core decide on, by the figures that it tells. */
function concerned(event: Event, state: State): Iterable<InstrumentId> {
  switch (event.kind) {
    case "follower-snapshot-taken":
      return state.followers.get(event.account)?.markets.keys() ?? [];
    case "leader-snapshot-taken":
    case "evidence-updated":
      return copiedFrom(state, event.account);
    case "equity-reported":
      return state.followers.get(event.account)?.markets.keys() ?? copiedFrom(state, event.account);
    case "command-issued":
      return state.markets.map(({ instrument }) => instrument.id);
    default:
      return [];
  }
}

function copiedFrom(state: State, leader: AccountId): Iterable<InstrumentId> {
  const ids = new Set<InstrumentId>();
  for (const { copies } of state.leaders.get(leader)?.copies.values() ?? [])
    for (const { market } of copies) ids.add(market.instrument.id);
  return ids;
}
