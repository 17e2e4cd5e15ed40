/** Names of the journal's segments: sixteen digits, the sequence of the segment's first record. */
import type { Disk } from "./disk.ts";

export interface SegmentName {
  readonly name: string;
  /** Sequence of its first record. */
  readonly first: number;
}

const SEGMENT_NAME = /^(\d{16})\.journal$/;

export function segmentName(first: number): string {
  return `${String(first).padStart(16, "0")}.journal`;
}

/** Oldest first. */
export function listSegments(disk: Disk): readonly SegmentName[] {
  const segments: SegmentName[] = [];
  for (const name of disk.list()) {
    const match = SEGMENT_NAME.exec(name);
    if (match !== null) segments.push({ name, first: Number(match[1]) });
  }
  return segments.sort((left, right) => left.first - right.first);
}
