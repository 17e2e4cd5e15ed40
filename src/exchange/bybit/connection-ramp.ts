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
  /** Those of them that only a reconnect may use, once so many streams stand. */
  readonly reconnectReserve: number;
  readonly connectionWindowMs: number;
}

/** What earlier processes began, as in AddressMemory. */
export interface HostMemory {
  readonly earlier: readonly number[];
  readonly begun: (atMs: number) => void;
}

const NO_MEMORY: HostMemory = { earlier: [], begun: () => {} };

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
  readonly #memory: HostMemory;
  /** First connections of this process: there are no more streams than these to come back. */
  #streams = 0;
  readonly #again = new Set<Wish>();
  readonly #first = new Set<Wish>();
  #timer: Timer | null = null;

  constructor(clock: Clock, options: RampOptions, memory: HostMemory = NO_MEMORY) {
    this.#memory = memory;
    this.#clock = clock;
    this.#reserve = options.reconnectReserve;
    this.#started = new SlidingCount(clock, options.connections, options.connectionWindowMs + OPENING_MS_MAX);
    const now = clock.nowMs();
    for (const atMs of memory.earlier) this.#count(now - atMs);
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
    this.#letGo(this.#again, () => 0);
    this.#letGo(this.#first, () => this.#reserved());
    this.#schedule();
  }

  #letGo(line: Set<Wish>, reserved: () => number): void {
    for (const wish of line) {
      if (!this.#started.hasRoom(reserved())) return;
      line.delete(wish);
      if (wish.attempt === "first") this.#streams += 1;
      this.#memory.begun(this.#clock.nowMs());
      this.#count(0);
      wish.go();
    }
  }

  /** A process with few streams that is started again and again need not wait for what only many would need. */
  #reserved(): number {
    return Math.min(this.#reserve, this.#streams);
  }

  #count(agoMs: number): void {
    this.#started.take();
    this.#started.answered(agoMs);
  }

  #schedule(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const dueIn = Math.min(
      this.#again.size > 0 ? this.#started.waitMs() : Number.POSITIVE_INFINITY,
      this.#first.size > 0 ? this.#started.waitMs(this.#reserved()) : Number.POSITIVE_INFINITY,
    );
    if (dueIn !== Number.POSITIVE_INFINITY) {
      this.#timer = this.#clock.setTimer(Math.max(1, Math.ceil(dueIn)), () => this.#pump());
    }
  }
}
