/**
 * One TCP connection: HTTP requests parsed, handed to the protocol, and answered in order; turned over to a WebSocket
 * connection on upgrade. Answers made within one turn leave in one write.
 */
import type { Socket } from "node:net";
import { HttpParser, type HttpRefusal, type HttpRequest } from "./http-parser.ts";
import type { BybitProtocol } from "./protocol.ts";
import { WebSocketConnection } from "./web-socket-connection.ts";
import { acceptKey } from "./web-socket-frames.ts";
import type { HttpAnswer, HttpOutcome } from "./wire.ts";
import type { WireTap } from "./wire-tap.ts";

const IDLE_MS = 120_000;
const PIPELINED_MAX = 128;

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Payload Too Large",
  415: "Unsupported Media Type",
  417: "Expectation Failed",
  426: "Upgrade Required",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
};

/** An answer in its place in the queue; undefined while it is being made. */
interface Slot {
  text: string | undefined;
  readonly last: boolean;
}

export class HttpConnection {
  readonly #socket: Socket;
  readonly #protocol: BybitProtocol;
  readonly #address: string;
  readonly #tap: WireTap | undefined;
  readonly #parser = new HttpParser();
  #slots: Slot[] = [];
  #out = "";
  #reading = false;
  #upgraded = false;

  constructor(socket: Socket, protocol: BybitProtocol, tap: WireTap | undefined) {
    this.#socket = socket;
    this.#protocol = protocol;
    this.#tap = tap;
    this.#address = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
    socket.setNoDelay(true);
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on("data", this.#onData);
    // A peer that resets its connection is its own business; "close" follows and cleans up.
    socket.on("error", () => socket.destroy());
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#parser.push(chunk);
    this.#readAll();
  };

  #readAll(): void {
    this.#reading = true;
    while (!this.#upgraded && this.#slots.length < PIPELINED_MAX) {
      const parsed = this.#parser.next();
      if (parsed.kind === "more") break;
      if (parsed.kind === "continue") this.#out += "HTTP/1.1 100 Continue\r\n\r\n";
      else if (parsed.kind === "refused") this.#refuse(parsed.refusal);
      else if (parsed.request.upgrade) this.#upgrade(parsed.request);
      else this.#request(parsed.request);
    }
    this.#reading = false;
    if (this.#slots.length >= PIPELINED_MAX) this.#socket.pause();
    this.#write();
  }

  #request(request: HttpRequest): void {
    this.#tap?.received(request.path, request.headers.get("x-bapi-api-key"), request.body.length);
    const slot: Slot = { text: undefined, last: !request.keepAlive };
    this.#slots.push(slot);
    this.#protocol.handleHttp(request, this.#address, (outcome) => this.#settle(slot, request, outcome));
  }

  #settle(slot: Slot, request: HttpRequest, outcome: HttpOutcome): void {
    if (outcome.kind === "break") {
      this.#socket.destroy();
      return;
    }
    // A hang leaves its slot open: nothing after it on this connection is answered, as with a lost packet.
    if (outcome.kind === "hang") return;
    slot.text = responseText(outcome.answer, slot.last, request.method === "HEAD");
    this.#advance();
  }

  /** Moves answers that are complete and next in line to the output. */
  #advance(): void {
    const full = this.#slots.length >= PIPELINED_MAX;
    for (let slot = this.#slots[0]; slot?.text !== undefined; slot = this.#slots[0]) {
      this.#out += slot.text;
      this.#slots.shift();
      if (slot.last) {
        this.#write();
        this.#socket.end();
        return;
      }
    }
    if (this.#reading) return;
    this.#write();
    if (!full || this.#slots.length >= PIPELINED_MAX) return;
    this.#socket.resume();
    this.#readAll();
  }

  #write(): void {
    if (this.#out === "" || this.#socket.destroyed) return;
    const out = this.#out;
    this.#out = "";
    // Nearly all of it is ASCII, of which the quicker encoding makes the same bytes.
    this.#socket.write(out, Buffer.byteLength(out) === out.length ? "latin1" : "utf8");
  }

  #refuse(refusal: HttpRefusal): void {
    const body = JSON.stringify({ error: refusal.reason });
    this.#slots.push({
      text: responseText({ status: refusal.status, headers: "", body }, true, false),
      last: true,
    });
    this.#advance();
  }

  #upgrade(request: HttpRequest): void {
    const key = request.headers.get("sec-websocket-key");
    if (request.method !== "GET" || !key || request.headers.get("sec-websocket-version") !== "13") {
      return this.#refuse({ status: 400, reason: "bad WebSocket handshake" });
    }
    const connection = new WebSocketConnection(this.#socket, this.#protocol, this.#tap);
    const { path, query } = request;
    const opened = this.#protocol.openSocket({ path, query, address: this.#address }, connection);
    if (opened.kind === "refused") {
      this.#slots.push({ text: responseText(opened.answer, true, false), last: true });
      return this.#advance();
    }
    this.#upgraded = true;
    this.#socket.off("data", this.#onData);
    this.#socket.setTimeout(0);
    this.#out += `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`;
    this.#write();
    connection.start(opened.session, this.#parser.takeRest());
  }
}

function responseText(answer: HttpAnswer, last: boolean, headOnly: boolean): string {
  const type = answer.contentType ?? "application/json; charset=utf-8";
  const close = last ? "Connection: close\r\n" : "";
  return (
    `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? "Unknown"}\r\nContent-Type: ${type}\r\n` +
    `Content-Length: ${Buffer.byteLength(answer.body)}\r\n${close}${answer.headers}\r\n${headOnly ? "" : answer.body}`
  );
}
