/**
 * A Disk in memory that knows what is synced and what is only written: for the simulator and for tests. It can fill up,
 * fail writes and syncs, tear a write, kill the process (handles die, what was written stays) and cut the power (what was
 * not synced is lost in whole or in part, by the given chance). Deterministic.
 */
import { type Disk, DiskError, type DiskFile } from "./disk.ts";

interface Inode {
  readonly written: Bytes;
  readonly synced: Bytes;
  /** From where `written` may differ from `synced`. */
  dirtyFrom: number;
  modifiedMs: number;
}

/** Bytes that grow without being copied each time. */
class Bytes {
  length = 0;
  #room = Buffer.alloc(0);

  /** The bytes themselves, until the next change. */
  get view(): Buffer {
    return this.#room.subarray(0, this.length);
  }

  put(bytes: Uint8Array, position: number): void {
    this.resize(Math.max(this.length, position + bytes.length));
    this.#room.set(bytes, position);
  }

  /** What is new reads as zeros. */
  resize(length: number): void {
    if (length > this.#room.length) {
      const grown = Buffer.alloc(Math.max(length, 2 * this.#room.length));
      this.view.copy(grown);
      this.#room = grown;
    } else if (length < this.length) this.#room.fill(0, length, this.length);
    this.length = length;
  }

  replace(bytes: Uint8Array): void {
    this.resize(0);
    this.put(bytes, 0);
  }
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
  /** `death`: the process dies in the middle of it. */
  readonly failure: "full" | "failed" | "death";
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
    const inode = { written: new Bytes(), synced: new Bytes(), dirtyFrom: 0, modifiedMs: this.nowMs };
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
      if (inode.written.view.equals(inode.synced.view)) continue;
      const left = survivors(inode, chance, survival);
      inode.written.replace(left);
      inode.synced.replace(left);
      inode.dirtyFrom = left.length;
    }
    this.#names = names;
    this.#syncedNames = new Map(names);
  }

  /** Content of a file as it would be read now. */
  content(name: string): Buffer {
    return Buffer.from(this.#inode(name).written.view);
  }

  /** Replaces a file's content behind the journal's back. */
  replace(name: string, content: Uint8Array): void {
    const inode = this.#inode(name);
    inode.written.replace(content);
    inode.synced.replace(content);
    inode.dirtyFrom = content.length;
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
    const { written } = this.#inode;
    const room = written.length + Math.max(0, this.#disk.bytesMax - this.#disk.usedBytes()) - position;
    const fitting = wanted.subarray(0, Math.max(0, room));
    written.put(fitting, position);
    this.#inode.dirtyFrom = Math.min(this.#inode.dirtyFrom, position);
    this.#inode.modifiedMs = this.#disk.nowMs;
    if (torn?.failure === "death") this.#disk.killProcess();
    if (torn !== undefined)
      throw new DiskError(torn.failure === "full" ? "full" : "failed", "the write failed");
    if (fitting.length < bytes.length) throw new DiskError("full", "the disk is full");
  }

  read(into: Uint8Array, position: number): number {
    this.#assertOpen();
    return this.#inode.written.view.copy(into, 0, position, position + into.length);
  }

  truncate(size: number): void {
    this.#assertOpen();
    this.#inode.written.resize(size);
    this.#inode.dirtyFrom = Math.min(this.#inode.dirtyFrom, size);
  }

  sync(done: (error: DiskError | undefined) => void): void {
    this.#assertOpen();
    this.#disk.later(done, this.#capture());
  }

  syncNow(): void {
    this.#assertOpen();
    this.#disk.assertSyncs();
    this.#capture()();
  }

  /** What is written now, to be made synced. */
  #capture(): () => void {
    const { written, synced, dirtyFrom } = this.#inode;
    const from = Math.min(dirtyFrom, written.length);
    const [tail, length] = [Buffer.from(written.view.subarray(from)), written.length];
    return () => {
      synced.resize(length);
      synced.put(tail, from);
      this.#inode.dirtyFrom = firstDifference(this.#inode, Math.min(from, this.#inode.dirtyFrom));
    };
  }

  close(): void {
    this.#open = false;
  }

  #assertOpen(): void {
    if (!this.#open || !this.#alive()) throw new DiskError("failed", "the file is closed");
  }
}

/** From `from` on; what is before is the same. */
function firstDifference({ written, synced }: Inode, from: number): number {
  const [left, right] = [written.view, synced.view];
  const end = Math.min(left.length, right.length);
  let at = Math.min(from, end);
  while (at < end && left[at] === right[at]) at += 1;
  return at;
}

/** Page by page: the written one by chance, else the synced one; pages between that were lost read as zeros. */
function survivors({ written, synced }: Inode, chance: () => number, survival: number): Buffer {
  const result = Buffer.alloc(Math.max(written.length, synced.length));
  synced.view.copy(result);
  let end = synced.length;
  for (let at = 0; at < written.length; at += PAGE_BYTES) {
    if (chance() >= survival) continue;
    const page = written.view.subarray(at, at + PAGE_BYTES);
    page.copy(result, at);
    end = Math.max(end, at + page.length);
  }
  return result.subarray(0, end);
}
