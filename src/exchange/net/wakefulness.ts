/**
 * Keeps the event loop turning for a moment after something to which more will follow soon. A processor that slept runs the
 * same code several times slower at first, above all a virtual one; one that stays awake answers the next message at once. What
 * that may cost is bounded: some seconds at a stretch, a small share of one processor in the long run.
 */

/** How long after the last call. Of four real leaders' fills, those of the same millisecond left aside, up to a quarter come sooner. */
const AWAKE_MS = 250;
/** Time awake at a stretch, when nothing of it was used for long. */
const STORED_MS_MAX = 10_000;
/** Share of one processor that it takes at most in the long run. */
const SHARE = 0.05;

export interface WakefulnessParts {
  /** Milliseconds that never go back. */
  readonly elapsedMs: () => number;
  /** Calls once the event loop has looked at its sockets and timers. */
  readonly nextTurn: (action: () => void) => void;
}

const REAL: WakefulnessParts = { elapsedMs: () => performance.now(), nextTurn: setImmediate };

export class Wakefulness {
  readonly #parts: WakefulnessParts;
  #storedMs = STORED_MS_MAX;
  /** When `#storedMs` was right. */
  #countedAtMs: number;
  #untilMs = 0;
  #isTurning = false;

  constructor(parts: WakefulnessParts = REAL) {
    this.#parts = parts;
    this.#countedAtMs = parts.elapsedMs();
  }

  /** More is expected soon. */
  stay(): void {
    const nowMs = this.#parts.elapsedMs();
    this.#count(nowMs);
    this.#untilMs = nowMs + Math.min(AWAKE_MS, this.#storedMs);
    if (this.#isTurning || this.#untilMs <= nowMs) return;
    this.#isTurning = true;
    this.#parts.nextTurn(() => this.#turn());
  }

  #turn(): void {
    const nowMs = this.#parts.elapsedMs();
    if (nowMs < this.#untilMs) {
      this.#parts.nextTurn(() => this.#turn());
      return;
    }
    this.#count(nowMs);
    this.#isTurning = false;
  }

  /** Time awake is taken from what is stored, time passing adds to it. */
  #count(nowMs: number): void {
    const passedMs = nowMs - this.#countedAtMs;
    this.#countedAtMs = nowMs;
    const changeMs = this.#isTurning ? passedMs * (SHARE - 1) : passedMs * SHARE;
    this.#storedMs = Math.min(STORED_MS_MAX, Math.max(0, this.#storedMs + changeMs));
  }
}
