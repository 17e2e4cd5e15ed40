/** The demo's exchange from now on: prices go on by the clock of the machine; once told to, each leader trades when its pause is over. */
import type { DemoVenue } from "./demo-venue.ts";
import type { LeaderDesk } from "./leader-desk.ts";

const STRIDE_MS = 500;
/** A machine that slept goes on from where it was. */
const STRIDE_MAX_MS = 60_000;
/** The first trade of each leader, so that there is something to see at once. */
const FIRST_MS = 400;

export class Present {
  readonly #venue: DemoVenue;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #desks = new Map<LeaderDesk, NodeJS.Timeout>();
  #movedAtMs = Date.now();

  constructor(venue: DemoVenue) {
    this.#venue = venue;
  }

  start(): void {
    this.#timers.add(setInterval(() => this.#move(), STRIDE_MS));
  }

  startTrading(): void {
    for (const [index, desk] of this.#venue.desks.entries()) this.#plan(desk, FIRST_MS * (index + 1));
  }

  /** Prices go on. */
  stopTrading(): void {
    for (const timer of this.#desks.values()) clearTimeout(timer);
    this.#desks.clear();
  }

  stop(): void {
    this.stopTrading();
    for (const timer of this.#timers) clearInterval(timer);
  }

  #move(): void {
    const nowMs = Date.now();
    this.#venue.step(Math.max(1, Math.min(STRIDE_MAX_MS, nowMs - this.#movedAtMs)));
    this.#movedAtMs = nowMs;
  }

  #plan(desk: LeaderDesk, afterMs: number): void {
    this.#desks.set(
      desk,
      setTimeout(() => {
        this.#venue.trade(desk);
        this.#plan(desk, desk.pauseMs);
      }, afterMs),
    );
  }
}
