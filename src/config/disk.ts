/**
 * The few steps on a disk by which secrets are replaced, one by one, so that a test can end the process between any two; and
 * the swap that they make up: the new text is written beside the old, made durable, read back and checked, and only then
 * takes its place, in one step.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchownSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

export interface Disk {
  readonly read: (file: string) => Buffer;
  /** Makes a file that is not there, for its owner alone and, where given, for the owner of another file; durable on return. */
  readonly writeNew: (file: string, bytes: Buffer, like?: string) => void;
  readonly rename: (from: string, to: string) => void;
  /** A second name; fails where the name is taken. */
  readonly link: (from: string, to: string) => void;
  readonly remove: (file: string) => void;
  readonly makeFolder: (folder: string) => void;
  readonly syncFolder: (folder: string) => void;
}

export const realDisk: Disk = {
  read: (file) => readFileSync(file),
  writeNew,
  rename: renameSync,
  link: linkSync,
  remove: unlinkSync,
  makeFolder,
  syncFolder: (folder) => synced(openSync(folder, "r")),
};

/** With those above it. Node's own way never ends below /proc, where a home may point that is none. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === "EEXIST") return;
    if (codeOf(error) !== "ENOENT" || dirname(folder) === folder) throw error;
    makeFolder(dirname(folder));
    mkdirSync(folder, { mode: 0o700 });
  }
}

function writeNew(file: string, bytes: Buffer, like?: string): void {
  const descriptor = openSync(file, "wx", 0o600);
  try {
    fill(descriptor, bytes, like);
  } catch (error) {
    // What is unfinished takes room on a disk that may be full.
    attempt(() => {
      unlinkSync(file);
      return null;
    });
    throw error;
  }
}

function fill(descriptor: number, bytes: Buffer, like: string | undefined): void {
  try {
    if (like !== undefined) giveTo(descriptor, like);
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
  } finally {
    synced(descriptor);
  }
}

/** Whoever runs this for another (root does) leaves that other its file. */
function giveTo(descriptor: number, like: string): void {
  const { uid, gid } = statSync(like);
  if (process.getuid?.() === 0 && uid !== 0) fchownSync(descriptor, uid, gid);
}

function synced(descriptor: number): void {
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export interface Swap {
  readonly file: string;
  /** What the file must still hold. */
  readonly from: Buffer;
  readonly to: Buffer;
  /** Whether what was read back is what was meant. */
  readonly isSound: (readBack: Buffer) => boolean;
}

/** Null when done; otherwise why not, and the file is as it was. */
export function swapFile(disk: Disk, { file, from, to, isSound }: Swap): string | null {
  return attempt(() => {
    const target = realpathSync(file);
    const next = unfinishedName(target);
    disk.writeNew(next, to, target);
    const trouble = replaced(disk, next, target, { from, isSound });
    if (trouble !== null) disk.remove(next);
    else disk.syncFolder(dirname(target));
    return trouble;
  });
}

export interface NewFile {
  readonly file: string;
  readonly bytes: Buffer;
  /** Whether what was read back is what was meant. */
  readonly isSound: (readBack: Buffer) => boolean;
}

/** Makes a whole file, with its folder; null when done, `TAKEN` when the name is, otherwise why not. */
export function placeFile(disk: Disk, { file, bytes, isSound }: NewFile): string | null {
  return attempt(() => {
    disk.makeFolder(dirname(file));
    const next = unfinishedName(file);
    disk.writeNew(next, bytes);
    try {
      if (!isSound(disk.read(next))) return UNSOUND;
      // Unlike renaming, it never takes the place of what somebody else made in this moment.
      return linkedTo(disk, next, file);
    } finally {
      disk.remove(next);
    }
  });
}

export const TAKEN = "is there already";

function linkedTo(disk: Disk, next: string, file: string): string | null {
  try {
    disk.link(next, file);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return TAKEN;
    throw error;
  }
  disk.syncFolder(dirname(file));
  return null;
}

/** Hidden, so that nobody takes it for the file. */
function unfinishedName(file: string): string {
  return join(dirname(file), `.${basename(file)}.${randomBytes(4).toString("hex")}${UNFINISHED}`);
}

const UNSOUND = "what was written could not be read back";

function replaced(
  disk: Disk,
  next: string,
  target: string,
  { from, isSound }: Pick<Swap, "from" | "isSound">,
): string | null {
  return attempt(() => {
    if (!isSound(disk.read(next))) return UNSOUND;
    if (!disk.read(target).equals(from)) return "was changed by somebody else meanwhile; try again";
    disk.rename(next, target);
    return null;
  });
}

/** End of the names of files that a process leaves when it dies between two steps. */
const UNFINISHED = ".unfinished";
/** A younger one may be another process at work. */
const UNFINISHED_AGE_MS = 60_000;

/** Removes what processes left in a folder when they died between two steps. */
export function removeUnfinished(folder: string): void {
  try {
    for (const name of readdirSync(folder)) {
      const file = join(folder, name);
      if (!name.startsWith(".") || !name.endsWith(UNFINISHED)) continue;
      if (Date.now() - statSync(file).mtimeMs > UNFINISHED_AGE_MS) unlinkSync(file);
    }
  } catch {
    // It is only tidying; what stands in the way of writing is told where it matters.
  }
}

/** The action's answer, or what the disk said, for people. */
export function attempt(action: () => string | null): string | null {
  try {
    return action();
  } catch (error) {
    return `cannot be written (${codeOf(error)})`;
  }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
