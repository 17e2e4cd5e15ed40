/**
 * The Bot API on this machine, for a bot that does not know of it: real HTTP, long polling and webhook, chats with what stands in them,
 * the platform's checks, limits and outages. `people` acts for those who write to the bot.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { BotMessages, type Press } from "./bot-messages.ts";
import { FileStore } from "./content.ts";
import { type Fault, Faults } from "./faults.ts";
import { Flood, type FloodLimits } from "./flood.ts";
import { Menu } from "./menu.ts";
import { bodyOf, isSet, jsonOf, numberOf, type Parameters, readParameters, textOf } from "./parameters.ts";
import { People } from "./people.ts";
import { Population } from "./population.ts";
import { badRequest, Refusal } from "./refusal.ts";
import type { Update, User, WorldClock } from "./shapes.ts";
import { UpdateQueue } from "./update-queue.ts";
import { Webhook, type WebhookRules } from "./webhook.ts";

export interface FakeTelegramOptions {
  readonly token?: string;
  readonly clock?: WorldClock;
  /** Off when left out. */
  readonly limits?: FloodLimits;
  readonly webhook?: WebhookRules;
}

/** A call as it came, and what became of it. */
export interface Call {
  readonly method: string;
  readonly fields: Parameters["fields"];
  readonly files: Parameters["files"];
  readonly atMs: number;
  /** The whole body, as bytes. */
  readonly raw: Buffer;
  /** Null while it waits, or where a fault took it. */
  outcome: { readonly result: unknown } | { readonly refusal: Refusal } | null;
}

type Method = (parameters: Parameters, signal: AbortSignal) => unknown;

export const BOT_TOKEN = "70010203:testTokenOfTheFakeBotApi_0123456789";
const BOT: User = { id: 70_010_203, is_bot: true, first_name: "Copytrader", username: "copytrader_bot" };
const LONGEST_POLL_SECONDS = 50;

export class FakeTelegram {
  readonly token: string;
  readonly bot = BOT;
  readonly population = new Population();
  readonly people: People;
  readonly updates = new UpdateQueue();
  readonly webhook: Webhook;
  readonly flood: Flood;
  readonly faults = new Faults();
  readonly files = new FileStore();
  readonly menu: Menu;
  /** All of them but polls, in the order of their arrival. */
  readonly calls: Call[] = [];
  readonly #clock: WorldClock;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #presses = new Map<string, Press>();
  readonly #methods: ReadonlyMap<string, Method>;
  readonly #listeners = new Set<() => void>();
  /** Calls that were not answered yet; polls are none of them. */
  inFlight = 0;
  #port = 0;
  #lastMessageId = 0;

  private constructor({ token, clock, limits, webhook }: FakeTelegramOptions) {
    this.token = token ?? BOT_TOKEN;
    this.#clock = clock ?? { nowMs: () => Date.now() };
    this.flood = new Flood(this.#clock, limits ?? null);
    this.menu = new Menu(this.population);
    const ground = {
      bot: BOT,
      population: this.population,
      clock: this.#clock,
      presses: this.#presses,
      nextMessageId: () => this.#nextMessageId(),
    };
    this.people = new People({
      ...ground,
      update: (content) => this.updates.add(content),
      changed: () => this.#changed(),
    });
    this.#methods = this.#allMethods(new BotMessages({ ...ground, files: this.files, flood: this.flood }));
    this.webhook = new Webhook(
      this.updates,
      webhook ?? { loopback: true, pauseMs: 20 },
      this.#clock,
      async (method, fields) => {
        const signal = new AbortController().signal;
        await this.#run(method, { fields: { ...fields }, files: new Map() }, Buffer.alloc(0), signal);
      },
    );
    this.#server = createServer((request, response) => {
      this.#count(request, response);
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  static async open(options: FakeTelegramOptions = {}): Promise<FakeTelegram> {
    const telegram = new FakeTelegram(options);
    await telegram.#listen();
    return telegram;
  }

  /** For `apiRoot`. */
  get root(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** How a press was answered; null while the button spins. */
  answerOf(callbackId: string): Press["answer"] {
    return this.#presses.get(callbackId)?.answer ?? null;
  }

  callsOf(method: string): readonly Call[] {
    return this.calls.filter((call) => call.method.toLowerCase() === method.toLowerCase());
  }

  /** Everything that a bot has ever sent here, as text: paths, fields and files. */
  received(): string {
    return this.calls.map(({ method, raw }) => `${method}\n${raw.toString("latin1")}`).join("\n");
  }

  /** Told after each change of what stands in a chat, and after each call. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Polls under way break too. */
  outage(fault: Fault): void {
    this.faults.setOutage(fault);
    this.#dropConnections();
  }

  outageEnds(): void {
    this.faults.setOutage(null);
  }

  async close(): Promise<void> {
    this.webhook.remove();
    this.#dropConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #dropConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  #nextMessageId(): number {
    this.#lastMessageId += 1;
    return this.#lastMessageId;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  #count({ url = "" }: IncomingMessage, response: ServerResponse): void {
    if (/\/getUpdates$/i.test(url)) return;
    this.inFlight += 1;
    response.once("close", () => {
      this.inFlight -= 1;
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const method = path.split("/").at(-1) ?? "";
    const raw = await bodyOf(request);
    const fault = this.faults.next(method);
    if (fault?.kind === "reset") return void request.socket.resetAndDestroy();
    if (fault?.kind === "silence") return this.faults.keepSilent(response);
    if (fault?.kind === "status")
      return void response.writeHead(fault.status, { "content-type": "text/html" }).end("<html>nginx</html>");
    if (fault?.kind === "slow") await new Promise((resolve) => setTimeout(resolve, fault.ms));
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const answer = await this.#outcome({ request, path, method, raw, fault }, gone.signal);
    if (fault?.kind === "lost-answer") return void request.socket.resetAndDestroy();
    if (!gone.signal.aborted) respond(response, answer);
    this.#changed();
  }

  async #outcome(
    asked: {
      readonly request: IncomingMessage;
      readonly path: string;
      readonly method: string;
      readonly raw: Buffer;
      readonly fault: Fault | null;
    },
    signal: AbortSignal,
  ): Promise<{ readonly result: unknown } | { readonly refusal: Refusal }> {
    const { request, path, method, raw, fault } = asked;
    try {
      const token = /^\/bot([^/]+)\/\w+$/.exec(path)?.[1];
      if (token === undefined) throw new Refusal(404, "Not Found");
      if (decodeURIComponent(token) !== this.token) throw new Refusal(401, "Unauthorized");
      if (fault?.kind === "refusal") throw fault.refusal;
      return { result: await this.#run(method, readParameters(request, raw), raw, signal) };
    } catch (error) {
      if (error instanceof Refusal) return { refusal: error };
      throw error;
    }
  }

  async #run(method: string, parameters: Parameters, raw: Buffer, signal: AbortSignal): Promise<unknown> {
    const run = this.#methods.get(method.toLowerCase());
    const call: Call = { method, ...parameters, atMs: this.#clock.nowMs(), raw, outcome: null };
    if (method.toLowerCase() !== "getupdates") this.calls.push(call);
    try {
      if (run === undefined) throw new Refusal(404, "Not Found: method not found");
      const result = structuredClone(await run(parameters, signal));
      call.outcome = { result };
      return result;
    } catch (error) {
      if (error instanceof Refusal) call.outcome = { refusal: error };
      throw error;
    }
  }

  #allMethods(messages: BotMessages): ReadonlyMap<string, Method> {
    const methods: Readonly<Record<string, Method>> = {
      getMe: () => ({
        ...BOT,
        can_join_groups: true,
        can_read_all_group_messages: false,
        supports_inline_queries: false,
        can_connect_to_business: false,
        has_main_web_app: false,
      }),
      getUpdates: ({ fields }, signal) => this.#poll(fields, signal),
      setWebhook: ({ fields }) => this.#setWebhook(fields),
      deleteWebhook: ({ fields }) => this.#deleteWebhook(fields),
      getWebhookInfo: () => this.webhook.info(),
      getChat: ({ fields }) => this.population.known(numberOf(fields, "chat_id")).chat,
      getChatMember: ({ fields }) => this.#member(fields),
      leaveChat: ({ fields }) => {
        this.population.writable(numberOf(fields, "chat_id")).access = "kicked";
        return true;
      },
      setMyCommands: ({ fields }) => this.menu.set(fields),
      getMyCommands: ({ fields }) => this.menu.get(fields),
      deleteMyCommands: ({ fields }) => this.menu.delete(fields),
      sendMessage: (parameters) => messages.sendMessage(parameters),
      sendPhoto: (parameters) => messages.sendPhoto(parameters),
      sendDocument: (parameters) => messages.sendDocument(parameters),
      sendMediaGroup: (parameters) => messages.sendMediaGroup(parameters),
      sendChatAction: (parameters) => messages.sendChatAction(parameters),
      editMessageText: (parameters) => messages.editMessageText(parameters),
      editMessageCaption: (parameters) => messages.editMessageCaption(parameters),
      editMessageReplyMarkup: (parameters) => messages.editMessageReplyMarkup(parameters),
      deleteMessage: (parameters) => messages.deleteMessage(parameters),
      answerCallbackQuery: (parameters) => messages.answerCallbackQuery(parameters),
    };
    return new Map(Object.entries(methods).map(([name, run]) => [name.toLowerCase(), run]));
  }

  async #poll(fields: Parameters["fields"], signal: AbortSignal): Promise<readonly Update[]> {
    if (this.webhook.settings !== null)
      throw new Refusal(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    const limit = numberOf(fields, "limit") ?? 100;
    const timeout = numberOf(fields, "timeout") ?? 0;
    return this.updates.poll(
      {
        offset: numberOf(fields, "offset") ?? 0,
        limit: limit < 1 || limit > 100 ? 100 : limit,
        timeoutMs: Math.min(Math.max(0, timeout), LONGEST_POLL_SECONDS) * 1000,
        allowed: allowedOf(fields),
      },
      signal,
    );
  }

  #setWebhook(fields: Parameters["fields"]): true {
    const url = textOf(fields, "url") ?? "";
    if (url === "") return this.#deleteWebhook(fields);
    const maxConnections = numberOf(fields, "max_connections") ?? 40;
    this.updates.interrupt("terminated by setWebhook request");
    this.updates.allowed = allowedOf(fields) ?? this.updates.allowed;
    if (isSet(fields, "drop_pending_updates")) this.updates.dropAll();
    this.webhook.set({ url, secret: textOf(fields, "secret_token") ?? null, maxConnections });
    return true;
  }

  #deleteWebhook(fields: Parameters["fields"]): true {
    this.webhook.remove();
    if (isSet(fields, "drop_pending_updates")) this.updates.dropAll();
    return true;
  }

  #member(fields: Parameters["fields"]): object {
    const room = this.population.known(numberOf(fields, "chat_id"));
    const id = numberOf(fields, "user_id") ?? 0;
    if (!this.population.hasUser(id)) throw badRequest("invalid user_id specified");
    const inside = room.members.has(id) ? "member" : "left";
    return { user: this.population.user(id), status: room.administrators.has(id) ? "administrator" : inside };
  }
}

function allowedOf(fields: Parameters["fields"]): readonly string[] | undefined {
  const allowed = jsonOf(fields, "allowed_updates");
  if (allowed === undefined) return undefined;
  if (!Array.isArray(allowed)) throw badRequest("allowed_updates must be an Array");
  return allowed.map(String);
}

function respond(
  response: ServerResponse,
  answer: { readonly result: unknown } | { readonly refusal: Refusal },
): void {
  const [status, body] =
    "result" in answer
      ? [200, { ok: true, result: answer.result }]
      : [
          answer.refusal.code,
          {
            ok: false,
            error_code: answer.refusal.code,
            description: answer.refusal.message,
            ...(answer.refusal.parameters === undefined ? {} : { parameters: answer.refusal.parameters }),
          },
        ];
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
