/**
 * A checkpoint in a file of its own: the state before the first record of a segment, as one frame like those of the journal.
 * It carries the hash of the record before, which the segment's first frame carries too: only where both are the same does
 * it belong to this history, whatever a power cut took and was written since. A file that is torn, foreign or missing costs
 * nothing but a longer recovery.
 */
import { type Disk, DiskError } from "./disk.ts";
import { encodeFrame, frameBytes, type ReadFrame } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import type { JournalRecord } from "./journal.ts";
import type { SegmentName } from "./segment-name.ts";

const NAME = /^(\d{16})\.checkpoint$/;
/** Being written; without a meaning after a death. */
const UNFINISHED = "checkpoint.unfinished";

/** Writes the state before the segment, durable when this returns. Throws a DiskError, and leaves nothing half done. */
export function writeCheckpointFile(disk: Disk, segment: SegmentName, state: string): void {
  const opening = firstFrame(disk, segment.name);
  if (opening === undefined) throw new DiskError("failed", `${segment.name} has no whole beginning`);
  const bytes = Buffer.allocUnsafe(frameBytes(state));
  const { sequence, syncedSequence, previous } = opening;
  encodeFrame(bytes, 0, { type: "checkpoint", sequence, syncedSequence, previous, payload: state });
  removeUnfinished(disk);
  const file = disk.create(UNFINISHED);
  try {
    file.write(bytes, 0);
    file.syncNow();
  } catch (error) {
    file.close();
    removeUnfinished(disk);
    throw error;
  }
  file.close();
  disk.rename(UNFINISHED, checkpointFileName(segment));
  disk.syncFolderNow();
}

/** The state before the segment as a record, when there is a whole one of this history. */
export function readCheckpointFile(disk: Disk, segment: SegmentName): JournalRecord | undefined {
  const name = checkpointFileName(segment);
  if (!disk.list().includes(name)) return undefined;
  const found = firstFrame(disk, name);
  const opening = firstFrame(disk, segment.name);
  if (found?.type !== "checkpoint" || opening?.type !== "segment") return undefined;
  const isOfThisHistory = found.sequence === opening.sequence && found.previous.equals(opening.previous);
  if (!isOfThisHistory || opening.sequence !== segment.first - 1) return undefined;
  return { sequence: found.sequence, type: "checkpoint", payload: found.payload };
}

/** The newest segment of these before which the state is in a file. */
export function newestCheckpointFile(disk: Disk, segments: readonly SegmentName[]): SegmentName | undefined {
  const named = checkpointFiles(disk);
  return segments.findLast(
    (segment) => named.has(segment.first) && readCheckpointFile(disk, segment) !== undefined,
  );
}

/** By the first record that they do not contain; whether they are whole is another question. */
export function checkpointFiles(disk: Disk): ReadonlySet<number> {
  return new Set(
    disk
      .list()
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number),
  );
}

export function checkpointFileName({ first }: Pick<SegmentName, "first">): string {
  return `${String(first).padStart(16, "0")}.checkpoint`;
}

function removeUnfinished(disk: Disk): void {
  if (disk.list().includes(UNFINISHED)) disk.remove(UNFINISHED);
}

function firstFrame(disk: Disk, name: string): ReadFrame | undefined {
  const file = disk.open(name);
  try {
    const step = new FrameReader(file).next();
    return step.kind === "frame" ? step.frame : undefined;
  } finally {
    file.close();
  }
}
