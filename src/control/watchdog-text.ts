/** A watchdog that is not ok, in one line: what, by which figure, since when, and what is done about it. */
import type { WatchdogReport } from "../watch/watchdog.ts";

const SAYS: Readonly<Record<WatchdogReport["name"], string>> = {
  stream: "the stream told nothing of a change for",
  prices: "the price stream told nothing of a change for",
  connection: "the connection is down for",
  leader: "what the leader holds is unconfirmed for",
  follower: "what the follower holds is unconfirmed for",
  drift: "it is apart from its target for",
  margin: "its positions bind as margin",
  api: "errors that the venue answered within a minute:",
  clock: "its clock and this machine's are apart by",
  disk: "free on the disk:",
  journal: "the journal waits for the disk for",
  database: "the database is behind the journal by",
  "event-loop": "the process was kept waiting for",
};

const DOES: Readonly<Record<WatchdogReport["action"][number], string>> = {
  "stop-opening": "nothing is opened",
  reconnect: "it is reconnected",
  poll: "it is read by REST meanwhile",
  resync: "its time is asked anew",
  correct: "stamps are corrected for it",
  "read-again": "the account is read again",
  tell: "see docs/reliability.md",
};

/** `stream lead: the stream told nothing of a change for 4 s (allowed: 3 s), since 12:00:03 UTC; it is reconnected` */
export function describeWatchdog(report: WatchdogReport): string {
  const { name, subject, value, threshold, since, action } = report;
  const bound = name === "disk" ? "wanted" : "allowed";
  const begun = since === null ? "" : `, since ${new Date(since).toISOString().slice(11, 19)} UTC`;
  const figures = `${figure(value, report)} (${bound}: ${figure(threshold, report)})${begun}`;
  return [`${name} ${subject}: ${SAYS[name]} ${figures}`, ...action.map((one) => DOES[one])].join("; ");
}

function figure(value: number, { unit }: WatchdogReport): string {
  if (unit === "count") return String(value);
  if (unit !== "ms") return `${value} ${unit}`;
  return value >= 10_000 ? `${Math.round(value / 1_000)} s` : `${value} ms`;
}
