/** Who and what there is: users, private chats, groups and their members; who blocked the bot, which group became which supergroup. */
import { badRequest, Refusal } from "./refusal.ts";
import type { Chat, Message, User } from "./shapes.ts";

/** A chat with all that it shows now. */
export interface Room {
  readonly chat: Chat;
  /** In the order of their ids; what was deleted is gone. */
  readonly messages: Message[];
  /** Of a group, without the bot. */
  readonly members: Set<number>;
  readonly administrators: Set<number>;
  /** Whether the bot may write here: the user pressed start and has not blocked it; the group has it as a member. */
  access: "never-started" | "open" | "blocked" | "kicked";
  /** Of a group that became a supergroup. */
  migratedTo: number | null;
}

export class Population {
  readonly #users = new Map<number, User>();
  readonly #rooms = new Map<number, Room>();

  addUser(user: User): User {
    this.#users.set(user.id, user);
    const { first_name, last_name, username } = user;
    const chat: Chat = {
      id: user.id,
      type: "private",
      first_name,
      ...(last_name === undefined ? {} : { last_name }),
      ...(username === undefined ? {} : { username }),
    };
    this.addRoom(chat, "never-started");
    return user;
  }

  addRoom(chat: Chat, access: Room["access"]): Room {
    const room = {
      chat,
      messages: [],
      members: new Set<number>(),
      administrators: new Set<number>(),
      access,
      migratedTo: null,
    };
    this.#rooms.set(chat.id, room);
    return room;
  }

  user(id: number): User {
    const user = this.#users.get(id);
    if (user === undefined) throw new Error(`the world has no user ${id}`);
    return user;
  }

  hasUser(id: number): boolean {
    return this.#users.has(id);
  }

  room(chatId: number): Room {
    const room = this.#rooms.get(chatId);
    if (room === undefined) throw new Error(`the world has no chat ${chatId}`);
    return room;
  }

  rooms(): readonly Room[] {
    return [...this.#rooms.values()];
  }

  /** For a method that names a chat, which the bot must have met. */
  known(chatId: number | undefined): Room {
    if (chatId === undefined) throw badRequest("chat_id is empty");
    const room = this.#rooms.get(chatId);
    if (room === undefined) throw badRequest("chat not found");
    if (room.migratedTo !== null)
      throw new Refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", {
        migrate_to_chat_id: room.migratedTo,
      });
    return room;
  }

  /** For a method that writes there. */
  writable(chatId: number | undefined): Room {
    const room = this.known(chatId);
    if (room.access === "never-started")
      throw new Refusal(403, "Forbidden: bot can't initiate conversation with a user");
    if (room.access === "blocked") throw new Refusal(403, "Forbidden: bot was blocked by the user");
    if (room.access === "kicked")
      throw new Refusal(403, `Forbidden: bot was kicked from the ${room.chat.type} chat`);
    return room;
  }
}
