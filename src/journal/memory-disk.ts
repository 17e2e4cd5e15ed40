/**
 * A Disk in memory that knows what is synced and what is only written: for the simulator and for tests. It can fill up,
 * fail writes and syncs, tear a write, kill the process (handles die, what was written stays) and cut the power (what was
 * not synced is lost in whole or in part, by the given chance). Deterministic.
 */
import { type Disk, DiskError, type DiskFile } from "./disk.ts";

interface Inode {
  written: Buffer;
  synced: Buffer;
  modifiedMs: number;
}

export interface MemoryDiskOptions {
  /** Total bytes of all files; writing past it is a full disk. Unlimited by default. */
  readonly bytesMax?: number;
  /** Runs the completion of a sync; by default in the next microtask. */
  readonly defer?: (action: () => void) => void;
}

/** A write that goes wrong: after `bytes` of it are written, with the given failure. */
export interface TornWrite {
  readonly bytes: number;
  readonly failure: "full" | "failed";
}

const PAGE_BYTES = 512;

export class MemoryDisk implements Disk {
  bytesMax: number;
  /** Consumed by the next write. */
  nextWrite: TornWrite | undefined;
  failSyncs = false;
  /** Time that files are written at. */
  nowMs = 0;
  readonly #defer: (action: () => void) => void;
  #names = new Map<string, Inode>();
  #syncedNames = new Map<string, Inode>();
  #life = 0;

  constructor(options: MemoryDiskOptions = {}) {
    this.bytesMax = options.bytesMax ?? Number.MAX_SAFE_INTEGER;
    this.#defer = options.defer ?? queueMicrotask;
  }

  list(): readonly string[] {
    return [...this.#names.keys()];
  }

  create(name: string): DiskFile {
    if (this.#names.has(name)) throw new DiskError("failed", `${name} exists`);
    const inode = { written: Buffer.alloc(0), synced: Buffer.alloc(0), modifiedMs: this.nowMs };
    this.#names.set(name, inode);
    return this.#handle(inode);
  }

  open(name: string): DiskFile {
    return this.#handle(this.#inode(name));
  }

  rename(from: string, to: string): void {
    const inode = this.#inode(from);
    this.#names.delete(from);
    this.#names.set(to, inode);
  }

  remove(name: string): void {
    this.#inode(name);
    this.#names.delete(name);
  }

  discard(name: string, done: (error: DiskError | undefined) => void): void {
    this.#inode(name);
    const life = this.#life;
    this.#defer(() => {
      if (life !== this.#life) return;
      this.remove(name);
      done(undefined);
    });
  }

  modifiedMs(name: string): number {
    return this.#inode(name).modifiedMs;
  }

  syncFolder(done: (error: DiskError | undefined) => void): void {
    const names = new Map(this.#names);
    this.later(done, () => {
      this.#syncedNames = names;
    });
  }

  syncFolderNow(): void {
    this.assertSyncs();
    this.#syncedNames = new Map(this.#names);
  }

  /** The process dies: open handles and pending syncs are gone, what was written stays. */
  killProcess(): void {
    this.#life += 1;
  }

  /** The power goes: each page that was not synced survives only where `chance` (0 to 1, uniform) is below `survival`. */
  cutPower(chance: () => number, survival: number): void {
    this.killProcess();
    const names = new Map(this.#syncedNames);
    for (const [name, inode] of this.#names) if (chance() < survival) names.set(name, inode);
    for (const inode of new Set(names.values())) {
      inode.written = survivors(inode, chance, survival);
      inode.synced = Buffer.from(inode.written);
    }
    this.#names = names;
    this.#syncedNames = new Map(names);
  }

  /** Content of a file as it would be read now. */
  content(name: string): Buffer {
    return Buffer.from(this.#inode(name).written);
  }

  /** Replaces a file's content behind the journal's back. */
  replace(name: string, content: Uint8Array): void {
    const inode = this.#inode(name);
    inode.written = Buffer.from(content);
    inode.synced = Buffer.from(content);
  }

  usedBytes(): number {
    let used = 0;
    for (const inode of this.#names.values()) used += inode.written.length;
    return used;
  }

  assertSyncs(): void {
    if (this.failSyncs) throw new DiskError("failed", "the disk fails to sync");
  }

  /** Completes a sync in this life of the process only. */
  later(done: (error: DiskError | undefined) => void, effect: () => void): void {
    const life = this.#life;
    this.#defer(() => {
      if (life !== this.#life) return;
      if (this.failSyncs) return done(new DiskError("failed", "the disk fails to sync"));
      effect();
      done(undefined);
    });
  }

  #inode(name: string): Inode {
    const inode = this.#names.get(name);
    if (inode === undefined) throw new DiskError("failed", `${name} does not exist`);
    return inode;
  }

  #handle(inode: Inode): DiskFile {
    const life = this.#life;
    return new MemoryFile(this, inode, () => life === this.#life);
  }
}

class MemoryFile implements DiskFile {
  readonly #disk: MemoryDisk;
  readonly #inode: Inode;
  readonly #alive: () => boolean;
  #open = true;

  constructor(disk: MemoryDisk, inode: Inode, alive: () => boolean) {
    this.#disk = disk;
    this.#inode = inode;
    this.#alive = alive;
  }

  size(): number {
    this.#assertOpen();
    return this.#inode.written.length;
  }

  write(bytes: Uint8Array, position: number): void {
    this.#assertOpen();
    const torn = this.#disk.nextWrite;
    this.#disk.nextWrite = undefined;
    const wanted = torn === undefined ? bytes : bytes.subarray(0, torn.bytes);
    const old = this.#inode.written;
    const room = old.length + Math.max(0, this.#disk.bytesMax - this.#disk.usedBytes()) - position;
    const fitting = wanted.subarray(0, Math.max(0, room));
    const grown = Buffer.alloc(Math.max(old.length, position + fitting.length));
    old.copy(grown);
    grown.set(fitting, position);
    this.#inode.written = grown;
    this.#inode.modifiedMs = this.#disk.nowMs;
    if (torn !== undefined) throw new DiskError(torn.failure, "the write failed");
    if (fitting.length < bytes.length) throw new DiskError("full", "the disk is full");
  }

  read(into: Uint8Array, position: number): number {
    this.#assertOpen();
    return this.#inode.written.copy(into, 0, position, position + into.length);
  }

  truncate(size: number): void {
    this.#assertOpen();
    const content = Buffer.alloc(size);
    this.#inode.written.copy(content);
    this.#inode.written = content;
  }

  sync(done: (error: DiskError | undefined) => void): void {
    this.#assertOpen();
    const content = Buffer.from(this.#inode.written);
    this.#disk.later(done, () => {
      this.#inode.synced = content;
    });
  }

  syncNow(): void {
    this.#assertOpen();
    this.#disk.assertSyncs();
    this.#inode.synced = Buffer.from(this.#inode.written);
  }

  close(): void {
    this.#open = false;
  }

  #assertOpen(): void {
    if (!this.#open || !this.#alive()) throw new DiskError("failed", "the file is closed");
  }
}

/** Page by page: the written one by chance, else the synced one; pages between that were lost read as zeros. */
function survivors(inode: Inode, chance: () => number, survival: number): Buffer {
  if (inode.written.equals(inode.synced)) return inode.written;
  const result = Buffer.alloc(Math.max(inode.written.length, inode.synced.length));
  inode.synced.copy(result);
  let end = inode.synced.length;
  for (let at = 0; at < inode.written.length; at += PAGE_BYTES) {
    if (chance() >= survival) continue;
    const page = inode.written.subarray(at, at + PAGE_BYTES);
    page.copy(result, at);
    end = Math.max(end, at + page.length);
  }
  return result.subarray(0, end);
}
