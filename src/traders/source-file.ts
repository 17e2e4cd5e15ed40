/**
 * A file of a history as text in pieces, compressed or not, with its hash: memory stays flat however long it is. UTF-8, with or
 * without a byte order mark.
 */
import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline, Transform } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { createGunzip } from "node:zlib";
import { FormatError } from "./formats/format.ts";

const GZIP_MAGIC = 0x1f8b;
/** What a format is recognised by. */
const HEAD_CHARS = 64 * 1024;

export interface SourceProgress {
  /** Of the file as it lies on disk. */
  readonly readBytes: number;
  readonly totalBytes: number;
}

export class SourceFile {
  readonly path: string;
  readonly totalBytes: number;
  /** When the file was last written. */
  readonly modifiedMs: number;
  readonly #unpackedBytesMax: number;
  readonly #hash = createHash("sha256");
  #readBytes = 0;

  /** Throws when the file is not there or is no file. What is unpacked beyond the maximum is not read. */
  constructor(path: string, unpackedBytesMax = Infinity) {
    const found = statSync(path);
    if (!found.isFile()) throw new RangeError(`${path} is no file`);
    this.path = path;
    this.#unpackedBytesMax = unpackedBytesMax;
    this.totalBytes = found.size;
    this.modifiedMs = Math.floor(found.mtimeMs);
  }

  get readBytes(): number {
    return this.#readBytes;
  }

  /** Of all bytes of the file; once, after the text was read to its end. */
  hash(): string {
    return this.#hash.digest("hex");
  }

  /**
   * The text; the first piece is long enough to know a format by. Throws what reading or unpacking throws, after all that came before; a
   * FormatError where it unpacks to more than the maximum.
   */
  async *text(): AsyncGenerator<string> {
    const decoder = new StringDecoder("utf8");
    let head = "";
    let isPastHead = false;
    let failure: { readonly error: unknown } | null = null;
    try {
      for await (const bytes of await this.#bytes()) {
        const text = decoder.write(bytes as Buffer);
        if (isPastHead) yield text;
        else {
          head += text;
          isPastHead = head.length >= HEAD_CHARS;
          if (isPastHead) yield withoutMark(head);
        }
      }
    } catch (error) {
      failure = { error };
    }
    // What was read before it failed counts, however short it is.
    const rest = decoder.end();
    if (!isPastHead) yield withoutMark(head + rest);
    else if (rest !== "") yield rest;
    if (failure !== null) throw failure.error;
  }

  async #bytes(): Promise<AsyncIterable<unknown>> {
    const isCompressed = await beginsWithGzip(this.path);
    const counted = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.#hash.update(chunk);
        this.#readBytes += chunk.length;
        done(null, chunk);
      },
    });
    const file = createReadStream(this.path, { highWaterMark: 256 * 1024 });
    // What goes wrong comes out of the last of them, where it is read.
    const ignore = () => {};
    if (!isCompressed) return pipeline(file, counted, ignore);
    return pipeline(file, counted, createGunzip(), this.#bounded(), ignore);
  }

  #bounded(): Transform {
    const most = this.#unpackedBytesMax;
    let bytes = 0;
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        bytes += chunk.length;
        if (bytes <= most) done(null, chunk);
        else done(new FormatError(`it unpacks to more than ${most} bytes: import it in parts`));
      },
    });
  }
}

async function beginsWithGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.readUInt16BE(0) === GZIP_MAGIC;
  } finally {
    await file.close();
  }
}

function withoutMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}
