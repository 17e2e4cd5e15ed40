/**
 * Syncs what was written in groups, some milliseconds after the write, without blocking: one group is under way at a time,
 * and what is written meanwhile makes the next. A failed sync is final: after it nobody knows what is on disk, so the
 * journal refuses to go on.
 */
import { type Disk, DiskError, type DiskFile, type JournalClock } from "./disk.ts";

export interface GroupSyncOptions {
  readonly disk: Disk;
  readonly clock: JournalClock;
  readonly delayMs: number;
  readonly syncedSequence: number;
  /** Everything up to `sequence` is on disk and nothing was written since. */
  readonly caughtUp: (sequence: number) => void;
  readonly failed: (error: DiskError) => void;
}

export class GroupSync {
  readonly #options: GroupSyncOptions;
  #dirty = new Set<DiskFile>();
  #folderDirty = false;
  #writtenSequence: number;
  #syncedSequence: number;
  readonly #retired: DiskFile[] = [];
  #timer: { cancel(): void } | undefined;
  #inFlight: readonly DiskFile[] = [];
  #underWay = false;
  #stopped = false;

  constructor(options: GroupSyncOptions) {
    this.#options = options;
    this.#syncedSequence = options.syncedSequence;
    this.#writtenSequence = options.syncedSequence;
  }

  get syncedSequence(): number {
    return this.#syncedSequence;
  }

  /** `file` was written up to `sequence`. */
  written(file: DiskFile, sequence: number): void {
    this.#dirty.add(file);
    this.#writtenSequence = sequence;
    if (this.#underWay || this.#timer !== undefined) return;
    this.#timer = this.#options.clock.setTimer(this.#options.delayMs, () => this.#begin());
  }

  /** `file` got a note that the next group may take along; the note itself is no reason to sync. */
  annotated(file: DiskFile): void {
    this.#dirty.add(file);
  }

  /** A file was made, renamed or removed. */
  folderChanged(): void {
    this.#folderDirty = true;
  }

  /** `file` gets no more writes: to be closed as soon as it is synced. */
  retire(file: DiskFile): void {
    this.#retired.push(file);
    if (!this.#underWay) this.#closeRetired();
  }

  /** Syncs everything at once, blocking. */
  syncNow(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const file of new Set([...this.#inFlight, ...this.#dirty])) file.syncNow();
    if (this.#folderDirty || this.#underWay) this.#options.disk.syncFolderNow();
    this.#dirty.clear();
    this.#folderDirty = false;
    this.#syncedSequence = this.#writtenSequence;
    if (!this.#underWay) this.#closeRetired();
  }

  /** No call-back comes after this; `files` are closed as soon as no sync uses them any more. */
  stop(files: readonly DiskFile[]): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#retired.push(...files);
    if (!this.#underWay) this.#closeRetired();
  }

  #begin(): void {
    this.#timer = undefined;
    this.#underWay = true;
    const files = [...this.#dirty];
    this.#inFlight = [...files];
    const folder = this.#folderDirty;
    const sequence = this.#writtenSequence;
    this.#dirty = new Set();
    this.#folderDirty = false;
    this.#syncNext(files, folder, (error) => this.#end(error, sequence));
  }

  #syncNext(files: DiskFile[], folder: boolean, done: (error: DiskError | undefined) => void): void {
    const file = files.shift();
    if (file !== undefined) {
      this.#attempt(
        (then) => file.sync(then),
        (error) => (error === undefined ? this.#syncNext(files, folder, done) : done(error)),
      );
    } else if (folder) this.#attempt((then) => this.#options.disk.syncFolder(then), done);
    else done(undefined);
  }

  #attempt(
    start: (done: (error: DiskError | undefined) => void) => void,
    done: (error: DiskError | undefined) => void,
  ): void {
    try {
      start(done);
    } catch (error) {
      done(error instanceof DiskError ? error : new DiskError("failed", String(error), { cause: error }));
    }
  }

  #end(error: DiskError | undefined, sequence: number): void {
    this.#underWay = false;
    this.#inFlight = [];
    this.#closeRetired();
    if (this.#stopped) return;
    if (error !== undefined) {
      this.#options.failed(error);
      return;
    }
    this.#syncedSequence = Math.max(this.#syncedSequence, sequence);
    if (this.#writtenSequence > this.#syncedSequence) {
      this.#timer = this.#options.clock.setTimer(this.#options.delayMs, () => this.#begin());
      return;
    }
    this.#options.caughtUp(this.#syncedSequence);
  }

  #closeRetired(): void {
    for (const file of this.#retired.splice(0)) {
      if (this.#dirty.has(file) && !this.#stopped) this.#retired.push(file);
      else file.close();
    }
  }
}
