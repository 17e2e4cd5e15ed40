/**
 * Which of the oldest files of a journal may go. Whatever is kept can be folded: it begins at a checkpoint, beside the records
 * or among them. Only headers are read, since it is the engine's thread that asks.
 */
import { checkpointFileName, checkpointFiles } from "./checkpoint-file.ts";
import type { Disk } from "./disk.ts";
import { announcedFrame, FRAME_HEADER_BYTES } from "./frame.ts";
import type { SegmentName } from "./segment-name.ts";

/** What of a journal is to be kept; more is kept where somebody needs it. */
export interface Retention {
  /** Records written from then on are kept, as far as `bytesMax` allows; UTC milliseconds. */
  readonly sinceMs: number;
  /** What all files may take together. */
  readonly bytesMax: number;
  /** First record that whoever reads along has not read yet. */
  readonly neededFrom: number;
}

/** The first of these segments at which folding can begin. */
export function firstFoldingStart(disk: Disk, segments: readonly SegmentName[]): SegmentName | undefined {
  const beside = checkpointFiles(disk);
  return segments.find(
    (segment) =>
      segment.first === 1 ||
      beginsWithCheckpoint(disk, segment) ||
      (beside.has(segment.first) && isOfSegment(disk, segment)),
  );
}

/** Files of the segments before `next`, in the order in which they are to be removed. */
export function filesBefore(disk: Disk, segments: readonly SegmentName[], next: SegmentName): string[] {
  const beside = [...checkpointFiles(disk)].filter((first) => first < next.first);
  return [
    ...beside.toSorted((left, right) => left - right).map((first) => checkpointFileName({ first })),
    ...segments.filter(({ first }) => first < next.first).map(({ name }) => name),
  ];
}

function beginsWithCheckpoint(disk: Disk, segment: SegmentName): boolean {
  const opening = headerAt(disk, segment.name, 0);
  return opening !== undefined && headerAt(disk, segment.name, opening.bytes)?.type === "checkpoint";
}

/** As checkpoint-file.ts reads it, but for the content. */
function isOfSegment(disk: Disk, segment: SegmentName): boolean {
  const name = checkpointFileName(segment);
  const opening = headerAt(disk, segment.name, 0);
  const found = headerAt(disk, name, 0);
  if (opening === undefined || found?.type !== "checkpoint" || sizeOf(disk, name) !== found.bytes)
    return false;
  return found.sequence === opening.sequence && found.previous.equals(opening.previous);
}

function headerAt(disk: Disk, name: string, offset: number) {
  const file = disk.open(name);
  try {
    const header = Buffer.alloc(FRAME_HEADER_BYTES);
    return file.read(header, offset) < header.length ? undefined : announcedFrame(header);
  } finally {
    file.close();
  }
}

export function sizeOf(disk: Disk, name: string): number {
  const file = disk.open(name);
  try {
    return file.size();
  } finally {
    file.close();
  }
}
