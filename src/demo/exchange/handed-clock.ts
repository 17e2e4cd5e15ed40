/**
 * The exchange's clock, which is handed over once: virtual while the past is lived through, the machine's own from then on. The
 * exchange knows nothing of it.
 */
import type { VirtualClock } from "../../backtest/virtual-clock.ts";
import { type Environment, SYSTEM_ENVIRONMENT } from "../../exchange/simulated/bybit-server/environment.ts";
import { environmentOf } from "../../exchange/simulated/bybit-server/in-memory-outside.ts";

export class HandedClock implements Environment {
  #environment: Environment;

  constructor(past: VirtualClock) {
    this.#environment = environmentOf(past);
  }

  readonly nowMs = (): number => this.#environment.nowMs();

  readonly schedule = (delayMs: number, action: () => void): (() => void) =>
    this.#environment.schedule(delayMs, action);

  /** What was scheduled before never comes: it is to be called off and scheduled anew. */
  toPresent(): void {
    this.#environment = SYSTEM_ENVIRONMENT;
  }
}
