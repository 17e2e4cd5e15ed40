/** What comes in from Telegram, read into what the bot answers to: commands written by people, and buttons that they press. */
import type { Chat } from "./speaker.ts";

export interface Sender {
  readonly telegramId: string;
  /** As he calls himself: anything. */
  readonly name: string;
}

interface IncomingFacts {
  readonly chat: Chat;
  readonly from: Sender;
  readonly messageId: number;
}

export interface IncomingMessage extends IncomingFacts {
  readonly kind: "message";
  /** When it was written, UTC milliseconds, by Telegram's clock. */
  readonly atMs: number;
  /** Null where it is no command. */
  readonly command: GivenCommand | null;
}

export interface IncomingPress extends IncomingFacts {
  readonly kind: "press";
  readonly data: string;
  /**
   * Must be called once: the button waits for it. Nothing else does, and nothing depends on whether it arrives. `isLoud`: as a
   * window that has to be closed.
   */
  readonly answer: (text?: string, isLoud?: boolean) => void;
}

export type Incoming = IncomingMessage | IncomingPress;

export interface GivenCommand {
  /** In small letters, without its slash. */
  readonly name: string;
  readonly args: readonly string[];
}

const ARGS_MAX = 60;
const QUOTED = /"([^"]*)"|\u201c([^\u201d]*)\u201d|(\S+)/g;

/**
 * `/why@our_bot slave1 BTCUSDT` of a message whose first `length` characters are the command. Null where it is meant for another bot.
 * Names with blanks are put in quotes.
 */
export function commandIn(text: string, length: number, username: string): GivenCommand | null {
  const [name = "", bot] = text.slice(1, length).split("@");
  if (bot !== undefined && bot.toLowerCase() !== username.toLowerCase()) return null;
  return { name: name.toLowerCase(), args: wordsOf(text.slice(length)) };
}

function wordsOf(text: string): readonly string[] {
  const words = [...text.matchAll(QUOTED)].map(([, plain, curly, bare]) => plain ?? curly ?? bare ?? "");
  return words.slice(0, ARGS_MAX);
}
