/** Updates as the library tells them, read into what the bot answers to; what is none of that is left out. */
import type { Bot, Context } from "grammy";
import type { Log } from "../log.ts";
import { speakErrorOf } from "./grammy-speaker.ts";
import { commandIn, type Incoming, type IncomingMessage, type IncomingPress } from "./incoming.ts";

export const ALLOWED_UPDATES = ["message", "callback_query"] as const;

/** An update that comes twice (a webhook that was slow) is handled once. */
const SEEN_MAX = 1_000;
const LATE_ANSWER = /query is too old|query ID is invalid/i;

export function onUpdates(bot: Bot, log: Log, handle: (incoming: Incoming) => Promise<void>): void {
  const seen = new Set<number>();
  const once = async (context: Context, incoming: Incoming | null) => {
    const { update_id: id } = context.update;
    if (incoming === null || seen.has(id)) return;
    seen.add(id);
    const [oldest] = seen;
    if (seen.size > SEEN_MAX && oldest !== undefined) seen.delete(oldest);
    await handle(incoming);
  };
  bot.on("message", (context) => once(context, messageOf(context)));
  bot.on("callback_query", (context) => once(context, pressOf(context, log)));
}

/** Nothing that was forwarded, sent by a bot or for a channel: only what somebody wrote here himself. */
function messageOf({ message, me }: Context): IncomingMessage | null {
  if (message?.from === undefined || message.from.is_bot || message.sender_chat !== undefined) return null;
  if (message.forward_origin !== undefined || message.via_bot !== undefined) return null;
  const { text, entities = [], chat, from, message_id: messageId, date } = message;
  const isPrivate = chat.type === "private";
  const named = entities.find(({ type, offset }) => type === "bot_command" && offset === 0);
  const command =
    text === undefined || named === undefined ? null : commandIn(text, named.length, me.username);
  // What people of a group say to each other is not for us.
  if (command === null && (!isPrivate || named !== undefined)) return null;
  const common = { chat: { id: chat.id, isPrivate }, from: senderOf(from), messageId };
  return { kind: "message", ...common, atMs: date * 1_000, command };
}

function pressOf(context: Context, log: Log): IncomingPress | null {
  const { callbackQuery: query } = context;
  const message = query?.message;
  if (query === undefined || message === undefined || query.data === undefined) return null;
  const { chat, message_id: messageId } = message;
  return {
    kind: "press",
    chat: { id: chat.id, isPrivate: chat.type === "private" },
    from: senderOf(query.from),
    messageId,
    data: query.data,
    answer: (text, isLoud = false) => {
      const told = text === undefined ? {} : { text: text.slice(0, 200), show_alert: isLoud };
      context.answerCallbackQuery(told).catch((error: unknown) => {
        const { message } = speakErrorOf(error);
        if (!LATE_ANSWER.test(message)) log.warn("a press could not be answered", { cause: message });
      });
    },
  };
}

function senderOf(from: { id: number; first_name: string; last_name?: string; username?: string }) {
  const { id, first_name: first, last_name: last, username } = from;
  const names = [first, last, username === undefined ? undefined : `(@${username})`];
  return { telegramId: String(id), name: names.filter((name) => name !== undefined).join(" ") };
}
