/** How often a silent stream may be given up for another: each costs a place in the ramp of new connections. */

/** Between two that were given up, doubled each time. */
const PAUSE_MS = 10_000;
const PAUSE_MS_MAX = 120_000;

export class GiveUpPauses {
  #givenUpAtMs = Number.NEGATIVE_INFINITY;
  #pauseMs = 0;

  /** The stream is sound: the next one that falls silent is given up at once. */
  reset(): void {
    this.#pauseMs = 0;
  }

  /** Whether one may be given up now; if so it counts as done. */
  take(nowMs: number): boolean {
    if (nowMs < this.#givenUpAtMs + this.#pauseMs) return false;
    this.#givenUpAtMs = nowMs;
    this.#pauseMs = Math.min(Math.max(PAUSE_MS, this.#pauseMs * 2), PAUSE_MS_MAX);
    return true;
  }
}
