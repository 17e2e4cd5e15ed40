/** What the bot says, whoever carries it: the commands know this and nothing of Telegram's library. */
import type { Html } from "./html.ts";

export interface Chat {
  readonly id: number;
  readonly isPrivate: boolean;
}

export interface Button {
  readonly label: string;
  /** What comes back when it is pressed: at most 64 bytes, made by `Presses`. */
  readonly data: string;
}

/** Rows of buttons. */
export type Keyboard = readonly (readonly Button[])[];

export interface MenuEntry {
  readonly command: string;
  readonly description: string;
}

export interface Speaker {
  /** In as many messages as it takes, the buttons under the last, whose id is answered. Rejects with a SpeakError. */
  say(chat: Chat, text: Html, keyboard?: Keyboard): Promise<number>;
  /** A message of the bot's own becomes this. False where it is gone; rejects with a SpeakError on other trouble. */
  edit(chat: Chat, messageId: number, text: Html, keyboard?: Keyboard): Promise<boolean>;
  /** A picture (PNG). */
  photo(chat: Chat, picture: Buffer, caption: Html): Promise<void>;
  document(chat: Chat, name: string, content: Buffer, caption: Html): Promise<void>;
  /** Takes somebody's message away; nothing where that cannot be. */
  remove(chat: Chat, messageId: number): Promise<void>;
  /** The commands that are offered while somebody types. */
  menu(chat: Chat | null, entries: readonly MenuEntry[]): Promise<void>;
}

export type SpeakFailure =
  /** He blocked the bot, or never wrote to it. */
  | "refused"
  /** The message itself is wrong. */
  | "bad-message"
  | "unreachable";

/** Its message names no token. */
export class SpeakError extends Error {
  override readonly name = "SpeakError";
  readonly failure: SpeakFailure;

  constructor(failure: SpeakFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}
