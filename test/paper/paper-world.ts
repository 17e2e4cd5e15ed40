/**
 * Paper followers beside the simulated Bybit exchange as the real venue: its public books over real sockets, the paper
 * venue inside this process. Owners trade a paper account behind its connection's back by the venue itself.
 */
import type { Leg, PositionMode } from "../../src/core/event.ts";
import { AccountId, InstrumentId } from "../../src/core/model/identifiers.ts";
import type { Instrument } from "../../src/core/model/instrument.ts";
import { RequestBudget } from "../../src/exchange/bybit/budget.ts";
import { bybitVenue } from "../../src/exchange/bybit/hosts.ts";
import { openBybitMarket } from "../../src/exchange/bybit/market-feed.ts";
import { type BybitBooksOptions, openBybitBooks } from "../../src/exchange/bybit/public-books.ts";
import type { AccountConnection } from "../../src/exchange/exchange.ts";
import { ExchangeError } from "../../src/exchange/exchange-error.ts";
import { createRealOutside, type RealOutside } from "../../src/exchange/net/outside.ts";
import {
  type ExchangeOptions,
  type RunningExchange,
  startExchange,
} from "../../src/exchange/simulated/bybit-server/server.ts";
import {
  connectPaperAccount,
  type PaperAccountParts,
} from "../../src/exchange/simulated/paper/paper-account.ts";
import { PaperVenue } from "../../src/exchange/simulated/paper/paper-venue.ts";
import type { ContractAccount, ContractWorld, OwnerTrade } from "../conformance/exchange-contract.ts";
import { EventRecorder } from "../conformance/test-account.ts";

const PATIENCE_MS = 8_000;

export class PaperWorld implements ContractWorld {
  readonly capabilities = { orderEntryStream: false, hedgeMode: true };
  readonly exchange: RunningExchange;
  readonly instrument: InstrumentId;
  readonly notices: string[] = [];
  readonly #outside: RealOutside;
  readonly #instruments = new Map<InstrumentId, Instrument>();
  readonly #books: Partial<BybitBooksOptions>;
  readonly #paperVenues: PaperVenue[] = [];
  #paperVenue: PaperVenue | null = null;
  #accounts = 0;

  private constructor(exchange: RunningExchange, outside: RealOutside, books: Partial<BybitBooksOptions>) {
    this.exchange = exchange;
    this.#outside = outside;
    this.#books = books;
    this.instrument = InstrumentId("BTCUSDT", bybitVenue(exchange.rest).venue);
  }

  static async start(
    market: NonNullable<ExchangeOptions["market"]>,
    books: Partial<BybitBooksOptions> = {},
  ): Promise<PaperWorld> {
    const exchange = await startExchange({ control: true, market, seed: 11 });
    const world = new PaperWorld(exchange, createRealOutside(), books);
    await world.#loadInstruments();
    await world.restart();
    return world;
  }

  get paperVenue(): PaperVenue {
    if (this.#paperVenue === null) throw new Error("the paper venue is not started");
    return this.#paperVenue;
  }

  /** Ends the paper venue, as the death of the process does, and makes another with the prices of the instrument known. */
  async restart(): Promise<void> {
    this.#paperVenue?.close();
    const { venue, urls } = bybitVenue(this.exchange.rest);
    const outside = this.#outside;
    const paperVenue = new PaperVenue({
      venue,
      instruments: this.#instruments,
      clock: outside.clock,
      chance: outside.chance,
      openBooks: (listener) =>
        openBybitBooks({
          venue,
          urls,
          outside,
          budget: new RequestBudget(outside.clock),
          listener,
          onNotice: (text) => this.notices.push(text),
          stream: { reconnect: { firstMs: 50, capMs: 100 } },
          options: this.#books,
        }),
    });
    this.#paperVenue = paperVenue;
    this.#paperVenues.push(paperVenue);
    await this.shown();
  }

  /** Resolves once orders in the instrument can be filled. */
  shown(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.paperVenue.whenShown(this.instrument, PATIENCE_MS, (isShown) =>
        isShown ? resolve() : reject(new Error(`no book came; ${this.notices.join("; ")}`)),
      );
    });
  }

  async account(_role: "leader" | "follower", mode: PositionMode): Promise<PaperTestAccount> {
    return this.make({ balance: "100000", options: { latencyMs: 5, positionMode: mode } });
  }

  make(parts: Partial<PaperAccountParts> = {}, name = `paper-${++this.#accounts}`): PaperTestAccount {
    return new PaperTestAccount(this, name, { clock: this.#outside.clock, ...parts });
  }

  async control(path: string, body: unknown): Promise<void> {
    const headers = { "content-type": "application/json" };
    const init = { method: "PUT", headers, body: JSON.stringify(body) };
    const response = await fetch(`${this.exchange.rest}${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    await response.text();
  }

  async setPrice(last: string): Promise<void> {
    const symbol = this.instrument.slice(0, this.instrument.indexOf("@"));
    await this.control(`/control/prices/${symbol}`, { last });
    const giveUpAtMs = Date.now() + PATIENCE_MS;
    while (!this.#shows(symbol, last)) {
      if (Date.now() > giveUpAtMs) throw new Error(`the books never came to ${last}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  #shows(symbol: string, last: string): boolean {
    this.paperVenue.show(this.instrument);
    const ticker = this.paperVenue.ask((venue) => venue.ticker(symbol));
    return ticker?.bid1Price === last && ticker.markPrice === last;
  }

  async close(): Promise<void> {
    for (const paperVenue of this.#paperVenues) paperVenue.close();
    this.#outside.close();
    await this.exchange.close();
  }

  #loadInstruments(): Promise<void> {
    const bybit = bybitVenue(this.exchange.rest);
    const budget = new RequestBudget(this.#outside.clock);
    const feed = openBybitMarket({ ...bybit, outside: this.#outside, budget, listener: () => {} });
    return new Promise((resolve, reject) => {
      feed.loadInstruments((result) => {
        feed.close();
        if (result instanceof ExchangeError) return reject(result);
        for (const one of result) this.#instruments.set(one.id, one);
        resolve();
      });
    });
  }
}

export class PaperTestAccount extends EventRecorder implements ContractAccount {
  readonly connection: AccountConnection;
  readonly #paperVenue: PaperVenue;

  constructor(
    world: PaperWorld,
    name: string,
    parts: Partial<PaperAccountParts> & Pick<PaperAccountParts, "clock">,
  ) {
    super();
    this.#paperVenue = world.paperVenue;
    this.connection = connectPaperAccount({
      account: AccountId(name),
      paperVenue: world.paperVenue,
      balance: "10000",
      restore: null,
      listener: this.listener,
      ...parts,
    });
  }

  async trade({ side, quantity, leg = "net", reduceOnly = false, price }: OwnerTrade): Promise<void> {
    const request = {
      symbol: "BTCUSDT",
      side: side === "buy" ? "Buy" : "Sell",
      ...(price === undefined ? { orderType: "Market" as const } : { orderType: "Limit" as const, price }),
      qty: quantity,
      positionIdx: POSITION_INDEX[leg],
      reduceOnly,
    } as const;
    this.#paperVenue.act(
      (venue) => venue.placeOrder(this.connection.account, request),
      (outcome) => {
        if (outcome.kind === "refused") throw new Error(`the owner's order was refused: ${outcome.reason}`);
      },
    );
  }
}

const POSITION_INDEX: Readonly<Record<Leg, 0 | 1 | 2>> = { net: 0, long: 1, short: 2 };
