/**
 * A small WebSocket client of our own (RFC 6455 over node:net and node:tls), because on the order path it pays: one
 * masked frame is one write, and a connection keeps little memory (one read buffer serves all of them). Text messages
 * only, no extensions. `closed` is called exactly once, after everything else, never inside `open`.
 */
import { createHash, randomBytes } from "node:crypto";
import { type Socket as NetSocket, connect as netConnect } from "node:net";
import type { Socket, SocketListener, SocketTransport } from "../transport.ts";
import { readInto, secureSocket } from "./sockets.ts";
import {
  CLOSE_CODE,
  closeFrame,
  controlFrame,
  FrameReader,
  type FrameSink,
  OPCODE,
  textFrame,
} from "./websocket-frames.ts";

export interface WebSocketOptions {
  /** From the start to the end of the handshake. */
  readonly openTimeoutMs: number;
  /** How long the peer may take to answer a close. */
  readonly closeTimeoutMs: number;
  readonly messageBytesMax: number;
  /** Bytes that may wait for a slow peer before the connection is given up. */
  readonly unsentBytesMax: number;
}

export const WEB_SOCKET_DEFAULTS: WebSocketOptions = {
  openTimeoutMs: 10_000,
  closeTimeoutMs: 2_000,
  messageBytesMax: 8 * 1024 * 1024,
  unsentBytesMax: 1024 * 1024,
};

export interface RealSockets extends SocketTransport {
  /** Messages sent inside `action` are made one after another and then written one after another, at its end. */
  together(action: () => void): void;
}

export function createSocketTransport(options: Partial<WebSocketOptions> = {}): RealSockets {
  const whole = { ...WEB_SOCKET_DEFAULTS, ...options };
  const outbox = new Outbox();
  return {
    open: (url, listener) => new WebSocketConnection(url, listener, whole, outbox),
    together: (action) => outbox.together(action),
  };
}

/**
 * What is on its way to the sockets. Writes that follow one another closely cost the system less than writes with work
 * between them, as the reader need not be woken for each: of a thousand orders the last leaves a third sooner.
 */
class Outbox {
  #sockets: NetSocket[] = [];
  #frames: Buffer[] = [];
  #isHolding = false;

  write(socket: NetSocket, frame: Buffer): void {
    if (this.#isHolding) {
      this.#sockets.push(socket);
      this.#frames.push(frame);
    } else socket.write(frame);
  }

  together(action: () => void): void {
    if (this.#isHolding) {
      action();
      return;
    }
    this.#isHolding = true;
    try {
      action();
    } finally {
      this.#isHolding = false;
      this.#writeAll();
    }
  }

  #writeAll(): void {
    const sockets = this.#sockets;
    const frames = this.#frames;
    this.#sockets = [];
    this.#frames = [];
    for (let index = 0; index < sockets.length; index++) sockets[index]?.write(frames[index] ?? "");
  }
}

const HANDSHAKE_BYTES_MAX = 16 * 1024;
/** Fixed by RFC 6455, section 1.3. */
const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

type State = "handshake" | "open" | "closing" | "closed";

class WebSocketConnection implements Socket, FrameSink {
  readonly #listener: SocketListener;
  readonly #options: WebSocketOptions;
  readonly #socket: NetSocket | null;
  readonly #outbox: Outbox;
  #state: State = "handshake";
  #key = "";
  /** What to ask for, until it has been asked; closures must not hold the parsed address for ever. */
  #request = "";
  #handshake: Buffer | null = null;
  #reader: FrameReader | null = null;
  #cause = "";
  #deadline: NodeJS.Timeout | null = null;

  constructor(url: string, listener: SocketListener, options: WebSocketOptions, outbox: Outbox) {
    this.#listener = listener;
    this.#outbox = outbox;
    this.#options = options;
    const target = parseUrl(url);
    if (target === null) {
      this.#socket = null;
      process.nextTick(() => this.#finish("the address is not a ws or wss URL"));
      return;
    }
    this.#key = randomBytes(16).toString("base64");
    this.#request = handshakeRequest(target, this.#key);
    this.#socket = this.#connect(target);
    this.#expect(this.#options.openTimeoutMs);
  }

  #connect(target: URL): NetSocket {
    const secure = target.protocol === "wss:";
    const host = target.hostname.replace(/^\[|\]$/g, "");
    const port = target.port === "" ? (secure ? 443 : 80) : Number(target.port);
    const onread = readInto((chunk) => this.#read(chunk));
    const socket = secure ? secureSocket(host, port, onread) : netConnect({ host, port, onread });
    socket.setNoDelay(true);
    socket.once(secure ? "secureConnect" : "connect", () => this.#sendHandshake());
    socket.on("error", (error) => this.#blame(error.message));
    socket.on("end", () => this.#destroy("the peer ended the connection"));
    socket.on("close", () => this.#finish("the connection was closed"));
    return socket;
  }

  send(text: string): boolean {
    const socket = this.#socket;
    if (this.#state !== "open" || socket === null) return false;
    if (socket.writableLength > this.#options.unsentBytesMax) {
      this.#destroy("the peer does not take what we send");
      return false;
    }
    this.#outbox.write(socket, textFrame(text));
    return true;
  }

  close(): void {
    if (this.#state === "handshake") this.#destroy("closed by us");
    else if (this.#state === "open") this.#startClosing(CLOSE_CODE.normal, "closed by us");
  }

  #sendHandshake(): void {
    this.#socket?.write(this.#request);
    this.#request = "";
  }

  #read(chunk: Buffer): void {
    if (this.#reader !== null) this.#reader.push(chunk);
    else if (this.#state === "handshake") this.#readHandshake(chunk);
  }

  #readHandshake(chunk: Buffer): void {
    const bytes = Buffer.concat([this.#handshake ?? Buffer.alloc(0), chunk]);
    const end = bytes.indexOf("\r\n\r\n");
    if (end < 0) {
      this.#handshake = bytes;
      if (bytes.length > HANDSHAKE_BYTES_MAX) this.#destroy("the handshake answer is too long");
      return;
    }
    this.#handshake = null;
    const refusal = handshakeRefusal(bytes.toString("latin1", 0, end), this.#key);
    if (refusal !== null) this.#destroy(refusal);
    else this.#opened(bytes.subarray(end + 4));
  }

  #opened(rest: Buffer): void {
    this.#state = "open";
    this.#key = "";
    this.#expect(null);
    const reader = new FrameReader(this, this.#options.messageBytesMax);
    this.#reader = reader;
    this.#listener.opened();
    if (rest.length > 0) reader.push(rest);
  }

  message(text: string): void {
    if (this.#state === "open") this.#listener.received(text);
  }

  ping(payload: Buffer): void {
    if (this.#state === "open") this.#socket?.write(controlFrame(OPCODE.pong, payload));
  }

  pong(): void {
    // We ping with messages of the venue's own; a pong of the protocol answers nothing of ours.
  }

  closing(code: number, words: string): void {
    const reason = words.replace(/\p{Cc}/gu, " ");
    this.#blame(
      reason === "" ? `the peer closed with code ${code}` : `the peer closed with code ${code}: ${reason}`,
    );
    if (this.#state === "open") this.#socket?.end(closeFrame(code === 1005 ? CLOSE_CODE.normal : code));
    this.#state = "closing";
    this.#expect(this.#options.closeTimeoutMs);
  }

  failed(closeCode: number, cause: string): void {
    this.#blame(cause);
    this.#socket?.write(closeFrame(closeCode));
    this.#destroy(cause);
  }

  #startClosing(code: number, cause: string): void {
    this.#state = "closing";
    this.#blame(cause);
    this.#expect(this.#options.closeTimeoutMs);
    this.#socket?.write(closeFrame(code));
  }

  /** Gives the peer so long for what comes next, null for ever; a time-out of the socket's own would stay in memory. */
  #expect(withinMs: number | null): void {
    clearTimeout(this.#deadline ?? undefined);
    this.#deadline =
      withinMs === null ? null : setTimeout(() => this.#destroy("no answer in time"), withinMs);
  }

  #destroy(cause: string): void {
    this.#blame(cause);
    this.#reader?.stop();
    if (this.#state !== "closed") this.#state = "closing";
    this.#socket?.destroy();
  }

  /** The first cause is the one that is reported. */
  #blame(cause: string): void {
    if (this.#cause === "") this.#cause = cause;
  }

  #finish(fallback: string): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#expect(null);
    this.#reader = null;
    this.#listener.closed(this.#cause === "" ? fallback : this.#cause);
  }
}

function handshakeRequest(target: URL, key: string): string {
  return (
    `GET ${target.pathname}${target.search} HTTP/1.1\r\nHost: ${target.host}\r\nUpgrade: websocket\r\n` +
    `Connection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`
  );
}

function parseUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === "ws:" || url.protocol === "wss:" ? url : null;
}

/** Why the server's answer is no WebSocket handshake, or null when it is one. */
function handshakeRefusal(head: string, key: string): string | null {
  const [statusLine = "", ...lines] = head.split("\r\n");
  const status = statusLine.split(" ")[1];
  if (status !== "101") {
    const shown = /^\d{3}$/.test(status ?? "") ? status : "unknown";
    return `the stream was refused with HTTP status ${shown}`;
  }
  const headers = new Map(lines.map((line) => splitHeader(line)));
  const accept = createHash("sha1").update(`${key}${ACCEPT_SUFFIX}`).digest("base64");
  if (headers.get("upgrade")?.toLowerCase() !== "websocket")
    return "the answer does not upgrade to WebSocket";
  if (!headers.get("connection")?.toLowerCase().includes("upgrade")) return "the answer does not upgrade";
  if (headers.get("sec-websocket-accept") !== accept) return "the answer's accept key is wrong";
  if (headers.has("sec-websocket-extensions")) return "the server chose an extension that was not offered";
  return null;
}

function splitHeader(line: string): [string, string] {
  const colon = line.indexOf(":");
  if (colon < 0) return [line.toLowerCase(), ""];
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
}
