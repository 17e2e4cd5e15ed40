/**
 * The worlds to be gone on from, in the order in which they were found. Millions wait at a time, of some ten kilobytes each, and most
 * of their text is that of their neighbours: they are packed by the batch, which takes a hundredth of the room and less time than a move.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";

/** A world as it is kept, and as it goes from one thread to another. */
export interface Waiting {
  readonly text: string;
  readonly coreText: string;
  readonly slot: number;
}

export interface Batch {
  readonly packed: Uint8Array;
  readonly count: number;
}

const BATCH = 64;
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export class Edge {
  readonly #batches: Batch[] = [];
  #loose: Waiting[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(waiting: Waiting): void {
    this.#loose.push(waiting);
    this.#size += 1;
    if (this.#loose.length === BATCH) this.#pack();
  }

  /** At most so many of the last ones, by whole batches. */
  give(count: number): Batch[] {
    this.#pack();
    const given: Batch[] = [];
    for (let left = count; left > 0; ) {
      const last = this.#batches.at(-1);
      if (last === undefined || last.count > left) break;
      this.#batches.pop();
      this.#size -= last.count;
      left -= last.count;
      given.push(last);
    }
    return given;
  }

  take(given: readonly Batch[]): void {
    this.#batches.push(...given);
    for (const { count } of given) this.#size += count;
  }

  /** All of them, by the batch; it is empty then. */
  drain(): Batch[] {
    this.#pack();
    this.#size = 0;
    return this.#batches.splice(0);
  }

  #pack(): void {
    if (this.#loose.length === 0) return;
    const packed = zstdCompressSync(JSON.stringify(this.#loose), FAST);
    this.#batches.push({ packed, count: this.#loose.length });
    this.#loose = [];
  }
}

export function unpacked({ packed }: Batch): readonly Waiting[] {
  return JSON.parse(zstdDecompressSync(packed).toString());
}
