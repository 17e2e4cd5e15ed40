/**
 * HTTP/1.1 over pooled keep-alive connections, by callback, of our own because on the order path it pays: one request is
 * one write, its answer is parsed in place. Says of each failure whether the request may have reached the server: only
 * then may an order's fate be in doubt. A request is never sent twice.
 */
import { type Socket as NetSocket, connect as netConnect } from "node:net";
import type { HttpOutcome, HttpRequest, HttpTransport } from "../transport.ts";
import { BadResponse, type ParsedResponse, ResponseReader } from "./http-response.ts";
import { readInto, secureSocket } from "./sockets.ts";

export interface HttpClientOptions {
  /** Connections per origin. */
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
  /** An idle connection is closed after this; servers commonly keep theirs longer. */
  readonly keepAliveMs: number;
  /** Larger answers are refused. */
  readonly bodyBytesMax: number;
  /** Requests waiting for a connection; more fail as never sent. */
  readonly waitingMax: number;
}

export const HTTP_CLIENT_DEFAULTS: HttpClientOptions = {
  connectionsMax: 256,
  connectTimeoutMs: 5_000,
  keepAliveMs: 30_000,
  bodyBytesMax: 32 * 1024 * 1024,
  waitingMax: 20_000,
};

export interface HttpClient extends HttpTransport {
  /** Ends all connections; requests under way fail. */
  close(): void;
}

export function createHttpClient(options: Partial<HttpClientOptions> = {}): HttpClient {
  return new PooledHttpClient({ ...HTTP_CLIENT_DEFAULTS, ...options });
}

class PooledHttpClient implements HttpClient {
  readonly #options: HttpClientOptions;
  readonly #pools = new Map<string, OriginPool>();

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  send(request: HttpRequest, done: (outcome: HttpOutcome) => void): void {
    const pathAt = request.url.indexOf("/", request.url.indexOf("://") + 3);
    const origin = pathAt < 0 ? request.url : request.url.slice(0, pathAt);
    const path = pathAt < 0 ? "/" : request.url.slice(pathAt);
    const exchange = new Exchange(request, done);
    const pool = this.#poolOf(origin);
    const text = pool === null ? null : requestText(request, pool.host, path);
    if (pool === null || text === null)
      process.nextTick(() => exchange.fail(false, "the request is malformed"));
    else pool.send(exchange, text);
  }

  close(): void {
    for (const pool of this.#pools.values()) pool.close();
    this.#pools.clear();
  }

  #poolOf(origin: string): OriginPool | null {
    const known = this.#pools.get(origin);
    if (known !== undefined) return known;
    if (!/^https?:\/\//.test(origin) || !URL.canParse(origin)) return null;
    const pool = new OriginPool(new URL(origin), this.#options);
    this.#pools.set(origin, pool);
    return pool;
  }
}

/** Anything but visible ASCII would break out of its line or be rewritten on the way. */
const UNSAFE_PATH = /[^\x21-\x7e]/;
const UNSAFE_VALUE = /[^\x20-\x7e]/;

/** The bytes of a request; null when something in it is unsafe. */
function requestText(request: HttpRequest, host: string, path: string): string | null {
  const { headers, body } = request;
  if (UNSAFE_PATH.test(path)) return null;
  let head = `${request.method} ${path} HTTP/1.1\r\nHost: ${host}\r\n`;
  for (const name in headers) {
    const value = headers[name] ?? "";
    if (UNSAFE_PATH.test(name) || UNSAFE_VALUE.test(value)) return null;
    head += `${name}: ${value}\r\n`;
  }
  if (body === undefined) return `${head}\r\n`;
  return `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** One request and its outcome; reports exactly once. */
class Exchange {
  readonly #done: (outcome: HttpOutcome) => void;
  readonly #timer: NodeJS.Timeout;
  #connection: Connection | null = null;
  #isFinished = false;

  constructor(request: HttpRequest, done: (outcome: HttpOutcome) => void) {
    this.#done = done;
    const cause = `no answer within ${request.timeoutMs} ms`;
    this.#timer = setTimeout(() => this.#timeOut(cause), request.timeoutMs);
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Its bytes are being written: from here on it may arrive. */
  sentOver(connection: Connection): void {
    this.#connection = connection;
  }

  succeed(response: ParsedResponse): void {
    const { status, headers, body } = response;
    this.#finish({ kind: "answered", status, headers, body });
  }

  fail(mayHaveArrived: boolean, cause: string): void {
    this.#finish({ kind: "failed", mayHaveArrived, cause });
  }

  #timeOut(cause: string): void {
    const connection = this.#connection;
    this.fail(connection !== null, cause);
    connection?.destroy(cause);
  }

  #finish(outcome: HttpOutcome): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    clearTimeout(this.#timer);
    this.#done(outcome);
  }
}

interface Waiting {
  readonly exchange: Exchange;
  readonly text: string;
}

/** The connections to one origin: idle ones newest first, so that a quiet pool shrinks. */
class OriginPool {
  readonly host: string;
  readonly #origin: URL;
  readonly #options: HttpClientOptions;
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  #waiting: Waiting[] = [];
  #opening = 0;

  constructor(origin: URL, options: HttpClientOptions) {
    this.host = origin.host;
    this.#origin = origin;
    this.#options = options;
  }

  send(exchange: Exchange, text: string): void {
    const connection = this.#idle.pop();
    if (connection !== undefined) {
      connection.send(exchange, text);
      return;
    }
    if (this.#waiting.length >= this.#options.waitingMax) {
      process.nextTick(() => exchange.fail(false, "too many requests wait for a connection"));
      return;
    }
    this.#waiting.push({ exchange, text });
    if (this.#opening < this.#waiting.length && this.#all.size < this.#options.connectionsMax) this.#open();
  }

  close(): void {
    for (const { exchange } of this.#waiting) exchange.fail(false, "the client was closed");
    this.#waiting = [];
    for (const connection of this.#all) connection.destroy("the client was closed");
  }

  #open(): void {
    this.#opening++;
    const connection: Connection = new Connection(this.#origin, this.#options, {
      ready: () => {
        this.#opening--;
        this.#free(connection);
      },
      free: () => this.#free(connection),
      closed: (cause, wasReady) => this.#closed(connection, cause, wasReady),
    });
    this.#all.add(connection);
  }

  #free(connection: Connection): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (next.exchange.isFinished) continue;
      connection.send(next.exchange, next.text);
      return;
    }
    this.#idle.push(connection);
  }

  #closed(connection: Connection, cause: string, wasReady: boolean): void {
    this.#all.delete(connection);
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    if (wasReady) {
      if (this.#waiting.length > this.#opening) this.#open();
      return;
    }
    this.#opening--;
    // A connection that could not be made fails one request: it certainly was not sent.
    this.#waiting.shift()?.exchange.fail(false, cause);
    if (this.#waiting.length > this.#opening) this.#open();
  }
}

interface ConnectionOwner {
  ready(): void;
  free(): void;
  closed(cause: string, wasReady: boolean): void;
}

/** We close this much before the server would. */
const IDLE_MARGIN_MS = 1_000;

class Connection {
  readonly #owner: ConnectionOwner;
  readonly #options: HttpClientOptions;
  readonly #socket: NetSocket;
  #isReady = false;
  #exchange: Exchange | null = null;
  #reader: ResponseReader | null = null;
  #idleMsMax: number;
  #cause = "";

  constructor(origin: URL, options: HttpClientOptions, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#options = options;
    this.#idleMsMax = options.keepAliveMs;
    const isSecure = origin.protocol === "https:";
    const host = origin.hostname.replace(/^\[|\]$/g, "");
    const port = origin.port === "" ? (isSecure ? 443 : 80) : Number(origin.port);
    const onread = readInto((chunk) => this.#read(chunk));
    this.#socket = isSecure ? secureSocket(host, port, onread) : netConnect({ host, port, onread });
    this.#socket.setNoDelay(true);
    this.#socket.setTimeout(options.connectTimeoutMs);
    this.#socket.once(isSecure ? "secureConnect" : "connect", () => this.#connected());
    this.#socket.on("timeout", () => this.#quiet());
    this.#socket.on("error", (error) => this.destroy(error.message));
    this.#socket.on("end", () => this.#ended());
    this.#socket.on("close", () => this.#closed());
  }

  send(exchange: Exchange, text: string): void {
    this.#exchange = exchange;
    this.#reader = new ResponseReader(this.#options.bodyBytesMax);
    exchange.sentOver(this);
    this.#socket.write(text);
  }

  destroy(cause: string): void {
    if (this.#cause === "") this.#cause = cause;
    this.#socket.destroy();
  }

  #connected(): void {
    this.#isReady = true;
    this.#socket.setTimeout(this.#options.keepAliveMs);
    this.#owner.ready();
  }

  /** Nothing moved for a while. A request under way has its own, stricter time-out. */
  #quiet(): void {
    if (!this.#isReady) this.destroy("could not connect in time");
    else if (this.#exchange === null) this.destroy("idle");
  }

  #read(chunk: Buffer): void {
    const reader = this.#reader;
    if (reader === null) {
      this.destroy("the server spoke without being asked");
      return;
    }
    try {
      const response = reader.push(chunk);
      if (response !== null) this.#finish(response);
    } catch (error) {
      if (!(error instanceof BadResponse)) throw error;
      this.destroy(error.message);
    }
  }

  /** The connection is free before the answer is told, so that a request made of the answer finds it. */
  #finish(response: ParsedResponse): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    this.#reader = null;
    this.#heed(response.headers["keep-alive"]);
    if (response.keepAlive) this.#owner.free();
    else this.destroy("the server closes after this answer");
    exchange?.succeed(response);
  }

  /** A server that says when it will close is left before that: a request on its way then would be in doubt. */
  #heed(keepAlive: string | undefined): void {
    const seconds = Number(/timeout=(\d+)/.exec(keepAlive ?? "")?.[1] ?? Number.NaN);
    if (Number.isNaN(seconds)) return;
    const idleMsMax = Math.max(1, Math.min(this.#options.keepAliveMs, seconds * 1_000 - IDLE_MARGIN_MS));
    if (idleMsMax === this.#idleMsMax) return;
    this.#idleMsMax = idleMsMax;
    this.#socket.setTimeout(idleMsMax);
  }

  #ended(): void {
    const response = this.#reader?.end() ?? null;
    if (response !== null) this.#finish(response);
    else this.destroy("the server closed the connection");
  }

  #closed(): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    this.#owner.closed(this.#cause, this.#isReady);
    exchange?.fail(true, this.#cause === "" ? "the connection was closed" : this.#cause);
  }
}
