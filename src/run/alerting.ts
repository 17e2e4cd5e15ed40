/**
 * The alerts of a run: the channels that the configuration names, an outbox in the data folder, and what is told of the
 * journal and of the run itself; the watchdogs (watching.ts) tell what lasts. Where the outbox cannot be used, copying goes on
 * without alerts.
 */
import type { AlertReport } from "../alerts/alert.ts";
import { Alerts } from "../alerts/alerts.ts";
import type { AlertChannel } from "../alerts/channel.ts";
import { type CopiesSettings, CopiesTold, copiesToldUpTo } from "../alerts/copies.ts";
import { emailChannels } from "../alerts/email/email.ts";
import { alertsOf } from "../alerts/from-journal.ts";
import { terminalChannel } from "../alerts/terminal.ts";
import { webhookChannel } from "../alerts/webhook.ts";
import type { Configuration } from "../config.ts";
import type { AlertBook } from "../control/alert-requests.ts";
import type { Decision } from "../core/decision.ts";
import type { Event } from "../core/event.ts";
import type { State } from "../core/state.ts";
import { dataFolderPaths } from "../data-folder.ts";
import type { EngineObserver } from "../engine/observer.ts";
import { createHttpClient, type HttpClient } from "../exchange/net/http-client.ts";
import type { Chance, Clock, Timer } from "../exchange/transport.ts";
import { type Disk, DiskError } from "../journal/disk.ts";
import type { FoldHooks } from "../journal/fold.ts";
import { RealDisk } from "../journal/real-disk.ts";
import { type Log, Redactor } from "../log.ts";
import { alertRulesOf } from "./alert-rules.ts";
import type { Printer } from "./printer.ts";

export interface AlertingParts {
  readonly configuration: Configuration;
  readonly dataDir: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly printer: Printer;
  /** Others for tests. */
  readonly outbox?: Disk;
  readonly channels?: readonly AlertChannel[];
}

const COPIES_LOOK_MS = 500;

/** Hears, once a run, that what was decided could not be told. */
interface Stumbling {
  stumbled(error: unknown): void;
}

/** What else is told of an event. */
type Noting = (event: Event, state: State) => readonly AlertReport[];

export class Alerting {
  readonly #http: HttpClient = alertClient();
  readonly #alerts: Alerts | null;
  readonly #clock: Clock;
  readonly #copies = new CopiesTold(() => this.#copiesSettings);
  #copiesSettings: CopiesSettings;
  #copiesLook: Timer | null = null;
  #isStarted = false;
  #hasStumbled = false;

  constructor(parts: AlertingParts) {
    this.#clock = parts.clock;
    this.#copiesSettings = copiesOf(parts.configuration);
    this.#alerts = this.#openAlerts(parts);
  }

  /** For commands; null where the outbox cannot be used. */
  get book(): AlertBook | null {
    return this.#alerts;
  }

  /** Settings were changed while running. */
  reconfigure(configuration: Configuration): void {
    this.#alerts?.reconfigure(alertRulesOf(configuration));
    this.#copiesSettings = copiesOf(configuration);
  }

  /** For recovery: what the last run journaled and could not tell any more. */
  get recoveryHooks(): FoldHooks {
    const view = this.#alerts?.view;
    if (view === undefined) return {};
    const toldUpTo = copiesToldUpTo(view);
    return {
      onStep: ({ event, decision }, state) => {
        for (const report of alertsOf(event, decision, state)) this.#alerts?.raiseAgain(report);
        const wasTold = event.kind === "follower-filled" && state.eventSequence <= toldUpTo(event.account);
        if (!wasTold) this.#copies.note(event, state);
      },
    };
  }

  /** After recovery and before the engine: delivers from here on. */
  open(): void {
    this.#alerts?.open();
    this.#lookAtCopies();
  }

  raise(report: AlertReport): void {
    this.#alerts?.raise(report);
  }

  /** Watches the engine together with others. What fails in any of them keeps nothing from being traded. */
  beside(other: Required<EngineObserver> & Stumbling, besides: Noting): EngineObserver {
    return {
      decided: (event, decision, state) => {
        this.#tell(other, () => other.decided(event, decision, state));
        this.#tell(other, () => this.#note(event, decision, state, besides));
      },
      failed: (error) => {
        other.failed(error);
        this.raise({ kind: "journal-failed", cause: error.message });
      },
    };
  }

  #tell(other: Stumbling, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!this.#hasStumbled) other.stumbled(error);
      this.#hasStumbled = true;
    }
  }

  started(): void {
    this.#isStarted = true;
    this.raise({ kind: "engine-started" });
  }

  /** To be called when nothing more can happen. */
  async close(): Promise<void> {
    this.#copiesLook?.cancel();
    for (const report of this.#copies.due(this.#clock.nowMs(), { isLast: true })) this.raise(report);
    if (this.#isStarted) this.raise({ kind: "engine-stopped" });
    this.#isStarted = false;
    await this.#alerts?.close();
    this.#http.close();
  }

  #note(event: Event, decision: Decision, state: State, besides: Noting): void {
    for (const report of alertsOf(event, decision, state)) this.raise(report);
    for (const report of besides(event, state)) this.raise(report);
    this.#copies.note(event, state);
  }

  #lookAtCopies(): void {
    this.#copiesLook = this.#clock.setTimer(COPIES_LOOK_MS, () => {
      for (const report of this.#copies.due(this.#clock.nowMs())) this.raise(report);
      this.#lookAtCopies();
    });
  }

  #openAlerts(parts: AlertingParts): Alerts | null {
    const { configuration, dataDir, log, clock, chance, printer, outbox, channels } = parts;
    try {
      return new Alerts({
        disk: outbox ?? new RealDisk(dataFolderPaths(dataDir).alerts),
        channels: channels ?? [
          // A start that failed says so itself, and last.
          terminalChannel((alert) => alert.kind !== "start-failed" && printer.alert(alert)),
          ...webhookOf(configuration, this.#http, clock),
          ...emailOf(configuration),
        ],
        clock,
        chance,
        log,
        redactor: redactorOf(configuration),
        rules: alertRulesOf(configuration),
      });
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      log.error("the outbox of alerts cannot be used: no alerts are sent", { cause: error.message });
      return null;
    }
  }
}

/** Apart from the venues' connections, and small: alerts are few, and answers short. */
export function alertClient(): HttpClient {
  return createHttpClient({ connectionsMax: 2, bodyBytesMax: 64 * 1024, waitingMax: 16 });
}

function copiesOf({ alerts: { settings } }: Pick<Configuration, "alerts">): CopiesSettings {
  return { told: settings.copies.value, summaryMs: settings.copiesSummaryMinutes.value * 60_000 };
}

/** The webhook, where one is configured whole. */
export function webhookOf(
  { alerts: { webhook } }: Configuration,
  http: HttpClient,
  clock: Clock,
): readonly AlertChannel[] {
  if (webhook === null || webhook.secret === null) return [];
  const { url, secret } = webhook;
  return [webhookChannel({ url, signer: secret, http, clock })];
}

/** One for each recipient, where a mail server is configured. */
export function emailOf({ alerts: { email } }: Pick<Configuration, "alerts">): readonly AlertChannel[] {
  if (email === null || (email.user !== null && email.password === null)) return [];
  return emailChannels(email, email.recipients);
}

/** Of the channels. */
export function alertSecrets({ alerts, telegram }: Pick<Configuration, "alerts" | "telegram">) {
  return [alerts.webhook?.secret, alerts.email?.password, telegram.token.value];
}

function redactorOf(configuration: Configuration): Redactor {
  const redactor = new Redactor();
  const { accounts } = configuration;
  for (const holder of [...accounts.map(({ credentials }) => credentials), ...alertSecrets(configuration)]) {
    holder?.maskIn((secret) => redactor.register(secret));
  }
  return redactor;
}
