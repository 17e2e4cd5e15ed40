/**
 * The rows that were no fills, kept in the data folder with line and reason: one JSON object per line, one file for each source,
 * made anew by each import of it.
 */
import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, rmSync, type WriteStream } from "node:fs";
import { basename, join, resolve } from "node:path";
import { finished } from "node:stream/promises";
import type { RejectedRow } from "./formats/format.ts";

const TEXT_MAX = 20_000;

export class Rejects {
  readonly path: string;
  #file: WriteStream | null = null;
  #failure: Error | null = null;

  constructor(folder: string, source: string) {
    const place = createHash("sha256").update(resolve(source)).digest("hex").slice(0, 8);
    this.path = join(folder, `${basename(source)}-${place}.jsonl`);
    rmSync(this.path, { force: true });
  }

  write({ key, at, reason, text }: RejectedRow): void {
    const row = {
      line: at.line,
      ...(at.record === 0 ? {} : { record: at.record }),
      ...(key === null ? {} : key),
      reason,
      text: text.slice(0, TEXT_MAX),
    };
    this.#open().write(`${JSON.stringify(row)}\n`);
  }

  /** Waits until all is written. */
  async close(): Promise<void> {
    const file = this.#file;
    if (file === null) return;
    file.end();
    await finished(file);
    if (this.#failure !== null) throw this.#failure;
  }

  #open(): WriteStream {
    if (this.#file !== null) return this.#file;
    mkdirSync(join(this.path, ".."), { recursive: true, mode: 0o700 });
    this.#file = createWriteStream(this.path, { mode: 0o600 });
    this.#file.on("error", (error) => {
      this.#failure = error;
    });
    return this.#file;
  }
}
