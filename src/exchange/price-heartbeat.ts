/**
 * The data heartbeat of a venue's price stream: the marks that it told are compared with those that the venue's REST shows. A
 * stream that answers pings and lets prices pass is silent, however lively its socket looks; a price that stands still owes
 * nothing. Pure bookkeeping: whoever holds the stream reads, and reconnects it.
 */
import { Silence, type StreamHealth } from "./stream-health.ts";
import type { HeartbeatOptions } from "./stream-heartbeat.ts";

/** A mark of a symbol, as decimal text. */
export interface ShownMark {
  readonly symbol: string;
  readonly mark: string;
}

interface Told {
  readonly mark: string;
  readonly atMs: number;
}

interface Suspect {
  /** When REST first showed another mark. */
  readonly sinceMs: number;
  /** A later reading, asked for when the stream had had its time, showed another mark as well. */
  isConfirmed: boolean;
}

export class PriceHeartbeat {
  readonly #options: HeartbeatOptions;
  /** The stream's last word on each symbol since it stands. */
  readonly #told = new Map<string, Told>();
  readonly #suspects = new Map<string, Suspect>();
  #upAtMs: number | null = null;
  #provesFromMs = 0;
  /** Readings since it stands that a later word of the stream, or the same mark, agreed with. */
  #agreed = 0;
  readonly #silence = new Silence();

  /** `lateMs`: a price that REST shows may be told so much later; `calmMs` as for an account's stream. */
  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Prices flow from here on. */
  up(nowMs: number): void {
    this.#upAtMs = nowMs;
    this.#prove(nowMs);
  }

  down(): void {
    this.#upAtMs = null;
    this.#told.clear();
    this.#suspects.clear();
  }

  /** The stream told of a symbol; `mark` is the last that it told of it, "" before the first. */
  told(symbol: string, mark: string, nowMs: number): void {
    this.#told.set(symbol, { mark, atMs: nowMs });
    this.#suspects.delete(symbol);
  }

  /** Whether the stream has spoken of a symbol since `sinceMs`: what REST was asked then may be older. */
  hasToldSince(symbol: string, sinceMs: number): boolean {
    return (this.#told.get(symbol)?.atMs ?? Number.NEGATIVE_INFINITY) >= sinceMs;
  }

  /** What REST showed, asked for at `requestedAtMs`, of symbols that the stream is to tell of. */
  shown(marks: readonly ShownMark[], requestedAtMs: number, nowMs: number): void {
    if (this.#upAtMs === null || requestedAtMs < this.#upAtMs) return;
    for (const { symbol, mark } of marks) {
      const told = this.#told.get(symbol);
      const agrees = told !== undefined && (told.atMs >= requestedAtMs || isSame(told.mark, mark));
      if (agrees) {
        this.#agreed += 1;
        this.#suspects.delete(symbol);
      } else this.#suspect(symbol, requestedAtMs, nowMs);
    }
  }

  /** Symbols that are to be read again once the stream has had its time. */
  get suspects(): readonly string[] {
    return [...this.#suspects.keys()];
  }

  /** Whether the stream is to be given up now. What it is suspected of is forgotten with it. */
  isOverdue(nowMs: number): boolean {
    const overdue = [...this.#suspects.values()].filter(({ isConfirmed }) => isConfirmed);
    if (overdue.length === 0) return false;
    this.#silence.found(overdue);
    this.#prove(nowMs);
    return true;
  }

  health(nowMs: number): StreamHealth {
    if (this.#isProven(nowMs)) this.#silence.end();
    return this.#silence.health(this.#suspects);
  }

  #suspect(symbol: string, requestedAtMs: number, nowMs: number): void {
    const known = this.#suspects.get(symbol);
    if (known === undefined) this.#suspects.set(symbol, { sinceMs: nowMs, isConfirmed: false });
    else if (requestedAtMs - known.sinceMs >= this.#options.lateMs) known.isConfirmed = true;
  }

  #prove(nowMs: number): void {
    this.#provesFromMs = nowMs;
    this.#agreed = 0;
    this.#suspects.clear();
  }

  /** A new subscription brings every price once, which proves nothing yet: readings after that have to agree as well. */
  #isProven(nowMs: number): boolean {
    if (this.#upAtMs === null || this.#suspects.size > 0 || this.#agreed === 0) return false;
    return nowMs - this.#provesFromMs >= this.#options.calmMs;
  }
}

function isSame(told: string, shown: string): boolean {
  return told !== "" && Number(told) === Number(shown);
}
