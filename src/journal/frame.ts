/**
 * How a record lies on disk: a 48-byte header and the payload as UTF-8. Each frame carries the hash of the frame before,
 * and the last sequence that was synced when it was written: after a power cut that tells a lost tail from damage.
 *
 *   0 mark (FF 'C' 'T' 'J')   4 payload bytes u32   8 CRC-32 of all other bytes   12 version u8   13 type u8   14 zero u16
 *   16 sequence u48 + continued u16   24 synced sequence u48 + zero u16   32 first 16 bytes of SHA-256 of the frame before
 *
 * Little endian. FF never occurs in UTF-8, so a payload cannot contain the mark.
 */
import { hash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { JournalRecordType } from "./journal.ts";

export const FRAME_VERSION = 1;
export const FRAME_HEADER_BYTES = 48;
export const PAYLOAD_BYTES_MAX = 256 * 1024 * 1024;
export const FRAME_MARK = Buffer.from([0xff, 0x43, 0x54, 0x4a]);
export const NO_HASH = Buffer.alloc(16);

/** Beside records: `segment` opens a file, `synced` only says how far the disk has everything. */
export type FrameType = JournalRecordType | "segment" | "synced";

const TYPES: readonly FrameType[] = ["segment", "event", "decision", "checkpoint", "synced"];
const HASH_BYTES = 16;

export interface Frame {
  readonly type: FrameType;
  /** Of a record its own; of `segment` and `synced` that of the last record before. */
  readonly sequence: number;
  readonly syncedSequence: number;
  /** Hash of the frame before, notes of syncing left out. */
  readonly previous: Buffer;
  readonly payload: string;
  /** The next record belongs to this one, as a decision to its event: without it this one does not count. */
  readonly continued?: boolean;
}

/** A frame as read, with its own hash and length. */
export interface ReadFrame extends Frame {
  readonly hash: Buffer;
  readonly bytes: number;
}

export type Decoded =
  | { readonly kind: "frame"; readonly frame: ReadFrame }
  | { readonly kind: "bad"; readonly why: string }
  | { readonly kind: "unknown-version"; readonly version: number };

export function frameBytes(payload: string): number {
  return FRAME_HEADER_BYTES + Buffer.byteLength(payload);
}

/** Writes the frame at `at`, where there must be room; returns its hash. */
export function encodeFrame(target: Buffer, at: number, frame: Frame): Buffer {
  const end = at + FRAME_HEADER_BYTES + target.write(frame.payload, at + FRAME_HEADER_BYTES, "utf8");
  target.set(FRAME_MARK, at);
  target.writeUInt32LE(end - at - FRAME_HEADER_BYTES, at + 4);
  target.writeUInt32LE(FRAME_VERSION | (TYPES.indexOf(frame.type) << 8), at + 12);
  target.writeUIntLE(frame.sequence, at + 16, 6);
  target.writeUInt16LE(frame.continued === true ? 1 : 0, at + 22);
  target.writeUIntLE(frame.syncedSequence, at + 24, 6);
  target.writeUInt16LE(0, at + 30);
  target.set(frame.previous, at + 32);
  target.writeUInt32LE(checksum(target, at, end), at + 8);
  return hashOf(target, at, end);
}

/** Length of the whole frame that begins at `at` by its header; undefined where there is no header. */
export function announcedBytes(source: Buffer, at: number): number | undefined {
  if (source.length - at < FRAME_HEADER_BYTES) return undefined;
  if (source.compare(FRAME_MARK, 0, 4, at, at + 4) !== 0) return undefined;
  const payloadBytes = source.readUInt32LE(at + 4);
  return payloadBytes > PAYLOAD_BYTES_MAX ? undefined : FRAME_HEADER_BYTES + payloadBytes;
}

/** What the frame at the beginning of `source` says of itself, unchecked: for a look that reads no payload. */
export function announcedFrame(
  source: Buffer,
): (Pick<Frame, "sequence" | "previous"> & { readonly type: FrameType; readonly bytes: number }) | undefined {
  const bytes = announcedBytes(source, 0);
  const type = TYPES[source[13] ?? TYPES.length];
  if (bytes === undefined || type === undefined) return undefined;
  const previous = Buffer.from(source.subarray(32, FRAME_HEADER_BYTES));
  return { type, bytes, sequence: source.readUIntLE(16, 6), previous };
}

/** Reads the frame that lies at `at` and is `bytes` long. */
export function decodeFrame(source: Buffer, at: number, bytes: number): Decoded {
  const end = at + bytes;
  if (checksum(source, at, end) !== source.readUInt32LE(at + 8)) {
    return { kind: "bad", why: "the checksum is wrong" };
  }
  const version = source[at + 12] ?? 0;
  if (version !== FRAME_VERSION) return { kind: "unknown-version", version };
  const type = TYPES[source[at + 13] ?? TYPES.length];
  if (type === undefined) return { kind: "bad", why: "the record type is unknown" };
  const frame: ReadFrame = {
    type,
    sequence: source.readUIntLE(at + 16, 6),
    syncedSequence: source.readUIntLE(at + 24, 6),
    previous: Buffer.from(source.subarray(at + 32, at + FRAME_HEADER_BYTES)),
    payload: source.toString("utf8", at + FRAME_HEADER_BYTES, end),
    hash: hashOf(source, at, end),
    continued: source.readUInt16LE(at + 22) === 1,
    bytes,
  };
  return { kind: "frame", frame };
}

/** The version that a header names, whatever else is wrong with it. */
export function announcedVersion(source: Buffer): number {
  return source[12] ?? 0;
}

function checksum(bytes: Buffer, at: number, end: number): number {
  return crc32(bytes.subarray(at + 12, end), crc32(bytes.subarray(at, at + 8)));
}

function hashOf(bytes: Buffer, at: number, end: number): Buffer {
  return hash("sha256", bytes.subarray(at, end), "buffer").subarray(0, HASH_BYTES);
}
