/**
 * Reads the frames of one file in order, in bounded memory (a window of 256 KiB, or one frame where that is longer), and
 * says where and why it cannot go on. An event whose decision is not whole is not there either. It checks frames, not their order: the chain is checked by who walks the segments.
 */
import type { DiskFile } from "./disk.ts";
import {
  announcedBytes,
  announcedVersion,
  decodeFrame,
  FRAME_HEADER_BYTES,
  FRAME_MARK,
  FRAME_VERSION,
  type ReadFrame,
} from "./frame.ts";

const WINDOW_BYTES = 256 * 1024;

export type FrameStep =
  | { readonly kind: "frame"; readonly frame: ReadFrame; readonly offset: number }
  | { readonly kind: "end"; readonly offset: number }
  /** `blank` when nothing but zero bytes follow: room that was set aside. */
  | { readonly kind: "bad"; readonly why: string; readonly offset: number; readonly blank: boolean }
  | { readonly kind: "unknown-version"; readonly version: number; readonly offset: number };

export class FrameReader {
  readonly #file: DiskFile;
  readonly #end: number;
  #offset: number;
  /** The decision that was looked at for its event's sake. */
  #ahead: FrameStep | undefined;
  #window = Buffer.alloc(0);
  #windowOffset = 0;

  constructor(file: DiskFile, offset = 0) {
    this.#file = file;
    this.#end = file.size();
    this.#offset = offset;
  }

  next(): FrameStep {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead !== undefined) return ahead;
    const step = this.#decode();
    if (step.kind !== "frame" || step.frame.continued !== true) return step;
    const following = this.#decode();
    if (following.kind === "unknown-version") return following;
    if (following.kind !== "frame") {
      this.#offset = step.offset;
      return this.#bad("what belongs to the record is incomplete");
    }
    this.#ahead = following;
    return step;
  }

  #decode(): FrameStep {
    const offset = this.#offset;
    if (offset >= this.#end) return { kind: "end", offset };
    const bytes = announcedBytes(this.#bytesAt(offset, FRAME_HEADER_BYTES), 0);
    if (bytes === undefined || offset + bytes > this.#end) return this.#bad("the record is incomplete");
    const decoded = decodeFrame(this.#bytesAt(offset, bytes), 0, bytes);
    if (decoded.kind === "bad") return this.#bad(decoded.why);
    if (decoded.kind === "unknown-version") return { ...decoded, offset };
    this.#offset += bytes;
    return { ...decoded, offset };
  }

  /** After something bad: jumps to the next whole frame further on, if there is one. */
  skipToNextFrame(): FrameStep {
    for (let at = this.#offset + 1; ; at += 1) {
      const found = this.#findMark(at);
      if (found === undefined) return { kind: "end", offset: this.#end };
      this.#offset = found;
      const step = this.next();
      if (step.kind === "frame") return step;
      at = found;
    }
  }

  #bad(why: string): FrameStep {
    const header = this.#bytesAt(this.#offset, FRAME_HEADER_BYTES);
    const version = announcedVersion(header);
    const opensFile = this.#offset === 0 && header.subarray(0, 4).equals(FRAME_MARK);
    // A later version may check its bytes in another way.
    if (opensFile && version > FRAME_VERSION) return { kind: "unknown-version", version, offset: 0 };
    return { kind: "bad", why, offset: this.#offset, blank: this.#isBlankFrom(this.#offset) };
  }

  #findMark(from: number): number | undefined {
    for (let at = from; at < this.#end; ) {
      const window = this.#bytesAt(at, Math.min(WINDOW_BYTES, this.#end - at));
      const found = window.indexOf(FRAME_MARK);
      if (found >= 0) return at + found;
      // The mark may lie across two windows.
      at += Math.max(1, window.length - FRAME_MARK.length + 1);
    }
    return undefined;
  }

  #isBlankFrom(from: number): boolean {
    for (let at = from; at < this.#end; at += WINDOW_BYTES) {
      const window = this.#bytesAt(at, Math.min(WINDOW_BYTES, this.#end - at));
      if (window.some((byte) => byte !== 0)) return false;
    }
    return true;
  }

  /** Up to `count` bytes at `offset`; fewer at the end of the file. */
  #bytesAt(offset: number, count: number): Buffer {
    const start = offset - this.#windowOffset;
    if (start < 0 || start + count > this.#window.length) this.#fill(offset, count);
    const at = offset - this.#windowOffset;
    return this.#window.subarray(at, at + count);
  }

  #fill(offset: number, count: number): void {
    const wanted = Math.min(Math.max(count, WINDOW_BYTES), Math.max(0, this.#end - offset));
    const window = Buffer.allocUnsafe(wanted);
    this.#window = window.subarray(0, this.#file.read(window, offset));
    this.#windowOffset = offset;
  }
}
