/**
 * Reads the log: the newest lines that somebody wants, over the files that are written and those that were closed and compressed, and what
 * comes from then on. Reads only; the writers know nothing of it.
 */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import { type Archive, archivesIn } from "./archives.ts";
import { LOG_CHANNELS, type LogFileName } from "./channels.ts";
import { isWanted, type LogQuery, type LogRecord, mayBeWanted, recordOf } from "./query.ts";
import { Tail } from "./tail.ts";

const POLL_MS = 500;
/** Lines of what the engine did are written later than they say, and processes write by turns. */
const OUT_OF_ORDER_MS = 60_000;

/** The newest `limit` lines, the oldest of them first. Empty where nothing was logged. */
export async function readLog(folder: string, query: LogQuery): Promise<readonly LogRecord[]> {
  const { tails, records } = await begin(folder, query);
  for (const tail of tails) await tail.close();
  return records;
}

/**
 * The same lines first, then each new one until `stop`. Between files of the same moment the order is that of reading. A roll is followed;
 * where a file is rolled twice within half a second, what stood in the one between is left out.
 */
export async function* followLog(
  folder: string,
  query: LogQuery,
  stop: AbortSignal,
): AsyncGenerator<LogRecord, void, undefined> {
  const { tails, records } = await begin(folder, query);
  try {
    yield* records;
    while (!stop.aborted) {
      await sleep(POLL_MS, undefined, { signal: stop }).catch(() => undefined);
      const lines = await Promise.all(tails.map((tail) => tail.more()));
      yield* inOrder(lines.flatMap((some) => some.flatMap((line) => wantedOf(line, query))));
    }
  } finally {
    for (const tail of tails) await tail.close();
  }
}

async function begin(folder: string, query: LogQuery) {
  const tails: Tail[] = [];
  const found: LogRecord[] = [];
  for (const name of namesOf(query)) {
    // Opened before the closed files are listed: a file that is rolled in between is then met there, and known.
    const tail = await Tail.open(folder, name);
    tails.push(tail);
    const newest = newestOf(await tail.more(), query);
    found.push(...(await olderOf(folder, name, { query, newest, current: tail.inode })), ...newest);
  }
  return { tails, records: inOrder(found).slice(-query.limit) };
}

/** `error` has the errors of all channels once more: it is read alone, or where errors are all that is wanted. */
function namesOf({ channel, level }: LogQuery): readonly LogFileName[] {
  if (channel !== undefined) return [channel];
  return level === "error" ? ["error"] : LOG_CHANNELS;
}

interface Older {
  readonly query: LogQuery;
  readonly newest: readonly LogRecord[];
  /** Of the file that was read already. */
  readonly current: number | null;
}

/** From the end on, and no further than is wanted: a file may hold a hundred thousand lines. */
function newestOf(lines: readonly string[], query: LogQuery): readonly LogRecord[] {
  const { limit, sinceMs = Number.NEGATIVE_INFINITY } = query;
  const found: LogRecord[] = [];
  for (let at = lines.length - 1; at >= 0 && found.length < limit; at -= 1) {
    const line = lines[at] ?? "";
    const record = mayBeWanted(line, query) ? recordOf(line) : null;
    if (record === null) continue;
    if (Date.parse(record.time) < sinceMs - OUT_OF_ORDER_MS) break;
    if (isWanted(record, query)) found.push(record);
  }
  return found.reverse();
}

/** From closed files, the newest first, as far back as is wanted. */
async function olderOf(
  folder: string,
  name: LogFileName,
  { query, newest, current }: Older,
): Promise<readonly LogRecord[]> {
  const { limit, sinceMs = Number.NEGATIVE_INFINITY } = query;
  let found: readonly LogRecord[] = [];
  for (const archive of (await archivesIn(folder)).filter((one) => one.name === name).reverse()) {
    if (found.length + newest.length >= limit || archive.closedAtMs < sinceMs) break;
    const path = join(folder, archive.file);
    const inode = (await stat(path).catch(() => null))?.ino ?? null;
    if (current !== null && inode === current) continue;
    found = [...(await newestIn(path, archive, query)), ...found];
  }
  return found;
}

async function newestIn(
  path: string,
  { isCompressed }: Archive,
  query: LogQuery,
): Promise<readonly LogRecord[]> {
  const found: LogRecord[] = [];
  try {
    const file = createReadStream(path);
    const unpacked = isCompressed ? createGunzip() : null;
    if (unpacked !== null) pipeline(file, unpacked).catch(() => undefined);
    for await (const line of createInterface({
      input: unpacked ?? file,
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      found.push(...wantedOf(line, query));
      if (found.length >= 2 * query.limit) found.splice(0, found.length - query.limit);
    }
  } catch {
    // It was compressed or removed just now, or cannot be read: what else there is, is told.
  }
  return found.slice(-query.limit);
}

function wantedOf(line: string, query: LogQuery): readonly LogRecord[] {
  if (!mayBeWanted(line, query)) return [];
  const record = recordOf(line);
  return record !== null && isWanted(record, query) ? [record] : [];
}

/** Processes write to a file by turns, so that lines of one moment may stand a little out of order. */
function inOrder(records: readonly LogRecord[]): readonly LogRecord[] {
  return records.toSorted((one, other) => (one.time < other.time ? -1 : one.time > other.time ? 1 : 0));
}
