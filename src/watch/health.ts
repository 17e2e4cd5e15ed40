/**
 * How well a running engine is: the closed list of what is looked at, each with its unit and what passing its threshold means. What the
 * watchdogs look at is among it; health-board.ts has the one picture, with its last hours. Times are UTC milliseconds.
 */

/** `critical`: something cannot be done, or soon not. */
export type HealthState = "ok" | "warning" | "critical";

export type HealthUnit = "ms" | "MB" | "%" | "count";

interface CheckFacts {
  readonly unit: HealthUnit;
  readonly isWorse: "above" | "below";
  readonly meaning: string;
}

const above = { unit: "ms", isWorse: "above" } as const;

export const HEALTH_CHECKS = {
  engine: { ...above, unit: "count", meaning: "whether it runs" },
  venue: { ...above, unit: "count", meaning: "accounts of an exchange that are not connected" },
  connection: { ...above, meaning: "for how long an account's stream is down" },
  restriction: { ...above, unit: "count", meaning: "whether an account is kept from opening" },
  leader: { ...above, meaning: "since when nobody confirmed what a leader holds" },
  follower: { ...above, meaning: "since when nobody confirmed what a follower holds" },
  stream: { ...above, meaning: "how late an account's stream is" },
  prices: { ...above, meaning: "how late an exchange's prices are" },
  margin: { ...above, unit: "%", meaning: "how much of a follower's equity its positions bind as margin" },
  api: { ...above, unit: "count", meaning: "errors that a venue answered within a minute" },
  clock: { ...above, meaning: "by how much this machine's clock differs from an exchange's" },
  "rate-limit": { ...above, unit: "%", meaning: "how much of an exchange's limit of requests is used" },
  processor: {
    ...above,
    unit: "%",
    meaning: "load of one core by this process, and of all cores by the machine",
  },
  memory: { ...above, unit: "%", meaning: "used of what this process, and the machine, may use" },
  "event-loop": { ...above, meaning: "the longest moment for which the process was kept from its work" },
  disk: { unit: "MB", isWorse: "below", meaning: "free on the disk of the data folder" },
  journal: { ...above, meaning: "for how long written records wait for the disk" },
  database: { ...above, meaning: "how far the database is behind the journal" },
  errors: { ...above, unit: "count", meaning: "errors of a kind within five minutes" },
} as const satisfies Readonly<Record<string, CheckFacts>>;

export type HealthCheckName = keyof typeof HEALTH_CHECKS;

/** What one look at one subject found. */
export interface HealthReading {
  readonly check: HealthCheckName;
  /** A nickname, a venue, a part of this program, a kind of error. */
  readonly subject: string;
  readonly state: HealthState;
  readonly value: number;
  readonly threshold: number;
  /** Whose it is, where it is an account's. */
  readonly account?: string;
  /** Since when, where it is known better than by looking. */
  readonly sinceMs?: number;
  /** Why, in words. */
  readonly cause?: string;
  /** Of what is counted: all since the start. */
  readonly total?: number;
}

export interface HealthCheck extends Omit<HealthReading, "sinceMs"> {
  readonly unit: HealthUnit;
  /** Null while it is ok. */
  readonly since: number | null;
  /** The worst of each minute, the oldest first; only where it was asked for, and only of what is no account's. */
  readonly history?: readonly HealthPoint[];
}

export interface HealthPoint {
  readonly at: number;
  readonly value: number;
}

/** Something became another state. */
export interface HealthChange {
  readonly at: number;
  readonly check: HealthCheckName;
  readonly subject: string;
  readonly account?: string;
  readonly from: HealthState;
  readonly to: HealthState;
  readonly cause?: string;
}

export interface HealthFacts {
  /** The worst of all. */
  readonly state: HealthState;
  /** The worst first, then in the order of the list. */
  readonly checks: readonly HealthCheck[];
  /** The newest first. */
  readonly changes: readonly HealthChange[];
}

const LEVEL: Readonly<Record<HealthState, number>> = { ok: 0, warning: 1, critical: 2 };

export function worstOf(checks: Iterable<{ readonly state: HealthState }>): HealthState {
  let worst: HealthState = "ok";
  for (const { state } of checks) if (LEVEL[state] > LEVEL[worst]) worst = state;
  return worst;
}

/** For figures: 0 ok, 1 warning, 2 critical. */
export function levelOf(state: HealthState): number {
  return LEVEL[state];
}

/** Above its threshold is a warning; above `critical`, where there is one, more than that. */
export function stateAbove(
  value: number,
  threshold: number,
  critical = Number.POSITIVE_INFINITY,
): HealthState {
  if (value > critical) return "critical";
  return value > threshold ? "warning" : "ok";
}
