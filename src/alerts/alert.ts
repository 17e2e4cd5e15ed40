/**
 * One alert: what whoever knows of something reports, what becomes of it, and its words for people. Plain data; nothing in it
 * is secret. Times are UTC milliseconds.
 */
import { createHash } from "node:crypto";
import type { AccountId, InstrumentId } from "../core/model/identifiers.ts";
import type { ReasonDetail } from "../core/reason.ts";
import { ALERT_KINDS, type AlertKind, type Severity } from "./kinds.ts";

/** What is given to `raise`; all but the kind where it applies. */
export interface AlertReport {
  readonly kind: AlertKind;
  /** Where this case is more or less severe than its kind; then the topic tells severities apart, or a mild one keeps a grave one quiet. */
  readonly severity?: Severity;
  readonly leader?: AccountId;
  readonly follower?: AccountId;
  readonly instrument?: InstrumentId;
  /** What exactly, in the words of the venue or the system. */
  readonly cause?: string;
  /** The numbers at that moment; amounts as decimal strings. */
  readonly numbers?: ReasonDetail;
  /** Tells cases of one kind, leader, follower and instrument apart: each has a quiet period of its own. */
  readonly topic?: string;
  /** When it happened; now when left out. */
  readonly atMs?: number;
  /** Number of the journaled event that it follows from (`state.eventSequence`). */
  readonly event?: number;
}

export interface Alert {
  /** 24 hexadecimal digits. The same thing that happened has the same id, however often it is delivered. */
  readonly id: string;
  readonly kind: AlertKind;
  readonly severity: Severity;
  /** The sentence of the kind, with the cause. */
  readonly message: string;
  readonly leader?: AccountId;
  readonly follower?: AccountId;
  readonly instrument?: InstrumentId;
  readonly cause?: string;
  readonly numbers: ReasonDetail;
  readonly atMs: number;
  /** What has the same key within a quiet period is counted, not told. */
  readonly key: string;
  readonly event?: number;
  /** Only in a summary: how often it happened since `sinceMs` without being told. */
  readonly repeats?: { readonly count: number; readonly sinceMs: number };
  /** Only of the kind `waited`: what waited, oldest first; where there was too much, the least severe of each account are left out. */
  readonly waited?: readonly WaitedAlert[];
  /** The id of the alert that nobody acknowledged, which is told again by this one. */
  readonly escalates?: string;
}

/** What of an alert is told in the summary of those that waited; numbers only of a report that is ready, which is found by them. */
export type WaitedAlert = Pick<
  Alert,
  "id" | "kind" | "severity" | "message" | "leader" | "follower" | "instrument" | "atMs"
> &
  Partial<Pick<Alert, "numbers">>;

/** Longer words of others are cut. */
const CAUSE_MAX = 500;

export function alertOf(report: AlertReport, nowMs: number): Alert {
  const { kind, leader, follower, instrument, cause, topic, event, atMs = nowMs } = report;
  const facts = ALERT_KINDS[kind];
  const key = [kind, leader, follower, instrument, topic].map((part) => part ?? "").join("|");
  const words = cause === undefined || cause === "" ? undefined : oneLine(cause);
  return {
    id: idOf(key, atMs, event),
    kind,
    severity: report.severity ?? facts.severity,
    message: words === undefined ? facts.sentence : `${facts.sentence}: ${words}`,
    ...(leader === undefined ? {} : { leader }),
    ...(follower === undefined ? {} : { follower }),
    ...(instrument === undefined ? {} : { instrument }),
    ...(words === undefined ? {} : { cause: words }),
    numbers: report.numbers ?? {},
    atMs,
    key,
    ...(event === undefined ? {} : { event }),
  };
}

/** Follows from what happened, so that telling it again after a restart is seen to be the same. */
export function idOf(key: string, atMs: number, event?: number): string {
  return createHash("sha256")
    .update(JSON.stringify([key, atMs, event ?? null]))
    .digest("hex")
    .slice(0, 24);
}

/** What leaves the process: all but what only the outbox needs. */
export function publicAlert({ key: _, event: __, ...told }: Alert): Omit<Alert, "key" | "event"> {
  return told;
}

/** `slave1 BTCUSDT: the venue rejected an order: ... (code 110007) [12 more times]` */
export function describeAlert(alert: Alert): string {
  const { leader, follower, instrument, message, numbers, repeats } = alert;
  const names = [leader, follower].filter((name) => name !== undefined).join(" > ");
  const who = [names, instrument?.split("@")[0]].filter((part) => part !== undefined && part !== "");
  const shown = Object.entries(numbers).map(([name, value]) => `${name} ${value}`);
  const seconds = repeats === undefined ? 0 : Math.round((alert.atMs - repeats.sinceMs) / 1_000);
  return [
    who.length === 0 ? message : `${who.join(" ")}: ${message}`,
    shown.length === 0 ? "" : ` (${shown.join(", ")})`,
    repeats === undefined ? "" : ` [${repeats.count} more in ${seconds} s]`,
  ].join("");
}

/** One line for each that waited: `2026-05-01 02:13 UTC slave1 BTCUSDT: the venue rejected an order: ...` */
export function describeWaited({ waited = [] }: Pick<Alert, "waited">): readonly string[] {
  return waited.map((one) => {
    const time = new Date(one.atMs).toISOString().slice(0, 16).replace("T", " ");
    return `${time} UTC  ${describeAlert({ ...one, numbers: {}, key: "" })}`;
  });
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
  return plain.length <= CAUSE_MAX ? plain : `${plain.slice(0, CAUSE_MAX)}...`;
}
