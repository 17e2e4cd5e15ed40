/**
 * The life of one connection: its timers end with it, and nothing it asked for comes back after its close.
 */
import type { Clock, Timer } from "./transport.ts";

/** A timer that ends with its scope; small, as every connection keeps two. */
class ScopedTimer implements Timer {
  readonly #timers: Set<ScopedTimer>;
  readonly #timer: Timer;

  constructor(clock: Clock, delayMs: number, timers: Set<ScopedTimer>, action: () => void) {
    this.#timers = timers;
    this.#timer = clock.setTimer(delayMs, () => {
      timers.delete(this);
      action();
    });
    timers.add(this);
  }

  cancel(): void {
    this.#timers.delete(this);
    this.#timer.cancel();
  }
}

const NEVER: Timer = { cancel: () => {} };

export class Scope {
  readonly #clock: Clock;
  readonly #timers = new Set<ScopedTimer>();
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  /** The action does not happen once the scope has closed. */
  setTimer(delayMs: number, action: () => void): Timer {
    if (this.#closed) return NEVER;
    return new ScopedTimer(this.#clock, delayMs, this.#timers, action);
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
  }
}
