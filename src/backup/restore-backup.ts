/**
 * Reads a backup, and puts it into folders that hold nothing yet. Nothing of a file is given a place that was not proved to be as it
 * was made, and what was restored is looked at as a start would before the folder counts as restored.
 */
import { type FileHandle, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { dataFolderPaths, isDataFolderInUse } from "../data-folder.ts";
import { openJournalFolder, verifyJournalFolder } from "../journal/file.ts";
import { JournalFold } from "../journal/fold.ts";
import type { BackupSecret } from "../security/backup-key.ts";
import { checkDatabase } from "../store/sqlite/copy-database.ts";
import { BackupError } from "./backup-error.ts";
import { type BackupHead, decompressed, type Entry, readEntries } from "./entries.ts";
import { writeRestoredMark } from "./restored-mark.ts";
import { readSealed } from "./sealed-file.ts";

export interface ReadBackup {
  readonly file: string;
  /** Whatever might open it. */
  readonly secrets: readonly BackupSecret[];
  readonly progress?: (progress: { readonly bytes: number; readonly of: number }) => void;
  readonly stop?: AbortSignal;
}

export interface BackupContents {
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
  readonly madeAtMs: number;
  readonly version: string;
  readonly journalSequence: number;
  readonly leftOut: readonly string[];
  readonly contentBytes: number;
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

export interface RestoreBackup extends ReadBackup {
  readonly dataDir: string;
  /** Null leaves the configuration out. */
  readonly configDir: string | null;
  readonly nowMs: number;
}

/** Reads all of it and changes nothing. Throws a BackupError. */
export async function inspectBackup(parts: ReadBackup): Promise<BackupContents> {
  return withBackup(parts, async () => {});
}

/** Throws a BackupError; what was written until then is removed. */
export async function restoreBackup(parts: RestoreBackup): Promise<BackupContents> {
  const { dataDir, configDir, nowMs, file } = parts;
  await assertEmpty(dataDir, "data");
  if (configDir !== null) await assertEmpty(configDir, "configuration");
  const unfinished = { from: basename(file), madeAtMs: 0, restoredAtMs: nowMs, journalSequence: 0 } as const;
  const undo = await cleared([dataDir, ...(configDir === null ? [] : [configDir])]);
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    writeRestoredMark(dataDir, { state: "unfinished", ...unfinished });
    const contents = await withBackup(parts, async (path, content) => {
      const place = placeOf(path, parts);
      if (place !== null) await writeFile(place, content);
    });
    const { madeAtMs, journalSequence } = contents;
    checkRestored(dataDir, contents);
    writeRestoredMark(dataDir, { state: "restored", ...unfinished, madeAtMs, journalSequence });
    return contents;
  } catch (error) {
    await undo();
    throw error;
  }
}

type Take = (path: string, content: Entry["content"]) => Promise<void>;

async function withBackup(parts: ReadBackup, take: Take): Promise<BackupContents> {
  const file = resolve(parts.file);
  const handle = await opened(file);
  try {
    return await taken(handle, { ...parts, file }, take);
  } catch (error) {
    if (error instanceof BackupError)
      throw new BackupError(error.failure, `${file} ${error.message}`, { cause: error });
    throw error;
  } finally {
    await handle.close();
  }
}

async function taken(
  handle: FileHandle,
  { file, secrets, progress, stop }: ReadBackup,
  take: Take,
): Promise<BackupContents> {
  const { size } = await handle.stat();
  let read = 0;
  async function* sealed() {
    for await (const piece of readSealed(handle, secrets)) {
      stop?.throwIfAborted();
      read += piece.length;
      progress?.({ bytes: Math.min(read, size), of: size });
      yield piece;
    }
  }
  let first: BackupHead | null = null;
  const files: { path: string; bytes: number }[] = [];
  for await (const { head, content } of readEntries(decompressed(sealed()))) {
    if (head.kind === "backup") first = head;
    if (head.kind !== "file") continue;
    files.push({ path: head.path, bytes: head.bytes });
    await take(head.path, content);
  }
  if (first === null) throw new BackupError("damaged", "holds nothing");
  const { madeAtMs, version, journalSequence, leftOut } = first;
  const contentBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  return { file, bytes: size, madeAtMs, version, journalSequence, leftOut, contentBytes, files };
}

async function opened(file: string): Promise<FileHandle> {
  try {
    return await open(file, "r");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BackupError("unusable", `${file} cannot be read: ${why}`, { cause: error });
  }
}

/** Null for what is not wanted. */
function placeOf(path: string, { dataDir, configDir }: RestoreBackup): string | null {
  const [top, ...rest] = path.split("/");
  const root = top === "data" ? dataDir : configDir;
  if (root === null) return null;
  const place = join(resolve(root), ...rest);
  if (!place.startsWith(`${resolve(root)}${sep}`))
    throw new BackupError("damaged", `names a place outside: ${path}`);
  return place;
}

/** Owner only, and on the disk when it resolves. */
async function writeFile(place: string, content: Entry["content"]): Promise<void> {
  await mkdir(dirname(place), { recursive: true, mode: 0o700 });
  const handle = await open(place, "wx", 0o600);
  try {
    for await (const chunk of content) await handle.write(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What a fresh disk has of its own. */
const OF_THE_DISK = new Set(["lost+found"]);

async function namesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => !OF_THE_DISK.has(name));
}

async function assertEmpty(folder: string, what: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found !== null && !found.isDirectory())
    throw new BackupError("not-empty", `${resolve(folder)} is no folder`);
  if (what === "data" && found !== null && isDataFolderInUse(folder))
    throw new BackupError("in-use", `an engine runs on ${resolve(folder)}`);
  const names = await namesIn(folder);
  if (names.length === 0) return;
  const shown = `${names.slice(0, 3).join(", ")}${names.length > 3 ? ", ..." : ""}`;
  const message = `the ${what} folder ${resolve(folder)} is not empty (${shown}): a backup is restored into an empty one only`;
  throw new BackupError("not-empty", message);
}

/** What makes the folders as they were: empty, or not there. */
async function cleared(folders: readonly string[]): Promise<() => Promise<void>> {
  const before = await Promise.all(
    folders.map(async (folder) => ({ folder, wasThere: (await stat(folder).catch(() => null)) !== null })),
  );
  return async () => {
    for (const { folder, wasThere } of before) {
      if (!wasThere) await rm(folder, { recursive: true, force: true });
      else
        for (const name of await namesIn(folder))
          await rm(join(folder, name), { recursive: true, force: true });
    }
  };
}

/** As a start would look at it: the journal whole and foldable to its last record, the databases sound. */
function checkRestored(dataDir: string, { files, journalSequence }: BackupContents): void {
  const paths = dataFolderPaths(dataDir);
  for (const { path } of files)
    if (/^data\/[^/]+\.(db|sqlite)$/.test(path)) checkDatabase(join(paths.root, basename(path)));
  if (journalSequence === 0) return;
  verifyJournalFolder(paths.journal);
  const { journal } = openJournalFolder(paths.journal);
  try {
    if (journal.lastSequence !== journalSequence) {
      const message = `holds a journal up to record ${journal.lastSequence}, and should hold ${journalSequence}`;
      throw new BackupError("damaged", message);
    }
    const fold = new JournalFold();
    for (const record of journal.sinceCheckpoint()) fold.take(record);
    fold.end();
  } finally {
    journal.close();
  }
}
