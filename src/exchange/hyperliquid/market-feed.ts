/**
 * The venue's list of instruments, builders' markets among them. Nobody trades there through us, so no prices are followed: what
 * copies cost is measured at the followers' venue, and what the leader paid is in its fills.
 */
import type { VenueId } from "../../core/model/identifiers.ts";
import type { Instrument } from "../../core/model/instrument.ts";
import type { MarketFeed } from "../exchange.ts";
import { ExchangeError } from "../exchange-error.ts";
import { MalformedMessage } from "../raw.ts";
import { Scope } from "../scope.ts";
import type { Outside } from "../transport.ts";
import { type InfoClient, WEIGHTS } from "./info.ts";
import { parseInstruments, partsOf } from "./instruments.ts";

export interface HyperliquidMarketParts {
  readonly venue: VenueId;
  readonly outside: Outside;
  readonly info: InfoClient;
  readonly onNotice: (notice: string) => void;
}

export class HyperliquidMarket implements MarketFeed {
  readonly venue: VenueId;
  readonly #parts: HyperliquidMarketParts;
  readonly #scope: Scope;
  #builders: readonly string[] = [];

  constructor(parts: HyperliquidMarketParts) {
    this.venue = parts.venue;
    this.#parts = parts;
    this.#scope = new Scope(parts.outside.clock);
  }

  /** Names of builders' markets, as far as they were listed. */
  get builders(): readonly string[] {
    return this.#builders;
  }

  loadInstruments(done: (result: readonly Instrument[] | ExchangeError) => void, symbol?: string): void {
    this.#ask("meta", (own) => {
      if (own instanceof ExchangeError) return done(own);
      this.#ask("allPerpMetas", (all) => {
        // Without builders' markets the venue's own can be copied all the same.
        if (all instanceof ExchangeError)
          this.#parts.onNotice(`markets of builders are not listed: ${all.message}`);
        const others =
          all instanceof ExchangeError ? [] : all.filter(({ spec }) => spec.symbol.includes(":"));
        this.#builders = [...new Set(others.map(({ spec }) => partsOf(spec.symbol).dex))];
        const listed = [...own, ...others];
        done(symbol === undefined ? listed : listed.filter(({ spec }) => spec.symbol === symbol));
      });
    });
  }

  follow(): void {
    // Nobody asks for prices of a venue at which nothing is traded.
  }

  close(): void {
    this.#scope.close();
  }

  #ask(type: "meta" | "allPerpMetas", done: (result: readonly Instrument[] | ExchangeError) => void): void {
    this.#parts.info.ask({ body: { type }, weight: WEIGHTS.other, urgency: "ask" }, this.#scope, (answer) => {
      if (answer.kind === "error") return done(answer.error);
      try {
        done(this.#read(answer.value));
      } catch (error) {
        if (!(error instanceof MalformedMessage)) throw error;
        done(new ExchangeError("give-up", 0, error.message, { cause: error }));
      }
    });
  }

  /** One list, or one for each market. */
  #read(value: unknown): readonly Instrument[] {
    const lists = (Array.isArray(value) ? value : [value]).map((meta) => parseInstruments(meta, this.venue));
    for (const unread of lists.flatMap(({ unreadable }) => unreadable).slice(0, 10))
      this.#parts.onNotice(`an instrument is left out: ${unread}`);
    return lists.flatMap(({ instruments }) => instruments);
  }
}
