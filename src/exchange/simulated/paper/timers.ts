/**
 * Timers that end together: after `close` nothing that was planned happens any more.
 */
import type { Clock, Timer } from "../../transport.ts";

export class Timers {
  readonly #clock: Clock;
  readonly #planned = new Set<Timer>();
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

  /** Does nothing once closed. */
  after(delayMs: number, action: () => void): Timer {
    if (this.#closed) return { cancel: () => {} };
    const timer = this.#clock.setTimer(delayMs, () => {
      this.#planned.delete(timer);
      if (!this.#closed) action();
    });
    this.#planned.add(timer);
    return {
      cancel: () => {
        this.#planned.delete(timer);
        timer.cancel();
      },
    };
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#planned) timer.cancel();
    this.#planned.clear();
  }
}
