/**
 * Makes one backup: gathered, compressed, encrypted, written beside its name, read back and compared, and only then given its name. A
 * process that dies on the way leaves no file that looks like a backup.
 */
import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { dataFolderPaths } from "../data-folder.ts";
import { verifyJournalFolder } from "../journal/file.ts";
import type { BackupSecret } from "../security/backup-key.ts";
import { BackupError } from "./backup-error.ts";
import { type BackupHead, compressed, decompressed, entriesOf, readEntries } from "./entries.ts";
import { backupName } from "./kept-backups.ts";
import { assertRoom } from "./room.ts";
import { readSealed, writeSealed } from "./sealed-file.ts";
import { type Gathered, gather } from "./sources.ts";

export interface MakeBackup {
  readonly dataDir: string;
  readonly configDir: string;
  /** A file that is not there yet, or a folder, which is made where it is missing. */
  readonly to: { readonly file: string } | { readonly folder: string };
  readonly secret: BackupSecret;
  /** Also what can be had again. */
  readonly everything?: boolean;
  /** Of Copytrader. */
  readonly version: string;
  readonly nowMs: number;
  readonly progress?: (progress: BackupProgress) => void;
  /** Ends it; it rejects with the signal's reason, and leaves nothing. */
  readonly stop?: AbortSignal;
}

export interface BackupProgress {
  readonly doing: "writing" | "reading back";
  /** Of what is in it, not compressed. */
  readonly bytes: number;
  readonly of: number;
}

export interface MadeBackup {
  /** Absolute. */
  readonly file: string;
  /** Of the file. */
  readonly bytes: number;
  /** Of what is in it. */
  readonly contentBytes: number;
  readonly files: number;
  readonly madeAtMs: number;
  readonly journalSequence: number;
  readonly encryptedWith: BackupSecret["kind"];
  readonly leftOut: readonly string[];
}

/** Throws a BackupError, or the JournalError or StoreError of what is not sound in the data folder. */
export async function makeBackup(parts: MakeBackup): Promise<MadeBackup> {
  const file = resolve("file" in parts.to ? parts.to.file : join(parts.to.folder, backupName(parts.nowMs)));
  await assertFolder(parts.dataDir);
  await assertFree(file);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = join(dirname(file), `.${basename(file)}.${process.pid}`);
  const [partial, scratch] = [`${unfinished}.partial`, `${unfinished}.scratch`];
  try {
    const made = await written(parts, { file, partial, scratch });
    parts.stop?.throwIfAborted();
    await rename(partial, file);
    await syncFolder(dirname(file));
    return made;
  } finally {
    await rm(partial, { force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}

interface Places {
  readonly file: string;
  readonly partial: string;
  readonly scratch: string;
}

async function written(parts: MakeBackup, { file, partial, scratch }: Places): Promise<MadeBackup> {
  const { dataDir, configDir, everything = false, secret, version, nowMs } = parts;
  verifyJournalFolder(dataFolderPaths(dataDir).journal);
  const gathered = await gather({ dataDir, configDir, scratch, everything });
  const handle = await open(partial, "wx+", 0o600);
  try {
    const { sources, journalSequence, leftOut } = gathered;
    if (sources.length === 0)
      throw new BackupError("nothing", `there is nothing to back up in ${resolve(dataDir)}`);
    // Journals and databases come to less than half.
    await assertRoom(dirname(partial), contentBytes(gathered) / 2);
    const head: BackupHead = { kind: "backup", madeAtMs: nowMs, version, journalSequence, leftOut };
    const { bytes, digests } = await writeContent(handle, head, gathered, parts);
    await handle.sync();
    await readBack(handle, digests, contentBytes(gathered), parts);
    return {
      file,
      bytes,
      contentBytes: contentBytes(gathered),
      files: sources.length,
      madeAtMs: nowMs,
      journalSequence,
      encryptedWith: secret.kind,
      leftOut,
    };
  } finally {
    gathered.close();
    await handle.close();
  }
}

function contentBytes({ sources }: Gathered): number {
  return sources.reduce((sum, source) => sum + source.bytes, 0);
}

type Digests = ReadonlyMap<string, string>;

async function writeContent(
  handle: FileHandle,
  head: BackupHead,
  gathered: Gathered,
  { secret, progress, stop }: MakeBackup,
): Promise<{ readonly bytes: number; readonly digests: Digests }> {
  const of = contentBytes(gathered);
  const hashes = new Map(gathered.sources.map(({ path }) => [path, createHash("sha256")]));
  let done = 0;
  const passed = (path: string, bytes: Uint8Array) => {
    stop?.throwIfAborted();
    hashes.get(path)?.update(bytes);
    done += bytes.length;
    progress?.({ doing: "writing", bytes: done, of });
  };
  const content = compressed(entriesOf(head, gathered.sources, passed));
  const bytes = await writeSealed(handle, content, secret);
  return { bytes, digests: new Map([...hashes].map(([path, hash]) => [path, hash.digest("hex")])) };
}

/** From the disk, through the same steps as a restore; every file must be what was read for it. */
async function readBack(handle: FileHandle, digests: Digests, of: number, parts: MakeBackup): Promise<void> {
  const { secret, progress, stop } = parts;
  const found = new Map<string, string>();
  let bytes = 0;
  for await (const { head, content } of readEntries(decompressed(readSealed(handle, [secret])))) {
    if (head.kind !== "file") continue;
    const hash = createHash("sha256");
    for await (const chunk of content) {
      stop?.throwIfAborted();
      hash.update(chunk);
      bytes += chunk.length;
      progress?.({ doing: "reading back", bytes, of });
    }
    found.set(head.path, hash.digest("hex"));
  }
  const differing = [...digests].find(([path, digest]) => found.get(path) !== digest);
  if (differing !== undefined || found.size !== digests.size)
    throw new BackupError(
      "damaged",
      `what was written could not be read back: ${differing?.[0] ?? "too many files"}`,
    );
}

async function assertFolder(dataDir: string): Promise<void> {
  const found = await stat(dataDir).catch(() => null);
  if (found?.isDirectory() === true) return;
  throw new BackupError(
    "nothing",
    `there is no data folder ${resolve(dataDir)}: --data names that of copytrader start`,
  );
}

async function assertFree(file: string): Promise<void> {
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  if (isThere) throw new BackupError("not-empty", `${file} is there already, and no backup is written over`);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
