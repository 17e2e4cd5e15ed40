/**
 * What is known of one symbol from its public topics: the order book, and the ticker's fields merged from a snapshot and
 * deltas that carry only what changed. Parses the raw messages; throws MalformedMessage on what is not as documented.
 */
import type { WSOrderbookEventV5 } from "bybit-api";
import type { BookLevel, PublicMarket } from "../public-books.ts";
import { integer, MalformedMessage, optionalDecimal, type RawRow, rowOf } from "../raw.ts";
import { OrderBook } from "./order-book.ts";

type Book = WSOrderbookEventV5["data"];

interface Ticker {
  readonly mark: string;
  readonly index: string;
  readonly last: string;
  readonly fundingRate: string;
}

const NO_TICKER: Ticker = { mark: "", index: "", last: "", fundingRate: "" };

export class PublicMarketState {
  readonly symbol: string;
  readonly #book = new OrderBook();
  #ticker = NO_TICKER;
  #version = 0;
  #read: PublicMarket | null = null;
  /** Local time of the last message; -Infinity before the first and after a loss. */
  heardAtMs = Number.NEGATIVE_INFINITY;
  /** Local time of the last subscription. */
  askedAtMs = 0;
  /** The venue does not have it. */
  isRefused = false;

  constructor(symbol: string) {
    this.symbol = symbol;
  }

  get isKnown(): boolean {
    return this.#book.isKnown && this.#ticker.mark !== "";
  }

  /** A message of the order-book topic. */
  bookMessage(message: RawRow): void {
    const data = rowOf(message.data, "an order book");
    const change = {
      bids: levelsOf(data.b),
      asks: levelsOf(data.a),
      updateId: integer<Book>(data, "u"),
    };
    if (message.type === "snapshot") this.#book.replace(change);
    else if (!this.#book.change(change)) return;
    this.#changed();
  }

  /** A message of the ticker topic; true when mark, last or funding rate changed. */
  tickerMessage(message: RawRow): boolean {
    const data = rowOf(message.data, "a ticker");
    const before = message.type === "snapshot" ? NO_TICKER : this.#ticker;
    const known = this.#ticker;
    this.#ticker = {
      mark: optionalDecimal(data, "markPrice") || before.mark,
      index: optionalDecimal(data, "indexPrice") || before.index,
      last: optionalDecimal(data, "lastPrice") || before.last,
      fundingRate: optionalDecimal(data, "fundingRate") || before.fundingRate,
    };
    const { mark, last, fundingRate } = this.#ticker;
    const differs = mark !== known.mark || last !== known.last || fundingRate !== known.fundingRate;
    if (differs || this.#ticker.index !== known.index) this.#changed();
    return differs;
  }

  /** Nothing of it can be relied upon any more. */
  forget(): void {
    this.#book.clear();
    this.#ticker = NO_TICKER;
    this.heardAtMs = Number.NEGATIVE_INFINITY;
    this.#changed();
  }

  read(): PublicMarket | null {
    if (this.#read !== null) return this.#read;
    const levels = this.#ticker.mark === "" ? null : this.#book.levels();
    if (levels === null) return null;
    this.#read = { ...levels, ...this.#ticker, version: this.#version };
    return this.#read;
  }

  #changed(): void {
    this.#version += 1;
    this.#read = null;
  }
}

const PLAIN = /^\d{1,40}(\.\d{1,40})?$/;
/** The deepest topic has 1,000. */
const LEVELS_MAX = 2_000;

function levelsOf(value: unknown): readonly BookLevel[] {
  if (!Array.isArray(value)) throw new MalformedMessage("a side of the order book is no list");
  if (value.length > LEVELS_MAX) throw new MalformedMessage("a side of the order book is too long");
  return value.map((level: unknown) => {
    const [price, size]: readonly unknown[] = Array.isArray(level) ? level : [];
    if (typeof price === "string" && typeof size === "string" && PLAIN.test(price) && PLAIN.test(size)) {
      return [price, size];
    }
    throw new MalformedMessage("a level of the order book is no pair of numbers");
  });
}
