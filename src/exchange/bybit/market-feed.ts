/**
 * Instruments and best prices of one Bybit venue. Prices come from the public `tickers` topic: a snapshot, then deltas
 * with the changed fields only (V5 documentation, "Ticker"), at most ten a second per symbol; they are merged here and
 * passed on when bid, ask or mark has changed, and again where the venue shows that they stand still: an old price says nothing about
 * the present. What the stream does not price soon is asked for by REST.
 */
import type { InstrumentId, VenueId } from "../../core/model/identifiers.ts";
import { InstrumentId as instrumentId } from "../../core/model/identifiers.ts";
import type { Instrument } from "../../core/model/instrument.ts";
import type { MarketFeed, PriceHealth, PriceListener } from "../exchange.ts";
import { ExchangeError } from "../exchange-error.ts";
import type { ShownMark } from "../price-heartbeat.ts";
import { isRow, MalformedMessage, momentIn, optionalDecimal, type RawRow } from "../raw.ts";
import { Scope } from "../scope.ts";
import {
  STREAM_DEFAULTS,
  type StreamHandlers,
  type StreamOptions,
  StreamSession,
} from "../stream-session.ts";
import { STREAM_WATCH_DEFAULTS, type StreamWatchOptions } from "../stream-watch.ts";
import type { Outside } from "../transport.ts";
import type { RequestBudget } from "./budget.ts";
import { venueText } from "./errors.ts";
import { queryText, symbolOf } from "./format.ts";
import type { BybitUrls } from "./hosts.ts";
import { parseInstruments } from "./instruments.ts";
import { CATEGORY, parsePage } from "./parse.ts";
import { CHECKED_AT_ONCE, PriceWatch, type PriceWatchHolder } from "./price-watch.ts";
import { parseMessage } from "./private-stream.ts";
import { BybitRest } from "./rest.ts";
import type { BybitRiskTiers } from "./risk-tiers.ts";

export interface BybitMarketParts {
  readonly venue: VenueId;
  readonly urls: BybitUrls;
  readonly outside: Outside;
  readonly budget: RequestBudget;
  readonly rest?: BybitRest;
  readonly listener: PriceListener;
  /** Read for what is followed, and closed with the feed. */
  readonly riskTiers?: BybitRiskTiers;
  /** What is amiss but does not stop the feed: a row left out, a topic refused. */
  readonly onNotice?: (text: string) => void;
  readonly stream?: Partial<StreamOptions>;
  /** From when on the price stream counts as silent, and how often prices are read meanwhile. */
  readonly watch?: StreamWatchOptions;
}

export function openBybitMarket(parts: BybitMarketParts): MarketFeed {
  return new BybitMarket(parts);
}

const PAGE_ROWS = 1_000;
const PAGES_MAX = 50;
/** Statuses beside `Trading` in which a position may still have to be known. */
const STATUSES = ["Trading", "PreLaunch", "Delivering"] as const;
/** Topics in one request; the venue allows 21,000 characters. */
const TOPICS_PER_REQUEST = 200;
const TOPIC = "tickers.";
/** A followed symbol without a price for this long is asked for by REST, and again until there is one. */
const PRICE_WAIT_MS = 500;
const PRICE_AGAIN_MS = 5_000;
/** A price that stands still is passed on so often, by what the venue says and shows of it. */
const STANDS_MS = 20_000;

interface Price {
  bid: string;
  ask: string;
  mark: string;
  passedOnAtMs: number;
}

/** An answer with tickers. */
interface Shown {
  readonly result: unknown;
  readonly serverTimeMs: number;
}

class BybitMarket implements MarketFeed, StreamHandlers, PriceWatchHolder {
  readonly venue: VenueId;
  readonly #parts: BybitMarketParts;
  readonly #scope: Scope;
  readonly #rest: BybitRest;
  readonly #session: StreamSession;
  readonly #watch: PriceWatch;
  readonly #prices = new Map<string, Price>();
  readonly #requests = new Map<string, readonly string[]>();
  #lastRequestId = 0;
  #isStarted = false;
  #isPriceCheckPlanned = false;

  constructor(parts: BybitMarketParts) {
    this.venue = parts.venue;
    this.#parts = parts;
    this.#scope = new Scope(parts.outside.clock);
    this.#rest = parts.rest ?? new BybitRest(parts.outside, parts.urls.rest, parts.budget);
    const { outside, budget, urls } = parts;
    const options = { ...STREAM_DEFAULTS, ...parts.stream };
    const url = `${urls.publicStream}/v5/public/${CATEGORY}`;
    this.#session = new StreamSession({ url, outside, budget, scope: this.#scope, options }, this);
    this.#watch = new PriceWatch(this.#scope, parts.watch ?? STREAM_WATCH_DEFAULTS, this);
  }

  get priceHealth(): PriceHealth {
    return { ...this.#watch.health, downSinceMs: this.#watch.downSinceMs };
  }

  loadInstruments(done: (result: readonly Instrument[] | ExchangeError) => void, symbol?: string): void {
    const found: Instrument[] = [];
    const nextStatus = (index: number): void => {
      const status = STATUSES[index];
      if (status === undefined) {
        done(found);
        return;
      }
      this.#loadPages({ status, symbol }, found, (error) => {
        if (error !== null) done(error);
        else nextStatus(index + 1);
      });
    };
    nextStatus(0);
  }

  follow(instruments: readonly InstrumentId[]): void {
    this.#parts.riskTiers?.follow(instruments);
    const added = instruments.map(symbolOf).filter((symbol) => !this.#prices.has(symbol));
    for (const symbol of added) this.#prices.set(symbol, { bid: "", ask: "", mark: "", passedOnAtMs: 0 });
    if (this.#prices.size === 0) return;
    if (added.length > 0) this.#planPriceCheck(PRICE_WAIT_MS);
    this.#watch.follow(added);
    if (!this.#isStarted) {
      this.#isStarted = true;
      this.#session.start();
    } else if (this.#session.isReady) this.#subscribe(added);
  }

  close(): void {
    this.#session.stop();
    this.#parts.riskTiers?.close();
    this.#scope.close();
  }

  opened(): void {
    this.#session.ready();
    this.#watch.up();
    this.#requests.clear();
    this.#subscribe([...this.#prices.keys()]);
  }

  received(message: string): void {
    const parsed = parseMessage(message);
    if (parsed === null) this.#session.restart("a message is not JSON");
    else if (typeof parsed.topic === "string" && parsed.topic.startsWith(TOPIC)) this.#told(parsed);
    else if (parsed.op === "subscribe") this.#subscribed(parsed);
  }

  lost(cause: string): void {
    for (const price of this.#prices.values()) {
      price.bid = "";
      price.ask = "";
      price.mark = "";
    }
    this.#parts.onNotice?.(`the price stream of ${this.venue} was lost: ${cause}`);
    this.#watch.down();
  }

  giveUpStream(cause: string): void {
    this.#session.restart(cause);
  }

  #planPriceCheck(delayMs: number): void {
    if (this.#isPriceCheckPlanned) return;
    this.#isPriceCheckPlanned = true;
    this.#scope.setTimer(delayMs, () => {
      this.#isPriceCheckPlanned = false;
      this.#askForPrices();
    });
  }

  #askForPrices(): void {
    const missing = [...this.#prices].flatMap(([symbol, price]) => (isComplete(price) ? [] : [symbol]));
    if (missing.length === 0) return;
    this.pricesWanted(missing);
    this.#planPriceCheck(PRICE_AGAIN_MS);
  }

  /** Many are asked for in one request for all. */
  pricesWanted(symbols: readonly string[]): void {
    const wanted = new Set(symbols);
    for (const symbol of symbols.length > CHECKED_AT_ONCE ? [""] : symbols) {
      const requestedAtMs = this.#scope.nowMs();
      const payload = queryText({ category: CATEGORY, symbol });
      const path = "/v5/market/tickers";
      const request = { method: "GET", path, payload, credentials: null, priority: "read" } as const;
      this.#rest.ask(request, this.#scope, (answer) => {
        if (answer.kind === "ok") this.#shown(answer, wanted, requestedAtMs);
        else this.#parts.onNotice?.(`prices could not be read: ${answer.error.message}`);
      });
    }
  }

  /** Taken are those that are missing, and those of a stream that cannot be relied on: what a sound one says is newer. */
  #shown({ result, serverTimeMs }: Shown, wanted: ReadonlySet<string>, requestedAtMs: number): void {
    const rows = isRow(result) && Array.isArray(result.list) ? result.list : [];
    const marks: ShownMark[] = [];
    for (const row of rows) {
      if (!isRow(row) || typeof row.symbol !== "string" || !wanted.has(row.symbol)) continue;
      const { symbol, markPrice } = row;
      if (typeof markPrice === "string" && markPrice !== "") marks.push({ symbol, mark: markPrice });
      const price = this.#prices.get(symbol);
      if (price === undefined) continue;
      const isWanted = !isComplete(price) || this.#watch.isWanted(symbol, requestedAtMs);
      if (isWanted || isShownBy(row, price)) this.#ticker(price, row, serverTimeMs);
    }
    this.#watch.shown(marks, requestedAtMs);
  }

  #loadPages(
    wanted: { readonly status: string; readonly symbol: string | undefined },
    found: Instrument[],
    done: (error: ExchangeError | null) => void,
  ): void {
    const next = (cursor: string, page: number): void => {
      const payload = queryText({ category: CATEGORY, ...wanted, limit: PAGE_ROWS, cursor });
      const path = "/v5/market/instruments-info";
      const request = { method: "GET", path, payload, credentials: null, priority: "read" } as const;
      this.#rest.ask(request, this.#scope, (answer) => {
        if (answer.kind === "error") return done(answer.error);
        const following = this.#addPage(answer.result, found);
        if (following instanceof ExchangeError) done(following);
        else if (following === "") done(null);
        else if (page >= PAGES_MAX || following === cursor) {
          done(new ExchangeError("give-up", 0, "the pages of the instruments do not end"));
        } else next(following, page + 1);
      });
    };
    next("", 1);
  }

  /** Takes in one page; the cursor of the next, "" at the end. */
  #addPage(result: unknown, found: Instrument[]): string | ExchangeError {
    try {
      const { rows, cursor } = parsePage(result);
      const { instruments, unreadable } = parseInstruments(rows, this.venue);
      for (const instrument of instruments) found.push(instrument);
      for (const complaint of unreadable) this.#parts.onNotice?.(`instrument left out: ${complaint}`);
      return rows.length === 0 ? "" : cursor;
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      return new ExchangeError("give-up", 0, error.message, { cause: error });
    }
  }

  #subscribe(symbols: readonly string[]): void {
    for (let at = 0; at < symbols.length; at += TOPICS_PER_REQUEST) {
      this.#request(symbols.slice(at, at + TOPICS_PER_REQUEST));
    }
  }

  #request(symbols: readonly string[]): void {
    const id = String(++this.#lastRequestId);
    this.#requests.set(id, symbols);
    const args = symbols.map((symbol) => `${TOPIC}${symbol}`);
    this.#session.send(JSON.stringify({ req_id: id, op: "subscribe", args }));
  }

  /** One unknown topic makes the venue refuse the whole request: halved until the culprit is alone. */
  #subscribed(message: RawRow): void {
    const id = venueText(message.req_id);
    const symbols = this.#requests.get(id);
    this.#requests.delete(id);
    if (message.success === true || symbols === undefined) return;
    const [only] = symbols;
    if (symbols.length === 1 && only !== undefined) {
      this.#watch.refused(only);
      this.#parts.onNotice?.(`the venue gives no prices of ${only}: ${venueText(message.ret_msg)}`);
      return;
    }
    const half = Math.ceil(symbols.length / 2);
    this.#request(symbols.slice(0, half));
    this.#request(symbols.slice(half));
  }

  /** A message of the ticker topic. */
  #told({ data, ts }: RawRow): void {
    if (!isRow(data) || typeof data.symbol !== "string") return;
    const price = this.#prices.get(data.symbol);
    if (price === undefined) return;
    this.#ticker(price, data, momentIn(ts));
    this.#watch.told(data.symbol, price.mark);
  }

  #ticker(price: Price, data: RawRow, venueTimeMs: number): void {
    const nowMs = this.#scope.nowMs();
    if (typeof data.symbol !== "string" || !this.#merge(price, data, nowMs)) return;
    price.passedOnAtMs = nowMs;
    this.#parts.listener({
      kind: "price-updated",
      instrument: instrumentId(data.symbol, this.venue),
      bid: price.bid,
      ask: price.ask,
      mark: price.mark,
      atMs: nowMs,
      ...(Number.isNaN(venueTimeMs) ? {} : { venueTimeMs }),
    });
  }

  /** True when all three are known and something changed, or stands for long. */
  #merge(price: Price, data: RawRow, nowMs: number): boolean {
    const { bid, ask, mark } = price;
    try {
      price.bid = optionalDecimal(data, "bid1Price") || bid;
      price.ask = optionalDecimal(data, "ask1Price") || ask;
      price.mark = optionalDecimal(data, "markPrice") || mark;
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#session.restart(`a price could not be read: ${error.message}`);
      return false;
    }
    if (!isComplete(price)) return false;
    // The clock may have been set back meanwhile.
    const stands = Math.abs(nowMs - price.passedOnAtMs) >= STANDS_MS;
    return stands || price.bid !== bid || price.ask !== ask || price.mark !== mark;
  }
}

function isComplete({ bid, ask, mark }: Price): boolean {
  return bid !== "" && ask !== "" && mark !== "";
}

/** Whether a reading shows what is known already. */
function isShownBy(row: RawRow, { bid, ask, mark }: Price): boolean {
  return row.bid1Price === bid && row.ask1Price === ask && row.markPrice === mark;
}
