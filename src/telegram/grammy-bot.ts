/**
 * The bot as Telegram's library has it: where it finds Telegram, its limits, and updates one after the other in each chat. Beside the
 * speaker, the updates and the webhook nothing else knows of the library.
 */
import { autoRetry } from "@grammyjs/auto-retry";
import { sequentialize } from "@grammyjs/runner";
import { Bot, HttpError, type Transformer } from "grammy";
import type { ApiResponse } from "grammy/types";
import type { Log } from "../log.ts";
import type { SharedSecret } from "../security/shared-secret.ts";
import { Outgoing, type Sent } from "./outgoing.ts";
import type { BotClock } from "./parts.ts";

const REQUEST_SECONDS = 60;
/** A picture or a document over a slow line. */
const UPLOAD_SECONDS = 300;
const UPLOADS: ReadonlySet<string> = new Set(["sendPhoto", "sendDocument"]);
const RETRIES_MAX = 3;
const RETRY_AFTER_MAX_SECONDS = 120;

export interface GrammyBotParts {
  readonly token: SharedSecret;
  readonly apiRoot: string;
  readonly clock: BotClock;
  readonly log: Log;
}

export function grammyBot({ token, apiRoot, clock, log }: GrammyBotParts): Bot {
  const bot = new Bot(token.reveal(), { client: { apiRoot, timeoutSeconds: UPLOAD_SECONDS } });
  const outgoing = new Outgoing({
    nowMs: () => clock.elapsedMs(),
    setTimer: (delayMs, action) => void clock.setTimer(delayMs, action),
  });
  bot.api.config.use(timely(), paced(outgoing), patient());
  bot.use(sequentialize((context) => String(context.chat?.id ?? context.from?.id ?? "")));
  bot.catch(({ error }) => log.error("an update could not be handled", { cause: causeOf(error) }));
  return bot;
}

type Signal = Parameters<Transformer>[3];

/** The client's own limit is for uploads: whatever else is given up sooner, each try by itself. */
function timely(): Transformer {
  return async (call, method, payload, signal) => {
    if (UPLOADS.has(method)) return call(method, payload, signal);
    const given = new AbortController();
    const giveUp = () => given.abort();
    const timer = setTimeout(giveUp, REQUEST_SECONDS * 1_000);
    if (signal?.aborted === true) giveUp();
    signal?.addEventListener("abort", giveUp);
    try {
      // The library's type is that of an older stand-in for the platform's own, which it takes as well.
      return await call(method, payload, given.signal as unknown as Signal);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    }
  };
}

/** Whatever puts a message before somebody's eyes keeps the limits. */
function paced(outgoing: Outgoing): Transformer {
  return async (call, method, payload, signal) => {
    const chat = "chat_id" in payload ? payload.chat_id : undefined;
    if (chat === undefined || !/^(send(?!ChatAction)|editMessage)/.test(method))
      return call(method, payload, signal);
    const message = "message_id" in payload ? payload.message_id : undefined;
    return outgoing.send({
      chat: String(chat),
      isGroup: String(chat).startsWith("-"),
      isUpload: UPLOADS.has(method),
      ...(message === undefined ? {} : { replaces: `${chat} ${message}` }),
      send: () => tried(() => call(method, payload, signal)),
    });
  };
}

async function tried<Answer>(send: () => Promise<ApiResponse<Answer>>): Promise<Sent<ApiResponse<Answer>>> {
  try {
    const answer = await send();
    const afterS = answer.ok ? undefined : answer.parameters?.retry_after;
    return afterS === undefined ? { kind: "done", answer } : { kind: "later", afterMs: afterS * 1_000 };
  } catch (error) {
    if (error instanceof HttpError) return { kind: "lost", cause: error };
    throw error;
  }
}

/** Troubles of Telegram's own are waited out for a while; that updates cannot be had is the runner's concern. */
function patient(): Transformer {
  const retry = autoRetry({
    maxRetryAttempts: RETRIES_MAX,
    maxDelaySeconds: RETRY_AFTER_MAX_SECONDS,
    rethrowHttpErrors: true,
  });
  return (call, method, payload, signal) =>
    method === "getUpdates" ? call(method, payload, signal) : retry(call, method, payload, signal);
}

function causeOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
