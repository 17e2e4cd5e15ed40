/** Messages that stay as the world is: edited every few seconds for a while, one in each chat. They end with their reader's session. */
import { Call } from "./call.ts";
import type { Html } from "./html.ts";
import type { BotParts } from "./parts.ts";
import type { Chat, Keyboard } from "./speaker.ts";

const EVERY_MS = 10_000;
const LASTING_MS = 15 * 60_000;
const CHATS_MAX = 20;

interface LiveMessage {
  readonly messageId: number;
  readonly shown: Html;
  readonly make: (call: Call) => Promise<Html>;
  readonly keyboard: Keyboard;
  /** Under it once it is live no more. */
  readonly ended: Keyboard;
}

interface Kept extends LiveMessage {
  readonly call: Call;
  readonly untilMs: number;
  last: Html;
  timer: { cancel(): void };
}

export class LiveMessages {
  readonly #kept = new Map<number, Kept>();

  /** In place of the chat's one before. */
  keep(call: Call, message: LiveMessage): void {
    const { parts, chat } = call;
    this.end(chat);
    const [oldest] = this.#kept.values();
    if (this.#kept.size >= CHATS_MAX && oldest !== undefined) this.end(oldest.call.chat);
    const untilMs = parts.clock.elapsedMs() + LASTING_MS;
    const timer = this.#timer(parts, chat);
    this.#kept.set(chat.id, { ...message, call, untilMs, last: message.shown, timer });
  }

  end({ id }: Chat): void {
    this.#kept.get(id)?.timer.cancel();
    this.#kept.delete(id);
  }

  close(): void {
    for (const { call } of this.#kept.values()) this.end(call.chat);
  }

  #timer(parts: BotParts, chat: Chat): Kept["timer"] {
    return parts.clock.setTimer(EVERY_MS, () => void this.#refresh(parts, chat));
  }

  async #refresh(parts: BotParts, chat: Chat): Promise<void> {
    const kept = this.#kept.get(chat.id);
    if (kept === undefined) return;
    try {
      const isOver = parts.clock.elapsedMs() >= kept.untilMs || !(await this.#renew(kept));
      if (isOver) return await this.#over(kept);
    } catch (error) {
      parts.log.warn("a live message could not be renewed", { cause: String(error) });
    }
    if (this.#kept.get(chat.id) === kept) kept.timer = this.#timer(parts, chat);
  }

  /** False where its reader may not see it any more, or the message is gone. */
  async #renew(kept: Kept): Promise<boolean> {
    const { parts, chat, telegramId, messageId, args } = kept.call;
    const caller = await parts.identity.telegramCaller(telegramId);
    if (caller.kind !== "signed-in" || !caller.principal.permissions.has("view_sync")) return false;
    const { principal } = caller;
    const text = await kept.make(
      new Call({ parts, principal, telegramId, chat, args, messageId, isPress: true }),
    );
    if (text.markup === kept.last.markup || this.#kept.get(chat.id) !== kept) return true;
    kept.last = text;
    return parts.speaker.edit(chat, kept.messageId, text, kept.keyboard);
  }

  async #over({ call: { parts, chat }, messageId, last, ended }: Kept): Promise<void> {
    this.end(chat);
    await parts.speaker.edit(chat, messageId, last, ended).catch(() => false);
  }
}
