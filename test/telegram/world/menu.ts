/** The lists of commands that clients offer, by scope and language; the narrowest one that was set counts. */
import { jsonOf, numberOf, type Parameters, textOf } from "./parameters.ts";
import type { Population } from "./population.ts";
import { badRequest } from "./refusal.ts";

export interface MenuCommand {
  readonly command: string;
  readonly description: string;
}

type Fields = Parameters["fields"];

const WITHOUT_CHAT = ["default", "all_private_chats", "all_group_chats", "all_chat_administrators"];
const OF_A_CHAT = ["chat", "chat_administrators", "chat_member"];

export class Menu {
  readonly #population: Population;
  readonly #lists = new Map<string, readonly MenuCommand[]>();

  constructor(population: Population) {
    this.#population = population;
  }

  set(fields: Fields): true {
    const commands = commandsOf(jsonOf(fields, "commands"));
    this.#lists.set(this.#keyOf(fields), commands);
    return true;
  }

  get(fields: Fields): readonly MenuCommand[] {
    return this.#lists.get(this.#keyOf(fields)) ?? [];
  }

  delete(fields: Fields): true {
    this.#lists.delete(this.#keyOf(fields));
    return true;
  }

  /** What this user is offered in this chat. */
  shown(userId: number, chatId: number, language = ""): readonly MenuCommand[] {
    const room = this.#population.room(chatId);
    const isAdministrator = room.administrators.has(userId);
    const scopes =
      room.chat.type === "private"
        ? [`chat ${chatId}`, "all_private_chats", "default"]
        : [
            `chat_member ${chatId} ${userId}`,
            ...(isAdministrator ? [`chat_administrators ${chatId}`] : []),
            `chat ${chatId}`,
            ...(isAdministrator ? ["all_chat_administrators"] : []),
            "all_group_chats",
            "default",
          ];
    for (const scope of scopes) {
      const list = this.#lists.get(`${scope}/${language}`) ?? this.#lists.get(`${scope}/`);
      if (list !== undefined && list.length > 0) return list;
    }
    return [];
  }

  #keyOf(fields: Fields): string {
    const language = textOf(fields, "language_code") ?? "";
    if (!/^([a-z]{2})?$/.test(language)) throw badRequest("invalid language code specified");
    const scope = jsonOf(fields, "scope") ?? { type: "default" };
    if (typeof scope !== "object" || scope === null) throw badRequest("BotCommandScope must be an Object");
    const type = textOf({ ...scope }, "type") ?? "";
    if (WITHOUT_CHAT.includes(type)) return `${type}/${language}`;
    if (!OF_A_CHAT.includes(type)) throw badRequest("unsupported type specified");
    const { chat } = this.#population.known(numberOf({ ...scope }, "chat_id"));
    if (type === "chat") return `chat ${chat.id}/${language}`;
    if (chat.type === "private") throw badRequest("chat type is wrong for the scope");
    const user = type === "chat_member" ? ` ${numberOf({ ...scope }, "user_id")}` : "";
    return `${type} ${chat.id}${user}/${language}`;
  }
}

function commandsOf(list: unknown): readonly MenuCommand[] {
  if (!Array.isArray(list)) throw badRequest("commands must be an Array");
  if (list.length > 100) throw badRequest("BOT_COMMANDS_TOO_MUCH");
  return list.map((entry: Fields) => {
    const command = textOf(entry, "command") ?? "";
    const description = textOf(entry, "description") ?? "";
    if (!/^[a-z0-9_]{1,32}$/.test(command)) throw badRequest("BOT_COMMAND_INVALID");
    if (description.length < 1 || description.length > 256)
      throw badRequest("BOT_COMMAND_DESCRIPTION_INVALID");
    return { command, description };
  });
}
