/**
 * What is inside a backup: entries one after the other, compressed as one stream (Zstandard). An entry is the length of its head
 * (u32, big endian), the head as JSON, and as many bytes as the head says. The first head tells of the whole, the last one that
 * nothing is missing.
 */
import { Readable } from "node:stream";
import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";
import { BackupError } from "./backup-error.ts";

/** Paths begin with `data/` or `config/`, and go with slashes. */
export interface FileHead {
  readonly kind: "file";
  readonly path: string;
  readonly bytes: number;
}

export interface BackupHead {
  readonly kind: "backup";
  readonly madeAtMs: number;
  /** Of Copytrader. */
  readonly version: string;
  /** Last record of the journal that is in it; 0 without one. */
  readonly journalSequence: number;
  /** Parts of the data folder that were left out, as they can be had again. */
  readonly leftOut: readonly string[];
}

export interface EndHead {
  readonly kind: "end";
  readonly files: number;
}

export type Head = BackupHead | FileHead | EndHead;

export interface Entry {
  readonly head: Head;
  /** To be read to its end before the next entry; nothing but for files. */
  readonly content: AsyncIterable<Buffer>;
}

/** One file on its way into a backup. */
export interface Source {
  readonly path: string;
  readonly bytes: number;
  content(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

const HEAD_BYTES_MAX = 1024 * 1024;
/** Journals come to a twelfth; higher levels cost far more than they save. */
const LEVEL = 3;

export function compressed(plain: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  const compressor = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
  return piped(plain, compressor);
}

/** Throws a BackupError at what does not decompress. */
export async function* decompressed(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  yield* piped(bytes, createZstdDecompress());
}

async function* piped(
  source: AsyncIterable<Uint8Array>,
  through: NodeJS.ReadWriteStream & AsyncIterable<Buffer | string> & { destroy(error?: Error): void },
): AsyncGenerator<Buffer> {
  const readable = Readable.from(source);
  readable.on("error", (error) => through.destroy(error));
  readable.pipe(through);
  try {
    for await (const chunk of through) yield Buffer.from(chunk);
  } catch (error) {
    if (error instanceof BackupError) throw error;
    if (isOfCompression(error))
      throw new BackupError("damaged", "holds what does not decompress", { cause: error });
    throw error;
  } finally {
    readable.destroy();
    through.destroy();
  }
}

function isOfCompression(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ZSTD");
}

/** The stream of a backup, not compressed yet. `passed` hears of each file's bytes. */
export async function* entriesOf(
  head: BackupHead,
  sources: AsyncIterable<Source> | Iterable<Source>,
  passed: (path: string, bytes: Uint8Array) => void = () => {},
): AsyncGenerator<Uint8Array> {
  yield headBytes(head);
  let files = 0;
  for await (const source of sources) {
    const { path, bytes } = source;
    yield headBytes({ kind: "file", path, bytes });
    let told = 0;
    for await (const chunk of source.content()) {
      told += chunk.length;
      passed(path, chunk);
      yield chunk;
    }
    if (told !== bytes) throw new BackupError("damaged", `${path} became shorter while it was read`);
    files += 1;
  }
  yield headBytes({ kind: "end", files });
}

function headBytes(head: Head): Buffer {
  const text = Buffer.from(JSON.stringify(head), "utf8");
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text]);
}

/** The entries of a stream, in order. Throws a BackupError where it is not one of whole entries with its end. */
export async function* readEntries(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
  const reader = new ByteReader(bytes);
  let files = 0;
  for (let place = 0; ; place += 1) {
    const length = (await reader.exactly(4)).readUInt32BE();
    if (length > HEAD_BYTES_MAX) throw strange();
    const head = headIn((await reader.exactly(length)).toString("utf8"));
    if ((place === 0) !== (head.kind === "backup")) throw strange();
    if (head.kind === "end" && head.files !== files) throw strange();
    const content = head.kind === "file" ? reader.next(head.bytes) : nothing();
    yield { head, content };
    // Whatever was not asked for is passed over.
    for await (const _rest of content);
    if (head.kind === "end") return;
    if (head.kind === "file") files += 1;
  }
}

async function* nothing(): AsyncGenerator<Buffer> {}

function headIn(text: string): Head {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || !("kind" in value)) throw strange();
  const { kind } = value;
  const isFile =
    kind === "file" &&
    "path" in value &&
    "bytes" in value &&
    typeof value.path === "string" &&
    isSafePath(value.path) &&
    Number.isSafeInteger(value.bytes) &&
    Number(value.bytes) >= 0;
  if (!isFile && kind !== "backup" && kind !== "end") throw strange();
  return value as Head;
}

/** Inside `data` or `config`, whatever it says. */
function isSafePath(path: string): boolean {
  const [top, ...rest] = path.split("/");
  const isWithin = rest.every((part) => part !== "" && part !== "." && part !== ".." && !/[\\\0]/.test(part));
  return (top === "data" || top === "config") && rest.length > 0 && isWithin;
}

function strange(): BackupError {
  return new BackupError("damaged", "holds something that this version does not know");
}

/** Bytes of a stream by number. */
class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  async exactly(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.next(count)) parts.push(part);
    return Buffer.concat(parts);
  }

  async *next(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0; ) {
      if (this.#rest.length === 0) {
        const { value, done } = await this.#chunks.next();
        if (done === true) throw new BackupError("truncated", "ends too early: its end is missing");
        this.#rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
        continue;
      }
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }
}
