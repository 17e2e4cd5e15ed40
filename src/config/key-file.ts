/**
 * Changes to the key file: made once, a new key put before the others, older ones let go. Every change is one step on the
 * disk, so whoever reads meanwhile, or after a process died, finds either all keys of before or all of afterwards.
 */
import { FernetKey } from "../security/fernet.ts";
import { attempt, codeOf, type Disk, placeFile, realDisk, swapFile, TAKEN } from "./disk.ts";
import type { KeyRing } from "./encryption-keys.ts";

/** Makes the file with a new key unless it is there; null when it is there afterwards, otherwise why not. */
export function makeKeyFile(file: string, disk: Disk = realDisk): string | null {
  const bytes = textOf([FernetKey.generate()]);
  const trouble = placeFile(disk, { file, bytes, isSound: (readBack) => readBack.equals(bytes) });
  return trouble === TAKEN ? null : trouble;
}

/** Replaces the keys of the file, which must hold `from`; null when done, otherwise why not. */
export function replaceKeys(
  file: string,
  { from, to }: { readonly from: KeyRing; readonly to: KeyRing },
  disk: Disk = realDisk,
): string | null {
  return attempt(() => {
    const before = disk.read(file);
    if (keysIn(before) !== keysIn(textOf(from))) return "was changed by somebody else meanwhile; try again";
    const bytes = textOf(to);
    return swapFile(disk, { file, from: before, to: bytes, isSound: (readBack) => readBack.equals(bytes) });
  });
}

function keysIn(bytes: Buffer): string {
  const words = bytes
    .toString("utf8")
    .split(/[\s,]+/)
    .filter((word) => word !== "");
  return words.map((word) => FernetKey.parse(word)?.name ?? "").join();
}

function textOf(keys: readonly FernetKey[]): Buffer {
  return Buffer.from(keys.map((key) => `${key.reveal()}\n`).join(""), "utf8");
}

/** The action's answer, while no other process changes the key file; or why it was not run. */
export function whileLocked<Answer>(
  file: string,
  action: () => Answer,
  disk: Disk = realDisk,
): Answer | string {
  const lock = `${file}.lock`;
  const trouble = attempt(() =>
    takeLock(disk, lock) ? null : `is being changed by another process (${lock})`,
  );
  if (trouble !== null) return trouble;
  try {
    return action();
  } finally {
    disk.remove(lock);
  }
}

/** One that its process did not live to remove is taken over. */
function takeLock(disk: Disk, lock: string): boolean {
  const own = Buffer.from(`${process.pid}\n`);
  try {
    disk.writeNew(lock, own);
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST" || isAlive(Number(disk.read(lock).toString("utf8")))) return false;
    disk.remove(lock);
    disk.writeNew(lock, own);
    return true;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
