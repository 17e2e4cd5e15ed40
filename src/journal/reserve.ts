/**
 * Room on the disk that is taken in advance, for reductions when the disk is full. The reserve becomes a segment itself
 * and is written in place. While it is used up ordinary appends are refused, until a new one could be set aside.
 */
import { type Disk, DiskError, type DiskFile, type JournalClock } from "./disk.ts";

const NAME = "reserve";
const RETRY_MS = 1000;

export class Reserve {
  readonly bytes: number;
  readonly #disk: Disk;
  readonly #clock: JournalClock;
  #whole = false;
  #triedAtMs = Number.NEGATIVE_INFINITY;

  constructor(disk: Disk, bytes: number, clock: JournalClock) {
    this.#disk = disk;
    this.bytes = bytes;
    this.#clock = clock;
    this.#whole = bytes === 0 || this.#find();
  }

  get whole(): boolean {
    return this.#whole;
  }

  /** Sets a new reserve aside; throws a DiskError while there is no room. Tries once a second at most. */
  restore(): void {
    const nowMs = this.#clock.nowMs();
    if (Math.abs(nowMs - this.#triedAtMs) < RETRY_MS) {
      throw new DiskError("full", "the room for reductions could not be set aside");
    }
    this.#triedAtMs = nowMs;
    this.#make();
    this.#whole = true;
  }

  /** Hands the reserve over as the file `name`, filled with zeros. */
  take(name: string): DiskFile {
    this.#disk.rename(NAME, name);
    this.#whole = false;
    this.#triedAtMs = this.#clock.nowMs();
    return this.#disk.open(name);
  }

  /** True when the reserve is there or could be made; a full disk is no reason not to open. */
  #find(): boolean {
    if (this.#disk.list().includes(NAME)) {
      const file = this.#disk.open(NAME);
      const isBlank = file.size() === this.bytes && isAllZeros(file, this.bytes);
      file.close();
      if (isBlank) return true;
      this.#disk.remove(NAME);
    }
    try {
      this.#make();
      return true;
    } catch (error) {
      if (error instanceof DiskError && error.failure === "full") return false;
      throw error;
    }
  }

  #make(): void {
    if (this.#disk.list().includes(NAME)) this.#disk.remove(NAME);
    const file = this.#disk.create(NAME);
    try {
      file.write(Buffer.alloc(this.bytes), 0);
      file.close();
    } catch (error) {
      file.close();
      this.#disk.remove(NAME);
      throw error;
    }
  }
}

/** A power cut may give a segment that was a reserve its old name back, and what was written to it stays: no segment may begin so. */
function isAllZeros(file: DiskFile, bytes: number): boolean {
  const found = Buffer.alloc(bytes);
  return file.read(found, 0) === bytes && found.equals(Buffer.alloc(bytes));
}
