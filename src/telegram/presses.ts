/**
 * What a button carries: a command with its arguments, and in a group whose it is. Telegram takes 64 bytes; what is longer is kept here
 * under a short id, and forgotten with a restart or when there are too many, which the one who presses is told.
 */
import { randomBytes } from "node:crypto";

const DATA_BYTES_MAX = 64;
const KEPT_MAX = 2_000;
const KEPT_MARK = "~";
const USER_MARK = "@";
/** Telegram's ids have up to 52 bits. */
const USER_BASE = 36;

/** Where a button stands, and under whose message. */
export interface ButtonPlace {
  readonly chat: { readonly isPrivate: boolean };
  readonly telegramId: string;
}

export interface Pressed {
  readonly command: string;
  readonly args: readonly string[];
  /** Telegram id of the only one who may press it; null where it says nothing: in private chats everything is their only reader's. */
  readonly of: string | null;
}

export class Presses {
  readonly #kept = new Map<string, string>();

  /** `place` is null for a private chat. */
  data(place: ButtonPlace | null, command: string, ...args: readonly string[]): string {
    const text = [...ownerOf(place), command, ...args.map(encodeURIComponent)].join(" ");
    if (Buffer.byteLength(text) <= DATA_BYTES_MAX && !text.startsWith(KEPT_MARK)) return text;
    const id = `${KEPT_MARK}${randomBytes(9).toString("base64url")}`;
    this.#kept.set(id, text);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
    return id;
  }

  /** Null for what this program did not make, or does not know any more. */
  read(data: string): Pressed | null {
    const text = data.startsWith(KEPT_MARK) ? this.#kept.get(data) : data;
    if (text === undefined) return null;
    const words = text.split(" ");
    const of = userIn(words[0] ?? "");
    const [command = "", ...args] = of === null ? words : words.slice(1);
    try {
      return { command, args: args.map(decodeURIComponent), of };
    } catch {
      return null;
    }
  }
}

function ownerOf(place: ButtonPlace | null): readonly string[] {
  if (place === null || place.chat.isPrivate) return [];
  return [`${USER_MARK}${Number(place.telegramId).toString(USER_BASE)}`];
}

function userIn(word: string): string | null {
  if (!word.startsWith(USER_MARK)) return null;
  return String(Number.parseInt(word.slice(USER_MARK.length), USER_BASE));
}
