/**
 * Counts requests against a rolling window without knowing when exactly they arrived: each counts from its sending
 * until a whole window after its answer, so at least as long as the exchange counts it, whoever sets the machine's clock meanwhile.
 */
import type { Clock } from "../transport.ts";

/** Emptied places at the front are cut off once there are this many. */
const COMPACT_AT = 256;

export class SlidingCount {
  readonly #clock: Pick<Clock, "elapsedMs">;
  readonly #windowMs: number;
  limit: number;
  #inFlight = 0;
  /** When answered requests were answered, oldest first, from `#head` on. */
  #answeredAt: number[] = [];
  #head = 0;

  constructor(clock: Pick<Clock, "elapsedMs">, limit: number, windowMs: number) {
    this.#clock = clock;
    this.limit = limit;
    this.#windowMs = windowMs;
  }

  /** Requests that the exchange may still be counting. */
  get count(): number {
    return this.#countAt(this.#clock.elapsedMs());
  }

  /** Whether one more may go while `reserved` places stay free. */
  hasRoom(reserved = 0): boolean {
    return this.count < this.limit - reserved;
  }

  /** Until a place becomes free by time alone, 0 when one is; infinite when only an answer can free one. */
  waitMs(reserved = 0): number {
    const now = this.#clock.elapsedMs();
    const excess = this.#countAt(now) - (this.limit - reserved) + 1;
    if (excess <= 0) return 0;
    const answeredAt = this.#answeredAt[this.#head + excess - 1];
    return answeredAt === undefined ? Number.POSITIVE_INFINITY : answeredAt + this.#windowMs - now;
  }

  /** A request is sent. */
  take(): void {
    this.#inFlight++;
  }

  /** Its answer or failure is there, or was so long ago. */
  answered(agoMs = 0): void {
    this.#inFlight--;
    if (this.limit !== Number.POSITIVE_INFINITY) this.#answeredAt.push(this.#clock.elapsedMs() - agoMs);
  }

  /** It was not sent after all. */
  giveBack(): void {
    this.#inFlight--;
  }

  #countAt(elapsedMs: number): number {
    this.#forget(elapsedMs);
    return this.#inFlight + this.#answeredAt.length - this.#head;
  }

  #forget(elapsedMs: number): void {
    let head = this.#head;
    while (head < this.#answeredAt.length && (this.#answeredAt[head] ?? 0) + this.#windowMs <= elapsedMs)
      head++;
    if (head === this.#answeredAt.length) {
      if (head > 0) this.#answeredAt = [];
      head = 0;
    } else if (head >= COMPACT_AT) {
      this.#answeredAt.splice(0, head);
      head = 0;
    }
    this.#head = head;
  }
}
