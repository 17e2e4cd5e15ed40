/**
 * The lines of the outbox: an alert with the channels it goes to, what became of it on one, who acknowledged what, what is muted,
 * who comes for alerts, and the marks of a run's begin and end. Folding all lines gives what happened and what still waits; folding
 * a line twice changes nothing. Pure.
 */
import type { Alert } from "./alert.ts";
import { COLLECTED, type CollectedChannel } from "./channel.ts";
import type { Mute } from "./rules.ts";

export type Ending =
  | { readonly kind: "delivered"; readonly answer: string }
  | { readonly kind: "given-up"; readonly cause: string };

/** On one channel; null while it waits to be delivered. */
export type Fate =
  | Ending
  /** It waits for the end of what keeps it: quiet hours, a mute, too much within an hour. */
  | { readonly kind: "held" }
  /** It was told in the summary of this id. */
  | { readonly kind: "summed"; readonly in: string }
  | null;

export interface Acknowledgement {
  readonly atMs: number;
  readonly by: string;
}

export type OutboxRecord =
  | {
      readonly type: "alert";
      readonly alert: Alert;
      readonly channels: readonly string[];
      /** Channels that it is held for. */
      readonly held?: readonly string[];
      /** Ids of those that this one sums up, on its channels. */
      readonly sums?: readonly string[];
    }
  | {
      readonly type: "ended";
      readonly id: string;
      readonly channel: string;
      readonly atMs: number;
      readonly ending: Ending;
    }
  | {
      readonly type: "acknowledged";
      readonly ids: readonly string[];
      readonly atMs: number;
      readonly by: string;
    }
  /** Ends at once where `untilMs` is not after `atMs`. */
  | { readonly type: "mute"; readonly mute: Mute }
  | { readonly type: "collector"; readonly channel: CollectedChannel; readonly wants: boolean }
  | { readonly type: "run"; readonly run: "started" | "stopped"; readonly atMs: number };

/** An alert, its fate per channel, and who acknowledged it. */
export interface OutboxEntry {
  readonly alert: Alert;
  readonly channels: Map<string, Fate>;
  acknowledged: Acknowledgement | null;
}

export class OutboxView {
  /** By id, oldest first. */
  readonly entries = new Map<string, OutboxEntry>();
  /** What the last run said last; null before the first. */
  lastRun: "started" | "stopped" | null = null;
  /** By kind; null for that of every kind. */
  readonly mutes = new Map<Mute["kind"], Mute>();
  /** Who comes for alerts. */
  readonly collectors = new Set<CollectedChannel>();
  /** How often, and when last, an alert was told again because nobody acknowledged it; by its id. */
  readonly escalations = new Map<string, { readonly times: number; readonly lastMs: number }>();
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
        return this.#takeAlert(record);
      case "ended": {
        const entry = this.entries.get(record.id);
        if (entry?.channels.has(record.channel)) entry.channels.set(record.channel, record.ending);
        return;
      }
      case "acknowledged":
        for (const id of record.ids) {
          const entry = this.entries.get(id);
          if (entry !== undefined) entry.acknowledged ??= { atMs: record.atMs, by: record.by };
        }
        return;
      case "mute": {
        const { mute } = record;
        if (mute.untilMs > mute.atMs) this.mutes.set(mute.kind, mute);
        else this.mutes.delete(mute.kind);
        return;
      }
      case "collector":
        if (record.wants) this.collectors.add(record.channel);
        else this.collectors.delete(record.channel);
        return;
      case "run":
        this.lastRun = record.run;
        return;
    }
  }

  /** Those that are not over. */
  mutesAt(nowMs: number): readonly Mute[] {
    return [...this.mutes.values()].filter(({ untilMs }) => untilMs > nowMs);
  }

  /** Alerts that still wait for a channel, oldest first. */
  waitingFor(channel: string): readonly Alert[] {
    return [...this.entries.values()]
      .filter(({ channels }) => channels.get(channel) === null)
      .map(({ alert }) => alert);
  }

  /** Written again when its file is removed: what is known of it stays. */
  #takeAlert({ alert, channels, held = [], sums = [] }: Extract<OutboxRecord, { type: "alert" }>): void {
    if (this.entries.has(alert.id)) return;
    const fates: readonly (readonly [string, Fate])[] = [
      ...channels.map((name) => [name, null] as const),
      ...held.map((name) => [name, { kind: "held" }] as const),
    ];
    this.entries.set(alert.id, { alert, channels: new Map(fates), acknowledged: null });
    for (const id of sums) this.#sum(id, channels, alert.id);
    if (alert.escalates === undefined) return;
    const times = (this.escalations.get(alert.escalates)?.times ?? 0) + 1;
    this.escalations.set(alert.escalates, { times, lastMs: alert.atMs });
  }

  #sum(id: string, channels: readonly string[], summary: string): void {
    const entry = this.entries.get(id);
    for (const name of channels) {
      if (entry?.channels.get(name)?.kind === "held")
        entry.channels.set(name, { kind: "summed", in: summary });
    }
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
  if (value.type === "acknowledged") return "ids" in value && Array.isArray(value.ids) && "by" in value;
  if (value.type === "mute") return "mute" in value && typeof value.mute === "object" && value.mute !== null;
  if (value.type === "collector") return "channel" in value && isCollected(value.channel) && "wants" in value;
  if (value.type !== "alert" || !("alert" in value) || !("channels" in value)) return false;
  const { alert, channels } = value;
  return typeof alert === "object" && alert !== null && "id" in alert && Array.isArray(channels);
}

function isCollected(name: unknown): name is CollectedChannel {
  return COLLECTED.some((one) => one === name);
}
