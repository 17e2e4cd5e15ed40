/**
 * Log files that were closed: `main.2026-11-21T13-05-07.123Z.4711.log`, named by when that was and by which process, compressed once
 * nobody can be writing to them any more, and removed when they are old or too much. Several processes may look after the same folder at
 * once: what each does comes to the same, and what another has done already is no trouble.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { LOG_FILE_NAMES, type LogFileName } from "./channels.ts";

export interface Archive {
  /** Within the folder. */
  readonly file: string;
  readonly name: LogFileName;
  /** UTC milliseconds: no line in it is younger, but for those of a process that had not noticed yet. */
  readonly closedAtMs: number;
  readonly isCompressed: boolean;
}

export interface ArchiveLimits {
  readonly keepMs: number;
  /** Of all files together, those that are written among them. */
  readonly bytesMax: number;
}

/** A writer looks once a second whether its file is still the current one; by then all have. */
const WRITTEN_MAX_MS = 60_000;
/** What a process that died left half compressed. */
const ABANDONED_MS = 3_600_000;
const FORM = /^([a-z]+)\.(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z)\.\d+\.log(\.gz)?$/;

/** Those of this process, so that none takes the file of another. */
let compressions = 0;

export function archiveName(name: LogFileName, atMs: number, pid: number): string {
  return `${name}.${new Date(atMs).toISOString().replaceAll(":", "-")}.${pid}.log`;
}

/** Null where the file is none. */
export function archiveOf(file: string): Archive | null {
  const [, found, time = "", gzip] = FORM.exec(file) ?? [];
  const name = LOG_FILE_NAMES.find((one) => one === found);
  if (name === undefined) return null;
  const closedAtMs = Date.parse(time.replace(/T(\d\d)-(\d\d)-/, "T$1:$2:"));
  return Number.isNaN(closedAtMs) ? null : { file, name, closedAtMs, isCompressed: gzip !== undefined };
}

/** The oldest first; one that is just being compressed once. Empty where there is no folder. */
export async function archivesIn(folder: string): Promise<readonly Archive[]> {
  const files = new Set(await readdir(folder).catch(() => []));
  return [...files]
    .flatMap((file) => archiveOf(file) ?? [])
    .filter(({ file, isCompressed }) => !isCompressed || !files.has(file.slice(0, -".gz".length)))
    .sort((one, other) => one.closedAtMs - other.closedAtMs || (one.file < other.file ? -1 : 1));
}

/** Compresses and removes what is due. A file that cannot be looked after is left for the next time. */
export async function tendArchives(folder: string, limits: ArchiveLimits, nowMs: number): Promise<void> {
  await removeAbandoned(folder, nowMs);
  await removeOld(folder, limits, nowMs);
  for (const { file, isCompressed } of await archivesIn(folder))
    if (!isCompressed) await compress(folder, file, nowMs).catch(() => undefined);
}

async function compress(folder: string, file: string, nowMs: number): Promise<void> {
  const from = join(folder, file);
  const { mtimeMs, mtime, ctimeMs } = await stat(from);
  if (nowMs - Math.max(mtimeMs, ctimeMs) < WRITTEN_MAX_MS) return;
  const made = join(folder, `${file}.gz.${process.pid}-${++compressions}.tmp`);
  try {
    await pipeline(
      createReadStream(from),
      createGzip(),
      createWriteStream(made, { mode: 0o600, flags: "wx" }),
    );
    await utimes(made, mtime, mtime);
    await rename(made, `${from}.gz`);
    await rm(from, { force: true });
  } finally {
    await rm(made, { force: true });
  }
}

async function removeAbandoned(folder: string, nowMs: number): Promise<void> {
  for (const file of await readdir(folder).catch(() => [])) {
    if (!file.endsWith(".tmp")) continue;
    const found = await stat(join(folder, file)).catch(() => null);
    if (found !== null && nowMs - found.mtimeMs > ABANDONED_MS) await rm(join(folder, file), { force: true });
  }
}

/** From the oldest on, until the rest is young and small enough. Files that are written stay. */
async function removeOld(folder: string, { keepMs, bytesMax }: ArchiveLimits, nowMs: number): Promise<void> {
  const sizeOf = async (file: string) => (await stat(join(folder, file)).catch(() => null))?.size ?? 0;
  const archives = await archivesIn(folder);
  const sizes = await Promise.all(archives.map(({ file }) => sizeOf(file)));
  const current = await Promise.all(LOG_FILE_NAMES.map((name) => sizeOf(`${name}.log`)));
  let bytes = [...sizes, ...current].reduce((sum, one) => sum + one, 0);
  for (const [index, { file, closedAtMs }] of archives.entries()) {
    if (bytes <= bytesMax && nowMs - closedAtMs <= keepMs) continue;
    await rm(join(folder, file), { force: true });
    bytes -= sizes[index] ?? 0;
  }
}
