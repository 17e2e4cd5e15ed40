/**
 * The summary of what waited for one channel, once nothing keeps it any more, and what of it is for one of those who read there.
 * Pure.
 */
import { type Alert, alertOf, type WaitedAlert } from "./alert.ts";
import { SEVERITIES, type Severity } from "./kinds.ts";
import { isAbout } from "./rules.ts";

/** Of one account; what is more is counted. Each has its own part: whoever sees one account only must not lose what is about it. */
const LISTED_OF_ACCOUNT_MAX = 50;
/** Of all; many accounts have equal parts of it. */
const LISTED_MAX = 500;
/** Kinds that the sentence names. */
const NAMED_MAX = 6;

/** `held` is not empty. */
export function summaryOf(held: readonly Alert[], channel: string, nowMs: number): Alert {
  const summary = alertOf({ kind: "waited", ...reportOf(held), topic: channel }, nowMs);
  return { ...summary, waited: listed(held).map(partOf) };
}

/** A summary with only what is about these accounts: own count, kinds and severity. Any other alert as it is. */
export function seenBy(alert: Alert, accounts: ReadonlySet<string> | "all"): Alert {
  if (alert.waited === undefined || accounts === "all") return alert;
  const waited = alert.waited.filter((one) => isAbout(one, accounts));
  const { severity, message, cause, numbers } = alertOf({ kind: "waited", ...reportOf(waited) }, alert.atMs);
  return { ...alert, severity, message, ...(cause === undefined ? {} : { cause }), numbers, waited };
}

type Counted = Pick<Alert, "kind" | "severity">;

function reportOf(held: readonly Counted[]) {
  return { severity: worst(held), cause: sentenceOf(held), numbers: { alerts: held.length } };
}

/** `12 alerts: 7 order-rejected, 4 connection-down, stream-silent` */
function sentenceOf(held: readonly Counted[]): string {
  const counts = [...Map.groupBy(held, ({ kind }) => kind)]
    .map(([kind, of]) => ({ kind, count: of.length }))
    .toSorted((one, other) => other.count - one.count);
  const named = counts
    .slice(0, NAMED_MAX)
    .map(({ kind, count }) => (count === 1 ? kind : `${count} ${kind}`));
  const more = counts.length > NAMED_MAX ? [`${counts.length - NAMED_MAX} more kinds`] : [];
  return `${held.length} alert${held.length === 1 ? "" : "s"}: ${[...named, ...more].join(", ")}`;
}

/** The most severe and newest of each account, as they came. */
function listed(held: readonly Alert[]): readonly Alert[] {
  if (held.length <= LISTED_OF_ACCOUNT_MAX) return held;
  const byAccount = [...Map.groupBy(held, ({ follower, leader }) => follower ?? leader).values()];
  const ofEach = Math.min(LISTED_OF_ACCOUNT_MAX, Math.max(1, Math.floor(LISTED_MAX / byAccount.length)));
  const kept = new Set(byAccount.flatMap((own) => own.toSorted(byGravity).slice(0, ofEach)));
  return held.filter((one) => kept.has(one));
}

function byGravity(one: Alert, other: Alert): number {
  return rankOf(other) - rankOf(one) || other.atMs - one.atMs;
}

function partOf(alert: Alert): WaitedAlert {
  const { id, kind, severity, message, leader, follower, instrument, numbers, atMs } = alert;
  return {
    id,
    kind,
    severity,
    message,
    ...(leader === undefined ? {} : { leader }),
    ...(follower === undefined ? {} : { follower }),
    ...(instrument === undefined ? {} : { instrument }),
    ...(kind === "report-ready" ? { numbers } : {}),
    atMs,
  };
}

function worst(held: readonly Counted[]): Severity {
  return SEVERITIES[Math.max(0, ...held.map(rankOf))] ?? "info";
}

function rankOf({ severity }: Counted): number {
  return SEVERITIES.indexOf(severity);
}
