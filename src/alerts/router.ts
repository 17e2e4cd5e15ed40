/**
 * Which channels an alert goes to now, which hold it, and what of that may be told later. Knows how much each channel was given
 * within the last hour; the rest is the rules' (rules.ts) and the outbox's.
 */
import type { Alert } from "./alert.ts";
import type { AlertChannel } from "./channel.ts";
import type { OutboxEntry, OutboxView } from "./outbox-records.ts";
import { type AlertRules, type Moment, type Way, wayOf } from "./rules.ts";

const HOUR_MS = 3_600_000;

type Recipient = Pick<AlertChannel, "name" | "family" | "isFor">;

export interface Ways {
  readonly channels: readonly string[];
  readonly held: readonly string[];
}

export interface Released {
  readonly channel: string;
  /** Oldest first, never empty. */
  readonly alerts: readonly Alert[];
}

export class Router {
  readonly #own: readonly Recipient[];
  readonly #view: OutboxView;
  #rules: AlertRules;
  /** Times of what a channel was given. */
  readonly #given = new Map<string, number[]>();

  constructor(channels: readonly Recipient[], view: OutboxView, rules: AlertRules) {
    this.#own = channels;
    this.#view = view;
    this.#rules = rules;
    for (const { alert, channels: fates } of view.entries.values()) {
      for (const [name, fate] of fates) {
        if (fate?.kind !== "held" && fate?.kind !== "summed") this.#note(name, alert.atMs);
      }
    }
  }

  reconfigure(rules: AlertRules): void {
    this.#rules = rules;
  }

  /** Each counts as given where it goes at once. */
  ways(alert: Alert, nowMs: number): Ways {
    const found = this.#recipients().map((one) => ({ name: one.name, way: this.#wayTo(one, alert, nowMs) }));
    const named = (wanted: Way) => found.filter(({ way }) => way === wanted).map(({ name }) => name);
    const channels = named("send");
    for (const name of channels) this.#note(name, nowMs);
    return { channels, held: named("hold") };
  }

  /** Where one goes that nobody acknowledged: past every rule but kinds that are off, to whom it is for. */
  escalated(alert: Alert): readonly string[] {
    const { escalation, kindsOff, channels } = this.#rules;
    if (kindsOff.has(alert.kind)) return [];
    const families = escalation?.families ?? null;
    return this.#recipients()
      .filter(
        ({ family, isFor }) =>
          (families === null || families.has(family)) &&
          !channels[family].kindsOff.has(alert.kind) &&
          isFor?.(alert) !== false,
      )
      .map(({ name }) => name);
  }

  /** What was held and is kept by nothing any more, for each channel that may be told something now. */
  released(open: readonly OutboxEntry[], nowMs: number): readonly Released[] {
    const recipients = new Map(this.#recipients().map((one) => [one.name, one]));
    const free = new Map<string, Alert[]>();
    for (const { alert, channels } of open) {
      for (const [name, fate] of channels) {
        const recipient = fate?.kind === "held" ? recipients.get(name) : undefined;
        if (recipient === undefined || this.#wayTo(recipient, alert, nowMs) === "hold") continue;
        const alerts = free.get(name);
        if (alerts === undefined) free.set(name, [alert]);
        else alerts.push(alert);
      }
    }
    for (const name of free.keys()) this.#note(name, nowMs);
    return [...free].map(([channel, alerts]) => ({ channel, alerts }));
  }

  #recipients(): readonly Recipient[] {
    const collected = [...this.#view.collectors].map((name) => ({ name, family: name }));
    return [...this.#own, ...collected];
  }

  #wayTo({ name, family, isFor }: Recipient, alert: Alert, nowMs: number): Way {
    if (isFor?.(alert) === false) return "off";
    return wayOf(alert, family, this.#rules, this.#momentOf(name, nowMs));
  }

  #momentOf(name: string, nowMs: number): Moment {
    return { nowMs, mutes: this.#view.mutesAt(nowMs), lastHour: this.#lastHour(name, nowMs) };
  }

  #lastHour(name: string, nowMs: number): number {
    const recent = (this.#given.get(name) ?? []).filter((atMs) => Math.abs(nowMs - atMs) < HOUR_MS);
    this.#given.set(name, recent);
    return recent.length;
  }

  #note(name: string, atMs: number): void {
    const times = this.#given.get(name);
    if (times === undefined) this.#given.set(name, [atMs]);
    else times.push(atMs);
  }
}
