/**
 * Order books and tickers of one Bybit venue, from the public topics `orderbook.50` and `tickers` (V5 documentation). The
 * symbols are spread over as many connections as the venue's limit on subscriptions asks for. What a lost connection or a
 * silent topic no longer backs is not handed out.
 */
import {
  type InstrumentId,
  InstrumentId as instrumentId,
  type VenueId,
} from "../../core/model/identifiers.ts";
import type { PublicBooks, PublicBooksListener, PublicMarket } from "../public-books.ts";
import { Scope } from "../scope.ts";
import { STREAM_DEFAULTS, type StreamOptions } from "../stream-session.ts";
import type { Outside } from "../transport.ts";
import { BookStream } from "./book-stream.ts";
import type { RequestBudget } from "./budget.ts";
import { symbolOf } from "./format.ts";
import type { BybitUrls } from "./hosts.ts";
import { CATEGORY } from "./parse.ts";
import { PublicMarketState } from "./public-market-state.ts";

export interface BybitBooksParts {
  readonly venue: VenueId;
  readonly urls: BybitUrls;
  readonly outside: Outside;
  readonly budget: RequestBudget;
  readonly listener: PublicBooksListener;
  /** What is amiss but does not stop the feed: a connection lost, a topic refused. */
  readonly onNotice?: (text: string) => void;
  readonly stream?: Partial<StreamOptions>;
  readonly options?: Partial<BybitBooksOptions>;
}

export interface BybitBooksOptions {
  /** Levels per side: 50 (every 20 ms), 200 (100 ms) or 1000 (200 ms). */
  readonly depth: 50 | 200 | 1000;
  /** A symbol of which nothing was heard for so long is subscribed anew, which brings a fresh snapshot. */
  readonly renewAfterMs: number;
  /** Past this much silence its book is not handed out. */
  readonly silenceMsMax: number;
  /** The venue takes 21,000 characters of topics per connection; a symbol needs about 45. */
  readonly symbolsPerConnection: number;
}

const BOOKS_DEFAULTS: BybitBooksOptions = {
  depth: 50,
  renewAfterMs: 15_000,
  silenceMsMax: 30_000,
  symbolsPerConnection: 300,
};

export function openBybitBooks(parts: BybitBooksParts): PublicBooks {
  return new BybitBooks(parts);
}

class BybitBooks implements PublicBooks {
  readonly venue: VenueId;
  readonly #parts: BybitBooksParts;
  readonly #options: BybitBooksOptions;
  readonly #scope: Scope;
  readonly #markets = new Map<string, PublicMarketState>();
  readonly #streams: BookStream[] = [];

  constructor(parts: BybitBooksParts) {
    this.venue = parts.venue;
    this.#parts = parts;
    this.#options = { ...BOOKS_DEFAULTS, ...parts.options };
    this.#scope = new Scope(parts.outside.clock);
  }

  follow(instruments: readonly InstrumentId[]): void {
    const symbols = new Set(instruments.map(symbolOf).filter((symbol) => !this.#markets.has(symbol)));
    const added = [...symbols].map((symbol) => {
      const state = new PublicMarketState(symbol);
      this.#markets.set(symbol, state);
      return state;
    });
    let from = 0;
    while (from < added.length) {
      const stream = this.#streamWithRoom();
      const room = this.#options.symbolsPerConnection - stream.size;
      stream.follow(added.slice(from, from + room));
      from += room;
    }
  }

  read(instrument: InstrumentId): PublicMarket | null {
    const state = this.#markets.get(symbolOf(instrument));
    if (state === undefined) return null;
    if (this.#scope.nowMs() - state.heardAtMs > this.#options.silenceMsMax) return null;
    return state.read();
  }

  close(): void {
    for (const stream of this.#streams) stream.stop();
    this.#scope.close();
  }

  #streamWithRoom(): BookStream {
    const newest = this.#streams.at(-1);
    if (newest !== undefined && newest.size < this.#options.symbolsPerConnection) return newest;
    const { urls, outside, budget, listener, onNotice, venue, stream: options } = this.#parts;
    const around = {
      url: `${urls.publicStream}/v5/public/${CATEGORY}`,
      outside,
      budget,
      scope: this.#scope,
      options: { ...STREAM_DEFAULTS, ...options },
    };
    const { depth, renewAfterMs } = this.#options;
    const stream = new BookStream(
      around,
      { depth, renewAfterMs },
      {
        changed: (symbol) => listener.changed(instrumentId(symbol, venue)),
        notice: (text) => onNotice?.(`${venue}: ${text}`),
      },
    );
    this.#streams.push(stream);
    return stream;
  }
}
