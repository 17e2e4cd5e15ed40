/**
 * The lines of the outbox: an alert with the channels it goes to, what became of it on one, and the marks of a run's begin and
 * end. Folding all lines gives what happened and what still waits; folding a line twice changes nothing. Pure.
 */
import type { Alert } from "./alert.ts";

export type Ending =
  | { readonly kind: "delivered"; readonly answer: string }
  | { readonly kind: "given-up"; readonly cause: string };

export type OutboxRecord =
  | { readonly type: "alert"; readonly alert: Alert; readonly channels: readonly string[] }
  | {
      readonly type: "ended";
      readonly id: string;
      readonly channel: string;
      readonly atMs: number;
      readonly ending: Ending;
    }
  | { readonly type: "run"; readonly run: "started" | "stopped"; readonly atMs: number };

/** An alert and its fate per channel: null while it waits. */
export interface OutboxEntry {
  readonly alert: Alert;
  readonly channels: Map<string, Ending | null>;
}

export class OutboxView {
  /** By id, oldest first. */
  readonly entries = new Map<string, OutboxEntry>();
  /** What the last run said last; null before the first. */
  lastRun: "started" | "stopped" | null = null;
  /** Lines that are no records: the torn end of a write that was cut off, or damage. */
  damagedLines = 0;

  /** Folds the lines of one file; what follows the last line end is a torn write. */
  takeText(text: string): void {
    for (const line of text.split("\n")) {
      if (line === "") continue;
      const record = parseRecord(line);
      if (record === null) this.damagedLines += 1;
      else this.take(record);
    }
  }

  take(record: OutboxRecord): void {
    switch (record.type) {
      case "alert":
        return this.#takeAlert(record.alert, record.channels);
      case "ended": {
        const entry = this.entries.get(record.id);
        if (entry?.channels.has(record.channel)) entry.channels.set(record.channel, record.ending);
        return;
      }
      case "run":
        this.lastRun = record.run;
        return;
    }
  }

  /** Alerts that still wait for a channel, oldest first. */
  waitingFor(channel: string): readonly Alert[] {
    return [...this.entries.values()]
      .filter(({ channels }) => channels.get(channel) === null)
      .map(({ alert }) => alert);
  }

  /** Written again when its file is removed: what is known of it stays. */
  #takeAlert(alert: Alert, channels: readonly string[]): void {
    if (this.entries.has(alert.id)) return;
    this.entries.set(alert.id, { alert, channels: new Map(channels.map((name) => [name, null])) });
  }
}

export function recordText(record: OutboxRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Null for what no version of this program wrote whole. */
function parseRecord(line: string): OutboxRecord | null {
  try {
    const record: unknown = JSON.parse(line);
    return isRecord(record) ? record : null;
  } catch {
    return null;
  }
}

/** Our own file: enough is checked to tell a record from damage. */
function isRecord(value: unknown): value is OutboxRecord {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  if (value.type === "run") return "run" in value;
  if (value.type === "ended") return "id" in value && "channel" in value && "ending" in value;
  if (value.type !== "alert" || !("alert" in value) || !("channels" in value)) return false;
  const { alert, channels } = value;
  return typeof alert === "object" && alert !== null && "id" in alert && Array.isArray(channels);
}
