/** A small disk of its own for a folder, which can be made full. Mounting needs root: nobody else gets one. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MEGABYTE = 1_048_576;

/** Why no disk can be mounted here; null when one can. */
export function whyNoMount(): string | null {
  const folder = mkdtempSync(join(tmpdir(), "copytrader-mount-"));
  try {
    mountSmall(folder, 1).remove();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writers may take more between the look and the change; then it is looked again. */
const TRIES_MAX = 50;

export class SmallDisk {
  readonly #folder: string;
  readonly #bytes: number;

  constructor(folder: string, bytes: number) {
    this.#folder = folder;
    this.#bytes = bytes;
  }

  /** Makes it as small as what is on it: not one page more can be written. */
  fill(): void {
    for (let tries = 1; ; tries += 1) {
      const { blocks, bfree, bsize } = statfsSync(this.#folder);
      try {
        this.#resize((blocks - bfree) * bsize);
        return;
      } catch (error) {
        if (tries === TRIES_MAX) throw error;
      }
    }
  }

  makeRoom(): void {
    this.#resize(this.#bytes);
  }

  remove(): void {
    execFileSync("umount", ["--lazy", this.#folder], { stdio: "pipe" });
  }

  #resize(bytes: number): void {
    execFileSync("mount", ["-o", `remount,size=${bytes}`, this.#folder], { stdio: "pipe" });
  }
}

/** On the folder, made when it is not there; what it had is hidden until the disk is removed. */
export function mountSmall(folder: string, megabytes: number): SmallDisk {
  mkdirSync(folder, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes * MEGABYTE}`, "tmpfs", folder], {
    stdio: "pipe",
  });
  return new SmallDisk(folder, megabytes * MEGABYTE);
}
