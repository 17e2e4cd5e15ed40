/**
 * When each account's whole state is read: every interval, spread over it so that accounts do not ask together, and soon
 * after something asks for it, at most once a second per account and never two at a time.
 */
import type { AccountId } from "../core/model/identifiers.ts";
import type { AccountConnection, ConnectionEvent } from "../exchange/exchange.ts";
import type { Chance, Clock, Timer } from "../exchange/transport.ts";

const PAUSE_MIN_MS = 1_000;
/** A snapshot without an answer is forgotten after this. */
const ANSWER_MAX_MS = 20_000;

interface Schedule {
  readonly chance: Chance;
  timer: Timer | null;
  dueMs: number;
  askedAtMs: number;
  open: boolean;
}

export interface SnapshotParts {
  readonly clock: Clock;
  readonly chanceOf: (account: AccountId) => Chance;
  readonly connections: ReadonlyMap<AccountId, Pick<AccountConnection, "requestSnapshot">>;
}

export class Snapshots {
  readonly #parts: SnapshotParts;
  readonly #schedules = new Map<AccountId, Schedule>();
  #intervalMs = 15_000;
  #stopped = true;

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
  }

  start(intervalMs: number): void {
    this.#intervalMs = intervalMs;
    this.#stopped = false;
    for (const account of this.#parts.connections.keys()) {
      this.#plan(account, intervalMs * (0.5 + this.#scheduleOf(account).chance() / 2));
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const schedule of this.#schedules.values()) schedule.timer?.cancel();
    this.#schedules.clear();
  }

  /** Soon, out of turn. */
  request(account: AccountId): void {
    const askedAtMs = this.#schedules.get(account)?.askedAtMs ?? 0;
    const dueInMs = Math.max(0, askedAtMs + PAUSE_MIN_MS - this.#parts.clock.nowMs());
    this.#plan(account, dueInMs);
  }

  /** Learns that a snapshot came, also one that the connection took by itself. */
  note(event: ConnectionEvent): void {
    const answered = event.kind === "leader-snapshot-taken" || event.kind === "follower-snapshot-taken";
    const failed = event.kind === "question-failed" && event.question === "snapshot";
    if (!answered && !failed) return;
    const schedule = this.#schedules.get(event.account);
    if (schedule !== undefined) schedule.open = false;
  }

  /** Moves the account's next snapshot to an earlier time; a later one changes nothing. */
  #plan(account: AccountId, delayMs: number): void {
    if (this.#stopped) return;
    const dueMs = this.#parts.clock.nowMs() + delayMs;
    const schedule = this.#scheduleOf(account);
    if (schedule.dueMs <= dueMs) return;
    schedule.timer?.cancel();
    schedule.dueMs = dueMs;
    schedule.timer = this.#parts.clock.setTimer(delayMs, () => this.#ask(account, schedule));
  }

  #scheduleOf(account: AccountId): Schedule {
    const schedule = this.#schedules.get(account) ?? {
      chance: this.#parts.chanceOf(account),
      timer: null,
      dueMs: Infinity,
      askedAtMs: 0,
      open: false,
    };
    this.#schedules.set(account, schedule);
    return schedule;
  }

  #ask(account: AccountId, schedule: Schedule): void {
    if (this.#stopped) return;
    const nowMs = this.#parts.clock.nowMs();
    schedule.dueMs = Infinity;
    schedule.timer = null;
    if (schedule.open && nowMs < schedule.askedAtMs + ANSWER_MAX_MS) return this.#plan(account, PAUSE_MIN_MS);
    schedule.open = true;
    schedule.askedAtMs = nowMs;
    this.#parts.connections.get(account)?.requestSnapshot();
    this.#plan(account, this.#intervalMs * (0.9 + schedule.chance() / 5));
  }
}
