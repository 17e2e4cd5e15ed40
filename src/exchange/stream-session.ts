/**
 * The life of one stream connection: its turn in the ramp, opening, log-in (left to the handlers), heart-beat with a
 * dead-man time-out, and reconnecting for ever with capped exponential back-off. Used by the private, the order-entry
 * and the public streams of Bybit, and by those of Hyperliquid.
 */

import { type BackOffOptions, backOffMs } from "./back-off.ts";
import type { Scope } from "./scope.ts";
import type { Outside, Socket, SocketListener, Timer } from "./transport.ts";

export type ConnectionAttempt = "first" | "again";

/** Who says when a connection may be begun. */
export interface ConnectionGate {
  /** `go` is called when the connection may begin, possibly within this call; the result takes the wish back. */
  connect(host: string, attempt: ConnectionAttempt, go: () => void): () => void;
}

export interface StreamOptions {
  /** The venue's words for a ping. */
  readonly ping: string;
  /** Bybit asks for a ping every 20 s ("Connect"). */
  readonly pingIntervalMs: number;
  /** A connection on which nothing at all arrives for so long is dead. */
  readonly silenceMsMax: number;
  /** From the open socket to `ready`. */
  readonly loginTimeoutMs: number;
  readonly reconnect: BackOffOptions;
  /** Only a connection that stood this long makes the next delay short again. */
  readonly steadyAfterMs: number;
}

export const STREAM_DEFAULTS: StreamOptions = {
  ping: '{"op":"ping"}',
  pingIntervalMs: 20_000,
  silenceMsMax: 30_000,
  loginTimeoutMs: 10_000,
  reconnect: { firstMs: 500, capMs: 10_000 },
  steadyAfterMs: 10_000,
};

export interface StreamHandlers {
  /** The socket is open: log in, subscribe, then call `ready`. */
  opened(): void;
  received(message: string): void;
  /** The connection is gone; the session is already on its way to the next one. */
  lost(cause: string): void;
}

export interface StreamSurroundings<Gate extends ConnectionGate = ConnectionGate> {
  readonly url: string;
  readonly outside: Outside;
  readonly budget: Gate;
  readonly scope: Scope;
  readonly options: StreamOptions;
}

type State = "stopped" | "waiting" | "opening" | "login" | "ready";

export class StreamSession {
  readonly #around: StreamSurroundings;
  readonly #handlers: StreamHandlers;
  #state: State = "stopped";
  #socket: Socket | null = null;
  /** Rises with each socket, so that a late word of an old one is told from the present one's. */
  #generation = 0;
  #attempt: ConnectionAttempt = "first";
  #failures = 0;
  #readyAtMs = 0;
  #heardAtMs = 0;
  #pingedAtMs = 0;
  #timer: Timer | null = null;
  #withdraw: (() => void) | null = null;

  constructor(around: StreamSurroundings, handlers: StreamHandlers) {
    this.#around = around;
    this.#handlers = handlers;
  }

  get isReady(): boolean {
    return this.#state === "ready";
  }

  start(): void {
    if (this.#state === "stopped") this.#wait();
  }

  /** Ends it for good; `lost` is not called. */
  stop(): void {
    this.#state = "stopped";
    this.#drop();
  }

  /** Gives this connection up and makes another after the usual pause. */
  restart(cause: string): void {
    if (this.#state === "opening" || this.#state === "login" || this.#state === "ready") this.#lose(cause);
  }

  /** Writes at once; false when there is no open socket. */
  send(message: string): boolean {
    return this.#socket?.send(message) ?? false;
  }

  /** Logged in and subscribed. */
  ready(): void {
    if (this.#state !== "login") return;
    this.#state = "ready";
    this.#readyAtMs = this.#around.scope.nowMs();
    this.#pingedAtMs = this.#readyAtMs;
    this.#watch();
  }

  #wait(): void {
    this.#state = "waiting";
    const { budget, url } = this.#around;
    this.#withdraw = null;
    const withdraw = budget.connect(hostOf(url), this.#attempt, () => this.#open());
    if (this.#state === "waiting") this.#withdraw = withdraw;
  }

  #open(): void {
    if (this.#state !== "waiting") return;
    this.#withdraw = null;
    this.#state = "opening";
    this.#attempt = "again";
    const generation = ++this.#generation;
    const { outside, url } = this.#around;
    this.#socket = outside.sockets.open(url, new SessionSocket(this, generation));
  }

  /** For the session's sockets only. */
  isCurrent(generation: number): boolean {
    return generation === this.#generation;
  }

  socketOpened(): void {
    this.#state = "login";
    const { scope, options } = this.#around;
    this.#heardAtMs = scope.nowMs();
    this.#setTimer(options.loginTimeoutMs, () => this.#lose("the log-in was not answered in time"));
    this.#handlers.opened();
  }

  socketReceived(message: string): void {
    this.#heardAtMs = this.#around.scope.nowMs();
    this.#handlers.received(message);
  }

  socketClosed(cause: string): void {
    this.#lose(cause);
  }

  #watch(): void {
    const { pingIntervalMs, silenceMsMax } = this.#around.options;
    const delayMs = Math.max(1, Math.min(pingIntervalMs, Math.abs(silenceMsMax - pingIntervalMs)));
    this.#setTimer(delayMs, () => this.#beat());
  }

  #beat(): void {
    const { scope, options } = this.#around;
    const now = scope.nowMs();
    if (now - this.#heardAtMs > options.silenceMsMax) {
      this.#lose(`nothing was heard for ${now - this.#heardAtMs} ms`);
      return;
    }
    if (now - this.#pingedAtMs >= options.pingIntervalMs) {
      this.#pingedAtMs = now;
      this.send(options.ping);
    }
    this.#watch();
  }

  #lose(cause: string): void {
    const now = this.#around.scope.nowMs();
    const wasSteady = this.#state === "ready" && now - this.#readyAtMs >= this.#around.options.steadyAfterMs;
    this.#failures = wasSteady ? 1 : this.#failures + 1;
    this.#state = "waiting";
    this.#drop();
    const { outside, options } = this.#around;
    this.#setTimer(backOffMs(this.#failures, options.reconnect, outside.chance), () => this.#wait());
    this.#handlers.lost(cause);
  }

  #drop(): void {
    this.#generation++;
    this.#timer?.cancel();
    this.#timer = null;
    this.#withdraw?.();
    this.#withdraw = null;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  /** One at a time, and ended by `stop`, so that it needs no place in the scope's list. */
  #setTimer(delayMs: number, action: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#around.outside.clock.setTimer(delayMs, action);
  }
}

/** Passes on what one socket says as long as it is the session's present one. */
class SessionSocket implements SocketListener {
  readonly #session: StreamSession;
  readonly #generation: number;

  constructor(session: StreamSession, generation: number) {
    this.#session = session;
    this.#generation = generation;
  }

  opened(): void {
    if (this.#session.isCurrent(this.#generation)) this.#session.socketOpened();
  }

  received(message: string): void {
    if (this.#session.isCurrent(this.#generation)) this.#session.socketReceived(message);
  }

  closed(cause: string): void {
    if (this.#session.isCurrent(this.#generation)) this.#session.socketClosed(cause);
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
