/**
 * One connection of the stream. What it has not read yet is bounded: who does not read is closed, and resumes when he comes again. A
 * connection that does not even answer a ping is dropped.
 */
import type { Principal } from "../../identity/identity.ts";
import { STREAM_CLOSES, type StreamTopic } from "../contract/stream.ts";

/** What waits unread in this process; one snapshot may stand beyond it. */
const UNREAD_BYTES_MAX = 4 * 1024 * 1024;
/** For the other side to answer the closing; then the connection is cut. */
const CLOSING_MS = 2_000;
/** Beats without an answer to a ping. */
const UNANSWERED_MAX = 3;
const MESSAGES_MAX = 120;
const MESSAGES_WINDOW_MS = 60_000;

/** Of a WebSocket, what is used. */
export interface Socket {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
  ping(): void;
  on(event: "message", listener: (data: unknown, isBinary: boolean) => void): unknown;
  on(event: "close" | "pong" | "error", listener: () => void): unknown;
}

export type Closing = keyof typeof STREAM_CLOSES;

export interface ClientFacts {
  readonly socket: Socket;
  readonly principal: Principal;
  /** With which he came in: asked again now and then. */
  readonly bearer: string;
  /** Of what he sees. */
  readonly view: string;
}

export class StreamClient {
  readonly principal: Principal;
  readonly bearer: string;
  readonly view: string;
  readonly topics = new Set<StreamTopic>();
  readonly #socket: Socket;
  readonly #onGone: (client: StreamClient) => void;
  #isGone = false;
  #unanswered = 0;
  #messages = 0;
  #messagesSinceMs = performance.now();

  constructor({ socket, principal, bearer, view }: ClientFacts, onGone: (client: StreamClient) => void) {
    this.principal = principal;
    this.bearer = bearer;
    this.view = view;
    this.#socket = socket;
    this.#onGone = onGone;
    socket.on("pong", () => {
      this.#unanswered = 0;
    });
    socket.on("close", () => this.#gone());
  }

  send(text: string): void {
    if (this.#isGone) return;
    if (this.#socket.bufferedAmount > UNREAD_BYTES_MAX) this.close("tooSlow");
    else this.#socket.send(text);
  }

  /** Whether it may say one more now. */
  mayTalk(nowMs = performance.now()): boolean {
    if (nowMs - this.#messagesSinceMs > MESSAGES_WINDOW_MS) {
      this.#messagesSinceMs = nowMs;
      this.#messages = 0;
    }
    this.#messages += 1;
    return this.#messages <= MESSAGES_MAX;
  }

  beat(text: string): void {
    this.#unanswered += 1;
    if (this.#unanswered > UNANSWERED_MAX) return this.close("tooSlow");
    this.send(text);
    if (!this.#isGone) this.#socket.ping();
  }

  close(why: Closing): void {
    if (this.#isGone) return;
    this.#gone();
    const { code, reason } = STREAM_CLOSES[why];
    this.#socket.close(code, reason);
    setTimeout(() => this.#socket.terminate(), CLOSING_MS).unref();
  }

  #gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#onGone(this);
  }
}
