/**
 * Who is no user of ours: told once an hour that the bot is private, and reported to the owners once. However many there are, they cost
 * little: beyond a number an hour nobody is answered or reported any more.
 */
import { type Html, html } from "./html.ts";
import type { Sender } from "./incoming.ts";
import type { BotParts } from "./parts.ts";
import { ownersOf } from "./people.ts";
import type { Chat } from "./speaker.ts";
import { PRIVATE_BOT, stranger } from "./texts.ts";

const HOUR_MS = 3_600_000;
const ANSWERED_PER_HOUR = 20;
const REPORTED_PER_HOUR = 5;

export class Strangers {
  readonly #parts: BotParts;
  readonly #answered = new Map<string, number>();
  #reportedMs: number[] = [];

  constructor(parts: BotParts) {
    this.#parts = parts;
  }

  async meet(chat: Chat, from: Sender): Promise<void> {
    const { clock, log, speaker } = this.#parts;
    const nowMs = clock.elapsedMs();
    for (const [id, atMs] of this.#answered) if (nowMs - atMs >= HOUR_MS) this.#answered.delete(id);
    const isFresh = !this.#answered.has(from.telegramId) && this.#answered.size < ANSWERED_PER_HOUR;
    if (!isFresh) return;
    this.#answered.set(from.telegramId, nowMs);
    log.channel("security").warn("a stranger wrote to the bot", {
      telegramId: from.telegramId,
      name: from.name,
      group: !chat.isPrivate,
    });
    if (chat.isPrivate) await speaker.say(chat, PRIVATE_BOT).catch(() => 0);
    await this.#report(from, chat, nowMs);
  }

  async #report(from: Sender, { isPrivate, id }: Chat, nowMs: number): Promise<void> {
    this.#reportedMs = this.#reportedMs.filter((atMs) => nowMs - atMs < HOUR_MS);
    const { identity } = this.#parts;
    if (this.#reportedMs.length >= REPORTED_PER_HOUR || !this.#isNew(from)) return;
    this.#reportedMs.push(nowMs);
    const where = isPrivate ? "" : ` in the group ${id}`;
    const text = stranger(from.telegramId, from.name, where);
    const last = this.#reportedMs.length === REPORTED_PER_HOUR;
    await this.#tell(
      await ownersOf(identity),
      last
        ? html`${text}
More of them in this hour are in the log alone.`
        : text,
    );
  }

  #isNew({ telegramId }: Sender): boolean {
    const { state, log } = this.#parts;
    try {
      return state.isNewStranger(telegramId);
    } catch (error) {
      log.warn("a stranger cannot be written down", { cause: String(error) });
      return true;
    }
  }

  async #tell(owners: readonly string[], text: Html): Promise<void> {
    const { speaker, log } = this.#parts;
    for (const owner of owners)
      await speaker.say({ id: Number(owner), isPrivate: true }, text).catch((error: unknown) => {
        log.warn("an owner could not be told of a stranger", { cause: String(error) });
      });
  }
}
