/**
 * The weight of requests that one internet address may use: 1,200 a minute over all questions (official documentation, "Rate
 * limits and user limits"). What waits goes in its order, what copying waits for before what only looks.
 */
import type { Clock, Timer } from "../transport.ts";

/** `ask`: somebody waits for the answer; `look`: histories and lists. */
export type Urgency = "ask" | "look";

/** Of the venue's 1,200; the rest is for what answers weigh more than was known, and for other programs. */
export const WEIGHT_MAX = 1_000;
const WINDOW_MS = 60_000;
/** After the venue refused for too many requests (HTTP 429). */
const REFUSED_PAUSE_MS = 10_000;
const WAITING_MAX = 1_000;

interface Waiting {
  readonly weight: number;
  readonly go: () => void;
}

interface Used {
  readonly atMs: number;
  readonly weight: number;
}

export class WeightBudget {
  readonly #clock: Clock;
  readonly #weightMax: number;
  #used: Used[] = [];
  #sum = 0;
  readonly #waiting: Readonly<Record<Urgency, Waiting[]>> = { ask: [], look: [] };
  #notBeforeMs = 0;
  #timer: Timer | null = null;

  constructor(clock: Clock, weightMax: number = WEIGHT_MAX) {
    this.#clock = clock;
    this.#weightMax = weightMax;
  }

  /** `go` is called when the weight is to be had, possibly within this call. False when too much waits already. */
  take(weight: number, urgency: Urgency, go: () => void): boolean {
    const line = this.#waiting[urgency];
    if (line.length >= WAITING_MAX) return false;
    line.push({ weight: Math.min(weight, this.#weightMax), go });
    this.#serve();
    return true;
  }

  /** What an answer weighed beyond what was taken for it: some count by what they hold. */
  add(weight: number): void {
    if (weight > 0) this.#use(weight);
  }

  /** The venue refused: nothing goes for a while. */
  refused(): void {
    this.#notBeforeMs = this.#clock.elapsedMs() + REFUSED_PAUSE_MS;
  }

  /** Used within the last minute. */
  get used(): number {
    this.#forgetOld(this.#clock.elapsedMs());
    return this.#sum;
  }

  #use(weight: number): void {
    this.#used.push({ atMs: this.#clock.elapsedMs(), weight });
    this.#sum += weight;
  }

  #serve(): void {
    for (let line = this.#next(); line !== undefined; line = this.#next()) {
      const [first] = line;
      if (first === undefined) return;
      const waitMs = this.#waitMs(first.weight);
      if (waitMs > 0) return this.#serveIn(waitMs);
      line.shift();
      this.#use(first.weight);
      first.go();
    }
  }

  #next(): Waiting[] | undefined {
    return [this.#waiting.ask, this.#waiting.look].find((line) => line.length > 0);
  }

  #serveIn(waitMs: number): void {
    this.#timer ??= this.#clock.setTimer(waitMs, () => {
      this.#timer = null;
      this.#serve();
    });
  }

  /** Until `weight` fits, 0 when it does now. */
  #waitMs(weight: number): number {
    const nowMs = this.#clock.elapsedMs();
    this.#forgetOld(nowMs);
    const pausedMs = Math.max(0, this.#notBeforeMs - nowMs);
    let excess = this.#sum + weight - this.#weightMax;
    if (excess <= 0) return pausedMs;
    for (const used of this.#used) {
      excess -= used.weight;
      if (excess <= 0) return Math.max(pausedMs, used.atMs + WINDOW_MS - nowMs);
    }
    return Math.max(pausedMs, WINDOW_MS);
  }

  #forgetOld(nowMs: number): void {
    while (this.#used[0] !== undefined && this.#used[0].atMs + WINDOW_MS <= nowMs)
      this.#sum -= this.#used.shift()?.weight ?? 0;
  }
}
