/**
 * One `orderbook.{depth}.{symbol}` topic: a snapshot for every new listener, then deltas of what changed since the last
 * frame, at the level's cadence. Level 1 is snapshots only, repeated after three seconds of silence.
 */
import type { BookRow } from "../../venue-types.ts";
import { bookSide } from "../rows/market-rows.ts";
import type { PublicFeed, PublicFeedContext } from "./public-feed.ts";

export const BOOK_CADENCE_MS: Readonly<Record<string, number>> = {
  "1": 10,
  "50": 20,
  "200": 100,
  "1000": 200,
};
const REPEAT_MS = 3000;

type Level = readonly [price: string, size: string];

export class BookFeed implements PublicFeed {
  readonly cadenceMs: number;
  readonly repeatMs: number | undefined;
  readonly #topic: string;
  readonly #symbol: string;
  readonly #depth: number;
  readonly #context: PublicFeedContext;
  #last: BookRow | undefined;

  constructor(context: PublicFeedContext, topic: string, symbol: string, depth: number) {
    this.#context = context;
    this.#topic = topic;
    this.#symbol = symbol;
    this.#depth = depth;
    this.cadenceMs = BOOK_CADENCE_MS[String(depth)] ?? 20;
    this.repeatMs = depth === 1 ? REPEAT_MS : undefined;
  }

  wants(kind: string): boolean {
    return kind === "book-changed";
  }

  snapshot(): string | undefined {
    // Everybody shares one sequence of deltas, so that a newcomer starts where the others stand.
    const book = this.#last ?? this.#context.state.venue.book(this.#symbol, this.#depth);
    if (book === undefined) return undefined;
    this.#last = book;
    return this.#frame("snapshot", book, book.bids, book.asks);
  }

  frame(repeated: boolean): string | undefined {
    const book = this.#context.state.venue.book(this.#symbol, this.#depth);
    const last = this.#last;
    if (book === undefined) return undefined;
    this.#last = book;
    if (last === undefined) return this.#frame("snapshot", book, book.bids, book.asks);
    const bids = changes(last.bids, book.bids);
    const asks = changes(last.asks, book.asks);
    if (bids.length + asks.length === 0 && !repeated) return undefined;
    if (this.#depth === 1) return this.#frame("snapshot", book, book.bids, book.asks);
    return this.#frame("delta", book, bids, asks);
  }

  forget(): void {
    this.#last = undefined;
  }

  #frame(type: "snapshot" | "delta", book: BookRow, bids: readonly Level[], asks: readonly Level[]): string {
    const { nowMs, skewMs } = this.#context;
    return (
      `{"topic":"${this.#topic}","type":"${type}","ts":${nowMs() + skewMs()},"data":{"s":"${this.#symbol}",` +
      `"b":${bookSide(bids)},"a":${bookSide(asks)},"u":${book.updateId},"seq":${book.seq}},` +
      `"cts":${book.time + skewMs()}}`
    );
  }
}

/** Levels that are new or have another size, and those that are gone, with size "0". */
function changes(before: readonly Level[], after: readonly Level[]): readonly Level[] {
  const old = new Map(before);
  const changed: Level[] = [];
  for (const level of after) {
    if (old.get(level[0]) !== level[1]) changed.push(level);
    old.delete(level[0]);
  }
  for (const price of old.keys()) changed.push([price, "0"]);
  return changed;
}
