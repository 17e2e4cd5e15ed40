/** Critical alerts that nobody acknowledged in time, told again. Pure. */
import { type Alert, idOf } from "./alert.ts";
import type { OutboxEntry, OutboxView } from "./outbox-records.ts";
import { type Escalation, isMuted } from "./rules.ts";

/** What is older is history, not something to be woken for. */
const AGE_MAX_MS = 86_400_000;

/** Those that are due now. What was muted by its kind is not told meanwhile. */
export function dueEscalations(
  view: OutboxView,
  candidates: Iterable<string>,
  { afterMs, times }: Escalation,
  nowMs: number,
): readonly Alert[] {
  const mutes = view.mutesAt(nowMs);
  const due: Alert[] = [];
  for (const id of candidates) {
    const entry = view.entries.get(id);
    if (entry === undefined || !mayEscalate(entry, nowMs)) continue;
    const told = view.escalations.get(id) ?? { times: 0, lastMs: entry.alert.atMs };
    if (told.times >= times || nowMs - told.lastMs < afterMs) continue;
    if (!isMuted(entry.alert, { mutes, nowMs })) due.push(escalated(entry.alert, told.times + 1, nowMs));
  }
  return due;
}

/** Whether it may ever be told again. */
export function mayEscalate({ alert, acknowledged }: OutboxEntry, nowMs: number): boolean {
  const { severity, escalates, waited, atMs } = alert;
  return (
    severity === "critical" &&
    acknowledged === null &&
    escalates === undefined &&
    waited === undefined &&
    nowMs - atMs < AGE_MAX_MS
  );
}

function escalated({ event: _, ...alert }: Alert, time: number, nowMs: number): Alert {
  const minutes = Math.round((nowMs - alert.atMs) / 60_000);
  const key = `escalation|${alert.id}`;
  return {
    ...alert,
    id: idOf(key, alert.atMs, time),
    key,
    message: `nobody has acknowledged this for ${minutes} min: ${alert.message}`,
    atMs: nowMs,
    escalates: alert.id,
  };
}
