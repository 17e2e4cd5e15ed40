/**
 * The worlds that were met, shared by all threads: by 64 bits of hash in one open-addressing table of flat arrays, 17 bytes a
 * place. Beside each: where it was first come from, by which move, and where the first move leads by which nothing goes wrong.
 * Two different worlds are taken for one with a probability of n^2 / 2^65: for thirty million in one of forty thousand runs.
 */
import type { Hash } from "./hash.ts";

/** Above this the table is too slow, and the run ends. */
const FILL_MAX = 0.85;
/** Of `next`: not gone on from yet; or the end of the script, at rest. */
const UNKNOWN = 0;
const END = -1;

export type TableMemory = Readonly<
  Record<"high" | "low" | "parents" | "next" | "places" | "counts", SharedArrayBuffer>
>;

export class Table {
  readonly memory: TableMemory;
  readonly #high: Int32Array;
  readonly #low: Int32Array;
  readonly #parents: Int32Array;
  readonly #next: Int32Array;
  readonly #places: Uint8Array;
  /** How many worlds there are; whether to stop. */
  readonly #counts: Int32Array;
  readonly capacity: number;

  /** `capacity`: a power of two. */
  static of(capacity: number): Table {
    const words = () => new SharedArrayBuffer(capacity * Int32Array.BYTES_PER_ELEMENT);
    const bytes = new SharedArrayBuffer(capacity);
    const counts = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
    return new Table({ high: words(), low: words(), parents: words(), next: words(), places: bytes, counts });
  }

  constructor(memory: TableMemory) {
    this.memory = memory;
    this.#high = new Int32Array(memory.high);
    this.#low = new Int32Array(memory.low);
    this.#parents = new Int32Array(memory.parents);
    this.#next = new Int32Array(memory.next);
    this.#places = new Uint8Array(memory.places);
    this.#counts = new Int32Array(memory.counts);
    this.capacity = this.#high.length;
  }

  get size(): number {
    return Atomics.load(this.#counts, 0);
  }

  get isFull(): boolean {
    return this.size > this.capacity * FILL_MAX;
  }

  get isEnding(): boolean {
    return this.isStopped || this.isFull;
  }

  get isStopped(): boolean {
    return Atomics.load(this.#counts, 1) === 1;
  }

  stop(): void {
    Atomics.store(this.#counts, 1, 1);
  }

  /** After a stop. */
  goOn(): void {
    Atomics.store(this.#counts, 1, 0);
  }

  /**
   * The place of a world; `isNew` for one thread only, whoever came first. A place is taken by its upper half, with one exchange;
   * who meets it before its lower half is there waits for the moment that this takes.
   */
  enter({ high, low }: Hash): { readonly slot: number; readonly isNew: boolean } {
    let slot = (high ^ Math.imul(low, 0x9e3779b1)) & (this.capacity - 1);
    for (;;) {
      const found = Atomics.compareExchange(this.#high, slot, 0, high);
      if (found === 0) {
        Atomics.store(this.#low, slot, low);
        Atomics.add(this.#counts, 0, 1);
        return { slot, isNew: true };
      }
      if (found === high && this.#lowAt(slot) === low) return { slot, isNew: false };
      slot = (slot + 1) & (this.capacity - 1);
    }
  }

  #lowAt(slot: number): number {
    for (;;) {
      const low = Atomics.load(this.#low, slot);
      if (low !== 0) return low;
    }
  }

  isTaken(slot: number): boolean {
    return this.#high[slot] !== 0;
  }

  /** Of the first world: its own. */
  parent(slot: number): number {
    return this.#parents[slot] ?? 0;
  }

  place(slot: number): number {
    return this.#places[slot] ?? 0;
  }

  noteParent(slot: number, parent: number, place: number): void {
    if (place > 255) throw new RangeError("a world has more moves than a byte can count");
    this.#parents[slot] = parent;
    this.#places[slot] = place;
  }

  noteEnd(slot: number): void {
    this.#next[slot] = END;
  }

  noteNext(slot: number, next: number): void {
    this.#next[slot] = next + 1;
  }

  /** Null where nobody went on from it. */
  next(slot: number): number | "end" | null {
    const next = this.#next[slot] ?? UNKNOWN;
    if (next === UNKNOWN) return null;
    return next === END ? "end" : next - 1;
  }
}
