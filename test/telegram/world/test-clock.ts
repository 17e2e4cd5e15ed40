/** A clock that stands still until a test moves it, and the timers that hang on it. */

interface Timer {
  readonly dueMs: number;
  readonly action: () => void;
}

export class TestClock {
  readonly #startMs: number;
  #elapsedMs = 0;
  readonly #timers = new Set<Timer>();

  constructor(startMs = Date.UTC(2026, 0, 5, 9, 0, 0)) {
    this.#startMs = startMs;
  }

  nowMs(): number {
    return this.#startMs + this.#elapsedMs;
  }

  elapsedMs(): number {
    return this.#elapsedMs;
  }

  setTimer(delayMs: number, action: () => void): { cancel(): void } {
    const timer = { dueMs: this.#elapsedMs + Math.max(0, delayMs), action };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** Milliseconds until the next timer; null when there is none. */
  untilNextMs(): number | null {
    const dues = [...this.#timers].map(({ dueMs }) => dueMs);
    return dues.length === 0 ? null : Math.max(0, Math.min(...dues) - this.#elapsedMs);
  }

  /** Goes to the next timer and lets it act. */
  goToNext(): void {
    const [next] = [...this.#timers].sort((one, other) => one.dueMs - other.dueMs);
    if (next === undefined) return;
    this.#timers.delete(next);
    this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
    next.action();
  }

  /** Timers act in their order, each with a turn of the loop for what it leads to; those they set count too. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#elapsedMs + ms;
    for (;;) {
      const nextMs = this.untilNextMs();
      if (nextMs === null || this.#elapsedMs + nextMs > untilMs) break;
      this.goToNext();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#elapsedMs = untilMs;
  }
}
