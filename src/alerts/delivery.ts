/**
 * One channel's queue: one alert at a time, in order, each tried until it is taken. Between failures it waits, doubling and
 * with jitter; an alert that is too old, or that the receiver refuses again and again, is given up with a record, so that it
 * does not hold up those behind it for ever.
 */
import { type BackOffOptions, backOffMs } from "../exchange/back-off.ts";
import type { Chance, Clock, Timer } from "../exchange/transport.ts";
import type { Alert } from "./alert.ts";
import type { AlertChannel, ChannelOutcome } from "./channel.ts";
import type { Ending } from "./outbox-records.ts";

const BACK_OFF: BackOffOptions = { firstMs: 1_000, capMs: 300_000 };
/** A receiver may ask for a longer pause, up to this. */
const RETRY_AFTER_MAX_MS = 3_600_000;
/** An alert that its receiver refuses (as malformed, too large) is tried so often. */
const REFUSALS_MAX = 5;
/** Beyond so many the oldest is given up. */
export const WAITING_MAX = 10_000;

export interface DeliveryParts {
  readonly channel: AlertChannel;
  readonly clock: Clock;
  readonly chance: Chance;
  /** An alert older than this is tried once more at most. */
  readonly giveUpAfterMs: number;
  ended(alert: Alert, ending: Ending): void;
  /** A failed attempt; `failures` counts those in a row. */
  failed(cause: string, failures: number): void;
}

export class Delivery {
  readonly #parts: DeliveryParts;
  #waiting: Alert[] = [];
  #underWay: Alert | null = null;
  #pause: Timer | null = null;
  /** In a row, over all alerts. */
  #failures = 0;
  #refusals = 0;
  #isClosed = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.channel.name;
  }

  /** Nothing will move before a pause is over, or nothing is left. */
  get isResting(): boolean {
    return this.#underWay === null && (this.#waiting.length === 0 || this.#pause !== null);
  }

  add(alerts: readonly Alert[]): void {
    this.#waiting.push(...alerts);
    const first = this.#underWay === null ? 0 : 1;
    while (this.#waiting.length > WAITING_MAX) {
      const [oldest] = this.#waiting.splice(first, 1);
      if (oldest !== undefined) this.#giveUp(oldest, `more than ${WAITING_MAX} alerts wait for this channel`);
    }
    this.#next();
  }

  /** Tries nothing any more; what is under way may still be told. */
  close(): void {
    this.#isClosed = true;
    this.#pause?.cancel();
  }

  #next(): void {
    if (this.#isClosed || this.#pause !== null || this.#underWay !== null) return;
    const [alert] = this.#waiting;
    if (alert === undefined) return;
    this.#underWay = alert;
    this.#parts.channel.deliver(alert, (outcome) => this.#told(alert, outcome));
  }

  #told(alert: Alert, outcome: ChannelOutcome): void {
    this.#underWay = null;
    if (outcome.kind === "delivered") {
      this.#failures = 0;
      this.#done();
      this.#parts.ended(alert, outcome);
      this.#next();
      return;
    }
    this.#failures += 1;
    if (outcome.isRefusal) this.#refusals += 1;
    this.#parts.failed(outcome.cause, this.#failures);
    this.#leaveOrKeep(alert, outcome.cause);
    this.#rest(outcome.retryAfterMs ?? 0);
  }

  #leaveOrKeep(alert: Alert, cause: string): void {
    const isOld = this.#parts.clock.nowMs() - alert.atMs > this.#parts.giveUpAfterMs;
    if (!isOld && this.#refusals < REFUSALS_MAX) return;
    this.#done();
    this.#giveUp(alert, isOld ? `too old; last: ${cause}` : `refused ${REFUSALS_MAX} times; last: ${cause}`);
  }

  #rest(atLeastMs: number): void {
    if (this.#isClosed) return;
    const { clock, chance } = this.#parts;
    const pauseMs = Math.max(
      backOffMs(this.#failures, BACK_OFF, chance),
      Math.min(atLeastMs, RETRY_AFTER_MAX_MS),
    );
    this.#pause = clock.setTimer(pauseMs, () => {
      this.#pause = null;
      this.#next();
    });
  }

  #done(): void {
    this.#waiting.shift();
    this.#refusals = 0;
  }

  #giveUp(alert: Alert, cause: string): void {
    this.#parts.ended(alert, { kind: "given-up", cause });
  }
}
