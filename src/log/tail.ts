/** What comes to the current file of a channel, line by line, also over its being rolled: the old file is read on until no writer has it open. */
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import type { LogFileName } from "./channels.ts";

/** A writer looks once a second which file is the current one. */
const OLD_READ_MS = 5_000;
const CHUNK_BYTES = 256 * 1024;
const READ_BYTES_MAX = 64 * 1024 * 1024;

interface OpenFile {
  readonly handle: FileHandle;
  readonly inode: number;
  offset: number;
  /** The beginning of a line whose end is not there yet. */
  rest: string;
  readonly decoder: StringDecoder;
}

export class Tail {
  readonly #path: string;
  #current: OpenFile | null;
  #old: { readonly file: OpenFile; readonly untilMs: number }[] = [];

  private constructor(path: string, current: OpenFile | null) {
    this.#path = path;
    this.#current = current;
  }

  /** From the beginning of the current file on; one that is not there yet is waited for. */
  static async open(folder: string, name: LogFileName): Promise<Tail> {
    const path = join(folder, `${name}.log`);
    return new Tail(path, await opened(path));
  }

  /** Of the file that is read now; null where there is none. */
  get inode(): number | null {
    return this.#current?.inode ?? null;
  }

  /** The lines that were completed since the last call. */
  async more(): Promise<readonly string[]> {
    const lines = await this.#ofOld();
    if (this.#current !== null) lines.push(...(await linesOf(this.#current)));
    const now = await opened(this.#path);
    if (now === null) return lines;
    if (now.inode === this.#current?.inode) await now.handle.close();
    else {
      if (this.#current !== null)
        this.#old.push({ file: this.#current, untilMs: performance.now() + OLD_READ_MS });
      this.#current = now;
      lines.push(...(await linesOf(now)));
    }
    return lines;
  }

  async close(): Promise<void> {
    const files = [...this.#old.map(({ file }) => file), ...(this.#current === null ? [] : [this.#current])];
    this.#old = [];
    this.#current = null;
    for (const { handle } of files) await handle.close();
  }

  async #ofOld(): Promise<string[]> {
    const lines: string[] = [];
    for (const { file, untilMs } of this.#old) {
      lines.push(...(await linesOf(file)));
      if (performance.now() > untilMs) await file.handle.close();
    }
    this.#old = this.#old.filter(({ untilMs }) => performance.now() <= untilMs);
    return lines;
  }
}

async function opened(path: string): Promise<OpenFile | null> {
  try {
    const handle = await open(path, "r");
    const { ino: inode, size } = await handle.stat();
    // Of a huge file only the end; the line that begins before it is no whole one, and counts as none.
    return {
      handle,
      inode,
      offset: Math.max(0, size - READ_BYTES_MAX),
      rest: "",
      decoder: new StringDecoder(),
    };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Up to its present end. */
async function linesOf(file: OpenFile): Promise<string[]> {
  const lines: string[] = [];
  const { size } = await file.handle.stat();
  while (file.offset < size) {
    const { bytesRead, buffer } = await file.handle.read(
      Buffer.alloc(CHUNK_BYTES),
      0,
      CHUNK_BYTES,
      file.offset,
    );
    if (bytesRead === 0) break;
    file.offset += bytesRead;
    const parts = (file.rest + file.decoder.write(buffer.subarray(0, bytesRead))).split("\n");
    file.rest = parts.pop() ?? "";
    lines.push(...parts);
  }
  return lines;
}
