/**
 * The exchange's clock as we know it, shared by all accounts of one venue: asked of `/v5/market/time` at first use,
 * every minute while in use, and at once when the venue complains about a time-stamp; every other answer that carries
 * the server's time adds a sample for nothing.
 */
import type { Outside, Timer } from "../transport.ts";
import type { RequestBudget } from "./budget.ts";
import { ClockOffset } from "./clock-offset.ts";
import { isRow, momentIn } from "./raw.ts";

const PATH = "/v5/market/time";
const FARE = { priority: "read", key: "", endpoint: PATH } as const;
const REFRESH_MS = 60_000;
const RETRY_MS = 1_000;
const TIMEOUT_MS = 5_000;
/** Asked in a row when nothing is known, so that one slow answer does not decide. */
const FIRST_SAMPLES = 3;
/** After so many failures in a row, whoever waits goes on with the clock as it is. */
const FAILURES_MAX = 3;

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

  constructor(outside: Outside, restUrl: string, budget: RequestBudget) {
    this.#outside = outside;
    this.#restUrl = restUrl;
    this.#budget = budget;
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

  /** One round trip whose answer carried the server's time. */
  observe(sentAtMs: number, receivedAtMs: number, serverTimeMs: number): void {
    this.#offset.add(sentAtMs, receivedAtMs, serverTimeMs);
  }

  /** The venue refused a stamp of ours: what we believe is wrong. */
  doubt(): void {
    this.#offset.doubt();
    this.#wanted = FIRST_SAMPLES;
    this.#ask();
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
      if (Number.isFinite(serverTimeMs)) this.observe(sentAtMs, receivedAtMs, serverTimeMs);
      this.#settle(Number.isFinite(serverTimeMs));
    });
  }

  #settle(succeeded: boolean): void {
    this.#asking = false;
    this.#failures = succeeded ? 0 : this.#failures + 1;
    if (succeeded && this.#wanted > 0) this.#wanted--;
    if (this.#wanted > 0 && succeeded) {
      this.#ask();
      return;
    }
    if (succeeded || this.#failures >= FAILURES_MAX) this.#tellWaiting();
    if (this.#users > 0) this.#schedule(succeeded ? REFRESH_MS : RETRY_MS);
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
