/**
 * Watches the price stream of one venue by its data heartbeat (../price-heartbeat.ts): a few of the followed symbols at a time,
 * in turn, are read by REST. A stream that is silent is given up for another, after growing pauses while that helps nothing;
 * until one is proven, and while none stands, all prices are read by REST at a shorter interval.
 */

import { GiveUpPauses } from "../give-up-pauses.ts";
import { PriceHeartbeat, type ShownMark } from "../price-heartbeat.ts";
import type { Scope } from "../scope.ts";
import type { StreamHealth } from "../stream-health.ts";
import type { StreamWatchOptions } from "../stream-watch.ts";
import type { Timer } from "../transport.ts";

/** Between two readings of a stream that is sound, and so many symbols in each. */
const CHECK_MS = 5_000;
export const CHECKED_AT_ONCE = 5;
/** A new stream that agrees with what REST shows for so long is proven: with three readings at the usual interval. */
const CALM_MS = 10_000;

/** What the watch may do. */
export interface PriceWatchHolder {
  /** Reads these by REST, and tells `shown` of them. */
  pricesWanted(symbols: readonly string[]): void;
  giveUpStream(cause: string): void;
}

export class PriceWatch {
  readonly #scope: Scope;
  readonly #options: StreamWatchOptions;
  readonly #holder: PriceWatchHolder;
  readonly #heartbeat: PriceHeartbeat;
  readonly #pauses = new GiveUpPauses();
  readonly #symbols: string[] = [];
  /** Those that the venue gives no topic for: REST alone tells of them. */
  readonly #refused = new Set<string>();
  #next = 0;
  #downSinceMs: number | null = null;
  #timer: Timer | null = null;
  #dueMs = 0;

  constructor(scope: Scope, options: StreamWatchOptions, holder: PriceWatchHolder) {
    this.#scope = scope;
    this.#options = options;
    this.#holder = holder;
    this.#heartbeat = new PriceHeartbeat({ lateMs: options.lateMs, calmMs: CALM_MS });
  }

  get health(): StreamHealth {
    return this.#heartbeat.health(this.#scope.nowMs());
  }

  /** Since when no stream stands; null while one does, or nothing is followed. */
  get downSinceMs(): number | null {
    return this.#downSinceMs;
  }

  follow(symbols: readonly string[]): void {
    this.#symbols.push(...symbols);
    if (this.#timer === null && this.#symbols.length > 0) this.down();
  }

  refused(symbol: string): void {
    this.#refused.add(symbol);
  }

  up(): void {
    this.#downSinceMs = null;
    this.#heartbeat.up(this.#scope.nowMs());
  }

  down(): void {
    this.#downSinceMs ??= this.#scope.nowMs();
    this.#heartbeat.down();
    this.#lookWithin(this.#options.pollMs);
  }

  /** The stream told of a symbol; `mark` is the last that is known of it. */
  told(symbol: string, mark: string): void {
    this.#heartbeat.told(symbol, mark, this.#scope.nowMs());
  }

  /** Whether what REST answered, asked at `requestedAtMs`, is to be used: the stream is not to be relied on, and said nothing newer. */
  isWanted(symbol: string, requestedAtMs: number): boolean {
    if (this.#refused.has(symbol)) return true;
    const isRelied = this.#downSinceMs === null && this.health.state !== "silent";
    return !isRelied && !this.#heartbeat.hasToldSince(symbol, requestedAtMs);
  }

  /** What REST answered. */
  shown(marks: readonly ShownMark[], requestedAtMs: number): void {
    const nowMs = this.#scope.nowMs();
    const expected = marks.filter(({ symbol }) => !this.#refused.has(symbol));
    const before = this.health.state;
    this.#heartbeat.shown(expected, requestedAtMs, nowMs);
    const { state } = this.health;
    if (before === "sound" && state === "late") this.#lookWithin(this.#options.lateMs);
    if (!this.#heartbeat.isOverdue(nowMs)) return;
    this.#lookWithin(this.#options.pollMs);
    const { missed } = this.health;
    if (this.#pauses.take(nowMs))
      this.#holder.giveUpStream(
        `it carries no data: the venue showed ${missed} price(s) that it did not tell`,
      );
  }

  /** Looks after so long, or sooner where that was planned: a stream that breaks again and again puts nothing off. */
  #lookWithin(delayMs: number): void {
    const dueMs = this.#scope.nowMs() + delayMs;
    if (this.#timer !== null && this.#dueMs <= dueMs) return;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    this.#timer = this.#scope.setTimer(delayMs, () => {
      this.#timer = null;
      this.#look();
    });
  }

  #look(): void {
    const { pollMs, lateMs } = this.#options;
    const { state } = this.health;
    if (this.#downSinceMs !== null || state === "silent") {
      this.#holder.pricesWanted(this.#symbols);
      this.#lookWithin(pollMs);
    } else if (state === "late") {
      this.#holder.pricesWanted(this.#heartbeat.suspects);
      this.#lookWithin(lateMs);
    } else {
      this.#pauses.reset();
      this.#holder.pricesWanted(this.#nextOnes());
      this.#lookWithin(CHECK_MS);
    }
  }

  #nextOnes(): readonly string[] {
    const count = Math.min(CHECKED_AT_ONCE, this.#symbols.length);
    const from = this.#next;
    this.#next = (from + count) % this.#symbols.length;
    const round = [...this.#symbols, ...this.#symbols];
    return round.slice(from, from + count);
  }
}
