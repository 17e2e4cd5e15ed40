/**
 * The disk as the journal sees it: one flat folder of files. Injected, so that the simulator can lose power, fill the disk
 * and fail writes (memory-disk.ts) where production has a real folder (real-disk.ts). All calls but `sync`,
 * `syncFolder` and `discard` are synchronous; nothing here retries.
 */

export interface Disk {
  /** Names of all files in the folder. */
  list(): readonly string[];
  /** Makes an empty file; fails when there is one of that name. */
  create(name: string): DiskFile;
  /** Opens a file that exists. */
  open(name: string): DiskFile;
  /** The file keeps its open handles. */
  rename(from: string, to: string): void;
  remove(name: string): void;
  /** The same without blocking, for large files; `done` never runs before this returned. */
  discard(name: string, done: (error: DiskError | undefined) => void): void;
  /** When the file was last written, in UTC milliseconds. */
  modifiedMs(name: string): number;
  /** Makes creations, renames and removals survive a power cut; `done` never runs before this returned. */
  syncFolder(done: (error: DiskError | undefined) => void): void;
  syncFolderNow(): void;
}

export interface DiskFile {
  size(): number;
  /** Writes all bytes at `position`, or throws a DiskError; some may be written then. */
  write(bytes: Uint8Array, position: number): void;
  /** Fills `into` from `position`; returns how many bytes there were. */
  read(into: Uint8Array, position: number): number;
  truncate(size: number): void;
  /** Makes the content survive a power cut, without blocking; `done` never runs before this returned. */
  sync(done: (error: DiskError | undefined) => void): void;
  syncNow(): void;
  close(): void;
}

export class DiskError extends Error {
  override readonly name = "DiskError";
  readonly failure: "full" | "failed";

  constructor(failure: "full" | "failed", message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** Time as the journal needs it; the connector's clock fits. */
export interface JournalClock {
  nowMs(): number;
  setTimer(delayMs: number, action: () => void): { cancel(): void };
}
