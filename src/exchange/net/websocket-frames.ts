/**
 * RFC 6455 frames: building masked client frames, and taking server frames apart as bytes arrive. Pure byte work, no
 * sockets. A frame is built whole in one buffer so that it leaves with one write; a message that arrived whole in one
 * chunk is decoded from that chunk without a copy.
 */
import { isUtf8 } from "node:buffer";
import { randomFillSync } from "node:crypto";
import { Backlog } from "./backlog.ts";

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Close codes of RFC 6455, section 7.4.1, that we send. */
export const CLOSE_CODE = {
  normal: 1000,
  protocol: 1002,
  unsupported: 1003,
  badText: 1007,
  tooBig: 1009,
} as const;

/** Of one message; empty ones take memory, too. */
const FRAGMENTS_MAX = 10_000;

const FINAL = 0x80;
const MASKED = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const CONTROL_BYTES_MAX = 125;
const MASK_POOL_BYTES = 8192;

const maskPool = Buffer.alloc(MASK_POOL_BYTES);
let maskPoolAt = MASK_POOL_BYTES;

/** A masked, final text frame. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  if (length >= LENGTH_16 && length <= SLAB_PAYLOAD_MAX) return slabFrame(text, length);
  const frame = frameOf(OPCODE.text, length);
  const start = frame.length - length;
  frame.write(text, start);
  maskPayload(frame, start);
  return frame;
}

/**
 * Frames of an order's length are cut from a slab that is also seen as 32-bit words: with a header of eight bytes the
 * payload begins on a word and is masked four bytes at a time. A slab is never written twice, so a frame may wait in a
 * socket's queue for as long as it must.
 */
const SLAB_BYTES = 64 * 1024;
const SLAB_HEADER_BYTES = 8;
const SLAB_PAYLOAD_MAX = 4_096;
let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
let slabWords = new Int32Array(slab.buffer);
let slabAt = 0;

function slabFrame(text: string, length: number): Buffer {
  if (slabAt + SLAB_HEADER_BYTES + length > SLAB_BYTES) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    slabWords = new Int32Array(slab.buffer);
    slabAt = 0;
  }
  const start = slabAt;
  const end = start + SLAB_HEADER_BYTES + length;
  slab[start] = FINAL | OPCODE.text;
  slab[start + 1] = MASKED | LENGTH_16;
  slab[start + 2] = length >> 8;
  slab[start + 3] = length & 0xff;
  writeMask(slab, start + 4);
  slab.write(text, start + SLAB_HEADER_BYTES);
  const firstWord = (start + SLAB_HEADER_BYTES) >> 2;
  const mask = slabWords[firstWord - 1] as number;
  const endWord = (end + 3) >> 2;
  for (let word = firstWord; word < endWord; word++) slabWords[word] = (slabWords[word] as number) ^ mask;
  slabAt = (end + 7) & ~7;
  return slab.subarray(start, end);
}

/** A masked control frame (ping, pong or close); the payload is cut to the 125 bytes that are allowed. */
export function controlFrame(opcode: number, payload: Buffer): Buffer {
  const body = payload.length > CONTROL_BYTES_MAX ? payload.subarray(0, CONTROL_BYTES_MAX) : payload;
  const frame = frameOf(opcode, body.length);
  const start = frame.length - body.length;
  body.copy(frame, start);
  maskPayload(frame, start);
  return frame;
}

export function closeFrame(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return controlFrame(OPCODE.close, payload);
}

/** Header, length and a fresh mask; the payload's place is left to the caller. */
function frameOf(opcode: number, length: number): Buffer {
  const extra = length < LENGTH_16 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.allocUnsafe(6 + extra + length);
  frame[0] = FINAL | opcode;
  if (extra === 0) frame[1] = MASKED | length;
  else if (extra === 2) {
    frame[1] = MASKED | LENGTH_16;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = MASKED | LENGTH_64;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  writeMask(frame, 2 + extra);
  return frame;
}

/** Masks come from a pool of strong random bytes that is refilled when used up. */
function writeMask(frame: Buffer, at: number): void {
  if (maskPoolAt === MASK_POOL_BYTES) {
    randomFillSync(maskPool);
    maskPoolAt = 0;
  }
  maskPool.copy(frame, at, maskPoolAt, maskPoolAt + 4);
  maskPoolAt += 4;
}

function maskPayload(frame: Buffer, start: number): void {
  const first = frame[start - 4] ?? 0;
  const second = frame[start - 3] ?? 0;
  const third = frame[start - 2] ?? 0;
  const fourth = frame[start - 1] ?? 0;
  const end = frame.length;
  const whole = end - ((end - start) & 3);
  let at = start;
  while (at < whole) {
    frame[at] = (frame[at] as number) ^ first;
    frame[at + 1] = (frame[at + 1] as number) ^ second;
    frame[at + 2] = (frame[at + 2] as number) ^ third;
    frame[at + 3] = (frame[at + 3] as number) ^ fourth;
    at += 4;
  }
  for (let index = 0; at < end; at++, index++) {
    frame[at] = (frame[at] as number) ^ (frame[start - 4 + index] as number);
  }
}

/** What a reader reports; each call is one whole message or control frame. */
export interface FrameSink {
  message(text: string): void;
  ping(payload: Buffer): void;
  pong(): void;
  /** `code` is 1005 when the peer gave none. */
  closing(code: number, reason: string): void;
  /** The peer broke the protocol; the connection must be failed with this close code. No call follows. */
  failed(closeCode: number, cause: string): void;
}

/** Takes a server's byte stream apart. Chunks may be reused by the caller as soon as `push` returned. */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #messageBytesMax: number;
  /** Bytes of a frame that is not complete yet. */
  readonly #backlog = new Backlog();
  /** Earlier fragments of a message that is not complete yet. */
  #fragments: Buffer[] | null = null;
  #fragmentBytes = 0;
  #stopped = false;

  constructor(sink: FrameSink, messageBytesMax: number) {
    this.#sink = sink;
    this.#messageBytesMax = messageBytesMax;
  }

  push(chunk: Buffer): void {
    const bytes = this.#backlog.with(chunk);
    let at = 0;
    while (!this.#stopped) {
      const next = this.#readFrame(bytes, at);
      if (next === at) break;
      at = next;
    }
    this.#backlog.keep(bytes, this.#stopped ? 0 : bytes.length - at);
  }

  /** No more calls to the sink. */
  stop(): void {
    this.#stopped = true;
  }

  /** Reads one frame at `at`; the place after it, or `at` again when it is not complete. */
  #readFrame(bytes: Buffer, at: number): number {
    const first = bytes[at];
    const second = bytes[at + 1];
    if (first === undefined || second === undefined) return at;
    if ((first & 0x70) !== 0) return this.#fail(at, CLOSE_CODE.protocol, "reserved bits are set");
    if ((second & MASKED) !== 0) return this.#fail(at, CLOSE_CODE.protocol, "a server frame is masked");
    const header = headerBytes(second);
    if (bytes.length < at + header) return at;
    const length = payloadLength(bytes, at, second);
    if (length + this.#fragmentBytes > this.#messageBytesMax) {
      return this.#fail(at, CLOSE_CODE.tooBig, `a message is larger than ${this.#messageBytesMax} bytes`);
    }
    const start = at + header;
    if (bytes.length < start + length) return at;
    this.#handle(first, bytes.subarray(start, start + length));
    return start + length;
  }

  #handle(first: number, payload: Buffer): void {
    const opcode = first & 0x0f;
    const final = (first & FINAL) !== 0;
    if (opcode >= OPCODE.close) this.#handleControl(opcode, final, payload);
    else if (opcode === OPCODE.text && this.#fragments === null) this.#handleText(final, payload);
    else if (opcode === OPCODE.continuation && this.#fragments !== null) this.#handleText(final, payload);
    else if (opcode === OPCODE.binary) this.#fail(0, CLOSE_CODE.unsupported, "a binary message arrived");
    else this.#fail(0, CLOSE_CODE.protocol, `opcode ${opcode} is out of place`);
  }

  #handleText(final: boolean, payload: Buffer): void {
    if (final && this.#fragments === null) {
      this.#deliver(payload);
      return;
    }
    this.#fragments ??= [];
    if (this.#fragments.length >= FRAGMENTS_MAX) {
      this.#fail(0, CLOSE_CODE.tooBig, `a message is in more than ${FRAGMENTS_MAX} fragments`);
      return;
    }
    this.#fragments.push(Buffer.from(payload));
    this.#fragmentBytes += payload.length;
    if (!final) return;
    const whole = Buffer.concat(this.#fragments, this.#fragmentBytes);
    this.#fragments = null;
    this.#fragmentBytes = 0;
    this.#deliver(whole);
  }

  #deliver(payload: Buffer): void {
    if (isUtf8(payload)) this.#sink.message(payload.toString("utf8"));
    else this.#fail(0, CLOSE_CODE.badText, "a text message is not UTF-8");
  }

  #handleControl(opcode: number, final: boolean, payload: Buffer): void {
    if (!final || payload.length > CONTROL_BYTES_MAX) {
      this.#fail(0, CLOSE_CODE.protocol, "a control frame is fragmented or too long");
    } else if (opcode === OPCODE.ping) this.#sink.ping(payload);
    else if (opcode === OPCODE.pong) this.#sink.pong();
    else if (opcode === OPCODE.close) this.#handleClose(payload);
    else this.#fail(0, CLOSE_CODE.protocol, `unknown opcode ${opcode}`);
  }

  #handleClose(payload: Buffer): void {
    if (payload.length === 1 || !isUtf8(payload.subarray(2))) {
      this.#fail(0, CLOSE_CODE.protocol, "a close frame is malformed");
      return;
    }
    const code = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
    this.#stopped = true;
    this.#sink.closing(code, payload.subarray(2).toString("utf8"));
  }

  #fail(at: number, closeCode: number, cause: string): number {
    if (!this.#stopped) {
      this.#stopped = true;
      this.#sink.failed(closeCode, cause);
    }
    return at;
  }
}

function headerBytes(second: number): number {
  const length = second & 0x7f;
  if (length === LENGTH_16) return 4;
  return length === LENGTH_64 ? 10 : 2;
}

/** Lengths past 2^53 come out inexact, far above any message limit. */
function payloadLength(bytes: Buffer, at: number, second: number): number {
  const length = second & 0x7f;
  if (length === LENGTH_16) return bytes.readUInt16BE(at + 2);
  return length === LENGTH_64 ? Number(bytes.readBigUInt64BE(at + 2)) : length;
}
