/**
 * The closed list of watchdogs: what is looked at every second, whether or not anything happens. One file beside this for each
 * source of readings; watchdogs.ts has the one picture of all of them. Times are UTC milliseconds.
 */
import type { AlertReport } from "../alerts/alert.ts";
import type { AlertKind } from "../alerts/kinds.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import type { ReasonDetail } from "../core/reason.ts";

/** `acting`: beyond its threshold, and something is done about it. */
export type WatchdogState = "ok" | "warning" | "acting";

/**
 * `stop-opening`: nothing is opened there, reductions go on. `reconnect`: another stream. `poll`: snapshots at a short interval.
 * `resync`: the venue's clock is asked anew. `correct`: stamps are corrected by what is known. `read-again`: a snapshot out of turn.
 * `tell`: only the owner can do something.
 */
export type WatchdogAction =
  | "stop-opening"
  | "reconnect"
  | "poll"
  | "resync"
  | "correct"
  | "read-again"
  | "tell";

/** `%` of a whole, or how many within a minute. */
export type WatchdogUnit = "ms" | "MB" | "%" | "count";

interface WatchdogFacts {
  /** Of value and threshold. */
  readonly unit: WatchdogUnit;
  /** The name of its figure among the numbers of an alert. */
  readonly figure: string;
  readonly isWorse: "above" | "below";
  readonly begins: AlertKind;
  readonly ends: AlertKind;
  /** From this state on it is told; before, it only shows in the status. */
  readonly toldFrom: Exclude<WatchdogState, "ok">;
}

const above = { unit: "ms", isWorse: "above", toldFrom: "acting" } as const;

export const WATCHDOGS = {
  stream: { ...above, figure: "lateMs", begins: "stream-silent", ends: "stream-heard" },
  prices: { ...above, figure: "lateMs", begins: "prices-silent", ends: "prices-heard" },
  connection: { ...above, figure: "downMs", begins: "connection-down", ends: "connection-restored" },
  leader: { ...above, figure: "ageMs", begins: "leader-stale", ends: "leader-confirmed" },
  follower: { ...above, figure: "ageMs", begins: "follower-stale", ends: "follower-confirmed" },
  drift: { ...above, figure: "apartMs", begins: "parity-missed", ends: "parity-reached" },
  margin: {
    unit: "%",
    figure: "usedPercent",
    isWorse: "above",
    begins: "margin-high",
    ends: "margin-eased",
    toldFrom: "acting",
  },
  api: {
    unit: "count",
    figure: "errorsPerMinute",
    isWorse: "above",
    begins: "api-errors",
    ends: "api-errors-over",
    toldFrom: "acting",
  },
  clock: { ...above, figure: "offMs", begins: "clock-off", ends: "clock-agrees", toldFrom: "warning" },
  disk: {
    unit: "MB",
    figure: "freeMegabytes",
    isWorse: "below",
    begins: "disk-low",
    ends: "disk-has-room",
    toldFrom: "warning",
  },
  journal: {
    ...above,
    figure: "unsyncedMs",
    begins: "journal-unsynced",
    ends: "journal-synced",
    toldFrom: "warning",
  },
  database: {
    ...above,
    figure: "behindMs",
    begins: "database-lags",
    ends: "database-caught-up",
    toldFrom: "warning",
  },
  "event-loop": {
    ...above,
    figure: "delayMs",
    begins: "process-delayed",
    ends: "process-prompt",
    toldFrom: "warning",
  },
} as const satisfies Readonly<Record<string, WatchdogFacts>>;

export type WatchdogName = keyof typeof WATCHDOGS;

/** What one look at one subject found. */
export interface Reading {
  readonly name: WatchdogName;
  /** A nickname, a venue, a part of this program; with the name it is one watchdog. */
  readonly subject: string;
  readonly state: WatchdogState;
  readonly value: number;
  /** The one that it is measured by now. */
  readonly threshold: number;
  /** What is done, while it is not ok. */
  readonly actions: readonly WatchdogAction[];
  /** Since when, where it is known better than by looking. */
  readonly sinceMs?: number;
  /** Nobody expects anything else: neither its begin nor its end is told. */
  readonly isMoot?: boolean;
  readonly who?: Pick<AlertReport, "leader" | "follower" | "instrument">;
  readonly cause?: string;
  readonly numbers?: ReasonDetail;
  /** Openings that it stops, while it does. */
  readonly halt?: Halt;
}

export interface Halt {
  readonly cause: string;
  readonly concerns: (account: AccountId) => boolean;
}

/** As the owner sees it. */
export interface WatchdogReport {
  readonly name: WatchdogName;
  readonly subject: string;
  readonly state: WatchdogState;
  readonly value: number;
  readonly threshold: number;
  readonly unit: WatchdogUnit;
  /** Null while it is ok. */
  readonly since: number | null;
  readonly action: readonly WatchdogAction[];
}
