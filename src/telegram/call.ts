/** One command that somebody gave, by writing it or by a button: who, where, with what. */
import type { Principal } from "../identity/identity.ts";
import type { Permission } from "../identity/permissions.ts";
import type { Html } from "./html.ts";
import type { BotParts } from "./parts.ts";
import type { Button, Chat, Keyboard } from "./speaker.ts";

export interface BotCommand {
  readonly name: string;
  /** What stands behind it: `FOLLOWER SYMBOL`; "" for nothing. */
  readonly usage: string;
  readonly summary: string;
  /** Null: whoever has a session. */
  readonly needs: Permission | null;
  /** May throw what the facade, identity and access throw: it is told in words. */
  readonly run: (call: Call) => Promise<void>;
}

export interface CallFacts {
  readonly parts: BotParts;
  readonly principal: Principal;
  readonly telegramId: string;
  readonly chat: Chat;
  readonly args: readonly string[];
  /** The message with the command, or with the button that was pressed. */
  readonly messageId: number;
  readonly isPress: boolean;
}

export class Call {
  readonly parts: BotParts;
  readonly principal: Principal;
  readonly telegramId: string;
  readonly chat: Chat;
  readonly args: readonly string[];
  readonly messageId: number;
  readonly isPress: boolean;

  constructor({ parts, principal, telegramId, chat, args, messageId, isPress }: CallFacts) {
    this.parts = parts;
    this.principal = principal;
    this.telegramId = telegramId;
    this.chat = chat;
    this.args = args;
    this.messageId = messageId;
    this.isPress = isPress;
  }

  /** As a message of its own; answers its id. */
  say(text: Html, keyboard?: Keyboard): Promise<number> {
    return this.parts.speaker.say(this.chat, text, keyboard);
  }

  /** In place of the message whose button was pressed, else as one of its own; answers its id. */
  async show(text: Html, keyboard?: Keyboard): Promise<number> {
    const { isPress, messageId, chat, parts } = this;
    if (isPress && (await parts.speaker.edit(chat, messageId, text, keyboard))) return messageId;
    return this.say(text, keyboard);
  }

  button(label: string, command: string, ...args: readonly string[]): Button {
    return { label, data: this.parts.presses.data(this, command, ...args) };
  }
}

/** A message that says what would be right; told to the one who wrote it. */
export class CallError extends Error {
  override readonly name = "CallError";
}
