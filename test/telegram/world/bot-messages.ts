/** The methods with which a bot sends, edits and deletes messages and answers presses. Each throws a Refusal where the platform would. */
import { randomInt } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { captionOf, type FileStore, keyboardOf, messageText } from "./content.ts";
import type { Flood } from "./flood.ts";
import { isSet, jsonOf, numberOf, type Parameters, textOf } from "./parameters.ts";
import type { Population, Room } from "./population.ts";
import { badRequest } from "./refusal.ts";
import type { Message, User, WorldClock } from "./shapes.ts";

/** How a press was answered: nothing, a word above the chat, or a window. */
export interface PressAnswer {
  readonly text: string;
  readonly alert: boolean;
}

export interface Press {
  readonly atMs: number;
  /** Null while the button spins. */
  answer: PressAnswer | null;
}

/** Nobody has written down how long a press may wait; minutes are too long. */
const PRESS_MS = 60_000;
const DELETABLE_MS = 48 * 3_600_000;
const ACTIONS = ["typing", "upload_photo", "upload_document"];

type Fields = Parameters["fields"];

export interface Ground {
  readonly bot: User;
  readonly population: Population;
  readonly files: FileStore;
  readonly flood: Flood;
  readonly clock: WorldClock;
  /** By the id of its callback query. */
  readonly presses: Map<string, Press>;
  nextMessageId(): number;
}

export class BotMessages {
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  sendMessage({ fields }: Parameters): Message {
    const room = this.#roomOf(fields);
    return this.#post(room, fields, messageText(fields));
  }

  sendPhoto(parameters: Parameters): Message {
    const { fields } = parameters;
    const room = this.#roomOf(fields);
    const photo = this.#ground.files.photo(textOf(fields, "photo"), parameters);
    return this.#post(room, fields, { photo, ...captionOf(fields) });
  }

  sendDocument(parameters: Parameters): Message {
    const { fields } = parameters;
    const room = this.#roomOf(fields);
    const document = this.#ground.files.document(textOf(fields, "document"), parameters);
    return this.#post(room, fields, { document, ...captionOf(fields) });
  }

  sendMediaGroup(parameters: Parameters): readonly Message[] {
    const { fields } = parameters;
    const media = jsonOf(fields, "media");
    if (!Array.isArray(media) || media.length < 2 || media.length > 10)
      throw badRequest("group must contain from 2 to 10 items");
    const room = this.#roomOf(fields, media.length);
    const kinds = new Set(media.map((one: Fields) => textOf(one, "type")));
    if (kinds.size > 1) throw badRequest("documents can't be mixed with other media types");
    const id = String(randomInt(1_000_000_000));
    const contents = media.map((one: Fields) => this.#mediaOf(one, parameters));
    return contents.map((content) => this.#append(room, fields, { ...content, media_group_id: id }));
  }

  editMessageText({ fields }: Parameters): Message {
    const message = this.#editable(fields);
    if (message.text === undefined) throw badRequest("there is no text in the message to edit");
    const { text, entities = [] } = messageText(fields);
    return this.#change(message, fields, () => {
      message.text = text;
      if (entities.length === 0) delete message.entities;
      else message.entities = entities;
    });
  }

  editMessageCaption({ fields }: Parameters): Message {
    const message = this.#editable(fields);
    if (message.text !== undefined) throw badRequest("there is no caption in the message to edit");
    const content = captionOf(fields);
    return this.#change(message, fields, () => {
      delete message.caption;
      delete message.caption_entities;
      Object.assign(message, content);
    });
  }

  editMessageReplyMarkup({ fields }: Parameters): Message {
    return this.#change(this.#editable(fields), fields, () => {});
  }

  deleteMessage({ fields }: Parameters): true {
    const { bot, clock, population } = this.#ground;
    const room = population.writable(numberOf(fields, "chat_id"));
    const at = room.messages.findIndex(({ message_id }) => message_id === numberOf(fields, "message_id"));
    const message = room.messages[at];
    if (message === undefined) throw badRequest("message to delete not found");
    const isOld = clock.nowMs() - message.date * 1000 > DELETABLE_MS;
    const isForeign = room.chat.type !== "private" && message.from.id !== bot.id;
    if (isOld || isForeign) throw badRequest("message can't be deleted for everyone");
    room.messages.splice(at, 1);
    return true;
  }

  answerCallbackQuery({ fields }: Parameters): true {
    const press = this.#ground.presses.get(textOf(fields, "callback_query_id") ?? "");
    const age = this.#ground.clock.nowMs() - (press?.atMs ?? 0);
    if (press === undefined || press.answer !== null || age > PRESS_MS)
      throw badRequest("query is too old and response timeout expired or query ID is invalid");
    const text = textOf(fields, "text") ?? "";
    if (text.length > 200) throw badRequest("MESSAGE_TOO_LONG");
    press.answer = { text, alert: isSet(fields, "show_alert") };
    return true;
  }

  sendChatAction({ fields }: Parameters): true {
    this.#ground.population.writable(numberOf(fields, "chat_id"));
    if (!ACTIONS.includes(textOf(fields, "action") ?? ""))
      throw badRequest("wrong parameter action in request");
    return true;
  }

  #roomOf(fields: Fields, messages = 1): Room {
    const room = this.#ground.population.writable(numberOf(fields, "chat_id"));
    this.#ground.flood.take(room.chat, messages);
    return room;
  }

  #post(room: Room, fields: Fields, content: Partial<Message>): Message {
    const keyboard = keyboardOf(fields);
    return this.#append(
      room,
      fields,
      keyboard === undefined ? content : { ...content, reply_markup: keyboard },
    );
  }

  #append(room: Room, fields: Fields, content: Partial<Message>): Message {
    const thread = numberOf(fields, "message_thread_id");
    const message: Message = {
      message_id: this.#ground.nextMessageId(),
      date: this.#seconds(),
      chat: room.chat,
      from: this.#ground.bot,
      ...(thread === undefined ? {} : { message_thread_id: thread }),
      ...repliedTo(room, jsonOf(fields, "reply_parameters")),
      ...content,
    };
    room.messages.push(message);
    return message;
  }

  #mediaOf(one: Fields, parameters: Parameters): Partial<Message> {
    const { files } = this.#ground;
    const type = textOf(one, "type");
    if (type === "photo") return { photo: files.photo(textOf(one, "media"), parameters), ...captionOf(one) };
    if (type === "document")
      return { document: files.document(textOf(one, "media"), parameters), ...captionOf(one) };
    throw badRequest("wrong type of the media");
  }

  #editable(fields: Fields): Message {
    const room = this.#roomOf(fields);
    const id = numberOf(fields, "message_id");
    const message = room.messages.find(({ message_id }) => message_id === id);
    if (message === undefined) throw badRequest("message to edit not found");
    if (message.from.id !== this.#ground.bot.id) throw badRequest("message can't be edited");
    return message;
  }

  /** An edit without a keyboard takes the old one away. */
  #change(message: Message, fields: Fields, change: () => void): Message {
    const keyboard = keyboardOf(fields);
    const before = structuredClone(message);
    change();
    if (keyboard === undefined) delete message.reply_markup;
    else message.reply_markup = keyboard;
    if (isDeepStrictEqual(message, before))
      throw badRequest(
        "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
      );
    message.edit_date = this.#seconds();
    return message;
  }

  #seconds(): number {
    return Math.floor(this.#ground.clock.nowMs() / 1000);
  }
}

function repliedTo(room: Room, wanted: unknown): Pick<Message, "reply_to_message"> {
  if (typeof wanted !== "object" || wanted === null) return {};
  const fields = { ...wanted };
  const replied = room.messages.find(({ message_id }) => message_id === numberOf(fields, "message_id"));
  if (replied !== undefined) return { reply_to_message: replied };
  if (isSet(fields, "allow_sending_without_reply")) return {};
  throw badRequest("message to be replied not found");
}
