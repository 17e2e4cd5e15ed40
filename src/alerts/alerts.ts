/**
 * THE ONE PLACE for alerts: whoever knows of something calls `raise`. What passes the quiet period is accepted into the outbox
 * in the next turn of the event loop, never within the handling of an event, and goes from there to every channel that wants
 * its severity. Nothing here can hold up or change a decision; trouble with an alert is logged.
 */
import type { Chance, Clock, Timer } from "../exchange/transport.ts";
import type { Disk } from "../journal/disk.ts";
import type { Log, Redactor } from "../log.ts";
import { type Alert, type AlertReport, alertOf } from "./alert.ts";
import type { AlertChannel } from "./channel.ts";
import { Delivery } from "./delivery.ts";
import { severityAtLeast } from "./kinds.ts";
import { Outbox } from "./outbox.ts";
import { QuietPeriods } from "./quiet-periods.ts";

export interface AlertOptions {
  /** The same again within this time is counted and told once. */
  readonly quietMs: number;
  /** What could not be delivered for so long is given up. */
  readonly giveUpAfterMs: number;
}

export interface AlertParts {
  /** A folder of its own. */
  readonly disk: Disk;
  readonly channels: readonly AlertChannel[];
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  /** Knows every secret; whatever text comes from outside passes through it. */
  readonly redactor: Redactor;
  readonly options: AlertOptions;
}

const LOOK_MS = 1_000;
const KEYS_PER_KIND_MAX = 20;
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
  /** The newest journaled event that an alert of an earlier run followed from. */
  readonly #toldUpTo: number;
  #accepted: Alert[] = [];
  #flush: Timer | null = null;
  #look: Timer | null = null;
  #isOpen = false;
  #isClosed = false;

  /** Throws a DiskError when the outbox cannot be used. Nothing is delivered before `open`. */
  constructor(parts: AlertParts) {
    const { log, disk, options } = parts;
    this.#parts = parts;
    this.#outbox = new Outbox(disk, (cause) => log.error("an alert could not be written down", { cause }));
    this.#quiet = new QuietPeriods({ quietMs: options.quietMs, keysPerKindMax: KEYS_PER_KIND_MAX });
    this.#deliveries = parts.channels.map((channel) => this.#deliveryTo(channel));
    let toldUpTo = -1;
    for (const { alert } of this.#outbox.view.entries.values()) {
      this.#quiet.restore(alert);
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
    const { clock, chance, log, options } = this.#parts;
    const { name } = channel;
    return new Delivery({
      channel,
      clock,
      chance,
      giveUpAfterMs: options.giveUpAfterMs,
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
    const { channels } = this.#parts;
    const wanting = ({ severity }: Alert) =>
      channels
        .filter(({ leastSeverity }) => severityAtLeast(severity, leastSeverity))
        .map(({ name }) => name);
    this.#outbox.accept(alerts.map((alert) => ({ alert, channels: wanting(alert) })));
    for (const delivery of this.#deliveries) {
      delivery.add(alerts.filter((alert) => wanting(alert).includes(delivery.name)));
    }
  }

  #planLook(): void {
    if (this.#isClosed) return;
    this.#look = this.#parts.clock.setTimer(LOOK_MS, () => {
      this.#attempt(() => this.#accept(this.#quiet.due(this.#parts.clock.nowMs())));
      this.#planLook();
    });
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
