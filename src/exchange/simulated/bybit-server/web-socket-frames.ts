/**
 * The server side of RFC 6455 without sockets: bytes in, messages out, and frames as bytes. Client frames must be
 * masked; fragments are joined; text must be UTF-8; anything else ends the connection with the status code the
 * standard names. No extensions are negotiated.
 */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";

export type SocketEvent =
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "ping"; readonly payload: Buffer }
  | { readonly kind: "pong" }
  | { readonly kind: "close"; readonly code: number }
  /** The peer broke the protocol: answer with this close code and hang up. */
  | { readonly kind: "violation"; readonly code: number; readonly reason: string };

const ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const MESSAGE_BYTES_MAX = 1024 * 1024;
const EMPTY = Buffer.alloc(0);

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The value of `Sec-WebSocket-Accept` for a client's key. */
export function acceptKey(key: string): string {
  return createHash("sha1")
    .update(key + ACCEPT_GUID)
    .digest("base64");
}

/** One unmasked, final frame. */
export function encodeFrame(opcode: number, payload: Buffer): Buffer {
  const headerLength = payload.length < 126 ? 2 : payload.length < 65536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerLength + payload.length);
  writeHeader(frame, opcode, payload.length);
  payload.copy(frame, headerLength);
  return frame;
}

/** One text frame; the fast path for the ASCII texts that this protocol consists of. */
export function encodeText(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const headerLength = length < 126 ? 2 : length < 65536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerLength + length);
  writeHeader(frame, OPCODE.text, length);
  if (length === text.length) frame.write(text, headerLength, "latin1");
  else frame.write(text, headerLength, "utf8");
  return frame;
}

export function encodeClose(code: number, reason = ""): Buffer {
  const payload = Buffer.allocUnsafe(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2);
  return encodeFrame(OPCODE.close, payload);
}

function writeHeader(frame: Buffer, opcode: number, length: number): void {
  frame[0] = 0x80 | opcode;
  if (length < 126) {
    frame[1] = length;
  } else if (length < 65536) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeUInt32BE(0, 2);
    frame.writeUInt32BE(length, 6);
  }
}

interface Frame {
  readonly final: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Feed it with `push`, then call `next` until it answers undefined. */
export class FrameParser {
  #pending: Buffer = EMPTY;
  #fragments: Buffer[] = [];
  #fragmentBytes = 0;
  #failed = false;

  push(chunk: Buffer): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
  }

  next(): SocketEvent | undefined {
    while (!this.#failed) {
      const frame = this.#readFrame();
      if (frame === undefined) return undefined;
      if ("kind" in frame) return frame;
      const event = this.#interpret(frame);
      if (event !== undefined) return event;
    }
    return undefined;
  }

  #violation(code: number, reason: string): SocketEvent {
    this.#failed = true;
    this.#pending = EMPTY;
    this.#fragments = [];
    return { kind: "violation", code, reason };
  }

  #readFrame(): Frame | SocketEvent | undefined {
    const bytes = this.#pending;
    if (bytes.length < 2) return undefined;
    const first = bytes.readUInt8(0);
    const second = bytes.readUInt8(1);
    const opcode = first & 0x0f;
    const final = (first & 0x80) !== 0;
    if ((first & 0x70) !== 0) return this.#violation(1002, "reserved bits set");
    if ((second & 0x80) === 0) return this.#violation(1002, "client frame not masked");
    const size = payloadSize(bytes, second & 0x7f);
    if (size === undefined) return undefined;
    if (opcode >= 8 && (size.length > 125 || !final)) return this.#violation(1002, "bad control frame");
    if (size.length > MESSAGE_BYTES_MAX) return this.#violation(1009, "message too big");
    const end = size.headerLength + 4 + size.length;
    if (bytes.length < end) return undefined;
    const payload = unmask(bytes, size.headerLength, size.length);
    this.#pending = end === bytes.length ? EMPTY : bytes.subarray(end);
    return { final, opcode, payload };
  }

  #interpret(frame: Frame): SocketEvent | undefined {
    switch (frame.opcode) {
      case OPCODE.text:
      case OPCODE.continuation:
        return this.#data(frame);
      case OPCODE.binary:
        return this.#violation(1003, "text messages only");
      case OPCODE.ping:
        return { kind: "ping", payload: frame.payload };
      case OPCODE.pong:
        return { kind: "pong" };
      case OPCODE.close:
        return this.#close(frame.payload);
      default:
        return this.#violation(1002, "unknown opcode");
    }
  }

  #data(frame: Frame): SocketEvent | undefined {
    const continues = frame.opcode === OPCODE.continuation;
    if (continues !== this.#fragments.length > 0) return this.#violation(1002, "bad fragmentation");
    if (frame.final && !continues) return this.#message(frame.payload);
    // An empty first fragment still has to count as one, which is why the list holds buffers and not bytes.
    this.#fragments.push(frame.payload);
    this.#fragmentBytes += frame.payload.length;
    if (this.#fragmentBytes > MESSAGE_BYTES_MAX) return this.#violation(1009, "message too big");
    if (!frame.final) return undefined;
    const whole = Buffer.concat(this.#fragments);
    this.#fragments = [];
    this.#fragmentBytes = 0;
    return this.#message(whole);
  }

  #message(payload: Buffer): SocketEvent {
    if (!isUtf8(payload)) return this.#violation(1007, "text is not UTF-8");
    return { kind: "message", text: payload.toString("utf8") };
  }

  #close(payload: Buffer): SocketEvent {
    if (payload.length === 1) return this.#violation(1002, "bad close payload");
    this.#failed = true;
    return { kind: "close", code: payload.length === 0 ? 1005 : payload.readUInt16BE(0) };
  }
}

function payloadSize(bytes: Buffer, short: number): { length: number; headerLength: number } | undefined {
  if (short < 126) return { length: short, headerLength: 2 };
  if (short === 126) return bytes.length < 4 ? undefined : { length: bytes.readUInt16BE(2), headerLength: 4 };
  if (bytes.length < 10) return undefined;
  const high = bytes.readUInt32BE(2);
  return { length: high * 2 ** 32 + bytes.readUInt32BE(6), headerLength: 10 };
}

/** Unmasks in place (the bytes are ours, straight from the socket) and returns the payload. */
function unmask(bytes: Buffer, maskAt: number, length: number): Buffer {
  const mask0 = bytes[maskAt] ?? 0;
  const mask1 = bytes[maskAt + 1] ?? 0;
  const mask2 = bytes[maskAt + 2] ?? 0;
  const mask3 = bytes[maskAt + 3] ?? 0;
  const start = maskAt + 4;
  const payload = bytes.subarray(start, start + length);
  let at = 0;
  for (; at + 3 < length; at += 4) {
    payload[at] = (payload[at] ?? 0) ^ mask0;
    payload[at + 1] = (payload[at + 1] ?? 0) ^ mask1;
    payload[at + 2] = (payload[at + 2] ?? 0) ^ mask2;
    payload[at + 3] = (payload[at + 3] ?? 0) ^ mask3;
  }
  const tail = [mask0, mask1, mask2];
  for (let index = 0; at < length; at += 1, index += 1) payload[at] = (payload[at] ?? 0) ^ (tail[index] ?? 0);
  return payload;
}
