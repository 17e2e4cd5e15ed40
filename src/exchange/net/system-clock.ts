/**
 * The real clock, timers and chance behind `transport.ts`. The only place of the connectors that asks the machine for
 * the time; everything above is handed a Clock and can run under a virtual one.
 */
import type { Chance, Clock, Timer } from "../transport.ts";
import { COARSE_FROM_MS, CoarseTimers } from "./coarse-timers.ts";

/** Longest delay that one timer of the platform can hold (2^31 - 1 ms); longer ones are cut to it. */
const LONGEST_DELAY_MS = 2_147_483_647;

class SystemTimer implements Timer {
  readonly #handle: NodeJS.Timeout;

  constructor(delayMs: number, action: () => void) {
    this.#handle = setTimeout(action, Math.min(Math.max(delayMs, 0), LONGEST_DELAY_MS));
  }

  cancel(): void {
    clearTimeout(this.#handle);
  }
}

/**
 * The machine's UTC time that never goes back: while the machine's clock is behind what was told already (it was set back),
 * time goes on at its usual pace. Limits, deadlines and heart-beats are computed by it; an hour set back would hold them for
 * an hour. Forward it follows at once, as after a machine's sleep.
 */
export class SteadyTime {
  readonly #wallMs: () => number;
  readonly #elapsedMs: () => number;
  /** UTC time at the moment from which `#elapsedMs` counts. */
  #originMs: number;

  constructor(wallMs: () => number, elapsedMs: () => number) {
    this.#wallMs = wallMs;
    this.#elapsedMs = elapsedMs;
    this.#originMs = wallMs() - elapsedMs();
  }

  /** In whole milliseconds. */
  nowMs(): number {
    // The wall first: a process that is set aside between the two readings must not come out ahead of it, for ever.
    const wallMs = this.#wallMs();
    const elapsedMs = this.#elapsedMs();
    this.#originMs = Math.max(this.#originMs, wallMs - elapsedMs);
    return Math.floor(this.#originMs + elapsedMs);
  }
}

const systemTime = new SteadyTime(
  () => Date.now(),
  () => performance.now(),
);

const coarseTimers = new CoarseTimers();

export const systemClock: Clock = {
  nowMs: () => systemTime.nowMs(),
  elapsedMs: () => performance.now(),
  setTimer: (delayMs, action) =>
    delayMs >= COARSE_FROM_MS && delayMs <= LONGEST_DELAY_MS
      ? coarseTimers.set(delayMs, action)
      : new SystemTimer(delayMs, action),
};

export const systemChance: Chance = Math.random;
