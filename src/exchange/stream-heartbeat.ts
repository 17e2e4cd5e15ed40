/**
 * The data heartbeat of an account's stream: what it told is compared with what snapshots show. A stream that answers pings
 * and lets changes pass is silent, however lively its socket looks; an account in which nothing happens owes nothing. Pure
 * bookkeeping: whoever holds the stream reconnects it.
 */
import { Silence, type StreamHealth } from "./stream-health.ts";

/** A position of a snapshot. */
export interface ShownPosition {
  readonly symbol: string;
  readonly leg: string;
  /** Signed decimal text. */
  readonly quantity: string;
  /** The venue's order of changes within the symbol, as in FillReport. */
  readonly sequence: number;
}

export interface HeartbeatOptions {
  /** A change that a snapshot shows may be told by the stream this much later. */
  readonly lateMs: number;
  /** A stream that was reconnected and misses nothing for so long counts as sound, also where nothing happens. */
  readonly calmMs: number;
}

interface Owed {
  readonly symbol: string;
  /** The stream tells of the change when it tells of this or a later one. */
  readonly sequence: number;
  readonly sinceMs: number;
}

export class StreamHeartbeat {
  readonly #options: HeartbeatOptions;
  /** The latest change of each symbol that the stream told of. */
  readonly #told = new Map<string, number>();
  /** What the last snapshot since the stream stands showed, by symbol and leg; null before it. */
  #shown: ReadonlyMap<string, ShownPosition> | null = null;
  readonly #owed = new Map<string, Owed>();
  #upAtMs: number | null = null;
  /** From here on it proves itself: since it stands, or since it missed something. */
  #provesFromMs = 0;
  #hasTold = false;
  readonly #silence = new Silence();

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Changes flow from here on; those before it are nobody's fault. */
  up(nowMs: number): void {
    this.#upAtMs = nowMs;
    this.#provesFromMs = nowMs;
    this.#hasTold = false;
    this.#shown = null;
  }

  down(): void {
    this.#upAtMs = null;
    this.#shown = null;
    this.#owed.clear();
  }

  /** The stream told of a change. */
  told(symbol: string, sequence: number): void {
    this.#hasTold = true;
    if (sequence > (this.#told.get(symbol) ?? -1)) this.#told.set(symbol, sequence);
    if (this.#owed.size === 0) return;
    for (const [key, owed] of this.#owed)
      if (owed.symbol === symbol && sequence >= owed.sequence) this.#owed.delete(key);
  }

  /** A whole snapshot that was asked for at `requestedAtMs`. */
  shown(positions: readonly ShownPosition[], requestedAtMs: number, nowMs: number): void {
    if (this.#upAtMs === null || requestedAtMs < this.#upAtMs) return;
    const before = this.#shown;
    const now = new Map(positions.map((position) => [`${position.symbol}|${position.leg}`, position]));
    this.#shown = now;
    if (before === null) return;
    for (const [key, position] of now) this.#compare(key, before.get(key), position, nowMs);
    for (const [key, position] of before) if (!now.has(key)) this.#closed(key, position, nowMs);
  }

  /** Whether the stream is to be given up now: something is owed for too long. What was owed is forgotten with it. */
  isOverdue(nowMs: number): boolean {
    const overdue = [...this.#owed.values()].filter(({ sinceMs }) => nowMs - sinceMs >= this.#options.lateMs);
    if (overdue.length === 0) return false;
    this.#silence.found(overdue);
    this.#provesFromMs = nowMs;
    this.#hasTold = false;
    this.#owed.clear();
    return true;
  }

  health(nowMs: number): StreamHealth {
    if (this.#owed.size === 0 && this.#isProven(nowMs)) this.#silence.end();
    return this.#silence.health(this.#owed);
  }

  #isProven(nowMs: number): boolean {
    if (this.#upAtMs === null) return false;
    return this.#hasTold || nowMs - this.#provesFromMs >= this.#options.calmMs;
  }

  /** An older answer that overtook a newer one shows a lower sequence: nothing follows from it. */
  #compare(key: string, before: ShownPosition | undefined, now: ShownPosition, nowMs: number): void {
    const { symbol, quantity, sequence } = now;
    if (quantity === (before?.quantity ?? "0") || sequence <= (before?.sequence ?? -1)) return;
    this.#owe(key, { symbol, sequence, sinceMs: nowMs });
  }

  #closed(key: string, { symbol, quantity, sequence }: ShownPosition, nowMs: number): void {
    if (quantity !== "0") this.#owe(key, { symbol, sequence: sequence + 1, sinceMs: nowMs });
  }

  #owe(key: string, owed: Owed): void {
    if ((this.#told.get(owed.symbol) ?? -1) >= owed.sequence || this.#owed.has(key)) return;
    this.#owed.set(key, owed);
  }
}
