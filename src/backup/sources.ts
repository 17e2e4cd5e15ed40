/**
 * What goes into a backup, in an order that keeps it consistent while an engine runs: databases and small files first, the journal
 * last, so that nothing in it is ahead of the journal. What can be had again (market history, the API's jobs), logs and made reports are left
 * out unless it is asked for; locks, sockets and unfinished files always are.
 */
import { closeSync, type Dirent, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { dataFolderPaths } from "../data-folder.ts";
import { type JournalCopy, openJournalCopy } from "../journal/journal-copy.ts";
import { copyDatabase } from "../store/sqlite/copy-database.ts";
import { BackupError } from "./backup-error.ts";
import type { Source } from "./entries.ts";
import { assertRoom } from "./room.ts";

export interface Gathered {
  readonly sources: readonly Source[];
  readonly journalSequence: number;
  /** Names within the data folder that are there and were left out. */
  readonly leftOut: readonly string[];
  close(): void;
}

export interface GatherParts {
  readonly dataDir: string;
  readonly configDir: string;
  /** Where copies of databases may lie meanwhile. */
  readonly scratch: string;
  /** Also what can be had again. */
  readonly everything: boolean;
}

/** Of the data folder: what can be fetched, computed or made anew. */
const AGAIN = ["market", "backtests", "logs", "charts", "reports", "jobs"];
/** Never: what belongs to a running process, and backups themselves. */
const NEVER = ["lock.db", "engine.sock", "backups", "PANIC", "restored.json"];
const DATABASE = /\.(db|sqlite)$/;
/** Companions of databases, and files that a process did not live to finish. */
const UNFINISHED = /(-wal|-shm|-journal|\.new|\.unfinished|\.partial)$/;
/** Backups, and what one that is being made keeps beside it, wherever their folder is. */
const BACKUP = /(^|[/\\])\.?copytrader-\d{8}T\d{6}Z\.backup($|\.\d+\.(partial|scratch)($|[/\\]))/;
/** In the configuration folder: what no configuration is. */
const FOREIGN = new Set(["node_modules", ".git", ".env"]);
const FILES_MAX = 100_000;
const CHUNK_BYTES = 256 * 1024;

/** Throws a BackupError, JournalError or StoreError that names what cannot be read. */
export async function gather({ dataDir, configDir, scratch, everything }: GatherParts): Promise<Gathered> {
  const { root } = dataFolderPaths(dataDir);
  const names = foldersOf(root);
  const leftOut = everything ? [] : AGAIN.filter((name) => names.includes(name));
  const skipped = new Set([...NEVER, ...leftOut, "journal"]);
  const databases = names.filter((name) => DATABASE.test(name) && !skipped.has(name));
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  const sizes = databases.map((name) => statSync(join(root, name), { throwIfNoEntry: false })?.size ?? 0);
  // Each as its copy and, compressed or not, in the backup.
  await assertRoom(scratch, 2 * sizes.reduce((sum, size) => sum + size, 0));
  const held: Held = { bytes: 0 };
  const copies: Source[] = [];
  for (const name of databases) {
    const copy = join(scratch, name);
    await copyDatabase(join(root, name), copy);
    const bytes = statSync(copy).size;
    copies.push({ path: `data/${name}`, bytes, content: () => chunksOf(bytes, () => opened(copy)) });
  }
  const files = names
    .filter((name) => !skipped.has(name) && !databases.includes(name))
    .flatMap((name) => filesIn(root, name, "data", held));
  const config = configFiles(resolve(configDir), root, held);
  const journal = openJournalCopy(dataFolderPaths(dataDir).journal);
  return {
    sources: [...copies, ...files, ...config, ...(journal === null ? [] : journalSources(journal))],
    journalSequence: journal?.lastSequence ?? 0,
    leftOut,
    close: () => journal?.close(),
  };
}

function foldersOf(root: string): readonly string[] {
  try {
    return readdirSync(root).sort();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BackupError("unusable", `the data folder ${root} cannot be read: ${why}`, { cause: error });
  }
}

function filesIn(root: string, name: string, as: "data" | "config", held: Held): Source[] {
  const path = join(root, name);
  const found = statSync(path, { throwIfNoEntry: false });
  const source = (file: string, to: string) => fileSource(to, file, held) ?? [];
  if (found?.isFile() === true)
    return UNFINISHED.test(name) || BACKUP.test(name) ? [] : [source(path, `${as}/${name}`)].flat();
  if (found?.isDirectory() !== true) return [];
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter(isPlain);
  if (files.length > FILES_MAX)
    throw new BackupError("unusable", `${path} holds more than ${FILES_MAX} files`);
  return files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !UNFINISHED.test(file) && !BACKUP.test(file))
    .sort()
    .flatMap((file) => source(file, `${as}/${relative(root, file).split(sep).join("/")}`));
}

/** A link to a file counts as the file, as configuration is sometimes mounted. */
function isPlain(entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.isFile() === true;
}

/** Not `.env`: a backup must not hold the key that opens it. */
function configFiles(folder: string, dataRoot: string, held: Held): readonly Source[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder)
    .filter((name) => !FOREIGN.has(name) && !isSameOrWithin(dataRoot, join(folder, name)))
    .sort()
    .flatMap((name) => filesIn(folder, name, "config", held))
    .filter(({ path }) => basename(path) !== ".env" && !path.includes("/node_modules/"));
}

function isSameOrWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}${sep}`);
}

/** Small files are read at once, as they may be replaced by others at any moment; they take so much memory at most. */
const SMALL_BYTES = 1024 * 1024;
const HELD_BYTES_MAX = 64 * 1024 * 1024;

/** Null where it is gone. */
function fileSource(path: string, file: string, held: Held): Source | null {
  const bytes = statSync(file, { throwIfNoEntry: false })?.size;
  if (bytes === undefined) return null;
  if (bytes <= SMALL_BYTES && held.bytes + bytes <= HELD_BYTES_MAX) {
    const content = readIfThere(file);
    if (content === null) return null;
    held.bytes += content.length;
    return { path, bytes: content.length, content: () => [content] };
  }
  // What grows meanwhile is taken as long as it was.
  return { path, bytes, content: () => chunksOf(bytes, () => opened(file)) };
}

interface Held {
  bytes: number;
}

function readIfThere(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

function opened(file: string) {
  const descriptor = openSync(file, "r");
  return {
    read: (into: Uint8Array, position: number) => readSync(descriptor, into, 0, into.length, position),
    close: () => closeSync(descriptor),
  };
}

function journalSources({ files }: JournalCopy): readonly Source[] {
  return files.map((file) => ({
    path: `data/journal/${file.name}`,
    bytes: file.bytes,
    content: () => chunksOf(file.bytes, () => ({ read: (into, at) => file.read(into, at), close: () => {} })),
  }));
}

interface Readable {
  read(into: Uint8Array, position: number): number;
  close(): void;
}

function* chunksOf(bytes: number, open: () => Readable): Generator<Uint8Array> {
  const file = open();
  try {
    for (let at = 0; at < bytes; ) {
      const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, bytes - at));
      const count = file.read(chunk, at);
      if (count === 0) return;
      at += count;
      yield chunk.subarray(0, count);
    }
  } finally {
    file.close();
  }
}
