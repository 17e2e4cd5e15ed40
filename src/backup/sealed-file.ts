/**
 * The body of a backup file: pieces of 64 KiB, each sealed with its place in the file; the last one, which may be shorter and is
 * there even when it is empty, says so itself.
 */
import type { FileHandle } from "node:fs/promises";
import { type BackupSecret, TAG_BYTES } from "../security/backup-key.ts";
import { BackupError } from "./backup-error.ts";
import { HEADER_BYTES, newHeader, readHeader } from "./header.ts";

export const PIECE_BYTES = 64 * 1024;

/** Writes a whole file of the bytes; returns its length. */
export async function writeSealed(
  file: FileHandle,
  content: AsyncIterable<Uint8Array>,
  secret: BackupSecret,
): Promise<number> {
  const { header, prefix, key } = newHeader(secret);
  let written = 0;
  const write = async (bytes: Buffer) => {
    await file.write(bytes, 0, bytes.length, written);
    written += bytes.length;
  };
  await write(header);
  let waiting: Buffer = Buffer.alloc(0);
  let index = 0;
  for await (const bytes of content) {
    waiting = waiting.length === 0 ? Buffer.from(bytes) : Buffer.concat([waiting, bytes]);
    // A whole piece waits until something follows it: the last one is sealed as the last.
    while (waiting.length > PIECE_BYTES) {
      const piece = waiting.subarray(0, PIECE_BYTES);
      await write(key.seal(piece, { prefix, index, isLast: false, header }));
      waiting = waiting.subarray(PIECE_BYTES);
      index += 1;
    }
  }
  await write(key.seal(waiting, { prefix, index, isLast: true, header }));
  return written;
}

/**
 * The bytes that were sealed, piece by piece; nothing is given out that was not proved. Throws a BackupError where the file is none of
 * ours, does not open, ends early or was changed.
 */
export async function* readSealed(
  file: FileHandle,
  secrets: readonly BackupSecret[],
): AsyncGenerator<Buffer, void, undefined> {
  const { size } = await file.stat();
  const { header, prefix, key } = readHeader(await bytesAt(file, 0, HEADER_BYTES), secrets);
  for (let at = HEADER_BYTES, index = 0; ; index += 1) {
    const sealed = await bytesAt(file, at, PIECE_BYTES + TAG_BYTES);
    at += sealed.length;
    const isAtEnd = at >= size;
    const piece = key.open(sealed, { prefix, index, isLast: isAtEnd, header });
    if (piece === null)
      throw unsound(isAtEnd && key.open(sealed, { prefix, index, isLast: false, header }) !== null);
    yield piece;
    if (isAtEnd) return;
  }
}

function unsound(isWholePiece: boolean): BackupError {
  if (isWholePiece) return new BackupError("truncated", "ends too early: its end is missing");
  return new BackupError("changed", "was changed or cut off after it was made, and is not used");
}

/** Fewer at the end of the file. */
async function bytesAt(file: FileHandle, at: number, count: number): Promise<Buffer> {
  const bytes = Buffer.alloc(count);
  let filled = 0;
  while (filled < count) {
    const { bytesRead } = await file.read(bytes, filled, count - filled, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
