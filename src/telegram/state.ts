/**
 * What the bot keeps over restarts: who wants quiet, which strangers were reported, and of alerts what each chat was sent and what still
 * waits for it. Small and whole in one file, written before anything that follows from it where that can be; everything in it is bounded.
 */
import type { TakenAlert } from "./taken-alert.ts";

const TOLD_PER_CHAT_MAX = 500;
const CHATS_MAX = 2_000;
const STRANGERS_MAX = 1_000;

export interface WaitingAlert {
  /** Telegram id of whose private chat it goes to. */
  readonly chat: string;
  readonly alert: TakenAlert;
}

export interface StateFile {
  /** What was written last; undefined where there is none. Throws where it cannot be read. */
  read(): unknown;
  /** Durable on return; throws. */
  write(content: unknown): void;
}

interface Content {
  /** By Telegram id: until when. */
  readonly mutes: Readonly<Record<string, number>>;
  readonly strangers: readonly string[];
  readonly waiting: readonly WaitingAlert[];
  /** By Telegram id: ids of alerts, newest last. */
  readonly told: Readonly<Record<string, readonly string[]>>;
}

const EMPTY: Content = { mutes: {}, strangers: [], waiting: [], told: {} };

export class BotState {
  readonly #file: StateFile;
  #content: Content;

  /** A file that is damaged counts as none: `damaged` then says why. */
  constructor(file: StateFile, damaged: (cause: string) => void = () => {}) {
    this.#file = file;
    this.#content = contentIn(file, damaged);
  }

  get waiting(): readonly WaitingAlert[] {
    return this.#content.waiting;
  }

  /** Throws where it cannot be written; it counts all the same until the end of this process: with a full disk, too, each is told once. */
  #change(change: Partial<Content>): void {
    this.#content = { ...this.#content, ...change };
    this.#file.write({ version: 1, ...this.#content });
  }

  mutedUntilMs(telegramId: string): number {
    return this.#content.mutes[telegramId] ?? 0;
  }

  /** Null: no more. */
  mute(telegramId: string, untilMs: number | null): void {
    const { [telegramId]: _, ...others } = this.#content.mutes;
    this.#change({ mutes: untilMs === null ? others : { ...others, [telegramId]: untilMs } });
  }

  /** Whether this stranger is new; then it is remembered. */
  isNewStranger(telegramId: string): boolean {
    const { strangers } = this.#content;
    if (strangers.includes(telegramId)) return false;
    this.#change({ strangers: [...strangers, telegramId].slice(-STRANGERS_MAX) });
    return true;
  }

  hasTold(chat: string, alertId: string): boolean {
    const { waiting, told } = this.#content;
    return (
      (told[chat] ?? []).includes(alertId) ||
      waiting.some((one) => one.chat === chat && one.alert.id === alertId)
    );
  }

  /** Beyond so many of one chat the oldest that is not critical is left out, or the oldest. */
  take(more: readonly WaitingAlert[], ofChatMax: number): void {
    if (more.length === 0) return;
    let waiting: readonly WaitingAlert[] = [...this.#content.waiting, ...more];
    for (const { chat } of more) {
      const own = waiting.filter((one) => one.chat === chat);
      if (own.length <= ofChatMax) continue;
      const left = own.find(({ alert }) => alert.severity !== "critical") ?? own[0];
      waiting = waiting.filter((one) => one !== left);
    }
    this.#change({ waiting });
  }

  /** These wait no more for this chat: they were sent, or cannot be. */
  settle(chat: string, alertIds: ReadonlySet<string>): void {
    const { waiting, told } = this.#content;
    const left = waiting.filter((one) => one.chat !== chat || !alertIds.has(one.alert.id));
    const { [chat]: before = [], ...others } = told;
    const kept = Object.fromEntries(Object.entries(others).slice(1 - CHATS_MAX));
    const ids = [...before, ...alertIds].slice(-TOLD_PER_CHAT_MAX);
    this.#change({ waiting: left, told: { ...kept, [chat]: ids } });
  }
}

function contentIn(file: StateFile, damaged: (cause: string) => void): Content {
  try {
    const found = file.read();
    if (found === undefined) return EMPTY;
    if (isContent(found)) return { ...EMPTY, ...found };
    damaged("it has another form");
  } catch (error) {
    damaged(error instanceof Error ? error.message : String(error));
  }
  return EMPTY;
}

/** Written by this program alone: the outer form tells it from anything else. */
function isContent(value: unknown): value is Content {
  if (typeof value !== "object" || value === null) return false;
  const { version, mutes, strangers, waiting, told } = value as Readonly<Record<string, unknown>>;
  const isGroup = (one: unknown) => typeof one === "object" && one !== null && !Array.isArray(one);
  return (
    version === 1 && isGroup(mutes) && Array.isArray(strangers) && Array.isArray(waiting) && isGroup(told)
  );
}
