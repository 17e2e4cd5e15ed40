/**
 * THE ONE PLACE for alerts: whoever knows of something calls `raise`. What passes the quiet period is accepted into the outbox
 * in the next turn of the event loop, never within the handling of an event, and goes from there to every channel that the rules
 * let it go to; what they hold comes later in a summary, and what is critical and not acknowledged comes again. Nothing here can
 * hold up or change a decision; trouble with an alert is logged.
 */
import type { Chance, Clock, Timer } from "../exchange/transport.ts";
import type { Disk } from "../journal/disk.ts";
import { ALERT_LINE, type Log, type Redactor } from "../log.ts";
import { type Alert, type AlertReport, alertOf, describeAlert } from "./alert.ts";
import { type AlertChannel, type ChannelTest, type CollectedChannel, testChannel } from "./channel.ts";
import { Delivery } from "./delivery.ts";
import { dueEscalations, mayEscalate } from "./escalation.ts";
import { Outbox } from "./outbox.ts";
import type { Ending, OutboxView } from "./outbox-records.ts";
import { QuietPeriods } from "./quiet-periods.ts";
import { Router, type Ways } from "./router.ts";
import type { AlertRules, Mute } from "./rules.ts";
import { unheard } from "./unheard.ts";
import { summaryOf } from "./waited.ts";

export interface AlertParts {
  /** A folder of its own. */
  readonly disk: Disk;
  readonly channels: readonly AlertChannel[];
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  /** Knows every secret; whatever text comes from outside passes through it. */
  readonly redactor: Redactor;
  readonly rules: AlertRules;
}

const LOOK_MS = 1_000;
const QUIET = { keysPerAccountMax: 20, keysPerKindMax: 100 };
/** How long a stop waits for what is being delivered. */
const CLOSE_MAX_MS = 1_500;
const CLOSE_LOOK_MS = 10;
/** Failures in a row after which the log says it again. */
const SAY_AGAIN = 20;

export class Alerts {
  readonly #parts: AlertParts;
  readonly #outbox: Outbox;
  readonly #quiet: QuietPeriods;
  readonly #deliveries: readonly Delivery[];
  readonly #router: Router;
  #rules: AlertRules;
  /** Ids of critical alerts that nobody acknowledged yet. */
  readonly #unacknowledged = new Set<string>();
  /** The newest journaled event that an alert of an earlier run followed from. */
  readonly #toldUpTo: number;
  #accepted: Alert[] = [];
  #flush: Timer | null = null;
  #look: Timer | null = null;
  #isOpen = false;
  #isClosed = false;

  /** Throws a DiskError when the outbox cannot be used. Nothing is delivered before `open`. */
  constructor(parts: AlertParts) {
    const { log, disk, rules, clock } = parts;
    this.#parts = parts;
    this.#rules = rules;
    this.#outbox = new Outbox(disk, (cause) => log.error("an alert could not be written down", { cause }));
    this.#quiet = new QuietPeriods({ ...QUIET, quietMs: rules.quietMs });
    this.#deliveries = parts.channels.map((channel) => this.#deliveryTo(channel));
    this.#router = new Router(parts.channels, this.#outbox.view, rules);
    let toldUpTo = -1;
    for (const entry of this.#outbox.view.entries.values()) {
      const { alert } = entry;
      this.#quiet.restore(alert);
      if (mayEscalate(entry, clock.nowMs())) this.#unacknowledged.add(alert.id);
      toldUpTo = Math.max(toldUpTo, alert.event ?? -1);
    }
    this.#toldUpTo = toldUpTo;
    const { damagedLines } = this.#outbox.view;
    if (damagedLines > 0) log.warn("lines of the alerts' outbox were damaged", { lines: damagedLines });
  }

  /** The one call; cheap, and never throws. */
  raise(report: AlertReport): void {
    this.#attempt(() => {
      const alert = this.#alertOf(report);
      if (this.#quiet.admits(alert)) this.#accept([alert]);
    });
  }

  /** A report made from the journal of an earlier run: told only if that run died before it could. */
  raiseAgain(report: AlertReport): void {
    this.#attempt(() => {
      // No run ever told anything here: what is in the journal is the past, not what was missed.
      if (this.#outbox.view.lastRun === null) return;
      const alert = this.#alertOf(report);
      if ((alert.event ?? -1) < this.#toldUpTo && !this.#quiet.isQuiet(alert)) return;
      if (this.#outbox.view.entries.has(alert.id) || this.#quiet.knows(alert)) return;
      if (this.#quiet.admits(alert)) this.#accept([alert]);
    });
  }

  /** What happened and what became of it; changes as it goes on. */
  get view(): OutboxView {
    return this.#outbox.view;
  }

  /** Counts for what is held, too. */
  reconfigure(rules: AlertRules): void {
    this.#rules = rules;
    this.#router.reconfigure(rules);
    this.#quiet.reconfigure({ ...QUIET, quietMs: rules.quietMs });
  }

  /** Somebody has seen these: they are not told again. */
  acknowledge(ids: readonly string[], by: string): void {
    if (ids.length > 0) this.#outbox.acknowledge(ids, this.#parts.clock.nowMs(), by);
    for (const id of ids) this.#unacknowledged.delete(id);
  }

  mute(mute: Mute): void {
    this.#outbox.mute(mute);
  }

  /** Whether another process comes for what is told through a channel. */
  collect(channel: CollectedChannel, wants: boolean): void {
    if (this.#outbox.view.collectors.has(channel) !== wants) this.#outbox.collect(channel, wants);
  }

  /** What became of an alert that another process came for. */
  ended(id: string, channel: CollectedChannel, ending: Ending): void {
    this.#outbox.end(id, channel, this.#parts.clock.nowMs(), ending);
  }

  /** One test through every channel of this process. */
  async test(): Promise<readonly ChannelTest[]> {
    const { channels, clock } = this.#parts;
    const alert = alertOf({ kind: "test" }, clock.nowMs());
    const tests: ChannelTest[] = [];
    for (const channel of channels) tests.push(await testChannel(channel, alert));
    return tests;
  }

  /** Marks the begin of a run, and delivers: first what waits from earlier runs. */
  open(): void {
    this.#isOpen = true;
    this.#attempt(() => {
      const hasDied = this.#outbox.view.lastRun === "started";
      this.#outbox.markRun("started", this.#parts.clock.nowMs());
      for (const delivery of this.#deliveries) delivery.add(this.#outbox.view.waitingFor(delivery.name));
      if (hasDied) this.raise({ kind: "engine-died" });
      this.#write();
    });
    this.#planLook();
  }

  /** Tells what is still to be told, waits a little for its delivery, and closes; what was not delivered waits for the next run. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    const { clock } = this.#parts;
    this.#attempt(() => this.#write());
    const untilMs = clock.nowMs() + CLOSE_MAX_MS;
    while (clock.nowMs() < untilMs && this.#deliveries.some((delivery) => !delivery.isResting)) {
      await new Promise<void>((resolve) => clock.setTimer(CLOSE_LOOK_MS, resolve));
    }
    this.#isClosed = true;
    this.#flush?.cancel();
    this.#look?.cancel();
    for (const delivery of this.#deliveries) delivery.close();
    this.#attempt(() => {
      if (this.#isOpen) this.#outbox.markRun("stopped", clock.nowMs());
      this.#outbox.close();
    });
  }

  #deliveryTo(channel: AlertChannel): Delivery {
    const { clock, chance, log, rules } = this.#parts;
    const { name } = channel;
    return new Delivery({
      channel,
      clock,
      chance,
      giveUpAfterMs: rules.giveUpAfterMs,
      ended: ({ id, kind }, ending) => {
        if (this.#isClosed) return;
        if (ending.kind === "given-up")
          log.error("an alert was given up", { through: name, alert: kind, id });
        this.#attempt(() => this.#outbox.end(id, name, clock.nowMs(), ending));
      },
      failed: (cause, failures) => {
        if (failures % SAY_AGAIN === 1)
          log.warn("an alert cannot be delivered yet", { through: name, cause });
      },
    });
  }

  #alertOf(report: AlertReport): Alert {
    const { redactor, clock } = this.#parts;
    const { cause, numbers = {} } = report;
    const shown = Object.fromEntries(
      Object.entries(numbers).map(([name, value]) => [
        name,
        typeof value === "string" ? redactor.text(value) : value,
      ]),
    );
    const words = cause === undefined ? {} : { cause: redactor.text(cause) };
    return alertOf({ ...report, ...words, numbers: shown }, clock.nowMs());
  }

  #accept(alerts: readonly Alert[]): void {
    if (alerts.length === 0) return;
    this.#accepted.push(...alerts);
    this.#flush ??= this.#parts.clock.setTimer(0, () => this.#attempt(() => this.#write()));
  }

  #write(): void {
    this.#flush?.cancel();
    this.#flush = null;
    const alerts = this.#accepted;
    this.#accepted = [];
    if (alerts.length === 0 || this.#isClosed) return;
    const nowMs = this.#parts.clock.nowMs();
    this.#send(alerts.map((alert) => ({ alert, ...this.#router.ways(alert, nowMs) })));
    for (const alert of alerts) this.#log(alert);
  }

  /** For whoever reads the log alone. Not as an error: a kill switch that was pulled is critical, and none. */
  #log(alert: Alert): void {
    const { kind, severity, leader, follower, instrument, atMs } = alert;
    const level = severity === "info" ? "info" : "warn";
    const about = {
      ...(leader && { leader }),
      ...(follower && { follower }),
      ...(instrument && { instrument }),
    };
    this.#parts.log[level](ALERT_LINE, { severity, alert: kind, ...about, text: describeAlert(alert) }, atMs);
  }

  /** All in one write; then each channel has its own. */
  #send(accepted: readonly (Ways & { readonly alert: Alert; readonly sums?: readonly string[] })[]): void {
    if (accepted.length === 0) return;
    const nowMs = this.#parts.clock.nowMs();
    this.#outbox.accept(accepted);
    for (const { alert } of accepted) {
      const entry = this.#outbox.view.entries.get(alert.id);
      if (entry !== undefined && mayEscalate(entry, nowMs)) this.#unacknowledged.add(alert.id);
    }
    for (const delivery of this.#deliveries) {
      delivery.add(
        accepted.filter(({ channels }) => channels.includes(delivery.name)).map(({ alert }) => alert),
      );
    }
  }

  #planLook(): void {
    if (this.#isClosed) return;
    this.#look = this.#parts.clock.setTimer(LOOK_MS, () => {
      this.#attempt(() => this.#lookAt(this.#parts.clock.nowMs()));
      this.#planLook();
    });
  }

  #lookAt(nowMs: number): void {
    this.#accept(this.#quiet.due(nowMs));
    const open = this.#outbox.open();
    for (const { channel, alerts } of this.#router.released(open, nowMs)) {
      const alert = summaryOf(alerts, channel, nowMs);
      this.#send([{ alert, channels: [channel], held: [], sums: alerts.map(({ id }) => id) }]);
    }
    this.#escalate(nowMs);
    this.#giveUpUnheard(nowMs);
  }

  #escalate(nowMs: number): void {
    const { escalation } = this.#rules;
    if (escalation === null || this.#unacknowledged.size === 0) return;
    const due = dueEscalations(this.#outbox.view, this.#unacknowledged, escalation, nowMs);
    const ways = due.map((alert) => ({ alert, channels: this.#router.escalated(alert), held: [] }));
    this.#send(ways.filter(({ channels }) => channels.length > 0));
  }

  /** What nobody came for, and what waits for a channel that there is no more, is not kept for ever; nor is more than so much of it. */
  #giveUpUnheard(nowMs: number): void {
    const own = new Set(this.#deliveries.map(({ name }) => name));
    for (const { id, channel, cause } of unheard(this.#outbox, own, this.#rules.giveUpAfterMs, nowMs))
      this.#outbox.end(id, channel, nowMs, { kind: "given-up", cause });
  }

  /** An alert that fails must not stop trading. */
  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#parts.log.error("an alert failed", { error });
    }
  }
}
