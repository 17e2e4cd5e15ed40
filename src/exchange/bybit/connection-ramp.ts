/**
 * The ramp for new stream connections to one host: so many per window, of which a part is kept for reconnecting, so
 * that a large start-up never leaves a running account unable to come back.
 */
import type { ConnectionAttempt } from "../stream-session.ts";
import type { Clock, Timer } from "../transport.ts";
import { SlidingCount } from "./sliding-count.ts";

export interface RampOptions {
  /** New connections per window. */
  readonly connections: number;
  /** Those of them that only a reconnect may use. */
  readonly reconnectReserve: number;
  readonly connectionWindowMs: number;
}

interface Wish {
  readonly attempt: ConnectionAttempt;
  readonly go: () => void;
}

/** A connection may arrive this much later than we began it. */
const OPENING_MS_MAX = 10_000;

export class ConnectionRamp {
  readonly #clock: Clock;
  readonly #reserve: number;
  readonly #started: SlidingCount;
  readonly #again = new Set<Wish>();
  readonly #first = new Set<Wish>();
  #timer: Timer | null = null;

  constructor(clock: Clock, options: RampOptions) {
    this.#clock = clock;
    this.#reserve = options.reconnectReserve;
    this.#started = new SlidingCount(options.connections, options.connectionWindowMs + OPENING_MS_MAX);
  }

  /** `go` is called when the connection may begin, possibly within this call; the result takes the wish back. */
  enter(attempt: ConnectionAttempt, go: () => void): () => void {
    const wish = { attempt, go };
    const line = attempt === "again" ? this.#again : this.#first;
    line.add(wish);
    this.#pump();
    return () => {
      line.delete(wish);
    };
  }

  #pump(): void {
    this.#letGo(this.#again, 0);
    this.#letGo(this.#first, this.#reserve);
    this.#schedule();
  }

  #letGo(line: Set<Wish>, reserved: number): void {
    const now = this.#clock.nowMs();
    for (const wish of line) {
      if (!this.#started.hasRoom(now, reserved)) return;
      line.delete(wish);
      this.#started.take();
      this.#started.answered(now);
      wish.go();
    }
  }

  #schedule(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const now = this.#clock.nowMs();
    const dueAt = Math.min(
      this.#again.size > 0 ? this.#started.roomAtMs(now, 0) : Number.POSITIVE_INFINITY,
      this.#first.size > 0 ? this.#started.roomAtMs(now, this.#reserve) : Number.POSITIVE_INFINITY,
    );
    if (dueAt !== Number.POSITIVE_INFINITY) {
      this.#timer = this.#clock.setTimer(Math.max(1, dueAt - now), () => this.#pump());
    }
  }
}
