/**
 * What was shown and waits for its yes: good for a minute, for the user who asked, in the chat and by the very message that showed it, and
 * once. Nothing of it is kept over a restart: an old button then says so.
 */
import { randomBytes } from "node:crypto";

/** Who pressed what where. */
export interface Press {
  readonly telegramId: string;
  readonly chatId: number;
  readonly messageId: number;
}

type Taken<Offer> =
  | { readonly kind: "offer"; readonly offer: Offer }
  /** Somebody else's: it still waits for him. */
  | { readonly kind: "not-yours" }
  /** Over, used, of another message, or from before a restart. */
  | { readonly kind: "gone" };

export const CONFIRM_WITHIN_MS = 60_000;
/** Of one user; a further one ends his oldest, and nobody else's. */
const OF_USER_MAX = 20;

interface Waiting<Offer> {
  readonly offer: Offer;
  readonly press: Press;
  readonly untilMs: number;
}

export class Confirmations<Offer> {
  readonly #elapsedMs: () => number;
  readonly #waiting = new Map<string, Waiting<Offer>>();

  /** `elapsedMs`: a clock that nobody sets. */
  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
  }

  /** For the buttons; it counts once the message that has them is known. */
  token(): string {
    return randomBytes(12).toString("base64url");
  }

  offer(token: string, press: Press, offer: Offer): void {
    const nowMs = this.#elapsedMs();
    for (const [key, { untilMs }] of this.#waiting) if (nowMs > untilMs) this.#waiting.delete(key);
    const own = [...this.#waiting].filter(([, waiting]) => waiting.press.telegramId === press.telegramId);
    for (const [key] of own.slice(0, Math.max(0, own.length - OF_USER_MAX + 1))) this.#waiting.delete(key);
    this.#waiting.set(token, { offer, press, untilMs: nowMs + CONFIRM_WITHIN_MS });
  }

  /** Takes it away with the answer: of two presses one finds it. */
  take(token: string, { telegramId, chatId, messageId }: Press): Taken<Offer> {
    const found = this.#waiting.get(token);
    if (found === undefined || found.press.chatId !== chatId || found.press.messageId !== messageId)
      return { kind: "gone" };
    if (found.press.telegramId !== telegramId) return { kind: "not-yours" };
    this.#waiting.delete(token);
    return this.#elapsedMs() > found.untilMs ? { kind: "gone" } : { kind: "offer", offer: found.offer };
  }
}
