/** Where updates come from: Telegram is asked for them (long polling), or posts them to a webhook. Outages of Telegram end by themselves. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { run } from "@grammyjs/runner";
import { type Bot, GrammyError } from "grammy";
import type { Update } from "grammy/types";
import type { Log } from "../log.ts";
import type { SharedSecret } from "../security/shared-secret.ts";
import { ALLOWED_UPDATES } from "./grammy-updates.ts";

/** How long a question for updates is held open at Telegram. */
const POLL_SECONDS = 30;
/** Between questions that failed. */
const POLL_RETRY_MS = 3_000;
const FOREVER_MS = 1e12;
/** Updates of people are far smaller. */
const BODY_BYTES_MAX = 1024 * 1024;
const AT_ONCE_MAX = 40;
const SECRET_HEADER = "x-telegram-bot-api-secret-token";

export interface Updates {
  /** Resolves when they can come no more by themselves: the token was refused, another program uses it. */
  readonly ended: Promise<Error>;
  stop(): Promise<void>;
}

/** Why there can be no bot; its message names no token. */
export class BotRefusedError extends Error {
  override readonly name = "BotRefusedError";
}

export function polled(bot: Bot): Updates {
  const runner = run(bot, {
    runner: {
      fetch: { timeout: POLL_SECONDS, allowed_updates: ALLOWED_UPDATES },
      retryInterval: POLL_RETRY_MS,
      maxRetryTime: FOREVER_MS,
      silent: true,
    },
    sink: { concurrency: AT_ONCE_MAX },
  });
  const task = runner.task() ?? Promise.resolve();
  const ended = new Promise<Error>((resolve) => {
    task.catch((error: unknown) => resolve(refusalOf(error)));
  });
  return { ended, stop: () => (runner.isRunning() ? runner.stop() : Promise.resolve()) };
}

export interface WebhookParts {
  readonly url: string;
  readonly secretToken: SharedSecret;
  readonly host: string;
  readonly port: number;
}

/** Resolves once it listens and Telegram knows of it. */
export async function posted(
  bot: Bot,
  { url, secretToken, host, port }: WebhookParts,
  log: Log,
): Promise<Updates> {
  const path = new URL(url).pathname;
  const server = createServer((request, response) => {
    void answer(bot, { path, secretToken, log }, request, response);
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  await listening(server, host, port);
  try {
    await bot.api.setWebhook(url, {
      secret_token: secretToken.reveal(),
      max_connections: AT_ONCE_MAX,
      allowed_updates: [...ALLOWED_UPDATES],
    });
  } catch (error) {
    // Whoever tries again listens again.
    await closed(server);
    throw error;
  }
  return { ended: new Promise(() => {}), stop: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

interface WebhookRules {
  readonly path: string;
  readonly secretToken: SharedSecret;
  readonly log: Log;
}

/** Taken in before it is handled: Telegram waits for nothing, and what comes twice is handled once. */
async function answer(
  bot: Bot,
  { path, secretToken, log }: WebhookRules,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const given = request.headers[SECRET_HEADER];
  const isKnown = typeof given === "string" && secretToken.equals(given);
  const isHere = request.method === "POST" && (request.url ?? "").split("?")[0] === path;
  if (!isKnown || !isHere) {
    response.writeHead(isHere ? 401 : 404).end();
    request.destroy();
    return;
  }
  const update = await updateIn(request).catch(() => null);
  if (update === null) {
    response.writeHead(400).end();
    return;
  }
  response.writeHead(200).end();
  await bot.handleUpdate(update).catch((error: unknown) => {
    log.error("an update could not be handled", { error });
  });
}

async function updateIn(request: IncomingMessage): Promise<Update | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  const isUpdate = typeof body === "object" && body !== null && "update_id" in body;
  // Whoever knows the secret is Telegram; what is read of it is checked where it is read.
  return isUpdate ? (body as Update) : null;
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new BotRefusedError(`telegram.webhook: ${host}:${port} cannot be listened on: ${error.message}`),
      ),
    );
    server.listen(port, host, resolve);
  });
}

/** A BotRefusedError where trying again is of no use. */
export function refusalOf(error: unknown): Error {
  if (!(error instanceof GrammyError)) return error instanceof Error ? error : new Error(String(error));
  if (error.error_code === 401 || error.error_code === 404)
    return new BotRefusedError("Telegram does not know the bot's token: ask @BotFather for the one in use");
  if (error.error_code === 409)
    return new BotRefusedError("another program asks Telegram for this bot's updates: there can be one");
  if (error.error_code >= 500 || error.error_code === 429) return new Error(error.description);
  return new BotRefusedError(error.description);
}
