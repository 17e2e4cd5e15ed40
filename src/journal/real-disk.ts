/**
 * A real folder as a Disk. The folder is 0700 and its files 0600. Synchronous writes go straight to the kernel, so that
 * what was written survives the death of the process; `sync` runs fdatasync on a thread of libuv.
 */
import fs from "node:fs";
import { join } from "node:path";
import { type Disk, DiskError, type DiskFile, type JournalClock } from "./disk.ts";

export class RealDisk implements Disk {
  readonly folder: string;
  readonly #mayWrite: boolean;

  /** To `read` asks for no right to write and makes nothing: writing to such a disk is a DiskError. */
  constructor(folder: string, access: "write" | "read" = "write") {
    this.folder = folder;
    this.#mayWrite = access === "write";
    if (this.#mayWrite) attempt(folder, () => fs.mkdirSync(folder, { recursive: true, mode: 0o700 }));
  }

  list(): readonly string[] {
    return attempt(this.folder, () => fs.readdirSync(this.folder));
  }

  create(name: string): DiskFile {
    return this.#open(name, "wx+");
  }

  open(name: string): DiskFile {
    return this.#open(name, this.#mayWrite ? "r+" : "r");
  }

  rename(from: string, to: string): void {
    attempt(this.#path(from), () => fs.renameSync(this.#path(from), this.#path(to)));
  }

  remove(name: string): void {
    attempt(this.#path(name), () => fs.rmSync(this.#path(name)));
  }

  discard(name: string, done: (error: DiskError | undefined) => void): void {
    const path = this.#path(name);
    fs.unlink(path, (error) => done(error === null ? undefined : asDiskError(path, error)));
  }

  modifiedMs(name: string): number {
    return attempt(this.#path(name), () => fs.statSync(this.#path(name)).mtimeMs);
  }

  syncFolder(done: (error: DiskError | undefined) => void): void {
    fs.open(this.folder, "r", (openError, descriptor) => {
      if (openError !== null) return done(asDiskError(this.folder, openError));
      fs.fsync(descriptor, (error) => {
        fs.close(descriptor, () => done(error === null ? undefined : asDiskError(this.folder, error)));
      });
    });
  }

  syncFolderNow(): void {
    attempt(this.folder, () => {
      const descriptor = fs.openSync(this.folder, "r");
      try {
        fs.fsyncSync(descriptor);
      } finally {
        fs.closeSync(descriptor);
      }
    });
  }

  #open(name: string, flags: string): DiskFile {
    const path = this.#path(name);
    return new RealFile(
      path,
      attempt(path, () => fs.openSync(path, flags, 0o600)),
    );
  }

  #path(name: string): string {
    return join(this.folder, name);
  }
}

class RealFile implements DiskFile {
  readonly #path: string;
  readonly #descriptor: number;

  constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  size(): number {
    return attempt(this.#path, () => fs.fstatSync(this.#descriptor).size);
  }

  write(bytes: Uint8Array, position: number): void {
    attempt(this.#path, () => {
      // One call writes everything except on a disk that is filling up.
      let written = 0;
      while (written < bytes.length) {
        written += fs.writeSync(this.#descriptor, bytes, written, bytes.length - written, position + written);
      }
    });
  }

  read(into: Uint8Array, position: number): number {
    return attempt(this.#path, () => {
      let filled = 0;
      while (filled < into.length) {
        const count = fs.readSync(this.#descriptor, into, filled, into.length - filled, position + filled);
        if (count === 0) break;
        filled += count;
      }
      return filled;
    });
  }

  truncate(size: number): void {
    attempt(this.#path, () => fs.ftruncateSync(this.#descriptor, size));
  }

  sync(done: (error: DiskError | undefined) => void): void {
    fs.fdatasync(this.#descriptor, (error) =>
      done(error === null ? undefined : asDiskError(this.#path, error)),
    );
  }

  syncNow(): void {
    attempt(this.#path, () => fs.fdatasyncSync(this.#descriptor));
  }

  close(): void {
    attempt(this.#path, () => fs.closeSync(this.#descriptor));
  }
}

/** The computer's clock; its timers do not keep the process alive. */
export const systemClock: JournalClock = {
  nowMs: () => Date.now(),
  setTimer(delayMs, action) {
    const timer = setTimeout(action, delayMs).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw asDiskError(path, error);
  }
}

function asDiskError(path: string, cause: unknown): DiskError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const text = cause instanceof Error ? cause.message : String(cause);
  return new DiskError(FULL.has(code) ? "full" : "failed", `${path}: ${text}`, { cause });
}
