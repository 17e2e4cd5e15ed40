/**
 * A journal's files as a copy of them may be made while an engine writes: opened all at once, so that retention takes none away, and
 * up to the last record of which the journal itself says that it is on the disk. Such a beginning of a journal is a journal; what
 * the orders of the rest did is asked of the venues, as after a power cut.
 */
import { existsSync } from "node:fs";
import { checkpointFileName, checkpointFiles } from "./checkpoint-file.ts";
import { type Disk, DiskError, type DiskFile } from "./disk.ts";
import { FrameReader } from "./frame-reader.ts";
import { JournalError } from "./journal.ts";
import { RealDisk } from "./real-disk.ts";
import { listSegments, type SegmentName } from "./segment-name.ts";

export interface JournalCopy {
  /** Of the last record; 0 where there is none. */
  readonly lastSequence: number;
  readonly files: readonly CopiedFile[];
  close(): void;
}

export interface CopiedFile {
  readonly name: string;
  readonly bytes: number;
  /** Fills `into` from `position` on; returns how much there was. */
  read(into: Uint8Array, position: number): number;
}

interface OpenSegment extends SegmentName {
  readonly file: DiskFile;
}

/** What retention removes between the listing and the opening leads to another try. */
const TRIES_MAX = 10;

/** Null where there is no journal. Changes nothing. Throws a JournalError where its files cannot be read. */
export function openJournalCopy(folder: string): JournalCopy | null {
  if (!existsSync(folder)) return null;
  const disk = new RealDisk(folder, "read");
  for (let tries = 1; ; tries += 1) {
    const opened: DiskFile[] = [];
    try {
      return copyOf(disk, opened);
    } catch (error) {
      for (const file of opened) file.close();
      if (!(error instanceof DiskError)) throw error;
      if (tries >= TRIES_MAX) throw new JournalError("damaged", error.message, { cause: error });
    }
  }
}

function copyOf(disk: Disk, opened: DiskFile[]): JournalCopy | null {
  const open = (name: string): DiskFile => {
    const file = disk.open(name);
    opened.push(file);
    return file;
  };
  const segments = listSegments(disk).map((segment) => ({ ...segment, file: open(segment.name) }));
  const beside = [...checkpointFiles(disk)].map((first) => ({
    first,
    file: open(checkpointFileName({ first })),
  }));
  const end = syncedEnd(segments);
  const kept = segments.slice(0, end.index + 1);
  const first = kept[0]?.first ?? 0;
  const last = kept.at(-1)?.first ?? 0;
  const files = [
    ...beside
      .filter((one) => one.first >= first && one.first <= last)
      .map((one) => copied(checkpointFileName(one), one.file, one.file.size())),
    ...kept.map(({ name, file }, index) => copied(name, file, index === end.index ? end.bytes : file.size())),
  ];
  const close = () => {
    for (const file of opened) file.close();
  };
  return { lastSequence: end.sequence, files, close };
}

function copied(name: string, file: DiskFile, bytes: number): CopiedFile {
  return { name, bytes, read: (into, position) => file.read(into, position) };
}

interface SyncedEnd {
  /** Of the segment that holds the last record; -1 where there is none. */
  readonly index: number;
  /** Where that record, with what belongs to it, ends in the file. */
  readonly bytes: number;
  readonly sequence: number;
}

/** Looked for from the newest segment on; the one before has it where nothing of the newest is known as synced yet. */
function syncedEnd(segments: readonly OpenSegment[]): SyncedEnd {
  let synced = 0;
  for (let index = segments.length - 1; index >= 0; index -= 1) {
    const segment = segments[index];
    if (segment === undefined) break;
    const { records, syncedSequence } = framesOf(segment);
    synced = Math.max(synced, syncedSequence);
    // Whatever a later segment was begun after had been synced, or was found on the disk by the start that wrote it.
    const last = records.findLast(({ sequence }) => sequence <= synced);
    if (last !== undefined) return { index, bytes: last.end, sequence: last.sequence };
  }
  return { index: -1, bytes: 0, sequence: 0 };
}

interface Frames {
  /** Records at which a copy may end: not between an event and the decision that belongs to it. */
  readonly records: readonly { readonly sequence: number; readonly end: number }[];
  /** The highest that a frame of it knows as synced. */
  readonly syncedSequence: number;
}

/** Of the whole frames of a segment. */
function framesOf({ file }: OpenSegment): Frames {
  const reader = new FrameReader(file);
  const records: { sequence: number; end: number }[] = [];
  let syncedSequence = 0;
  for (let step = reader.next(); step.kind === "frame"; step = reader.next()) {
    const { type, sequence, bytes, continued } = step.frame;
    syncedSequence = Math.max(syncedSequence, step.frame.syncedSequence);
    const last = records.at(-1);
    if (type === "synced" && last?.sequence === sequence) last.end = step.offset + bytes;
    if (type === "segment" || type === "synced" || continued === true) continue;
    records.push({ sequence, end: step.offset + bytes });
  }
  return { records, syncedSequence };
}
