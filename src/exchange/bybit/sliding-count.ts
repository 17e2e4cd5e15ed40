/**
 * Counts requests against a rolling window without knowing when exactly they arrived: each counts from its sending
 * until a whole window after its answer, so at least as long as the exchange counts it.
 */

/** Emptied places at the front are cut off once there are this many. */
const COMPACT_AT = 256;

export class SlidingCount {
  readonly #windowMs: number;
  limit: number;
  #inFlight = 0;
  /** When answered requests were answered, oldest first, from `#head` on. */
  #answeredAt: number[] = [];
  #head = 0;

  constructor(limit: number, windowMs: number) {
    this.limit = limit;
    this.#windowMs = windowMs;
  }

  /** Requests that the exchange may still be counting. */
  count(nowMs: number): number {
    this.#forget(nowMs);
    return this.#inFlight + this.#answeredAt.length - this.#head;
  }

  /** Whether one more may go while `reserved` places stay free. */
  hasRoom(nowMs: number, reserved = 0): boolean {
    return this.count(nowMs) < this.limit - reserved;
  }

  /** The earliest moment at which a place becomes free by time alone; infinite when only an answer can free one. */
  roomAtMs(nowMs: number, reserved = 0): number {
    const excess = this.count(nowMs) - (this.limit - reserved) + 1;
    if (excess <= 0) return nowMs;
    const answeredAt = this.#answeredAt[this.#head + excess - 1];
    return answeredAt === undefined ? Number.POSITIVE_INFINITY : answeredAt + this.#windowMs;
  }

  /** A request is sent. */
  take(): void {
    this.#inFlight++;
  }

  /** Its answer or failure is there. */
  answered(nowMs: number): void {
    this.#inFlight--;
    if (this.limit !== Number.POSITIVE_INFINITY) this.#answeredAt.push(nowMs);
  }

  /** It was not sent after all. */
  giveBack(): void {
    this.#inFlight--;
  }

  #forget(nowMs: number): void {
    const before = nowMs - this.#windowMs;
    let head = this.#head;
    while (head < this.#answeredAt.length && (this.#answeredAt[head] ?? 0) <= before) head++;
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
