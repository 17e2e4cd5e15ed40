/**
 * The public topics other than the order book, and how a topic name becomes a feed. A feed says which venue events
 * concern it, how often it may speak, and what it has to say; scheduling and sending are public-feeds.ts.
 */
import type { Candle, VenueEvent } from "../../venue-types.ts";
import { INTERVAL_MINUTES } from "../endpoints/market.ts";
import type { ExchangeState } from "../exchange-state.ts";
import { streamTradeRow, tickerFields } from "../rows/market-rows.ts";
import { BOOK_CADENCE_MS, BookFeed } from "./book-feed.ts";

export interface PublicFeedContext {
  readonly state: ExchangeState;
  readonly nowMs: () => number;
  readonly skewMs: () => number;
}

export interface PublicFeed {
  readonly cadenceMs: number;
  /** Speak again after this much silence. */
  readonly repeatMs: number | undefined;
  wants(kind: VenueEvent["kind"]): boolean;
  /** Takes in an event that it wants. */
  collect?(event: VenueEvent): void;
  /** For a new listener; undefined when the topic starts with nothing. */
  snapshot(): string | undefined;
  /** What is due now; undefined when there is nothing to say. */
  frame(repeated: boolean): string | undefined;
  /** The last listener left. */
  forget(): void;
}

const TRADES_PER_MESSAGE_MAX = 1024;

/** The feed of a linear topic; undefined when there is no such topic. */
export function feedOf(context: PublicFeedContext, topic: string): PublicFeed | undefined {
  const parts = topic.split(".");
  const symbol = parts.at(-1) ?? "";
  if (context.state.venue.instrument(symbol) === undefined) return undefined;
  if (parts.length === 3) return threeParts(context, topic, parts, symbol);
  if (parts.length !== 2) return undefined;
  switch (parts[0]) {
    case "publicTrade":
      return new TradeFeed(context, topic);
    case "tickers":
      return new TickerFeed(context, topic, symbol);
    case "allLiquidation":
      return new LiquidationFeed(context, topic);
    case "priceLimit":
      return new PriceLimitFeed(context, topic, symbol);
    default:
      return undefined;
  }
}

function threeParts(
  context: PublicFeedContext,
  topic: string,
  parts: readonly string[],
  symbol: string,
): PublicFeed | undefined {
  const middle = parts[1] ?? "";
  if (parts[0] === "orderbook" && BOOK_CADENCE_MS[middle] !== undefined) {
    return new BookFeed(context, topic, symbol, Number(middle));
  }
  const minutes = INTERVAL_MINUTES[middle];
  if (parts[0] !== "kline" || minutes === undefined) return undefined;
  return new KlineFeed(context, topic, { symbol, interval: middle, minutes });
}

/** Rows that wait for the next message, all of which are sent as one snapshot. */
abstract class RowFeed implements PublicFeed {
  abstract readonly cadenceMs: number;
  readonly repeatMs = undefined;
  protected readonly context: PublicFeedContext;
  protected rows: string[] = [];
  readonly #topic: string;

  constructor(context: PublicFeedContext, topic: string) {
    this.context = context;
    this.#topic = topic;
  }

  abstract wants(kind: VenueEvent["kind"]): boolean;
  abstract collect(event: VenueEvent): void;

  snapshot(): undefined {
    return undefined;
  }

  frame(): string | undefined {
    if (this.rows.length === 0) return undefined;
    const data = this.rows.join(",");
    this.rows = [];
    const ts = this.context.nowMs() + this.context.skewMs();
    return `{"topic":"${this.#topic}","type":"snapshot","ts":${ts},"data":[${data}]}`;
  }

  forget(): void {
    this.rows = [];
  }
}

class TradeFeed extends RowFeed {
  readonly cadenceMs = 0;

  override wants(kind: VenueEvent["kind"]): boolean {
    return kind === "public-trade";
  }

  override collect(event: VenueEvent): void {
    if (event.kind !== "public-trade") return;
    // A burst past the message size keeps its newest trades: this topic is not a ledger.
    if (this.rows.length >= TRADES_PER_MESSAGE_MAX) this.rows.shift();
    this.rows.push(streamTradeRow(event.row, this.context.skewMs()));
  }
}

class TickerFeed implements PublicFeed {
  readonly cadenceMs = 100;
  readonly repeatMs = undefined;
  readonly #context: PublicFeedContext;
  readonly #topic: string;
  readonly #symbol: string;
  #last: Readonly<Record<string, string>> | undefined;

  constructor(context: PublicFeedContext, topic: string, symbol: string) {
    this.#context = context;
    this.#topic = topic;
    this.#symbol = symbol;
  }

  wants(kind: VenueEvent["kind"]): boolean {
    return kind === "ticker-changed" || kind === "book-changed" || kind === "public-trade";
  }

  snapshot(): string | undefined {
    const row = this.#context.state.venue.ticker(this.#symbol);
    if (row === undefined) return undefined;
    this.#last ??= this.#fields();
    return this.#message("snapshot", this.#last ?? {}, row.seq);
  }

  frame(): string | undefined {
    const row = this.#context.state.venue.ticker(this.#symbol);
    if (row === undefined) return undefined;
    const fields = this.#fields();
    const last = this.#last;
    this.#last = fields;
    if (last === undefined) return this.#message("snapshot", fields, row.seq);
    const changed = Object.entries(fields).filter(([name, value]) => last[name] !== value);
    if (changed.length === 0) return undefined;
    return this.#message("delta", { symbol: this.#symbol, ...Object.fromEntries(changed) }, row.seq);
  }

  forget(): void {
    this.#last = undefined;
  }

  #fields(): Readonly<Record<string, string>> {
    const { state, skewMs } = this.#context;
    const row = state.venue.ticker(this.#symbol);
    if (row === undefined) return {};
    const direction = state.venue.recentTrades(this.#symbol, 1)[0]?.tickDirection ?? "ZeroPlusTick";
    return { ...tickerFields(row, skewMs()), tickDirection: direction };
  }

  #message(type: "snapshot" | "delta", fields: Readonly<Record<string, string>>, seq: number): string {
    const ts = this.#context.nowMs() + this.#context.skewMs();
    return `{"topic":"${this.#topic}","type":"${type}","data":${JSON.stringify(fields)},"cs":${seq},"ts":${ts}}`;
  }
}

interface KlineTopic {
  readonly symbol: string;
  readonly interval: string;
  readonly minutes: number;
}

class KlineFeed implements PublicFeed {
  readonly cadenceMs = 1000;
  readonly repeatMs = 1000;
  readonly #context: PublicFeedContext;
  readonly #topic: string;
  readonly #what: KlineTopic;
  #openStartMs: number | undefined;

  constructor(context: PublicFeedContext, topic: string, what: KlineTopic) {
    this.#context = context;
    this.#topic = topic;
    this.#what = what;
  }

  wants(kind: VenueEvent["kind"]): boolean {
    return kind === "ticker-changed" || kind === "public-trade";
  }

  snapshot(): string | undefined {
    return this.#message(this.#candles().slice(0, 1));
  }

  /** The candle in progress, preceded by the one that has closed since the last frame. */
  frame(): string | undefined {
    const candles = this.#candles();
    const open = candles[0];
    if (open === undefined) return undefined;
    const closes = this.#openStartMs !== undefined && this.#openStartMs < open.startMs;
    this.#openStartMs = open.startMs;
    return this.#message(closes ? candles : [open]);
  }

  /** Newest first. */
  #candles(): readonly Candle[] {
    const intervalMs = this.#what.minutes * 60_000;
    return this.#context.state.venue.klines(this.#what.symbol, { intervalMs, limit: 2 });
  }

  #message(candles: readonly Candle[]): string | undefined {
    const open = candles[0];
    if (open === undefined) return undefined;
    const now = this.#context.nowMs() + this.#context.skewMs();
    const rows = candles.toReversed().map((candle) => ({
      start: candle.startMs,
      end: candle.startMs + this.#what.minutes * 60_000 - 1,
      interval: this.#what.interval,
      open: candle.open,
      close: candle.close,
      high: candle.high,
      low: candle.low,
      volume: candle.volume,
      turnover: candle.turnover,
      confirm: candle !== open,
      timestamp: now,
    }));
    return `{"topic":"${this.#topic}","data":${JSON.stringify(rows)},"ts":${now},"type":"snapshot"}`;
  }

  forget(): void {
    this.#openStartMs = undefined;
  }
}

class LiquidationFeed extends RowFeed {
  readonly cadenceMs = 500;

  override wants(kind: VenueEvent["kind"]): boolean {
    return kind === "liquidated";
  }

  override collect(event: VenueEvent): void {
    if (event.kind !== "liquidated" || this.rows.length >= TRADES_PER_MESSAGE_MAX) return;
    const stamp = event.atMs + this.context.skewMs();
    this.rows.push(
      `{"T":${stamp},"s":"${event.symbol}","S":"${event.side}","v":"${event.size}","p":"${event.bankruptcyPrice}"}`,
    );
  }
}

class PriceLimitFeed implements PublicFeed {
  readonly cadenceMs = 100;
  readonly repeatMs = undefined;
  readonly #context: PublicFeedContext;
  readonly #topic: string;
  readonly #symbol: string;
  #last = "";

  constructor(context: PublicFeedContext, topic: string, symbol: string) {
    this.#context = context;
    this.#topic = topic;
    this.#symbol = symbol;
  }

  wants(kind: VenueEvent["kind"]): boolean {
    return kind === "ticker-changed";
  }

  snapshot(): string | undefined {
    return this.#message(this.#data());
  }

  frame(): string | undefined {
    const data = this.#data();
    if (data === this.#last) return undefined;
    this.#last = data;
    return this.#message(data);
  }

  forget(): void {
    this.#last = "";
  }

  #data(): string {
    const row = this.#context.state.venue.priceLimit(this.#symbol);
    return row === undefined
      ? ""
      : `{"symbol":"${row.symbol}","buyLmt":"${row.buyLimit}","sellLmt":"${row.sellLimit}"}`;
  }

  #message(data: string): string | undefined {
    if (data === "") return undefined;
    const ts = this.#context.nowMs() + this.#context.skewMs();
    return `{"topic":"${this.#topic}","data":${data},"ts":${ts}}`;
  }
}
