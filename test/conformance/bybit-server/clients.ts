/**
 * Plain clients for the conformance tests of the simulated exchange: control interface, signed REST, and a WebSocket
 * that can be waited on. Written from the protocol's description, not with the connector, so that they are a second
 * opinion.
 */
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { WebSocket } from "ws";
import {
  type ExchangeOptions,
  type RunningExchange,
  startExchange,
} from "../../../src/exchange/simulated/bybit-server/server.ts";

export type Json = Readonly<Record<string, unknown>>;

export const KEY = "alice-key";
export const SECRET = "alice-secret";

export interface TestExchange extends RunningExchange {
  control(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }>;
}

export async function startTestExchange(options: ExchangeOptions = {}): Promise<TestExchange> {
  const exchange = await startExchange({ control: true, limits: "off", ...options });
  return { ...exchange, control: (method, path, body) => control(exchange.rest, method, path, body) };
}

async function control(rest: string, method: string, path: string, body: unknown) {
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const response = await fetch(`${rest}/control/${path}`, { method, ...init });
  return { status: response.status, body: asRecord(await response.json()) };
}

/** An account with 10,000 USDT unless told otherwise. */
export async function addAccount(exchange: TestExchange, apiKey = KEY, more: Json = {}): Promise<void> {
  const body = { apiSecret: SECRET, balances: { USDT: "10000" }, ...more };
  const answer = await exchange.control("PUT", `accounts/${apiKey}`, body);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Json;
  readonly result: Json;
  readonly code: number;
}

export interface SignedOptions {
  readonly key?: string;
  readonly secret?: string;
  readonly timestamp?: string;
  readonly window?: string;
  readonly signature?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function sign(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}

/** A signed GET with a raw query, or a signed POST with a JSON body. */
export async function signed(
  rest: string,
  target: string,
  body?: unknown,
  options: SignedOptions = {},
): Promise<RestAnswer> {
  const { key = KEY, secret = SECRET, timestamp = String(Date.now()), window = "5000" } = options;
  const [, query = ""] = target.split("?");
  const payload = body === undefined ? query : typeof body === "string" ? body : JSON.stringify(body);
  const headers = {
    "X-BAPI-API-KEY": key,
    "X-BAPI-TIMESTAMP": timestamp,
    "X-BAPI-RECV-WINDOW": window,
    "X-BAPI-SIGN": options.signature ?? sign(secret, timestamp + key + window + payload),
    ...options.headers,
  };
  const init =
    body === undefined
      ? { headers }
      : { method: "POST", body: payload, headers: { ...headers, "Content-Type": "application/json" } };
  return readAnswer(await fetch(`${rest}${target}`, init));
}

export async function open(rest: string, target: string): Promise<RestAnswer> {
  return readAnswer(await fetch(`${rest}${target}`));
}

async function readAnswer(response: Response): Promise<RestAnswer> {
  const text = await response.text();
  const body = text.startsWith("{") ? asRecord(JSON.parse(text)) : {};
  const result = isRecord(body.result) ? body.result : {};
  return {
    status: response.status,
    headers: response.headers,
    text,
    body,
    result,
    code: Number(body.retCode),
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function asRecord(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) throw new Error(`not an object: ${JSON.stringify(value)}`);
  return value;
}

export function rowsOf(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) throw new Error(`not a list: ${JSON.stringify(value)}`);
  return value.map(asRecord);
}

/** A WebSocket whose messages are kept until somebody asks for them. */
export class TestSocket {
  readonly socket: WebSocket;
  readonly received: Record<string, unknown>[] = [];
  readonly texts: string[] = [];
  #waiting: (() => void)[] = [];

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.on("message", (data) => {
      const text = String(data);
      this.texts.push(text);
      this.received.push(asRecord(JSON.parse(text)));
      this.#wake();
    });
    this.socket.on("close", () => this.#wake());
    this.socket.on("error", () => this.#wake());
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  static async open(url: string): Promise<TestSocket> {
    const socket = new TestSocket(url);
    await once(socket.socket, "open");
    return socket;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** The first message, received before or later, that fits; throws when the connection ends or time runs out. */
  async next(
    fits: (message: Record<string, unknown>) => boolean,
    timeoutMs = 5000,
  ): Promise<Record<string, unknown>> {
    const deadline = Date.now() + timeoutMs;
    for (let seen = 0; ; ) {
      for (; seen < this.received.length; seen += 1) {
        const message = this.received[seen];
        if (message !== undefined && fits(message)) return message;
      }
      const leftMs = deadline - Date.now();
      if (leftMs <= 0 || this.socket.readyState !== WebSocket.OPEN) {
        throw new Error(`no such message among ${this.texts.join("\n")}`);
      }
      await this.#pause(leftMs);
    }
  }

  #pause(leftMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, leftMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async request(message: Json): Promise<Record<string, unknown>> {
    const from = this.received.length;
    this.send(message);
    return await this.next((answer) => this.received.indexOf(answer) >= from && answer.topic === undefined);
  }

  topic(name: string, from = 0): Promise<Record<string, unknown>> {
    return this.next((message) => message.topic === name && this.received.indexOf(message) >= from);
  }

  closed(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => this.socket.once("close", () => resolve()));
  }

  close(): void {
    this.socket.terminate();
  }
}

export async function privateSocket(
  exchange: RunningExchange,
  topics: readonly string[],
  key = KEY,
): Promise<TestSocket> {
  const socket = await TestSocket.open(`${exchange.stream}/v5/private`);
  await socket.request(authMessage(key));
  if (topics.length > 0) await socket.request({ op: "subscribe", args: topics });
  return socket;
}

export async function tradeSocket(exchange: RunningExchange, key = KEY): Promise<TestSocket> {
  const socket = await TestSocket.open(`${exchange.stream}/v5/trade`);
  await socket.request(authMessage(key));
  return socket;
}

export function authMessage(key = KEY, secret = SECRET, expires = Date.now() + 5000): Json {
  return { op: "auth", args: [key, expires, sign(secret, `GET/realtime${expires}`)] };
}

export function orderMessage(op: string, body: Json, reqId?: string): Json {
  const header = { "X-BAPI-TIMESTAMP": String(Date.now()), "X-BAPI-RECV-WINDOW": "5000" };
  return { ...(reqId === undefined ? {} : { reqId }), header, op, args: [body] };
}

export const MARKET_BUY: Json = {
  category: "linear",
  symbol: "BTCUSDT",
  side: "Buy",
  orderType: "Market",
  qty: "0.01",
};

export const LIMIT_BUY: Json = { ...MARKET_BUY, orderType: "Limit", price: "50000" };
