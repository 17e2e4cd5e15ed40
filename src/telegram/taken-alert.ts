/** An alert as the bot takes it over from the engine, for one of those who are to get it. */
import { type Alert, describeAlert, describeWaited } from "../alerts/alert.ts";
import { isAbout } from "../alerts/rules.ts";
import { seenBy } from "../alerts/waited.ts";
import type { Visible } from "../identity/permissions.ts";

export interface TakenAlert {
  /** The same thing that happened has the same one, however often it is told. */
  readonly id: string;
  readonly kind: string;
  readonly severity: Alert["severity"];
  /** For people, in one line. */
  readonly text: string;
  /** Of a summary: what waited. */
  readonly details: readonly string[];
  /** UTC milliseconds. */
  readonly atMs: number;
  /** The accounts that it is about; of a summary those of each detail. */
  readonly about: readonly About[];
  /** That this report is ready. */
  readonly report?: ReadyReport;
}

type About = Pick<Alert, "leader" | "follower">;

export interface ReadyReport {
  readonly of: "portfolio" | "account";
  /** "" of the portfolio. */
  readonly name: string;
  readonly period: string;
}

/** Null where it is nothing for somebody who sees these accounts; of a summary only what is for him. */
export function takenBy(alert: Alert, accounts: Visible): TakenAlert | null {
  if (!isAbout(alert, accounts)) return null;
  const seen = seenBy(alert, accounts);
  const { id, kind, severity, atMs } = seen;
  const about = (seen.waited ?? [seen]).map(accountsOf);
  const report = reportOf(alert);
  if (report !== null) {
    const text = describeAlert({ ...alert, numbers: {} });
    return { id, kind, severity, text, details: [], atMs, about, report };
  }
  return { id, kind, severity, text: describeAlert(seen), details: describeWaited(seen), atMs, about };
}

/** The same when it is sent, as he may see less by then. */
export function stillFor(taken: TakenAlert, accounts: Visible): TakenAlert | null {
  const isSeen = taken.about.map((one) => isAbout(one, accounts));
  if (isSeen.every(Boolean)) return taken;
  if (!isSeen.includes(true)) return null;
  const about = taken.about.filter((_, at) => isSeen[at]);
  const details = taken.details.filter((_, at) => isSeen[at]);
  const text = `${details.length} alert${details.length === 1 ? "" : "s"} waited`;
  return { ...taken, about, details, text };
}

function accountsOf({ leader, follower }: About): About {
  return { ...(leader === undefined ? {} : { leader }), ...(follower === undefined ? {} : { follower }) };
}

/** The files themselves are looked up by it: no path comes from an alert. */
function reportOf({ kind, follower, numbers }: Alert): ReadyReport | null {
  const { of, period } = numbers;
  if (kind !== "report-ready" || typeof period !== "string") return null;
  if (of === "portfolio") return { of, name: "", period };
  return of === "account" && follower !== undefined ? { of, name: follower, period } : null;
}
