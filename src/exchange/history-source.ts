/**
 * The contract with a venue that tells the past of its markets to anybody: bars, bars of the mark price, funding. One page at a
 * time; whoever asks plans the pages, so that the order in which a venue cuts long answers does not matter.
 */
import type { InstrumentSpec } from "../core/model/instrument.ts";
import type { ExchangeError } from "./exchange-error.ts";

export type HistoryKind = "bars" | "marks" | "funding";

export interface HistoryRequest {
  readonly symbol: string;
  readonly kind: HistoryKind;
  /** One of `intervalsMs`; 0 for funding. */
  readonly intervalMs: number;
  /** First and last moment wanted, both included: no more than `rowsMax` rows may lie between them. */
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface HistoryPage {
  /** In any order: `[open time, open, high, low, close, volume]`, without volume for marks; `[time, rate]` for funding. */
  readonly rows: readonly (readonly number[])[];
  /** Rows that are none, each with what is wrong. */
  readonly unreadable: readonly string[];
  readonly serverTimeMs: number;
}

export interface MarketListing {
  readonly symbol: string;
  /** Nothing is told of before. */
  readonly listedAtMs: number;
  /** How often funding is settled now. */
  readonly fundingIntervalMs: number;
}

export interface HistorySource {
  /** Lengths of bars that the venue has. */
  readonly intervalsMs: readonly number[];
  /** Rows in one answer. */
  readonly rowsMax: Readonly<Record<HistoryKind, number>>;
  /** Null for a symbol that the venue does not know. */
  listing(symbol: string, done: (listing: MarketListing | null | ExchangeError) => void): void;
  /** All symbols that trade now. */
  symbols(done: (symbols: readonly string[] | ExchangeError) => void): void;
  page(request: HistoryRequest, done: (page: HistoryPage | ExchangeError) => void): void;
  /** Nothing that was asked for comes back after this. */
  close(): void;
}

export interface ListedInstruments {
  readonly specs: readonly InstrumentSpec[];
  /** `SYMBOL: why` of rows that were left out. */
  readonly unreadable: readonly string[];
}

/** A venue that tells anybody what can be traded there now, and in which steps. */
export interface InstrumentSource {
  instruments(done: (listed: ListedInstruments | ExchangeError) => void): void;
}
