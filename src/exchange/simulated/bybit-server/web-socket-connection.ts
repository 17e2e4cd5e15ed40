/**
 * A WebSocket connection on a socket: frames in and out, all texts of one turn in one write, and a bound on what a slow
 * reader may leave unread.
 */
import type { Socket } from "node:net";
import type { BybitProtocol } from "./protocol.ts";
import type { Session } from "./streams/session.ts";
import type { Sink } from "./streams/sink.ts";
import {
  encodeClose,
  encodeFrame,
  encodeText,
  FrameParser,
  OPCODE,
  type SocketEvent,
} from "./web-socket-frames.ts";
import type { WireTap } from "./wire-tap.ts";

/** Unread bytes after which a consumer is cut off. */
const BACKLOG_BYTES_MAX = 16 * 1024 * 1024;
const CLOSE_WAIT_MS = 2000;

export class WebSocketConnection implements Sink {
  readonly #socket: Socket;
  readonly #protocol: BybitProtocol;
  readonly #tap: WireTap | undefined;
  readonly #parser = new FrameParser();
  #session: Session | undefined;
  #frames: Buffer[] = [];
  #closing = false;

  constructor(socket: Socket, protocol: BybitProtocol, tap: WireTap | undefined) {
    this.#socket = socket;
    this.#protocol = protocol;
    this.#tap = tap;
  }

  /** Takes over the socket; `rest` is what came in right behind the handshake. */
  start(session: Session, rest: Buffer): void {
    this.#session = session;
    this.#socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    this.#socket.on("end", () => this.#socket.end());
    this.#socket.on("close", () => this.#finish());
    if (rest.length > 0) this.#receive(rest);
  }

  send(text: string): void {
    if (!this.#closing) this.#queue(encodeText(text));
  }

  close(code: number, reason: string): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#queue(encodeClose(code, reason));
    this.#finish();
    setTimeout(() => this.#socket.destroy(), CLOSE_WAIT_MS).unref();
  }

  terminate(): void {
    this.#closing = true;
    this.#finish();
    this.#socket.destroy();
  }

  #finish(): void {
    const session = this.#session;
    this.#session = undefined;
    if (session !== undefined) this.#protocol.closeSocket(session);
  }

  #queue(frame: Buffer): void {
    if (this.#frames.length === 0) queueMicrotask(() => this.#flush());
    this.#frames.push(frame);
  }

  #flush(): void {
    const frames = this.#frames;
    this.#frames = [];
    if (this.#socket.destroyed || frames.length === 0) return;
    const [only] = frames;
    if (this.#tap !== undefined && this.#session !== undefined) {
      this.#tap.sending(`/v5/${this.#session.kind}`, this.#session.account?.apiKey);
    }
    this.#socket.write(frames.length === 1 && only !== undefined ? only : Buffer.concat(frames));
    if (this.#socket.writableLength > BACKLOG_BYTES_MAX) this.terminate();
  }

  #receive(chunk: Buffer): void {
    this.#parser.push(chunk);
    for (let event = this.#parser.next(); event !== undefined; event = this.#parser.next())
      this.#handle(event);
  }

  #handle(event: SocketEvent): void {
    switch (event.kind) {
      case "message":
        if (this.#tap !== undefined && this.#session !== undefined) {
          this.#tap.received(`/v5/${this.#session.kind}`, this.#session.account?.apiKey, event.text.length);
        }
        this.#session?.receive(event.text);
        return;
      case "ping":
        if (!this.#closing) this.#queue(encodeFrame(OPCODE.pong, event.payload));
        return;
      case "pong":
        return;
      case "close":
        this.close(event.code === 1005 ? 1000 : event.code, "");
        queueMicrotask(() => this.#socket.end());
        return;
      case "violation":
        this.close(event.code, event.reason);
        queueMicrotask(() => this.#socket.end());
        return;
    }
  }
}
