/**
 * The lock of the data folder as production takes it, on a folder of the real disk, as there is no other that the kernel would let
 * go with its process. Here the processes are objects of one: each opens the lock file anew, as another process does.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DataFolder, DataFolderError, openDataFolder } from "../../src/data-folder.ts";

export class WireLock {
  readonly #root = mkdtempSync(join(tmpdir(), "copytrader-wire-"));
  #held: DataFolder | null = null;

  /** A process starts: false where another one has the folder. */
  take(): boolean {
    const folder = this.#open();
    if (folder === null) return false;
    this.#held = folder;
    return true;
  }

  /** One more process tries to start, and would let go at once; whether it could have gone on. */
  tryBeside(): boolean {
    const folder = this.#open();
    folder?.close();
    return folder !== null;
  }

  /** The process is gone, however it went. */
  release(): void {
    this.#held?.close();
    this.#held = null;
  }

  remove(): void {
    this.release();
    rmSync(this.#root, { recursive: true, force: true });
  }

  #open(): DataFolder | null {
    try {
      return openDataFolder(this.#root);
    } catch (error) {
      if (error instanceof DataFolderError && error.failure === "in-use") return null;
      throw error;
    }
  }
}
