/**
 * Alerts on their way: fetched from the engine's outbox, written down here before the outbox is told that they are taken, and sent when
 * their moment has come. What comes together is one message; what is critical waits for nothing. While Telegram cannot be reached
 * everything waits, and comes as one message in each chat afterwards.
 */
import type { Alert } from "../alerts/alert.ts";
import { alertsMessage } from "./alerts-message.ts";
import type { BotParts } from "./parts.ts";
import { sendReport } from "./ready-reports.ts";
import { type Recipient, recipientsOf } from "./recipients.ts";
import { SpeakError } from "./speaker.ts";
import type { WaitingAlert } from "./state.ts";
import type { ReadyReport, TakenAlert } from "./taken-alert.ts";
import { stillFor, takenBy } from "./taken-alert.ts";

/** What comes within this of each other is one message. */
const TOGETHER_MS = 3_000;
/** After so many in one message the next waits longer. */
const MANY = 5;
const AFTER_MANY_MS = 30_000;
const RETRY_FIRST_MS = 2_000;
const RETRY_MAX_MS = 60_000;
/** Written down at most for one chat; beyond it the oldest that is not critical is left out. */
const WAITING_OF_CHAT_MAX = 500;

/** Of one message: after an absence the newest are enough. */
const REPORTS_MAX = 5;

/** Where alerts come from. */
export interface AlertSource {
  /** Critical ones first, then the oldest, some at a time; empty when there are no more. */
  waiting(): Promise<readonly Alert[]>;
  /** It waits for the bot no more. */
  taken(id: string, answer: string): Promise<void>;
  /** How often it is asked for. */
  readonly everyMs: number;
}

export class AlertPost {
  readonly #parts: BotParts;
  readonly #source: AlertSource;
  /** By chat: when its next message may go. */
  readonly #dueMs = new Map<string, number>();
  #failures = 0;
  #retryAtMs = 0;
  #fetching: { cancel(): void } | null = null;
  #sending: { cancel(): void } | null = null;
  #isSending = false;
  #isClosed = false;
  #isTrouble = false;
  /** Their pictures take long: one after the other, and no alert waits for them. */
  #reports: Promise<void> = Promise.resolve();

  constructor(parts: BotParts, source: AlertSource) {
    this.#parts = parts;
    this.#source = source;
  }

  /** What was written down before a restart goes first. */
  start(): void {
    void this.#turn();
  }

  close(): void {
    this.#isClosed = true;
    this.#fetching?.cancel();
    this.#sending?.cancel();
  }

  async #turn(): Promise<void> {
    try {
      await this.#fetch();
      this.#isTrouble = false;
    } catch (error) {
      if (!this.#isTrouble) this.#parts.log.warn("alerts cannot be fetched", { cause: causeOf(error) });
      this.#isTrouble = true;
    }
    if (this.#isClosed) return;
    this.#fetching = this.#parts.clock.setTimer(this.#source.everyMs, () => void this.#turn());
    this.#planSending();
  }

  /** When the first message is due that waits. */
  #planSending(): void {
    this.#sending?.cancel();
    if (this.#isClosed || this.#isSending) return;
    const { state, clock } = this.#parts;
    const dueMs = state.waiting.map(({ chat }) => this.#dueMs.get(chat) ?? 0);
    if (dueMs.length === 0) return;
    const atMs = Math.max(Math.min(...dueMs), this.#retryAtMs);
    this.#sending = clock.setTimer(Math.max(0, atMs - clock.elapsedMs()), () => void this.#sendDue());
  }

  async #sendDue(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      await this.#send();
    } catch (error) {
      this.#parts.log.error("alerts could not be sent", { error });
      this.#retryAtMs = this.#parts.clock.elapsedMs() + RETRY_MAX_MS;
    }
    this.#isSending = false;
    this.#planSending();
  }

  async #fetch(): Promise<void> {
    for (;;) {
      const alerts = await this.#source.waiting();
      if (alerts.length === 0 || this.#isClosed) return;
      const { identity, telegramIds } = this.#parts;
      const recipients = await recipientsOf(identity, telegramIds());
      for (const alert of alerts) await this.#take(alert, recipients);
    }
  }

  async #take(alert: Alert, recipients: readonly Recipient[]): Promise<void> {
    const { state, clock } = this.#parts;
    const nowMs = clock.nowMs();
    const taken = recipients.flatMap(({ telegramId: chat, accounts }) => {
      const own = takenBy(alert, accounts);
      const isQuiet = alert.severity !== "critical" && state.mutedUntilMs(chat) > nowMs;
      return own === null || isQuiet || state.hasTold(chat, alert.id) ? [] : [{ chat, alert: own }];
    });
    state.take(taken, WAITING_OF_CHAT_MAX);
    const soonMs = clock.elapsedMs() + (alert.severity === "critical" ? 0 : TOGETHER_MS);
    for (const { chat } of taken) this.#due(chat, soonMs, alert.severity === "critical");
    await this.#source.taken(alert.id, `taken for ${taken.length} chats`);
  }

  /** Something critical takes what waits along with it at once. */
  #due(chat: string, atMs: number, isUrgent: boolean): void {
    const known = this.#dueMs.get(chat);
    this.#dueMs.set(chat, known === undefined || (isUrgent && atMs < known) ? atMs : known);
  }

  async #send(): Promise<void> {
    const { state, clock, identity, telegramIds } = this.#parts;
    const recipients = new Map(
      (await recipientsOf(identity, telegramIds())).map((one) => [one.telegramId, one]),
    );
    const byChat = Map.groupBy(state.waiting, ({ chat }) => chat);
    for (const [chat, waiting] of byChat) {
      const recipient = recipients.get(chat);
      if (recipient === undefined) {
        this.#leaveOut(chat, waiting);
        continue;
      }
      const dueMs = this.#dueMs.get(chat) ?? 0;
      if (clock.elapsedMs() < dueMs || this.#isClosed) continue;
      const alerts = waiting.flatMap(({ alert }) => stillFor(alert, recipient.accounts) ?? []);
      const ids = new Set(alerts.map(({ id }) => id));
      const gone = waiting.filter(({ alert }) => !ids.has(alert.id));
      if (gone.length > 0) this.#leaveOut(chat, gone);
      if (alerts.length === 0) continue;
      if (!(await this.#sendTo(recipient, alerts))) return;
      const pauseMs = alerts.length >= MANY ? AFTER_MANY_MS : 0;
      if (pauseMs === 0) this.#dueMs.delete(chat);
      else this.#dueMs.set(chat, clock.elapsedMs() + pauseMs);
    }
    for (const [chat, dueMs] of this.#dueMs)
      if (!byChat.has(chat) && dueMs <= clock.elapsedMs()) this.#dueMs.delete(chat);
  }

  /** Whoever was let out after they were taken over for him, or sees those accounts no more, hears nothing of them. */
  #leaveOut(chat: string, waiting: readonly WaitingAlert[]): void {
    const { log } = this.#parts;
    log.warn("alerts are not told: their reader is gone or sees them no more", {
      telegramId: chat,
      alerts: waiting.length,
    });
    this.#settle(chat, new Set(waiting.map(({ alert }) => alert.id)));
    this.#dueMs.delete(chat);
  }

  /** With a full disk it counts for this process; the next chat is told all the same. */
  #settle(chat: string, ids: ReadonlySet<string>): void {
    const { state, log } = this.#parts;
    try {
      state.settle(chat, ids);
    } catch (error) {
      log.error("what was told cannot be written down", { cause: causeOf(error) });
    }
  }

  /** False where Telegram cannot be reached: then nobody is tried for a while. */
  async #sendTo(recipient: Recipient, alerts: readonly TakenAlert[]): Promise<boolean> {
    const { telegramId: chat } = recipient;
    const { speaker, log, clock, presses } = this.#parts;
    const ids = new Set(alerts.map(({ id }) => id));
    const { text, keyboard } = alertsMessage(alerts, presses, recipient);
    try {
      await speaker.say({ id: Number(chat), isPrivate: true }, text, keyboard);
      this.#failures = 0;
    } catch (error) {
      if (!(error instanceof SpeakError) || error.failure === "unreachable") {
        this.#failures += 1;
        const pauseMs = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** (this.#failures - 1));
        this.#retryAtMs = clock.elapsedMs() + pauseMs;
        if (this.#failures === 1)
          log.warn("alerts wait: Telegram cannot be reached", { cause: causeOf(error) });
        return false;
      }
      log.warn("somebody cannot be told of alerts", {
        telegramId: chat,
        cause: error.message,
        alerts: ids.size,
      });
    }
    this.#settle(chat, ids);
    const reports = alerts.flatMap(({ report }) => report ?? []);
    for (const report of reports.slice(-REPORTS_MAX)) this.#sendLater(chat, report);
    return true;
  }

  #sendLater(chat: string, report: ReadyReport): void {
    this.#reports = this.#reports.then(() =>
      this.#isClosed ? undefined : sendReport(this.#parts, chat, report),
    );
  }
}

function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
