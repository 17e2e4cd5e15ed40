/**
 * Long waits of many connections (heart-beats, snapshots) on few timers of the platform: those that end within the same tenth
 * of a second share one. A thousand followers keep several thousand of them, and a timer of the platform with what belongs
 * to it takes a quarter of a kilobyte.
 */
import type { Timer } from "../transport.ts";

/** Waits end up to this much later than asked, never sooner. */
const GRAIN_MS = 100;
/** A wait shorter than this would be late by a part of it that counts: it is not for here. */
export const COARSE_FROM_MS = 6_000;

export class CoarseTimers {
  /** By the tenth of a second, on the platform's steady clock, in which they end. */
  readonly #buckets = new Map<number, Bucket>();

  set(delayMs: number, action: () => void): Timer {
    const nowMs = performance.now();
    const index = Math.ceil((nowMs + delayMs) / GRAIN_MS);
    let bucket = this.#buckets.get(index);
    if (bucket === undefined) {
      bucket = new Bucket(this.#buckets, index, index * GRAIN_MS - nowMs);
      this.#buckets.set(index, bucket);
    }
    return new CoarseTimer(bucket, action);
  }

  /** Timers of the platform in use. */
  get bucketCount(): number {
    return this.#buckets.size;
  }
}

/** The waits that end together. */
class Bucket {
  readonly #buckets: Map<number, Bucket>;
  readonly #index: number;
  readonly #handle: NodeJS.Timeout;
  #timers: CoarseTimer[] = [];
  #cancelled = 0;

  constructor(buckets: Map<number, Bucket>, index: number, delayMs: number) {
    this.#buckets = buckets;
    this.#index = index;
    this.#handle = setTimeout(() => this.#end(), delayMs);
  }

  add(timer: CoarseTimer): void {
    this.#timers.push(timer);
  }

  cancelledOne(): void {
    this.#cancelled += 1;
    if (this.#cancelled < this.#timers.length) return;
    clearTimeout(this.#handle);
    this.#buckets.delete(this.#index);
  }

  /** In the order in which they were set. */
  #end(): void {
    this.#buckets.delete(this.#index);
    const timers = this.#timers;
    this.#timers = [];
    for (const timer of timers) timer.end();
  }
}

class CoarseTimer implements Timer {
  readonly #bucket: Bucket;
  #action: (() => void) | null;

  constructor(bucket: Bucket, action: () => void) {
    this.#bucket = bucket;
    this.#action = action;
    bucket.add(this);
  }

  cancel(): void {
    if (this.#action === null) return;
    this.#action = null;
    this.#bucket.cancelledOne();
  }

  end(): void {
    const action = this.#action;
    this.#action = null;
    action?.();
  }
}
