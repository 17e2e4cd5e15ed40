/**
 * The file of one channel, `NAME.log`, which any number of processes append to. There is no lock: a line is one append, which the kernel
 * keeps whole, and rolling is one rename to a name that nobody else takes. Each writer looks, once a second and at the first line of a
 * day, whether the file under the name is still the one that it has open, and opens the new one where it is not; for that second it
 * writes to the renamed file, which is compressed a minute later at the soonest. Where two processes roll at the same moment, one of them
 * renames a file that has just begun: an archive more, and no line lost.
 */
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { archiveName } from "./archives.ts";
import type { LogFileName } from "./channels.ts";

export interface RollingFileOptions {
  readonly folder: string;
  readonly name: LogFileName;
  readonly bytesMax: number;
  readonly nowMs: () => number;
  /** Said once until it works again. */
  readonly onTrouble: (what: string) => void;
  readonly onRolled: () => void;
}

const LOOK_MS = 1_000;
const DAY_MS = 86_400_000;
const FLAGS = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY;

export class RollingFile {
  readonly #options: RollingFileOptions;
  readonly #path: string;
  #descriptor: number | null = null;
  #file: Pick<Stats, "ino" | "dev"> = { ino: 0, dev: 0 };
  /** As of the last look, with what was written here since. */
  #bytes = 0;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #rolledAtMs = 0;
  /** A line was written in part: the next one begins on a line of its own. */
  #isTorn = false;
  #isTroubled = false;
  #isClosed = false;

  constructor(options: RollingFileOptions) {
    this.#options = options;
    this.#path = join(options.folder, `${options.name}.log`);
    this.#guarded(() => this.#open());
  }

  /** One line with its end. It is with the kernel when this returns, unless there is trouble with the disk, which never throws. */
  write(line: string): void {
    if (this.#isClosed) return;
    this.#guarded(() => {
      this.#look(Buffer.byteLength(line));
      this.#append(this.#isTorn ? `\n${line}` : line);
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#guarded(() => this.#shut());
  }

  #append(text: string): void {
    if (this.#descriptor === null) throw new Error(`${this.#path} cannot be opened`);
    const bytes = Buffer.from(text);
    this.#isTorn = true;
    const written = writeSync(this.#descriptor, bytes);
    this.#isTorn = written < bytes.length;
    this.#bytes += written;
  }

  /** Whether it is still the file that it has open, and whether its time is over. */
  #look(more: number): void {
    const { nowMs, bytesMax } = this.#options;
    const now = nowMs();
    const isFull = this.#bytes > 0 && this.#bytes + more > bytesMax;
    const sinceMs = now - this.#lookedAtMs;
    if (sinceMs >= 0 && sinceMs < LOOK_MS && !isFull && dayOf(now) === dayOf(this.#lookedAtMs)) return;
    this.#lookedAtMs = now;
    const there = statSync(this.#path, { throwIfNoEntry: false });
    if (there === undefined || !this.#isOpen(there)) return this.#open();
    this.#bytes = there.size;
    if (there.size > 0 && (there.size + more > bytesMax || dayOf(there.mtimeMs) < dayOf(now)))
      this.#roll(now);
  }

  #isOpen({ ino, dev }: Stats): boolean {
    return this.#descriptor !== null && ino === this.#file.ino && dev === this.#file.dev;
  }

  #roll(now: number): void {
    const { folder, name, onRolled } = this.#options;
    this.#rolledAtMs = Math.max(now, this.#rolledAtMs + 1);
    try {
      renameSync(this.#path, join(folder, archiveName(name, this.#rolledAtMs, process.pid)));
    } catch (error) {
      if (!isMissing(error)) throw error;
      // Another process was first.
    }
    this.#open();
    onRolled();
  }

  #open(): void {
    this.#shut();
    mkdirSync(this.#options.folder, { recursive: true, mode: 0o700 });
    this.#descriptor = openSync(this.#path, FLAGS, 0o600);
    const opened = fstatSync(this.#descriptor);
    this.#file = opened;
    this.#bytes = opened.size;
    this.#isTorn = false;
  }

  #shut(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    if (descriptor !== null) closeSync(descriptor);
  }

  #guarded(action: () => void): void {
    try {
      action();
      this.#isTroubled = false;
    } catch (error) {
      if (!this.#isTroubled) this.#options.onTrouble(error instanceof Error ? error.message : String(error));
      this.#isTroubled = true;
    }
  }
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
