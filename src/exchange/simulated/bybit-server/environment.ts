/**
 * What the protocol needs from the world: a clock and timers. In production the process's own; in a simulator virtual
 * ones, so that the same messages flow in memory without sockets.
 */

export interface Environment {
  readonly nowMs: () => number;
  /** Runs `action` once after `delayMs`; the returned function calls it off. */
  readonly schedule: (delayMs: number, action: () => void) => () => void;
}

export const SYSTEM_ENVIRONMENT: Environment = {
  nowMs: () => Date.now(),
  schedule: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};
