/**
 * Takes HTTP/1.1 responses apart as bytes arrive (RFC 9112): status, headers, and a body by length, in chunks or up to
 * the end of the connection. Pure byte work, no sockets; strict, because a misread answer would be an order misjudged.
 */

import { Backlog } from "./backlog.ts";

export interface ParsedResponse {
  readonly status: number;
  /** Lower-case names; repeated headers are joined by a comma. */
  readonly headers: Record<string, string>;
  readonly body: string;
  /** Whether the connection may carry another request. */
  readonly keepAlive: boolean;
}

/** A response that breaks the protocol or a limit; the connection must be closed. */
export class BadResponse extends Error {
  override readonly name = "BadResponse";
}

const HEAD_BYTES_MAX = 64 * 1024;
const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: |$)/;
const CHUNK_SIZE = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/;

interface Head {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly keepAlive: boolean;
}

export class ResponseReader {
  readonly #bodyBytesMax: number;
  readonly #backlog = new Backlog();
  /** What is not read yet; of the chunk that is being read, or of the backlog. */
  #bytes: Buffer = Buffer.alloc(0);
  #head: Head | null = null;
  /** Bytes of the body so far, for bodies in chunks. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  #isLastChunk = false;

  constructor(bodyBytesMax: number) {
    this.#bodyBytesMax = bodyBytesMax;
  }

  /**
   * The response once it is whole, else null. The chunk may be reused by the caller afterwards. Throws BadResponse.
   */
  push(chunk: Buffer): ParsedResponse | null {
    const bytes = this.#backlog.with(chunk);
    this.#bytes = bytes;
    const response = this.#read();
    this.#backlog.keep(bytes, response === null ? this.#bytes.length : 0);
    this.#bytes = this.#backlog.bytes;
    return response;
  }

  /** The connection ended: the response that only this makes whole, else null. */
  end(): ParsedResponse | null {
    const head = this.#head;
    if (head === null || isChunked(head) || lengthOf(head) !== null) return null;
    return this.#finish(head, this.#bytes, false);
  }

  #read(): ParsedResponse | null {
    this.#head ??= this.#readHead();
    const head = this.#head;
    if (head === null) return null;
    if (isChunked(head)) return this.#readChunks(head);
    const length = hasNoBody(head.status) ? 0 : lengthOf(head);
    if ((length ?? this.#bytes.length) > this.#bodyBytesMax) throw new BadResponse("the answer is too long");
    if (length === null || this.#bytes.length < length) return null;
    if (this.#bytes.length > length) throw new BadResponse("the server sent more than it announced");
    return this.#finish(head, this.#bytes, head.keepAlive);
  }

  #readHead(): Head | null {
    const end = this.#bytes.indexOf("\r\n\r\n");
    if (end < 0) {
      if (this.#bytes.length > HEAD_BYTES_MAX) throw new BadResponse("the answer's headers are too long");
      return null;
    }
    const head = parseHead(this.#bytes.toString("latin1", 0, end));
    this.#bytes = this.#bytes.subarray(end + 4);
    // 1xx answers only announce the real one.
    return head.status >= 100 && head.status < 200 ? this.#readHead() : head;
  }

  #readChunks(head: Head): ParsedResponse | null {
    for (;;) {
      const lineEnd = this.#bytes.indexOf("\r\n");
      if (lineEnd < 0) return this.#needMore();
      const line = this.#bytes.toString("latin1", 0, lineEnd);
      if (this.#isLastChunk) {
        this.#bytes = this.#bytes.subarray(lineEnd + 2);
        if (line === "")
          return this.#finish(head, Buffer.concat(this.#parts, this.#partBytes), head.keepAlive);
        continue;
      }
      const size = chunkSize(line);
      const next = lineEnd + 2 + size + 2;
      if (this.#partBytes + size > this.#bodyBytesMax) throw new BadResponse("the answer is too long");
      if (size === 0) {
        this.#isLastChunk = true;
        this.#bytes = this.#bytes.subarray(lineEnd + 2);
        continue;
      }
      if (this.#bytes.length < next) return null;
      this.#takeChunk(lineEnd + 2, size);
      this.#bytes = this.#bytes.subarray(next);
    }
  }

  #takeChunk(start: number, size: number): void {
    const end = start + size;
    if (this.#bytes[end] !== 13 || this.#bytes[end + 1] !== 10) throw new BadResponse("a chunk does not end");
    this.#parts.push(Buffer.from(this.#bytes.subarray(start, end)));
    this.#partBytes += size;
  }

  #needMore(): null {
    if (this.#bytes.length > HEAD_BYTES_MAX) throw new BadResponse("a chunk's first line is too long");
    return null;
  }

  #finish(head: Head, body: Buffer, keepAlive: boolean): ParsedResponse {
    return { status: head.status, headers: head.headers, body: body.toString("utf8"), keepAlive };
  }
}

function parseHead(text: string): Head {
  const [statusLine = "", ...lines] = text.split("\r\n");
  const match = STATUS_LINE.exec(statusLine);
  if (match === null) throw new BadResponse("the answer is not HTTP/1");
  // Without a prototype: a server may name a header `constructor`.
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon <= 0) throw new BadResponse("a header line is malformed");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  const coding = headers["transfer-encoding"];
  if (coding !== undefined && (coding.toLowerCase() !== "chunked" || headers["content-length"] !== undefined))
    throw new BadResponse("where the answer ends cannot be told");
  const connection = headers.connection?.toLowerCase() ?? "";
  const keepAlive = match[1] === "1" ? !connection.includes("close") : connection.includes("keep-alive");
  return { status: Number(match[2]), headers, keepAlive };
}

const isChunked = (head: Head): boolean => head.headers["transfer-encoding"]?.toLowerCase() === "chunked";

/** RFC 9112, section 6.3: answers that never have a body. */
const hasNoBody = (status: number): boolean => status === 204 || status === 304;

/** The announced length; null when there is none and the end of the connection ends the body. */
function lengthOf(head: Head): number | null {
  const text = head.headers["content-length"];
  if (text === undefined) return null;
  if (!/^\d{1,15}$/.test(text)) throw new BadResponse("the answer's length is malformed");
  return Number(text);
}

function chunkSize(line: string): number {
  const match = CHUNK_SIZE.exec(line);
  if (match?.[1] === undefined) throw new BadResponse("a chunk's size is malformed");
  return Number.parseInt(match[1], 16);
}
