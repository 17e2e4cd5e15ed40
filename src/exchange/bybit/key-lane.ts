/**
 * The limit of one API key at one endpoint: so many requests in a rolling second, first as documented, then as the
 * answers' limit headers say. Shared by REST and the order-entry stream, which draw on the same allowance.
 */
import type { Clock, Timer } from "../transport.ts";
import { SlidingCount } from "./sliding-count.ts";
import { PRIORITIES, type Waiter, WaitingLine } from "./waiting-line.ts";

/** What an answer said about its limit; the time is on our clock. */
export interface LimitNotice {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAtMs: number;
}

const WAITING_MAX = 1_000;
/** A rest longer than this is not believed. */
const REST_MAX_MS = 5_000;

export class KeyLane {
  readonly #clock: Clock;
  readonly #window: SlidingCount;
  /** By elapsed time. */
  #restUntilMs = Number.NEGATIVE_INFINITY;
  #waiting: WaitingLine | null = null;
  #timer: Timer | null = null;

  constructor(clock: Clock, limit: number, windowMs: number) {
    this.#clock = clock;
    this.#window = new SlidingCount(clock, limit, windowMs);
  }

  /** Takes a place at once, when there is room and nobody waits; the fast way of `enter`. */
  tryTake(): boolean {
    if (this.#waiting !== null || this.#restMs() > 0 || !this.#window.hasRoom()) return false;
    this.#window.take();
    return true;
  }

  /** Lets the waiter go within this call when there is room, else in its turn. */
  enter(waiter: Waiter): void {
    if (this.tryTake()) {
      waiter.go();
      return;
    }
    this.#waiting ??= new WaitingLine(WAITING_MAX);
    this.#waiting.push(waiter);
    this.#schedule();
  }

  answered(notice: LimitNotice | null): void {
    this.#window.answered();
    if (notice !== null) {
      this.#window.limit = Math.max(1, notice.limit);
      if (notice.remaining <= 0) this.rest(notice.resetAtMs - this.#clock.nowMs());
    }
    if (this.#waiting !== null) this.#pump();
  }

  /** Whether nothing is on its way, waits, rests or counts: forgetting the lane then loses nothing but its limit. */
  get isIdle(): boolean {
    return this.#waiting === null && this.#restMs() <= 0 && this.#window.count === 0;
  }

  giveBack(): void {
    this.#window.giveBack();
    if (this.#waiting !== null) this.#pump();
  }

  /** Nothing goes for so long. */
  rest(ms: number): void {
    const untilMs = this.#clock.elapsedMs() + Math.min(ms, REST_MAX_MS);
    this.#restUntilMs = Math.max(this.#restUntilMs, untilMs);
  }

  #restMs(): number {
    return this.#restUntilMs - this.#clock.elapsedMs();
  }

  #pump(): void {
    const line = this.#waiting;
    if (line === null) return;
    const now = this.#clock.nowMs();
    line.expire(now);
    for (const priority of PRIORITIES) {
      while (line.length(priority) > 0 && this.#restMs() <= 0 && this.#window.hasRoom()) {
        const waiter = line.take(priority, now);
        if (waiter === undefined) break;
        this.#window.take();
        waiter.go();
      }
    }
    this.#schedule();
  }

  #schedule(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const line = this.#waiting;
    if (line === null) return;
    if (line.isEmpty) {
      this.#waiting = null;
      return;
    }
    const roomIn = Math.max(this.#restMs(), this.#window.waitMs());
    const dueIn = Math.min(roomIn, line.nextDeadlineMs() - this.#clock.nowMs());
    if (dueIn !== Number.POSITIVE_INFINITY) {
      this.#timer = this.#clock.setTimer(Math.max(1, Math.ceil(dueIn)), () => this.#pump());
    }
  }
}
