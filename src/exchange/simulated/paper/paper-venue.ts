/**
 * A venue for paper accounts: the matching engine and ledger of the simulated exchange, with a real venue's instruments
 * and its live order books as the liquidity. One per real venue, shared by its paper accounts. Nothing is filled at a
 * price that the real venue does not show at that moment.
 */

import { Decimal } from "../../../core/model/decimal.ts";
import type { InstrumentId, VenueId } from "../../../core/model/identifiers.ts";
import type { Instrument } from "../../../core/model/instrument.ts";
import type { MarketFeed } from "../../exchange.ts";
import type { PublicBooks, PublicBooksListener, PublicMarket } from "../../public-books.ts";
import { Scope } from "../../scope.ts";
import type { Chance, Clock } from "../../transport.ts";
import { SimulatedVenue } from "../simulated-venue.ts";
import type {
  AccountKey,
  FeeRates,
  OrderRow,
  PositionMode,
  PositionRow,
  VenueEvent,
} from "../venue-types.ts";
import { paperListing } from "./paper-instrument.ts";
import type { PaperPosition } from "./paper-restore.ts";
import { type PaperOrigin, POSITION_INDEX } from "./paper-rows.ts";

export interface PaperVenueParts {
  readonly venue: VenueId;
  /** The real venue's, filled before accounts are connected. */
  readonly instruments: { get(id: InstrumentId): Instrument | undefined };
  /** Opens the real venue's public books; called once. */
  readonly openBooks: (listener: PublicBooksListener) => PublicBooks;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Default: maker 0.02 %, taker 0.055 %. */
  readonly feeRates?: FeeRates;
}

/** How often funding is looked at, and marks of held positions whose market is quiet. */
const ADVANCE_MS = 1_000;

/** Everything is kept in memory; a paper account has little use for a long past. */
const LIMITS = {
  finishedOrdersKept: 5_000,
  executionsKept: 10_000,
  transactionsKept: 1_000,
  publicTradesKept: 10,
  candlesKept: 10,
};

interface Listing {
  readonly instrument: Instrument;
  /** Version of the public market that the simulated one shows; null before the first. */
  shownVersion: number | null;
  fundingRate: string;
  /** Accounts whose restored positions await the first true price. */
  readonly restored: Set<AccountKey>;
  /** `account index` of positions that are not flat. */
  readonly held: Set<string>;
  /** Orders that rest in the book or wait for their trigger. */
  readonly resting: Set<string>;
}

/** How an account begins. */
export interface PaperStart {
  readonly positionMode: PositionMode;
  /** USDT. */
  readonly equity: string;
  readonly positions: readonly (Omit<PaperPosition, "instrument"> & { readonly instrument: Instrument })[];
}

type AccountEvent = Extract<VenueEvent, { readonly row: { readonly account: AccountKey } }>;
export type AccountEventListener = (event: AccountEvent) => void;

export class PaperVenue {
  readonly venue: VenueId;
  readonly origin: PaperOrigin;
  readonly #parts: PaperVenueParts;
  readonly #scope: Scope;
  readonly #books: PublicBooks;
  readonly #simulated: SimulatedVenue;
  readonly #listings = new Map<string, Listing>();
  readonly #listeners = new Map<AccountKey, AccountEventListener>();
  readonly #waiting = new Map<InstrumentId, Set<() => void>>();
  #events: AccountEvent[] = [];
  #sequenceFloor = 0;

  constructor(parts: PaperVenueParts) {
    this.venue = parts.venue;
    this.#parts = parts;
    const { clock, chance, feeRates } = parts;
    const run = `paper-${clock.nowMs().toString(36)}${Math.floor(chance() * 36 ** 4).toString(36)}`;
    this.origin = { venue: parts.venue, run };
    this.#scope = new Scope(clock);
    this.#simulated = new SimulatedVenue({
      instruments: [],
      nowMs: () => clock.nowMs(),
      liquidity: { kind: "external" },
      ...(feeRates === undefined ? {} : { feeRates }),
      limits: LIMITS,
      onEvent: (event) => this.#collect(event),
      isSymbolWatched: () => false,
    });
    this.#books = parts.openBooks({ changed: (instrument) => this.#changed(instrument) });
    this.#planAdvance();
  }

  /** Follows the public books of instruments that orders may come for; adds to what is followed already. */
  follow(instruments: readonly InstrumentId[]): void {
    this.#books.follow(instruments);
  }

  instrument(id: InstrumentId): Instrument | undefined {
    return this.#parts.instruments.get(id);
  }

  /** True when orders in the instrument can be filled at this moment, and the simulated book is the real one. */
  show(id: InstrumentId): boolean {
    const instrument = this.instrument(id);
    const market = instrument === undefined ? null : this.#books.read(id);
    if (instrument === undefined || market === null) return false;
    this.#show(this.#list(instrument, market.mark), market);
    return true;
  }

  /** Calls `done` once, with whether the instrument can be traded: as soon as that is known, at latest after `waitMsMax`. */
  whenShown(id: InstrumentId, waitMsMax: number, done: (isShown: boolean) => void): void {
    const isShown = this.show(id);
    if (isShown || this.instrument(id) === undefined) {
      done(isShown);
      return;
    }
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting);
    const finish = (isShownNow: boolean): void => {
      waiting.delete(shown);
      if (waiting.size === 0) this.#waiting.delete(id);
      timer.cancel();
      done(isShownNow);
    };
    const shown = (): void => finish(true);
    const timer = this.#scope.setTimer(waitMsMax, () => finish(false));
    waiting.add(shown);
    this.follow([id]);
  }

  /**
   * Creates an account, worth `equity` at the first true prices of what it holds. Throws a RangeError, before anything
   * exists, on figures that are no numbers; positions must be of listed instruments.
   */
  admit(account: AccountKey, start: PaperStart): void {
    const positions = start.positions.map(({ instrument, leg, quantity, entryPrice, leverage }) => {
      const position = { positionIdx: POSITION_INDEX[leg], size: quantity, avgPrice: entryPrice };
      const { symbol } = instrument.spec;
      const listing = this.#list(instrument, entryPrice);
      if (listing.shownVersion === null) listing.restored.add(account);
      return { symbol, ...position, ...(leverage === undefined ? {} : { leverage }) };
    });
    const worth = { kind: "equity", usdt: start.equity } as const;
    this.#simulated.restoreAccount(account, { positionMode: start.positionMode, worth, positions });
    for (const row of this.#simulated.positions(account)) this.#noteHeld(row);
    this.follow(start.positions.map(({ instrument }) => instrument.id));
  }

  /** All later changes are numbered above `floor`. */
  raiseSequence(floor: number): void {
    this.#sequenceFloor = Math.max(this.#sequenceFloor, floor);
    for (const symbol of this.#listings.keys()) this.#simulated.raiseSequence(symbol, this.#sequenceFloor);
  }

  /** From here on the account's events go to `listener`; those of an account without one are dropped. */
  listen(account: AccountKey, listener: AccountEventListener): void {
    this.#listeners.set(account, listener);
  }

  unlisten(account: AccountKey): void {
    this.#listeners.delete(account);
  }

  /** Changes the venue; `told` learns the outcome before anybody learns of the events that it caused. */
  act<Outcome>(change: (venue: SimulatedVenue) => Outcome, told?: (outcome: Outcome) => void): void {
    const outcome = change(this.#simulated);
    told?.(outcome);
    this.#deliver();
  }

  /** Reads the venue; `read` must not change it. */
  ask<Answer>(read: (venue: SimulatedVenue) => Answer): Answer {
    return read(this.#simulated);
  }

  close(): void {
    this.#scope.close();
    this.#books.close();
    this.#listeners.clear();
    this.#waiting.clear();
  }

  #list(instrument: Instrument, price: string): Listing {
    const { symbol } = instrument.spec;
    const known = this.#listings.get(symbol);
    if (known !== undefined && known.instrument === instrument) return known;
    this.act((venue) => venue.setInstrument(paperListing(instrument, price)));
    this.#simulated.raiseSequence(symbol, this.#sequenceFloor);
    const listing: Listing = {
      instrument,
      shownVersion: null,
      fundingRate: "",
      restored: known?.restored ?? new Set(),
      held: known?.held ?? new Set(),
      resting: known?.resting ?? new Set(),
    };
    this.#simulated.setFundingRate(symbol, "0");
    this.#listings.set(symbol, listing);
    return listing;
  }

  #show(listing: Listing, market: PublicMarket): void {
    if (listing.shownVersion === market.version) return;
    const { symbol } = listing.instrument.spec;
    const { bids, asks, mark, index, last } = market;
    for (const account of listing.restored) {
      if (this.#simulated.hasAccount(account)) this.#simulated.keepEquity(account, symbol, mark);
    }
    listing.restored.clear();
    listing.shownVersion = market.version;
    this.#showFunding(listing, market.fundingRate);
    const prices = { mark, ...(index === "" ? {} : { index }), ...(last === "" ? {} : { last }) };
    this.act((venue) => venue.applyExternalBook({ symbol, bids, asks, ...prices }));
  }

  #showFunding(listing: Listing, fundingRate: string): void {
    if (fundingRate === "" || fundingRate === listing.fundingRate) return;
    listing.fundingRate = fundingRate;
    const rate = Decimal.parse(fundingRate).dividedBy(Decimal.one, RATE_PLACES, "half-even");
    this.#simulated.setFundingRate(listing.instrument.spec.symbol, rate.toString());
  }

  /** Prices matter at once where somebody holds something or an order rests; elsewhere the next order will look. */
  #changed(id: InstrumentId): void {
    const listing = this.#listings.get(this.instrument(id)?.spec.symbol ?? "");
    const waiting = this.#waiting.get(id);
    const matters =
      listing !== undefined && listing.held.size + listing.restored.size + listing.resting.size > 0;
    if (waiting === undefined && !matters) return;
    if (!this.show(id) || waiting === undefined) return;
    for (const shown of [...waiting]) shown();
  }

  #planAdvance(): void {
    this.#scope.setTimer(ADVANCE_MS, () => {
      this.act((venue) => venue.advanceTo(this.#scope.nowMs()));
      this.#planAdvance();
    });
  }

  #collect(event: VenueEvent): void {
    switch (event.kind) {
      case "position-changed":
        this.#noteHeld(event.row);
        this.#events.push(event);
        return;
      case "order-changed":
        this.#noteResting(event.row);
        this.#events.push(event);
        return;
      case "executed":
      case "wallet-changed":
        this.#events.push(event);
        return;
      default:
        return;
    }
  }

  #noteResting(row: OrderRow): void {
    const resting = this.#listings.get(row.symbol)?.resting;
    if (OPEN.has(row.orderStatus)) resting?.add(row.orderId);
    else resting?.delete(row.orderId);
  }

  #noteHeld(row: PositionRow): void {
    const held = this.#listings.get(row.symbol)?.held;
    const name = `${row.account} ${row.positionIdx}`;
    if (row.side === "") held?.delete(name);
    else held?.add(name);
  }

  #deliver(): void {
    while (this.#events.length > 0) {
      const events = this.#events;
      this.#events = [];
      for (const event of events) this.#listeners.get(event.account)?.(event);
    }
  }
}

const OPEN: ReadonlySet<OrderRow["orderStatus"]> = new Set(["New", "PartiallyFilled", "Untriggered"]);

/** The simulated venue keeps rates to this many decimal places, as the real one does. */
const RATE_PLACES = 8;

/** The feed of best prices, which also has the paper venue follow the books of whatever it is asked to follow. */
export function feedWithPaperBooks(feed: MarketFeed, paperVenue: PaperVenue): MarketFeed {
  return {
    venue: feed.venue,
    loadInstruments: (done, symbol) => feed.loadInstruments(done, symbol),
    follow: (instruments) => {
      feed.follow(instruments);
      paperVenue.follow(instruments);
    },
    close: () => {
      feed.close();
      paperVenue.close();
    },
  };
}
