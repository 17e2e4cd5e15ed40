/**
 * Capped exponential delays with jitter, for reconnecting and for asking again. Jitter keeps a thousand connections
 * that broke together from coming back together.
 */
import type { Chance } from "./transport.ts";

export interface BackOffOptions {
  readonly firstMs: number;
  readonly capMs: number;
}

/** The delay before attempt `failures + 1`: between half and the whole of the doubled, capped delay. */
export function backOffMs(failures: number, options: BackOffOptions, chance: Chance): number {
  const doublings = Math.min(Math.max(failures - 1, 0), 30);
  const whole = Math.min(options.capMs, options.firstMs * 2 ** doublings);
  return Math.round(whole * (0.5 + chance() / 2));
}
