/**
 * A paper venue for tests: a virtual clock, two instruments of a venue "real", its public books in the test's hand, and
 * accounts whose events are kept.
 */

import { Lots } from "../src/core/model/amounts.ts";
import { AccountId, ClientOrderId, InstrumentId, VenueId } from "../src/core/model/identifiers.ts";
import { type Instrument, makeInstrument } from "../src/core/model/instrument.ts";
import { type ApprovedOrder, MARKET, type OrderPurpose } from "../src/core/order.ts";
import type { AccountConnection, ConnectionEvent } from "../src/exchange/exchange.ts";
import type {
  BookLevel,
  PublicBooks,
  PublicBooksListener,
  PublicMarket,
} from "../src/exchange/public-books.ts";
import {
  connectPaperAccount,
  type PaperAccountParts,
} from "../src/exchange/simulated/paper/paper-account.ts";
import { PaperVenue } from "../src/exchange/simulated/paper/paper-venue.ts";
import { VirtualClock } from "./conformance/scripted-outside.ts";

export const REAL = VenueId("real");
export const BTC = InstrumentId("BTCUSDT", REAL);
export const ETH = InstrumentId("ETHUSDT", REAL);

function instrument(symbol: string, tickSize: string, quantityStep: string): Instrument {
  return makeInstrument({
    venue: REAL,
    symbol,
    baseCoin: symbol.replace("USDT", ""),
    settleCoin: "USDT",
    status: "trading",
    tickSize,
    quantityStep,
    minQuantity: quantityStep,
    maxLimitQuantity: "1000",
    maxMarketQuantity: "500",
    minNotional: "5",
    minPrice: tickSize,
    maxPrice: "1000000",
    maxLeverage: "100",
    leverageStep: "0.01",
    fundingIntervalMinutes: 480,
  });
}

export const INSTRUMENTS = new Map<InstrumentId, Instrument>(
  [instrument("BTCUSDT", "0.1", "0.001"), instrument("ETHUSDT", "0.01", "0.01")].map((one) => [one.id, one]),
);

/** Public books that say what the test says. */
export class HeldBooks implements PublicBooks {
  readonly venue = REAL;
  readonly followed = new Set<InstrumentId>();
  isClosed = false;
  readonly #markets = new Map<InstrumentId, PublicMarket>();
  readonly #listener: PublicBooksListener;
  #version = 0;

  constructor(listener: PublicBooksListener) {
    this.#listener = listener;
  }

  follow(instruments: readonly InstrumentId[]): void {
    for (const id of instruments) this.followed.add(id);
  }

  read(id: InstrumentId): PublicMarket | null {
    return this.#markets.get(id) ?? null;
  }

  close(): void {
    this.isClosed = true;
  }

  say(id: InstrumentId, market: Partial<PublicMarket> & Pick<PublicMarket, "mark">): void {
    const known = this.#markets.get(id);
    const nothing = { bids: [], asks: [], index: "", last: "", fundingRate: "" };
    this.#markets.set(id, { ...nothing, ...known, ...market, version: ++this.#version });
    this.#listener.changed(id);
  }

  lose(id: InstrumentId): void {
    this.#markets.delete(id);
  }
}

/** A book of one level per side. */
export function book(bid: string, ask: string, size = "10"): { bids: BookLevel[]; asks: BookLevel[] } {
  return { bids: [[bid, size]], asks: [[ask, size]] };
}

export interface PaperFixture {
  readonly clock: VirtualClock;
  readonly paperVenue: PaperVenue;
  readonly books: HeldBooks;
  account(name: string, parts?: Partial<PaperAccountParts>): PaperFollower;
}

export interface PaperFollower {
  readonly connection: AccountConnection;
  readonly events: ConnectionEvent[];
  /** Events of a kind, in order. */
  of<Kind extends ConnectionEvent["kind"]>(kind: Kind): Extract<ConnectionEvent, { readonly kind: Kind }>[];
}

export function makePaper(clock = new VirtualClock()): PaperFixture {
  const opened: HeldBooks[] = [];
  const paperVenue = new PaperVenue({
    venue: REAL,
    instruments: INSTRUMENTS,
    openBooks: (listener) => {
      const books = new HeldBooks(listener);
      opened.push(books);
      return books;
    },
    clock,
    chance: () => 0.5,
  });
  const [books] = opened;
  if (books === undefined) throw new Error("the paper venue opened no books");
  return { clock, paperVenue, books, account: (name, parts) => follower(clock, paperVenue, name, parts) };
}

function follower(
  clock: VirtualClock,
  paperVenue: PaperVenue,
  name: string,
  parts: Partial<PaperAccountParts> = {},
): PaperFollower {
  const events: ConnectionEvent[] = [];
  const listener = (event: ConnectionEvent) => events.push(event);
  const account = AccountId(name);
  const connection = connectPaperAccount({
    account,
    paperVenue,
    balance: "10000",
    restore: null,
    clock,
    listener,
    ...parts,
  });
  return {
    connection,
    events,
    of: <Kind extends ConnectionEvent["kind"]>(kind: Kind) =>
      events.filter(
        (event): event is Extract<ConnectionEvent, { readonly kind: Kind }> => event.kind === kind,
      ),
  };
}

let lastOrder = 0;

/** What risk would have approved; tests stand in for it. */
export function approved(
  account: string,
  id: InstrumentId,
  lots: number,
  more: Partial<Pick<ApprovedOrder, "leg" | "reduceOnly" | "clientOrderId" | "form">> = {},
): ApprovedOrder {
  lastOrder += 1;
  const purpose: OrderPurpose = "rebalance";
  const order = {
    clientOrderId: ClientOrderId(`ct${String(lastOrder).padStart(22, "0")}`),
    account: AccountId(account),
    instrument: id,
    leg: "net" as const,
    lots: Lots(lots),
    reduceOnly: false,
    purpose,
    form: MARKET,
    part: 0,
    context: {
      leaderPrice: null,
      leaderTimeMs: 0,
      leaderReceivedAtMs: 0,
      decidedAtMs: 0,
      bid: null,
      ask: null,
      mark: null,
    },
    ...more,
  };
  return order as ApprovedOrder;
}
