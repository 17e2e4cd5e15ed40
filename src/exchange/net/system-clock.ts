/**
 * The real clock, timers and chance behind `transport.ts`. The only place of the connectors that asks the machine for
 * the time; everything above is handed a Clock and can run under a virtual one.
 */
import type { Chance, Clock, Timer } from "../transport.ts";

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

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  setTimer: (delayMs, action) => new SystemTimer(delayMs, action),
};

export const systemChance: Chance = Math.random;
