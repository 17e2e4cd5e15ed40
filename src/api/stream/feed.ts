/**
 * One thing that the stream tells of, read for everybody who listens: now and then while anybody does, at once when something here
 * changed it, and never while nobody listens. A reading that fails is tried again at the next turn.
 */
export interface FeedParts<Value> {
  readonly read: () => Promise<Value>;
  /** Until the next reading, by what was read last; null before the first and after one that failed. */
  readonly everyMs: (last: Value | null) => number;
  /** Between two readings at least, whatever happens. */
  readonly apartMs: number;
  readonly onValue: (value: Value) => void;
  readonly onFailure: (error: unknown) => void;
}

export class Feed<Value> {
  readonly #parts: FeedParts<Value>;
  #isWanted = false;
  #isReading = false;
  #isDue = false;
  #timer: NodeJS.Timeout | null = null;
  #readAtMs = -Infinity;
  #last: Value | null = null;

  constructor(parts: FeedParts<Value>) {
    this.#parts = parts;
  }

  /** From now on it is read; at once where it was not before. */
  want(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.now();
  }

  rest(): void {
    this.#isWanted = false;
    this.#isDue = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Reads it as soon as may be; what is being read may be from before, and is read again. */
  now(): void {
    if (!this.#isWanted) return;
    if (this.#isReading) this.#isDue = true;
    else this.#after(0);
  }

  #after(waitMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const apartMs = this.#readAtMs + this.#parts.apartMs - performance.now();
    const timer = setTimeout(() => void this.#turn(), Math.max(0, waitMs, apartMs));
    timer.unref();
    this.#timer = timer;
  }

  async #turn(): Promise<void> {
    this.#timer = null;
    this.#isReading = true;
    this.#readAtMs = performance.now();
    try {
      this.#last = await this.#parts.read();
      if (this.#isWanted) this.#parts.onValue(this.#last);
    } catch (error) {
      this.#last = null;
      if (this.#isWanted) this.#parts.onFailure(error);
    }
    this.#isReading = false;
    if (!this.#isWanted) return;
    const spentMs = performance.now() - this.#readAtMs;
    this.#after(this.#isDue ? 0 : this.#parts.everyMs(this.#last) - spentMs);
    this.#isDue = false;
  }
}
