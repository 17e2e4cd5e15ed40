/**
 * Makes the checkpoint before a segment from the journal itself: the checkpoint before it and the records since, folded as
 * recovery would. It reads what is written already and changes no segment, so that it may run on any thread while the
 * journal is being written.
 */
import { encodeCheckpoint } from "../core/checkpoint.ts";
import { writeCheckpointFile } from "./checkpoint-file.ts";
import type { Disk } from "./disk.ts";
import { JournalFold } from "./fold.ts";
import { newestCheckpoint } from "./opening.ts";
import { readSinceCheckpoint } from "./record-reader.ts";
import { listSegments } from "./segment-name.ts";

/** `first` is the first record of a segment. Throws a JournalError or DiskError where it cannot be made. */
export function makeCheckpoint(disk: Disk, first: number): void {
  const segments = listSegments(disk);
  const segment = segments.find((each) => each.first === first);
  if (segment === undefined) throw new RangeError(`no segment of the journal begins with record ${first}`);
  const before = segments.filter((each) => each.first < first);
  const lastCheckpoint = newestCheckpoint(disk, before);
  const range = { to: first - 1, segments: before, openEnd: false };
  const fold = new JournalFold();
  for (const record of readSinceCheckpoint(disk, range, lastCheckpoint)) fold.take(record);
  fold.end();
  writeCheckpointFile(disk, segment, encodeCheckpoint(fold.state));
}
