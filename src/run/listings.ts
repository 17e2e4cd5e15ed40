/**
 * Keeps the list of instruments current while the engine runs: every hour, and soon after somebody trades an instrument that is
 * not known yet. What changed is told to the engine; passing trouble is left to the next time.
 */
import type { Instrument } from "../core/model/instrument.ts";
import { ExchangeError } from "../exchange/exchange-error.ts";
import type { Clock, Timer } from "../exchange/transport.ts";
import type { Log } from "../log.ts";
import type { InstrumentTable, Venue } from "./venues.ts";

const REFRESH_MS = 60 * 60_000;
/** An unknown instrument is not asked after more often than this. */
const PAUSE_MS = 30_000;

export interface ListingsParts {
  readonly venues: ReadonlyMap<string, Venue>;
  readonly table: InstrumentTable;
  readonly clock: Clock;
  readonly log: Log;
  readonly listed: (instruments: readonly Instrument[]) => void;
}

export class Listings {
  readonly #parts: ListingsParts;
  #timer: Timer | null = null;
  #dueMs = Infinity;
  #askedAtMs = 0;
  #stopped = false;

  constructor(parts: ListingsParts) {
    this.#parts = parts;
    this.#askedAtMs = parts.clock.nowMs();
    this.#plan(REFRESH_MS);
  }

  /** Somebody traded what we do not know. */
  refreshSoon(): void {
    this.#plan(Math.max(0, this.#askedAtMs + PAUSE_MS - this.#parts.clock.nowMs()));
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #plan(delayMs: number): void {
    const dueMs = this.#parts.clock.nowMs() + delayMs;
    if (this.#stopped || this.#dueMs <= dueMs) return;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    this.#timer = this.#parts.clock.setTimer(delayMs, () => this.#refresh());
  }

  #refresh(): void {
    this.#dueMs = Infinity;
    this.#askedAtMs = this.#parts.clock.nowMs();
    for (const venue of this.#parts.venues.values()) {
      venue.feed.loadInstruments((result) => this.#take(venue, result));
    }
    this.#plan(REFRESH_MS);
  }

  #take(venue: Venue, result: readonly Instrument[] | ExchangeError): void {
    if (this.#stopped) return;
    if (result instanceof ExchangeError) {
      this.#parts.log.warn("the list of instruments could not be refreshed", {
        venue: venue.id,
        cause: result.message,
      });
      return;
    }
    for (const instrument of result) this.#parts.table.set(instrument.id, instrument);
    this.#parts.listed(result);
  }
}
