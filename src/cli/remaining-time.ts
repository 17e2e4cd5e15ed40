/** How long something will still take, by how long its parts took until now. What was done before it began tells nothing of that. */

const TOLD_FROM_PARTS = 0.1;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export class RemainingTime {
  readonly #now: () => number;
  #lastMs: number;
  #last = 0;
  #tookMs = 0;
  #parts = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#lastMs = now();
  }

  /** `parts` are done, whole ones and of the one at work; without `isWork` what came since was only found again. */
  reached(parts: number, isWork: boolean): void {
    const nowMs = this.#now();
    if (isWork && parts > this.#last) {
      this.#tookMs += nowMs - this.#lastMs;
      this.#parts += parts - this.#last;
    }
    this.#lastMs = nowMs;
    this.#last = Math.max(this.#last, parts);
  }

  /** `, about 4 min left`; nothing before anything can be told. */
  text(left: number): string {
    if (this.#parts < TOLD_FROM_PARTS) return "";
    const ms = (this.#tookMs / this.#parts) * left;
    if (ms < MINUTE_MS) return `, about ${Math.max(1, Math.round(ms / 1_000))} s left`;
    if (ms < HOUR_MS) return `, about ${Math.round(ms / MINUTE_MS)} min left`;
    return `, about ${(ms / HOUR_MS).toFixed(1)} h left`;
  }
}
