/**
 * HTTP over pooled keep-alive connections (undici), one pool per origin, by callback. Says of each failure whether the
 * request may have reached the server: only then may an order's fate be in doubt.
 */
import { type Dispatcher, Pool } from "undici";
import type { HttpOutcome, HttpRequest, HttpTransport } from "../transport.ts";

export interface HttpClientOptions {
  /** Connections per origin. */
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
  readonly keepAliveMs: number;
  /** Larger answers are refused. */
  readonly bodyBytesMax: number;
}

export const HTTP_CLIENT_DEFAULTS: HttpClientOptions = {
  connectionsMax: 128,
  connectTimeoutMs: 5_000,
  keepAliveMs: 30_000,
  bodyBytesMax: 32 * 1024 * 1024,
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
  readonly #pools = new Map<string, Pool>();

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  send(request: HttpRequest, done: (outcome: HttpOutcome) => void): void {
    const pathAt = request.url.indexOf("/", request.url.indexOf("://") + 3);
    const origin = pathAt < 0 ? request.url : request.url.slice(0, pathAt);
    const path = pathAt < 0 ? "/" : request.url.slice(pathAt);
    const exchange = new HttpExchange(request.timeoutMs, this.#options.bodyBytesMax, done);
    this.#poolOf(origin).dispatch(
      { path, method: request.method, headers: { ...request.headers }, body: request.body ?? null },
      exchange,
    );
  }

  close(): void {
    for (const pool of this.#pools.values()) pool.destroy(null, () => {});
    this.#pools.clear();
  }

  #poolOf(origin: string): Pool {
    let pool = this.#pools.get(origin);
    if (pool === undefined) {
      pool = new Pool(origin, {
        connections: this.#options.connectionsMax,
        pipelining: 1,
        keepAliveTimeout: this.#options.keepAliveMs,
        connect: { timeout: this.#options.connectTimeoutMs },
      });
      this.#pools.set(origin, pool);
    }
    return pool;
  }
}

/** One request and its answer; reports exactly once. */
class HttpExchange implements Dispatcher.DispatchHandler {
  readonly #done: (outcome: HttpOutcome) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #bodyBytesMax: number;
  #controller: Dispatcher.DispatchController | null = null;
  #started = false;
  #finished = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(timeoutMs: number, bodyBytesMax: number, done: (outcome: HttpOutcome) => void) {
    this.#done = done;
    this.#bodyBytesMax = bodyBytesMax;
    this.#timer = setTimeout(() => this.#giveUp(`no answer within ${timeoutMs} ms`), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#finished) {
      controller.abort(new Error("given up before it was sent"));
      return;
    }
    this.#controller = controller;
    this.#started = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    for (const name in headers) {
      const value = headers[name];
      if (value !== undefined) this.#headers[name] = typeof value === "string" ? value : value.join(", ");
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#bodyBytesMax) this.#giveUp("the answer is too long");
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const body = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    this.#finish({
      kind: "answered",
      status: this.#status,
      headers: this.#headers,
      body: body.toString("utf8"),
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#finish({
      kind: "failed",
      mayHaveArrived: this.#started && mayHaveArrived(error),
      cause: causeOf(error),
    });
  }

  #giveUp(cause: string): void {
    const controller = this.#controller;
    this.#finish({ kind: "failed", mayHaveArrived: this.#started, cause });
    controller?.abort(new Error(cause));
  }

  #finish(outcome: HttpOutcome): void {
    if (this.#finished) return;
    this.#finished = true;
    clearTimeout(this.#timer);
    this.#chunks = [];
    this.#done(outcome);
  }
}

/** Failures before a connection stands: nothing left this machine. */
const NEVER_CONNECTED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

function mayHaveArrived(error: Error): boolean {
  const code: unknown = "code" in error ? error.code : undefined;
  return !(typeof code === "string" && NEVER_CONNECTED.has(code));
}

function causeOf(error: Error): string {
  const code: unknown = "code" in error ? error.code : undefined;
  return typeof code === "string" ? `${code}: ${error.message}` : error.message;
}
