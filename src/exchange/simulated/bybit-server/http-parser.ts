/**
 * A small HTTP/1.1 request parser: bytes in, whole requests out. It exists because the exchange's speed goal is not
 * reachable through node:http. It promises: bodies are handed on as the raw bytes received (signatures are checked on
 * them), pipelined requests come out in order, and anything malformed or too large becomes one refusal with a status,
 * after which the connection is of no further use.
 */

export interface HttpRequest {
  readonly method: string;
  /** The request target up to `?`. */
  readonly path: string;
  /** The request target after `?`, exactly as sent; empty when there is none. */
  readonly query: string;
  /** Names in lower case; a repeated header keeps its last value. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  readonly keepAlive: boolean;
  readonly upgrade: boolean;
}

export interface HttpRefusal {
  readonly status: 400 | 413 | 417 | 431 | 501 | 505;
  readonly reason: string;
}

export type HttpParsed =
  | { readonly kind: "request"; readonly request: HttpRequest }
  | { readonly kind: "refused"; readonly refusal: HttpRefusal }
  /** The client waits for permission to send its body. */
  | { readonly kind: "continue" }
  | { readonly kind: "more" };

const HEAD_BYTES_MAX = 16 * 1024;
const HEADERS_MAX = 100;
const BODY_BYTES_MAX = 1024 * 1024;
const HEAD_END = Buffer.from("\r\n\r\n");
const LINE_END = Buffer.from("\r\n");
const EMPTY = Buffer.alloc(0);
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const METHOD = /^[A-Z]{1,16}$/;
const DIGITS = /^\d{1,15}$/;
const BLANK = 32;

interface Head {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Map<string, string>;
  readonly keepAlive: boolean;
  readonly bodyLength: number | "chunked";
}

/** Feed it with `push`, then call `next` until it answers "more" (or "refused"). */
export class HttpParser {
  #pending: Buffer = EMPTY;
  #head: Head | undefined;
  #failed = false;
  #continueDue = false;

  push(chunk: Buffer): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
  }

  next(): HttpParsed {
    if (this.#failed) return { kind: "more" };
    if (this.#head === undefined) {
      const refusal = this.#readHead();
      if (refusal !== undefined) return this.#fail(refusal);
    }
    if (this.#continueDue) {
      this.#continueDue = false;
      return { kind: "continue" };
    }
    return this.#head === undefined ? { kind: "more" } : this.#readBody(this.#head);
  }

  /** What came after an upgrade request: the first bytes of the new protocol. */
  takeRest(): Buffer {
    const rest = this.#pending;
    this.#pending = EMPTY;
    return rest;
  }

  #fail(refusal: HttpRefusal): HttpParsed {
    this.#failed = true;
    this.#pending = EMPTY;
    return { kind: "refused", refusal };
  }

  #readHead(): HttpRefusal | undefined {
    this.#skipBlankLines();
    const end = this.#pending.indexOf(HEAD_END);
    if (end < 0) {
      if (this.#pending.length > HEAD_BYTES_MAX) return { status: 431, reason: "headers too large" };
      return looksLikeHttp(this.#pending) ? undefined : { status: 400, reason: "not an HTTP request" };
    }
    if (end > HEAD_BYTES_MAX) return { status: 431, reason: "headers too large" };
    const head = parseHead(this.#pending.toString("latin1", 0, end));
    if ("status" in head) return head;
    this.#pending = this.#pending.subarray(end + 4);
    this.#head = head;
    return this.#checkExpectation(head);
  }

  #checkExpectation(head: Head): HttpRefusal | undefined {
    const expect = head.headers.get("expect");
    if (expect === undefined) return undefined;
    if (expect.toLowerCase() !== "100-continue") return { status: 417, reason: "unknown expectation" };
    this.#continueDue = this.#pending.length === 0 && head.bodyLength !== 0;
    return undefined;
  }

  #skipBlankLines(): void {
    while (this.#pending.length >= 2 && this.#pending[0] === 13 && this.#pending[1] === 10) {
      this.#pending = this.#pending.subarray(2);
    }
  }

  #readBody(head: Head): HttpParsed {
    if (head.bodyLength === "chunked") {
      const outcome = readChunks(this.#pending);
      if (outcome === "more") {
        return this.#pending.length > BODY_BYTES_MAX * 2 ? this.#fail(TOO_LARGE) : { kind: "more" };
      }
      if ("status" in outcome) return this.#fail(outcome);
      return this.#finish(head, outcome.body, outcome.consumed);
    }
    if (this.#pending.length < head.bodyLength) return { kind: "more" };
    return this.#finish(head, this.#pending.subarray(0, head.bodyLength), head.bodyLength);
  }

  #finish(head: Head, body: Buffer, consumed: number): HttpParsed {
    this.#pending = consumed === this.#pending.length ? EMPTY : this.#pending.subarray(consumed);
    this.#head = undefined;
    const upgrade = head.headers.get("upgrade")?.toLowerCase() === "websocket";
    const { method, path, query, headers, keepAlive } = head;
    return { kind: "request", request: { method, path, query, headers, body, keepAlive, upgrade } };
  }
}

const TOO_LARGE: HttpRefusal = { status: 413, reason: "body too large" };

/** True as long as the first bytes may still become a request line. */
function looksLikeHttp(start: Buffer): boolean {
  const text = start.toString("latin1", 0, 16);
  if (text === "\r") return true;
  const space = text.indexOf(" ");
  const method = space < 0 ? text : text.slice(0, space);
  return method === "" || METHOD.test(method);
}

function parseHead(text: string): Head | HttpRefusal {
  let lineEnd = text.indexOf("\r\n");
  const requestLine = lineEnd < 0 ? text : text.slice(0, lineEnd);
  const line = parseRequestLine(requestLine);
  if ("status" in line) return line;
  const headers = new Map<string, string>();
  while (lineEnd >= 0) {
    const start = lineEnd + 2;
    lineEnd = text.indexOf("\r\n", start);
    const refusal = readHeader(headers, text, start, lineEnd < 0 ? text.length : lineEnd);
    if (refusal !== undefined) return refusal;
  }
  return withFraming(line, headers);
}

interface RequestLine {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly minorVersion: "0" | "1";
}

function parseRequestLine(line: string): RequestLine | HttpRefusal {
  const first = line.indexOf(" ");
  const last = line.lastIndexOf(" ");
  if (first <= 0 || last === first) return { status: 400, reason: "malformed request line" };
  const method = line.slice(0, first);
  const version = line.slice(last + 1);
  if (!METHOD.test(method)) return { status: 400, reason: "malformed method" };
  if (version !== "HTTP/1.1" && version !== "HTTP/1.0") return { status: 505, reason: "unsupported version" };
  const target = originForm(line.slice(first + 1, last));
  if (target === undefined) return { status: 400, reason: "malformed request target" };
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? "" : target.slice(mark + 1);
  return { method, path, query, minorVersion: version === "HTTP/1.0" ? "0" : "1" };
}

/** The path of an origin-form or absolute-form target; undefined when it is neither. */
function originForm(target: string): string | undefined {
  if (target.includes(" ")) return undefined;
  if (target.startsWith("/")) return target;
  const match = /^https?:\/\/[^/?]*(.*)$/.exec(target);
  if (match === null) return undefined;
  return match[1]?.startsWith("/") === true ? match[1] : `/${match[1] ?? ""}`;
}

/** Spellings of header names that were found valid, and the names they stand for. Clients use few. */
const NAMES = new Map<string, string>();
const NAMES_MAX = 256;

/** The name in lower case; undefined when it is none. */
function headerName(spelling: string): string | undefined {
  const known = NAMES.get(spelling);
  if (known !== undefined) return known;
  if (!TOKEN.test(spelling)) return undefined;
  const name = spelling.toLowerCase();
  if (NAMES.size < NAMES_MAX) NAMES.set(spelling, name);
  return name;
}

/** Reads the header line of `text` from `start` to `end`. */
function readHeader(
  headers: Map<string, string>,
  text: string,
  start: number,
  end: number,
): HttpRefusal | undefined {
  const colon = text.indexOf(":", start);
  if (colon <= start || colon >= end) return { status: 400, reason: "malformed header" };
  const name = headerName(text.slice(start, colon));
  if (name === undefined) return { status: 400, reason: "malformed header name" };
  const value = text.slice(text.charCodeAt(colon + 1) === BLANK ? colon + 2 : colon + 1, end).trim();
  if (name === "content-length" && headers.has(name) && headers.get(name) !== value) {
    return { status: 400, reason: "conflicting content-length" };
  }
  headers.set(name, value);
  return headers.size > HEADERS_MAX ? { status: 431, reason: "too many headers" } : undefined;
}

function withFraming(line: RequestLine, headers: Map<string, string>): Head | HttpRefusal {
  const bodyLength = bodyLengthOf(headers);
  if (typeof bodyLength === "object") return bodyLength;
  const connection = headers.get("connection")?.toLowerCase() ?? "";
  const keepAlive =
    line.minorVersion === "1" ? !connection.includes("close") : connection.includes("keep-alive");
  return { method: line.method, path: line.path, query: line.query, headers, keepAlive, bodyLength };
}

function bodyLengthOf(headers: ReadonlyMap<string, string>): number | "chunked" | HttpRefusal {
  const encoding = headers.get("transfer-encoding");
  const length = headers.get("content-length");
  if (encoding !== undefined) {
    if (length !== undefined) return { status: 400, reason: "both content-length and transfer-encoding" };
    return encoding.toLowerCase() === "chunked"
      ? "chunked"
      : { status: 501, reason: "unknown transfer-encoding" };
  }
  if (length === undefined) return 0;
  if (!DIGITS.test(length)) return { status: 400, reason: "malformed content-length" };
  return Number(length) > BODY_BYTES_MAX ? TOO_LARGE : Number(length);
}

type Chunks = "more" | HttpRefusal | { readonly body: Buffer; readonly consumed: number };

/** Reads a whole chunked body from its first byte; "more" while it is incomplete. */
function readChunks(bytes: Buffer): Chunks {
  const parts: Buffer[] = [];
  let total = 0;
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd < 0) return bytes.length - at > 1024 ? { status: 400, reason: "malformed chunk" } : "more";
    const size = chunkSize(bytes.toString("latin1", at, lineEnd));
    if (size === undefined) return { status: 400, reason: "malformed chunk" };
    at = lineEnd + 2;
    if (size === 0) return finishChunks(bytes, at, parts);
    total += size;
    if (total > BODY_BYTES_MAX) return TOO_LARGE;
    if (bytes.length < at + size + 2) return "more";
    if (bytes[at + size] !== 13 || bytes[at + size + 1] !== 10)
      return { status: 400, reason: "malformed chunk" };
    parts.push(bytes.subarray(at, at + size));
    at += size + 2;
  }
}

function chunkSize(line: string): number | undefined {
  const match = /^([0-9A-Fa-f]{1,8})(?:\s*;.*)?$/.exec(line);
  return match === null ? undefined : Number.parseInt(match[1] ?? "", 16);
}

/** Skips the trailers after the last chunk. */
function finishChunks(bytes: Buffer, start: number, parts: readonly Buffer[]): Chunks {
  let at = start;
  for (;;) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (at - start > HEAD_BYTES_MAX) return { status: 431, reason: "trailers too large" };
    if (lineEnd < 0) return "more";
    if (lineEnd === at) return { body: Buffer.concat(parts), consumed: at + 2 };
    at = lineEnd + 2;
  }
}
