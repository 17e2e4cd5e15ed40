/** Speaks through grammY: splits, keeps the platform's limits, and answers for what Telegram refuses. */
import { type Api, GrammyError, HttpError, InputFile } from "grammy";
import type { InlineKeyboardMarkup } from "grammy/types";
import { type Html, plainText, withoutMarkup } from "./html.ts";
import type { Chat, Keyboard, MenuEntry, Speaker } from "./speaker.ts";
import { SpeakError } from "./speaker.ts";
import { split } from "./split.ts";

const LABEL_MAX = 40;
const CAPTION_MAX = 1_024;
const DESCRIPTION_MAX = 256;

const QUIET = { link_preview_options: { is_disabled: true } } as const;

export class GrammySpeaker implements Speaker {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  async say({ id }: Chat, text: Html, keyboard?: Keyboard): Promise<number> {
    const pieces = split(text);
    let last = 0;
    for (const [at, piece] of pieces.entries()) {
      const buttons = at === pieces.length - 1 ? markupOf(keyboard) : {};
      const sent = await this.#try(piece, (shown, mode) =>
        this.#api.sendMessage(id, shown, { ...mode, ...QUIET, ...buttons }),
      );
      last = sent.message_id;
    }
    return last;
  }

  async edit({ id }: Chat, messageId: number, text: Html, keyboard?: Keyboard): Promise<boolean> {
    const [first = text] = split(text);
    try {
      await this.#try(first, (piece, mode) =>
        this.#api.editMessageText(id, messageId, piece, { ...mode, ...QUIET, ...markupOf(keyboard) }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof SpeakError) || error.failure !== "bad-message") throw error;
      if (/message is not modified/i.test(error.message)) return true;
      if (/message (to edit )?(not found|can't be edited)|MESSAGE_ID_INVALID/i.test(error.message))
        return false;
      throw error;
    }
  }

  async photo({ id }: Chat, picture: Buffer, caption: Html): Promise<void> {
    await this.#try(captionOf(caption), (shown, mode) =>
      this.#api.sendPhoto(id, new InputFile(picture, "chart.png"), { ...mode, caption: shown }),
    );
  }

  async document({ id }: Chat, name: string, content: Buffer, caption: Html): Promise<void> {
    await this.#try(captionOf(caption), (shown, mode) =>
      this.#api.sendDocument(id, new InputFile(content, name), { ...mode, caption: shown }),
    );
  }

  async remove({ id }: Chat, messageId: number): Promise<void> {
    await this.#api.deleteMessage(id, messageId).catch((error: unknown) => {
      if (speakErrorOf(error).failure === "unreachable") throw speakErrorOf(error);
    });
  }

  async menu(chat: Chat | null, entries: readonly MenuEntry[]): Promise<void> {
    const commands = entries.map(({ command, description }) => ({
      command,
      description: plainText(description, DESCRIPTION_MAX),
    }));
    const scope = chat === null ? {} : { scope: { type: "chat" as const, chat_id: chat.id } };
    await this.#api.setMyCommands(commands, scope).catch((error: unknown) => {
      throw speakErrorOf(error);
    });
  }

  /** Markup that Telegram does not take is sent as plain text: better so than not at all. */
  async #try<Answer>(
    text: Html,
    send: (shown: string, mode: { readonly parse_mode?: "HTML" }) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await send(text.markup, { parse_mode: "HTML" });
    } catch (error) {
      if (!(error instanceof GrammyError) || !/can't parse entities/i.test(error.description))
        throw speakErrorOf(error);
    }
    return send(withoutMarkup(text), {}).catch((error: unknown) => {
      throw speakErrorOf(error);
    });
  }
}

function captionOf(caption: Html): Html {
  const [first = caption] = split(caption, CAPTION_MAX);
  return first;
}

function markupOf(keyboard: Keyboard | undefined): { readonly reply_markup?: InlineKeyboardMarkup } {
  if (keyboard === undefined || keyboard.length === 0) return {};
  const rows = keyboard.map((row) =>
    row.map(({ label, data }) => ({ text: plainText(label, LABEL_MAX), callback_data: data })),
  );
  return { reply_markup: { inline_keyboard: rows } };
}

/** The library's messages tell the method, never the address, in which the token stands. */
export function speakErrorOf(error: unknown): SpeakError {
  if (error instanceof SpeakError) return error;
  if (error instanceof GrammyError) {
    const { error_code: status, description } = error;
    if (status === 403) return new SpeakError("refused", description);
    if (/chat not found/i.test(description)) return new SpeakError("refused", description);
    return new SpeakError(status >= 500 || status === 429 ? "unreachable" : "bad-message", description);
  }
  if (error instanceof HttpError) return new SpeakError("unreachable", "Telegram cannot be reached");
  return new SpeakError("unreachable", error instanceof Error ? error.message : String(error));
}
