/**
 * Watches the private stream of one account by its data heartbeat (stream-heartbeat.ts). A stream that is silent is given up
 * for another, after growing pauses while that helps nothing, and until one is proven the account is polled: its snapshots
 * come at a shorter interval. A leader is polled while its stream is down, too: whatever it does is known soon.
 */
import { GiveUpPauses } from "./give-up-pauses.ts";
import type { Scope } from "./scope.ts";
import type { StreamHealth } from "./stream-health.ts";
import { type ShownPosition, StreamHeartbeat } from "./stream-heartbeat.ts";
import type { Timer } from "./transport.ts";

export interface StreamWatchOptions {
  /** A change that a snapshot shows may be told by the stream this much later. */
  readonly lateMs: number;
  /** Between two snapshots while the stream cannot be relied on. */
  readonly pollMs: number;
}

export const STREAM_WATCH_DEFAULTS: StreamWatchOptions = { lateMs: 3_000, pollMs: 3_000 };

/** Longer than the interval of snapshots, so that several of them agreed with the stream. */
const CALM_MS = 60_000;

/** What the watch may do. */
export interface StreamWatchHolder {
  snapshotWanted(): void;
  giveUpStream(cause: string): void;
}

export interface StreamWatchParts {
  readonly scope: Scope;
  readonly options: StreamWatchOptions;
  readonly pollsWhileDown: boolean;
}

export class StreamWatch {
  readonly #parts: StreamWatchParts;
  readonly #holder: StreamWatchHolder;
  readonly #heartbeat: StreamHeartbeat;
  readonly #pauses = new GiveUpPauses();
  #isDown = false;
  #timer: Timer | null = null;

  constructor(parts: StreamWatchParts, holder: StreamWatchHolder) {
    this.#parts = parts;
    this.#holder = holder;
    this.#heartbeat = new StreamHeartbeat({ lateMs: parts.options.lateMs, calmMs: CALM_MS });
  }

  get health(): StreamHealth {
    return this.#heartbeat.health(this.#parts.scope.nowMs());
  }

  up(): void {
    this.#isDown = false;
    this.#heartbeat.up(this.#parts.scope.nowMs());
  }

  down(): void {
    this.#isDown = true;
    this.#heartbeat.down();
    this.#look();
  }

  /** The stream told of a change. */
  told(symbol: string, sequence: number): void {
    this.#heartbeat.told(symbol, sequence);
  }

  /** A whole snapshot showed these. */
  shown(positions: readonly ShownPosition[], requestedAtMs: number): void {
    this.#heartbeat.shown(positions, requestedAtMs, this.#parts.scope.nowMs());
    this.#look();
  }

  /** Looks again as long as the stream is not sound; otherwise no timer runs. */
  #look(): void {
    if (this.#timer !== null) return;
    const { scope, options, pollsWhileDown } = this.#parts;
    const { state } = this.health;
    if (state === "sound") this.#pauses.reset();
    if (state === "late") this.#lookIn(options.lateMs, false);
    else if (state === "silent" || (this.#isDown && pollsWhileDown)) this.#lookIn(options.pollMs, true);
    if (state === "silent") this.#giveUpIfOverdue(scope.nowMs());
  }

  #lookIn(delayMs: number, polls: boolean): void {
    this.#timer = this.#parts.scope.setTimer(delayMs, () => {
      this.#timer = null;
      if (polls) this.#holder.snapshotWanted();
      this.#giveUpIfOverdue(this.#parts.scope.nowMs());
      this.#look();
    });
  }

  #giveUpIfOverdue(nowMs: number): void {
    if (!this.#heartbeat.isOverdue(nowMs) || !this.#pauses.take(nowMs)) return;
    const { missed } = this.health;
    this.#holder.giveUpStream(
      `it carries no data: a snapshot showed ${missed} change(s) that it did not tell`,
    );
  }
}
