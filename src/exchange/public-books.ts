/**
 * THE CONTRACT for a venue's public prices in depth: whole order books with mark, index, last and funding rate, kept up
 * to date by the connector and read when they are needed. Whoever fills orders inside (paper trading) stands on it.
 * What is not known for certain is not told: `read` gives null rather than an old or torn book.
 */
import type { InstrumentId, VenueId } from "../core/model/identifiers.ts";

/** Price and size as decimal text. */
export type BookLevel = readonly [price: string, size: string];

export interface PublicMarket {
  /** Best first; never crossed. A side may be empty. */
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  readonly mark: string;
  /** "" where the venue does not say; the same for the next two. */
  readonly index: string;
  readonly last: string;
  /** Rate of the next settlement. */
  readonly fundingRate: string;
  /** Changes with every change of anything above. */
  readonly version: number;
}

export interface PublicBooksListener {
  /** The first whole statement of an instrument, and every change of its mark, last or funding rate after that. */
  changed(instrument: InstrumentId): void;
}

export interface PublicBooks {
  readonly venue: VenueId;
  /** Adds to what is followed already; reconnects for ever by itself. */
  follow(instruments: readonly InstrumentId[]): void;
  /** Null while the instrument is not followed, nothing is known yet, or nothing was heard of it for too long. */
  read(instrument: InstrumentId): PublicMarket | null;
  close(): void;
}
