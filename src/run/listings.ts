/**
 * Keeps the list of instruments current while the engine runs: every hour, soon after somebody trades an instrument that is
 * not known yet, and one instrument at once when the venue's refusals say that we know it wrongly. What changed is told to the engine; passing trouble is left to the next time.
 */
import type { InstrumentId } from "../core/model/identifiers.ts";
import type { Instrument } from "../core/model/instrument.ts";
import { ExchangeError } from "../exchange/exchange-error.ts";
import type { Clock, Timer } from "../exchange/transport.ts";
import type { Log } from "../log.ts";
import type { InstrumentTable, Venue } from "./venues.ts";

const REFRESH_MS = 60 * 60_000;
/** An instrument that is unknown, or in doubt, is not asked after more often than this. */
const PAUSE_MS = 30_000;

/** What is needed of a venue here. */
interface Listed {
  readonly id: Venue["id"];
  readonly feed: Pick<Venue["feed"], "loadInstruments">;
}

export interface ListingsParts {
  readonly venues: ReadonlyMap<string, Listed>;
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
  /** When instruments in doubt were asked after. */
  readonly #recheckedAtMs = new Map<InstrumentId, number>();
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

  /** The venue may have changed this one: it is read by itself. */
  recheck({ id, spec }: Instrument): void {
    const nowMs = this.#parts.clock.nowMs();
    const venue = this.#parts.venues.get(spec.venue);
    const earlierMs = this.#recheckedAtMs.get(id) ?? Number.NEGATIVE_INFINITY;
    if (this.#stopped || venue === undefined || nowMs < earlierMs + PAUSE_MS) return;
    this.#recheckedAtMs.set(id, nowMs);
    venue.feed.loadInstruments((result) => this.#take(venue, result), spec.symbol);
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

  #take(venue: Listed, result: readonly Instrument[] | ExchangeError): void {
    if (this.#stopped) return;
    if (result instanceof ExchangeError) {
      this.#parts.log.channel("api").warn("the list of instruments could not be refreshed", {
        venue: venue.id,
        cause: result.message,
      });
      return;
    }
    for (const instrument of result) this.#parts.table.set(instrument.id, instrument);
    this.#parts.listed(result);
  }
}
