/**
 * The exchange's clock as we know it, shared by all accounts of one venue: asked of `/v5/market/time` at first use,
 * every minute while in use, and at once when the venue complains about a time-stamp or an answer contradicts what is
 * believed; every other answer that carries the server's time adds a sample for nothing.
 */

import { ClockOffset } from "../clock-offset.ts";
import { isRow, momentIn } from "../raw.ts";
import type { Outside, Timer } from "../transport.ts";
import type { RequestBudget } from "./budget.ts";

const PATH = "/v5/market/time";
const FARE = { priority: "read", key: "", endpoint: PATH } as const;
const REFRESH_MS = 60_000;
const RETRY_MS = 1_000;
const TIMEOUT_MS = 5_000;
/** Asked in a row when nothing is known, so that one slow answer does not decide. */
const FIRST_SAMPLES = 3;
/** After so many failures in a row, whoever waits goes on with the clock as it is. */
const FAILURES_MAX = 3;
/** A fifth of the usual window of a request; ahead of its own clock the venue allows a second. */
export const CLOCK_ERROR_MS_MAX = 1_000;
/** What lies back longer says nothing of how steady the two clocks are. */
const JUMPS_WITHIN_MS = 5_000;
const JUMPS_KEPT = 16;
/** So many of them within that time: asking again at once would only find the next. */
const JUMPS_MAX = 3;

export interface ClockHealth {
  /** Server's clock minus ours: every stamp is corrected by it. */
  readonly offsetMs: number;
  /** By how much the newest answer contradicted that. */
  readonly errorMs: number;
  /** Since when it is contradicted and not confirmed anew; null while it agrees. */
  readonly doubtedSinceMs: number | null;
  /** How often it was found wrong and set anew in the last seconds. */
  readonly jumps: number;
  /** When that was last; null before the first time. */
  readonly jumpedAtMs: number | null;
}

export class ServerClock {
  readonly #outside: Outside;
  readonly #restUrl: string;
  readonly #budget: RequestBudget;
  readonly #offset = new ClockOffset();
  #waiting: (() => void)[] = [];
  #timer: Timer | null = null;
  #users = 0;
  #asking = false;
  #wanted = 0;
  #failures = 0;
  readonly #errorMsMax: number;
  #errorMs = 0;
  #doubtedSinceMs: number | null = null;
  #contradictedAtMs = Number.NEGATIVE_INFINITY;
  #jumpsAtMs: readonly number[] = [];

  constructor(
    outside: Outside,
    restUrl: string,
    budget: RequestBudget,
    errorMsMax: number = CLOCK_ERROR_MS_MAX,
  ) {
    this.#outside = outside;
    this.#restUrl = restUrl;
    this.#budget = budget;
    this.#errorMsMax = errorMsMax;
  }

  get health(): ClockHealth {
    const sinceMs = this.#outside.clock.nowMs() - JUMPS_WITHIN_MS;
    return {
      offsetMs: this.#offset.offsetMs,
      errorMs: this.#errorMs,
      doubtedSinceMs: this.#doubtedSinceMs,
      jumps: this.#jumpsAtMs.filter((atMs) => atMs > sinceMs).length,
      jumpedAtMs: this.#jumpsAtMs.at(-1) ?? null,
    };
  }

  /** Now on the server's clock, in whole milliseconds. */
  nowMs(): number {
    return this.at(this.#outside.clock.nowMs());
  }

  /** A moment of our clock on the server's, in whole milliseconds. */
  at(oursMs: number): number {
    return Math.floor(oursMs + this.#offset.offsetMs);
  }

  /** Server's clock minus ours. */
  get offsetMs(): number {
    return this.#offset.offsetMs;
  }

  /** A moment of our clock on the server's. */
  toServerMs(oursMs: number): number {
    return oursMs + this.#offset.offsetMs;
  }

  /** A moment of the server's clock on ours. */
  toOursMs(serverMs: number): number {
    return serverMs - this.#offset.offsetMs;
  }

  /** Keeps the estimate fresh until released; `known` is called once there is one (or none can be had). */
  use(known: () => void): void {
    this.#users++;
    if (this.#offset.isKnown) {
      if (this.#timer === null && !this.#asking) this.#schedule(REFRESH_MS);
      known();
      return;
    }
    this.#waiting.push(known);
    this.#wanted = FIRST_SAMPLES;
    this.#ask();
  }

  release(): void {
    this.#users--;
    if (this.#users > 0) return;
    this.#timer?.cancel();
    this.#timer = null;
    this.#waiting = [];
  }

  /** One round trip whose answer carried the server's time. One that contradicts alone proves nothing: the clock is asked. */
  observe(sentAtMs: number, receivedAtMs: number, serverTimeMs: number): void {
    const errorMs = this.#offset.errorMs(sentAtMs, receivedAtMs, serverTimeMs);
    if (errorMs <= this.#errorMsMax) return this.#offset.add(sentAtMs, receivedAtMs, serverTimeMs);
    if (receivedAtMs < this.#contradictedAtMs + RETRY_MS) return;
    this.#contradictedAtMs = receivedAtMs;
    this.#errorMs = errorMs;
    this.#resync();
  }

  /** The venue refused a stamp of ours: what we believe is wrong. */
  doubt(): void {
    this.#offset.doubt();
    this.#resync();
  }

  #resync(): void {
    this.#doubtedSinceMs ??= this.#outside.clock.nowMs();
    this.#wanted = FIRST_SAMPLES;
    this.#ask();
  }

  /** The answer of the venue's clock itself: where it contradicts what was believed, that was wrong. */
  #told(sentAtMs: number, receivedAtMs: number, serverTimeMs: number): void {
    const errorMs = this.#offset.errorMs(sentAtMs, receivedAtMs, serverTimeMs);
    this.#errorMs = errorMs;
    if (errorMs > this.#errorMsMax) {
      this.#offset.doubt();
      this.#doubtedSinceMs ??= receivedAtMs;
      this.#wanted = FIRST_SAMPLES;
      this.#jumpsAtMs = [...this.#jumpsAtMs, receivedAtMs].slice(-JUMPS_KEPT);
    }
    this.#offset.add(sentAtMs, receivedAtMs, serverTimeMs);
  }

  #ask(): void {
    if (this.#asking) return;
    this.#asking = true;
    this.#budget.enter(FARE, {
      priority: "read",
      deadlineMs: Number.POSITIVE_INFINITY,
      go: () => this.#send(),
      refused: () => this.#settle(false),
    });
  }

  #send(): void {
    const sentAtMs = this.#outside.clock.nowMs();
    const request = {
      method: "GET",
      url: `${this.#restUrl}${PATH}`,
      headers: {},
      timeoutMs: TIMEOUT_MS,
    } as const;
    this.#outside.http.send(request, (outcome) => {
      const receivedAtMs = this.#outside.clock.nowMs();
      this.#budget.answered(FARE, null);
      if (outcome.kind === "answered" && outcome.status === 403) this.#budget.refusedAddress();
      const serverTimeMs = outcome.kind === "answered" ? timeIn(outcome.body) : Number.NaN;
      if (Number.isFinite(serverTimeMs)) this.#told(sentAtMs, receivedAtMs, serverTimeMs);
      this.#settle(Number.isFinite(serverTimeMs));
    });
  }

  #settle(succeeded: boolean): void {
    this.#asking = false;
    this.#failures = succeeded ? 0 : this.#failures + 1;
    if (succeeded && this.#wanted > 0) this.#wanted--;
    const isUnsteady = this.health.jumps >= JUMPS_MAX;
    if (succeeded && this.#wanted > 0 && !isUnsteady) {
      this.#ask();
      return;
    }
    const isAgreed = succeeded && this.#wanted === 0;
    if (isAgreed) this.#doubtedSinceMs = null;
    if (isAgreed || isUnsteady || this.#failures >= FAILURES_MAX) this.#tellWaiting();
    if (this.#users > 0) this.#schedule(isAgreed ? REFRESH_MS : RETRY_MS);
  }

  #tellWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const known of waiting) known();
  }

  #schedule(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#outside.clock.setTimer(delayMs, () => {
      this.#timer = null;
      this.#ask();
    });
  }
}

/** The envelope's `time` in milliseconds; NaN when there is none. */
function timeIn(body: string): number {
  try {
    const answer: unknown = JSON.parse(body);
    return isRow(answer) ? momentIn(answer.time) : Number.NaN;
  } catch {
    // Not JSON: a proxy's page, say. It counts as no answer, and is asked again.
    return Number.NaN;
  }
}
