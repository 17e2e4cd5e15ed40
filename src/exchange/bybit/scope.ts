/**
 * The life of one connection: its timers end with it, and nothing it asked for comes back after its close.
 */
import type { Clock, Timer } from "../transport.ts";

export class Scope {
  readonly #clock: Clock;
  readonly #timers = new Set<Timer>();
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

  setTimer(delayMs: number, action: () => void): Timer {
    const timer = this.#clock.setTimer(delayMs, () => {
      this.#timers.delete(timer);
      if (!this.#closed) action();
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
        timer.cancel();
      },
    };
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
