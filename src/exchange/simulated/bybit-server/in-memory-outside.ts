/**
 * The real connector's outside world without sockets: HTTP requests and WebSocket texts go straight to the simulated
 * exchange's protocol, under a virtual clock. The messages are the real ones, byte for byte; each takes `latencyMs` each way,
 * and those of one connection never overtake one another. After `revoke` no callback comes back, as after a death.
 */

import type {
  Chance,
  Clock,
  HttpOutcome,
  HttpRequest,
  Outside,
  Socket,
  SocketListener,
} from "../../transport.ts";
import type { HttpRequest as ServerRequest } from "./http-parser.ts";
import type { BybitProtocol } from "./protocol.ts";
import type { Session } from "./streams/session.ts";
import type { Sink } from "./streams/sink.ts";
import type { HttpAnswer } from "./wire.ts";

export interface InMemoryParts {
  readonly protocol: BybitProtocol;
  readonly clock: Clock;
  readonly chance: Chance;
  /** One way; drawn anew for each message. Default 1. */
  readonly latencyMs?: () => number;
  /** As which the exchange sees us. */
  readonly address?: string;
  /** How long the answer to a read is held back after the exchange looked; drawn anew for each. Default 0. */
  readonly staleMs?: (path: string) => number;
  /** Sees each message before it leaves; who revokes in here keeps it from leaving. */
  readonly leaving?: (text: string, path: string) => void;
}

export interface InMemoryOutside extends Outside {
  revoke(): void;
  /** Breaks those of the open WebSockets for which `hits` says so; how many they were. */
  breakSockets(hits: () => boolean): number;
  /** Requests without an answer. */
  readonly requestsOpen: number;
  /** WebSockets that are open or being opened. */
  readonly socketsOpen: number;
}

const ADDRESS = "127.0.0.1";

export function inMemoryOutside(parts: InMemoryParts): InMemoryOutside {
  const wire = new Wire(parts);
  return {
    clock: wire.clock,
    chance: parts.chance,
    http: { send: (request, done) => wire.request(request, done) },
    sockets: { open: (url, listener) => new InMemorySocket(wire, url, listener) },
    revoke: () => {
      wire.revoked = true;
      // The kernel closes what a dead process had open.
      for (const socket of [...wire.open]) socket.close();
    },
    breakSockets: (hits) => {
      const broken = [...wire.open].filter(hits);
      for (const socket of broken) socket.break();
      return broken.length;
    },
    get requestsOpen() {
      return wire.requestsOpen;
    },
    get socketsOpen() {
      return wire.open.size;
    },
  };
}

/** The protocol's own view of a clock (environment.ts). */
export function environmentOf(clock: Clock) {
  return {
    nowMs: () => clock.nowMs(),
    schedule: (delayMs: number, action: () => void) => {
      const timer = clock.setTimer(delayMs, action);
      return () => timer.cancel();
    },
  };
}

class Wire {
  readonly parts: InMemoryParts;
  readonly address: string;
  readonly clock: Clock;
  readonly open = new Set<InMemorySocket>();
  requestsOpen = 0;
  revoked = false;

  constructor(parts: InMemoryParts) {
    this.parts = parts;
    this.address = parts.address ?? ADDRESS;
    this.clock = {
      nowMs: () => parts.clock.nowMs(),
      elapsedMs: () => parts.clock.elapsedMs(),
      setTimer: (delayMs, action) => parts.clock.setTimer(delayMs, () => this.back(action)),
    };
  }

  get latencyMs(): number {
    return this.parts.latencyMs?.() ?? 1;
  }

  /** Calls back into the connector, unless it is dead. */
  back(action: () => void): void {
    if (!this.revoked) action();
  }

  /** False when the process died before the message was out. */
  leaves(text: string, path: string): boolean {
    if (!this.revoked) this.parts.leaving?.(text, path);
    return !this.revoked;
  }

  request(request: HttpRequest, done: (outcome: HttpOutcome) => void): void {
    const { clock, protocol } = this.parts;
    const path = new URL(request.url).pathname;
    if (!this.leaves(request.body ?? "", path)) return;
    const staleMs = request.method === "GET" ? (this.parts.staleMs?.(path) ?? 0) : 0;
    let isOver = false;
    const end = (outcome: HttpOutcome): void => {
      if (isOver) return;
      isOver = true;
      this.requestsOpen -= 1;
      timeOut.cancel();
      this.back(() => done(outcome));
    };
    this.requestsOpen += 1;
    const timeOut = clock.setTimer(request.timeoutMs, () => end(lost("no answer in time")));
    clock.setTimer(this.latencyMs, () => {
      protocol.handleHttp(serverRequest(request), this.address, (outcome) => {
        if (outcome.kind === "hang") return;
        const told = outcome.kind === "break" ? lost("the connection broke") : answered(outcome.answer);
        clock.setTimer(this.latencyMs + staleMs, () => end(told));
      });
    });
  }
}

function lost(cause: string): HttpOutcome {
  return { kind: "failed", mayHaveArrived: true, cause };
}

function answered(answer: HttpAnswer): HttpOutcome {
  const headers: Record<string, string> = {};
  for (const line of answer.headers.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { kind: "answered", status: answer.status, headers, body: answer.body };
}

/** What the exchange's parser would have made of the bytes. */
export function serverRequest(
  request: Omit<HttpRequest, "timeoutMs" | "method"> & { method: string },
): ServerRequest {
  const url = new URL(request.url);
  const headers = new Map([["host", url.host]]);
  for (const [name, value] of Object.entries(request.headers)) headers.set(name.toLowerCase(), value);
  // As sent: URL would normalise the query, and the signature is over the text itself.
  const mark = request.url.indexOf("?");
  return {
    method: request.method,
    path: url.pathname,
    query: mark < 0 ? "" : request.url.slice(mark + 1),
    headers,
    body: Buffer.from(request.body ?? "", "utf8"),
    keepAlive: true,
    upgrade: false,
  };
}

/** One WebSocket connection: both directions are queues in time. */
class InMemorySocket implements Socket {
  readonly #wire: Wire;
  readonly #listener: SocketListener;
  #state: "opening" | "open" | "closed" = "opening";
  #session: Session | null = null;
  #outDueMs = 0;
  #inDueMs = 0;

  constructor(wire: Wire, url: string, listener: SocketListener) {
    this.#wire = wire;
    this.#listener = listener;
    if (!wire.leaves("", url)) return;
    wire.open.add(this);
    this.#toExchange(() => this.#open(new URL(url)));
  }

  #open(url: URL): void {
    if (this.#state !== "opening") return;
    const { protocol } = this.#wire.parts;
    const query = url.search.slice(1);
    const opened = protocol.openSocket(
      { path: url.pathname, query, address: this.#wire.address },
      this.#sink(),
    );
    if (opened.kind === "refused") {
      return this.#end(`the stream was refused with HTTP status ${opened.answer.status}`);
    }
    this.#session = opened.session;
    this.#toClient(() => {
      if (this.#state !== "opening") return;
      this.#state = "open";
      this.#listener.opened();
    });
  }

  /** A client's message. */
  send(text: string): boolean {
    if (this.#state !== "open" || !this.#wire.leaves(text, "")) return false;
    this.#toExchange(() => this.#session?.receive(text));
    return true;
  }

  /** Closed by the client. */
  close(): void {
    if (this.#state === "closed") return;
    this.#toExchange(() => this.#leave());
    this.#end("closed by us");
  }

  /** On the way between both. */
  break(): void {
    this.#leave();
    this.#end("the connection broke");
  }

  #sink(): Sink {
    return {
      send: (text) =>
        this.#toClient(() => {
          if (this.#state === "open") this.#listener.received(text);
        }),
      close: (code, reason) => {
        this.#leave();
        this.#end(`the peer closed with code ${code}: ${reason}`);
      },
      terminate: () => this.break(),
    };
  }

  /** The exchange forgets the connection. */
  #leave(): void {
    const session = this.#session;
    this.#session = null;
    if (session !== null) this.#wire.parts.protocol.closeSocket(session);
  }

  #end(cause: string): void {
    this.#wire.open.delete(this);
    this.#toClient(() => {
      if (this.#state === "closed") return;
      this.#state = "closed";
      this.#listener.closed(cause);
    });
  }

  #toExchange(action: () => void): void {
    this.#outDueMs = this.#inOrder(this.#outDueMs, action);
  }

  #toClient(action: () => void): void {
    this.#inDueMs = this.#inOrder(this.#inDueMs, () => this.#wire.back(action));
  }

  /** Runs `action` after the latency, never before what was sent earlier; returns when. */
  #inOrder(lastDueMs: number, action: () => void): number {
    const { clock } = this.#wire.parts;
    const nowMs = clock.nowMs();
    const dueMs = Math.max(lastDueMs, nowMs + this.#wire.latencyMs);
    clock.setTimer(dueMs - nowMs, action);
    return dueMs;
  }
}
