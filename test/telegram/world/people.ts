/** What people do: write, press, edit, block, found groups. Each leaves its trace in the chat and, where a bot would learn of it, an update. */
import type { Press } from "./bot-messages.ts";
import type { Population, Room } from "./population.ts";
import type {
  CallbackQuery,
  Chat,
  Entity,
  Message,
  Update,
  UpdateContent,
  User,
  WorldClock,
} from "./shapes.ts";

export interface Written {
  readonly from: User;
  readonly chat: Chat;
  readonly text: string;
  readonly replyTo?: Message;
  /** Written by somebody else, and passed on. */
  readonly forwardedFrom?: User;
  /** As an administrator who does not show who he is. */
  readonly anonymous?: boolean;
}

/** Stands for administrators who do not show themselves. */
const ANONYMOUS: User = {
  id: 1_087_968_824,
  is_bot: true,
  first_name: "Group",
  username: "GroupAnonymousBot",
};

export interface PeopleGround {
  readonly bot: User;
  readonly population: Population;
  readonly clock: WorldClock;
  readonly presses: Map<string, Press>;
  nextMessageId(): number;
  /** Null where the bot does not ask for such updates. */
  update(content: UpdateContent): Update | null;
  /** Told after each change that people would see. */
  changed(): void;
}

export class People {
  readonly #ground: PeopleGround;
  #groups = 0;
  #queries = 0;

  constructor(ground: PeopleGround) {
    this.#ground = ground;
  }

  add(user: Omit<User, "is_bot">): User {
    return this.#ground.population.addUser({ ...user, is_bot: false });
  }

  privateChat(user: User): Chat {
    return this.#ground.population.room(user.id).chat;
  }

  /** A group with the bot in it. */
  group(title: string, members: readonly User[], type: "group" | "supergroup" = "group"): Chat {
    this.#groups += 1;
    const id = type === "group" ? -4_000_000 - this.#groups : -1_001_000_000_000 - this.#groups;
    const room = this.#ground.population.addRoom({ id, type, title }, "open");
    for (const { id: member } of members) room.members.add(member);
    const [founder] = members;
    if (founder !== undefined) {
      room.administrators.add(founder.id);
      this.#membership(room, founder, "left", "member");
    }
    this.#ground.changed();
    return room.chat;
  }

  /** In a private chat this starts the bot. Returns what stands in the chat then. */
  write(written: Written): Message {
    const { from, chat, text, anonymous = false } = written;
    const room = this.#ground.population.room(chat.id);
    if (chat.type === "private") this.#open(room, from);
    else if (!room.members.has(from.id)) throw new Error(`${from.first_name} is not in ${chat.title}`);
    const entities = entitiesOf(text);
    const message: Message = {
      ...this.#head(room, anonymous ? ANONYMOUS : from),
      ...(anonymous ? { sender_chat: chat } : {}),
      ...(written.replyTo === undefined ? {} : { reply_to_message: written.replyTo }),
      ...(written.forwardedFrom === undefined ? {} : this.#forwarded(written.forwardedFrom)),
      text,
      ...(entities.length === 0 ? {} : { entities }),
    };
    room.messages.push(message);
    if (this.#isForBot(message)) this.#ground.update({ message });
    this.#ground.changed();
    return message;
  }

  edit(message: Message, text: string): void {
    message.text = text;
    message.entities = entitiesOf(text);
    message.edit_date = this.#seconds();
    if (this.#isForBot(message)) this.#ground.update({ edited_message: message });
    this.#ground.changed();
  }

  /** Presses a button that is there now; returns the callback query's id. */
  press(from: User, message: Message, buttonText: string): string {
    const buttons = message.reply_markup?.inline_keyboard.flat() ?? [];
    const data = buttons.find(({ text }) => text === buttonText)?.callback_data;
    if (data === undefined)
      throw new Error(`no button "${buttonText}" under "${message.text}": ${JSON.stringify(buttons)}`);
    return this.forge(from, message, data);
  }

  /** What a client of one's own may send: any data, also of a button that is gone or was never there. */
  forge(from: User, message: Message, data: string): string {
    this.#queries += 1;
    const id = String(4_000_000_000 + this.#queries);
    this.#ground.presses.set(id, { atMs: this.#ground.clock.nowMs(), answer: null });
    const query: CallbackQuery = { id, from, chat_instance: `-${message.chat.id}`, data, message };
    this.#ground.update({ callback_query: query });
    this.#ground.changed();
    return id;
  }

  block(user: User): void {
    const room = this.#ground.population.room(user.id);
    room.access = "blocked";
    this.#membership(room, user, "member", "kicked");
  }

  unblock(user: User): void {
    const room = this.#ground.population.room(user.id);
    room.access = "open";
    this.#membership(room, user, "kicked", "member");
  }

  removeBot(by: User, chat: Chat): void {
    const room = this.#ground.population.room(chat.id);
    room.access = "kicked";
    this.#membership(room, by, "member", "kicked");
  }

  /** Makes a supergroup of a group: another id, and two messages that say so. */
  migrate(chat: Chat): Chat {
    const { population } = this.#ground;
    const old = population.room(chat.id);
    const next: Chat = { ...chat, id: -1_002_000_000_000 + chat.id, type: "supergroup" };
    const room = population.addRoom(next, "open");
    for (const member of old.members) room.members.add(member);
    for (const member of old.administrators) room.administrators.add(member);
    this.#ground.update({ message: { ...this.#head(old, ANONYMOUS), migrate_to_chat_id: next.id } });
    this.#ground.update({ message: { ...this.#head(room, ANONYMOUS), migrate_from_chat_id: chat.id } });
    old.migratedTo = next.id;
    return next;
  }

  #open(room: Room, from: User): void {
    if (room.access === "blocked") throw new Error(`${from.first_name} has blocked the bot`);
    room.access = "open";
  }

  #head(room: Room, from: User): Pick<Message, "message_id" | "date" | "chat" | "from"> {
    return { message_id: this.#ground.nextMessageId(), date: this.#seconds(), chat: room.chat, from };
  }

  #forwarded(sender: User): Pick<Message, "forward_origin"> {
    return { forward_origin: { type: "user", sender_user: sender, date: this.#seconds() } };
  }

  /** With privacy on, as bots have it by default: in groups it sees commands, mentions of its name and answers to its messages. */
  #isForBot({ chat, text = "", reply_to_message }: Message): boolean {
    if (chat.type === "private") return true;
    if (this.#ground.population.room(chat.id).access !== "open") return false;
    const { id, username = "" } = this.#ground.bot;
    const [, addressee] = /^\/\w+(?:@(\w+))?/.exec(text) ?? [];
    if (addressee !== undefined) return addressee.toLowerCase() === username.toLowerCase();
    return text.startsWith("/") || text.includes(`@${username}`) || reply_to_message?.from.id === id;
  }

  #membership({ chat }: Room, from: User, before: string, after: string): void {
    const { bot } = this.#ground;
    const date = this.#seconds();
    this.#ground.update({
      my_chat_member: {
        chat,
        from,
        date,
        old_chat_member: { user: bot, status: before },
        new_chat_member: { user: bot, status: after },
      },
    });
  }

  #seconds(): number {
    return Math.floor(this.#ground.clock.nowMs() / 1000);
  }
}

/** Clients mark commands wherever they stand after a blank. */
function entitiesOf(text: string): readonly Entity[] {
  return [...text.matchAll(/(?<=^|\s)\/[a-zA-Z0-9_]{1,64}(?:@\w+)?/g)].map(({ 0: command, index }) => ({
    type: "bot_command",
    offset: index,
    length: command.length,
  }));
}
