/** What the Bot API's objects look like, as far as the fake server knows them. Times are UTC seconds, as on the wire. */

export interface User {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly last_name?: string;
  readonly username?: string;
  readonly language_code?: string;
}

export interface Chat {
  readonly id: number;
  readonly type: "private" | "group" | "supergroup";
  readonly title?: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly username?: string;
}

/** Offsets and lengths in UTF-16 units. */
export interface Entity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
  readonly language?: string;
}

export interface Button {
  readonly text: string;
  readonly callback_data?: string;
  readonly url?: string;
}

export interface Keyboard {
  readonly inline_keyboard: readonly (readonly Button[])[];
}

export interface FileOf {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly file_size: number;
}

/** What may be changed by an edit is not read-only. */
export interface Message {
  readonly message_id: number;
  readonly date: number;
  readonly chat: Chat;
  readonly from: User;
  /** Of an anonymous administrator: the group itself. */
  readonly sender_chat?: Chat;
  edit_date?: number;
  text?: string;
  entities?: readonly Entity[];
  caption?: string;
  caption_entities?: readonly Entity[];
  reply_markup?: Keyboard;
  readonly photo?: readonly (FileOf & { readonly width: number; readonly height: number })[];
  readonly document?: FileOf & { readonly file_name: string; readonly mime_type: string };
  readonly media_group_id?: string;
  readonly message_thread_id?: number;
  readonly reply_to_message?: Message;
  readonly forward_origin?: { readonly type: "user"; readonly sender_user: User; readonly date: number };
  readonly migrate_to_chat_id?: number;
  readonly migrate_from_chat_id?: number;
  readonly new_chat_members?: readonly User[];
}

export interface CallbackQuery {
  readonly id: string;
  readonly from: User;
  readonly chat_instance: string;
  readonly data: string;
  readonly message: Message;
}

/** An update without its id. */
export interface UpdateContent {
  readonly message?: Message;
  readonly edited_message?: Message;
  readonly callback_query?: CallbackQuery;
  readonly my_chat_member?: object;
}

export type Update = { readonly update_id: number } & UpdateContent;

/** The time of the world: a test may have a clock of its own. */
export interface WorldClock {
  /** UTC milliseconds. */
  nowMs(): number;
}
