/**
 * Bytes of a connection that are not used up yet. Whoever sends a long message in many small pieces costs us no more than one who
 * sends it whole: room is doubled when it runs out, not copied for every piece. What arrives whole is never copied.
 */
const EMPTY: Buffer = Buffer.alloc(0);

export class Backlog {
  #room: Buffer = EMPTY;
  #from = 0;
  #to = 0;

  /** What was kept. */
  get bytes(): Buffer {
    return this.#room.subarray(this.#from, this.#to);
  }

  /** What was kept and the chunk after it: the chunk itself, still lent, where nothing was kept. */
  with(chunk: Buffer): Buffer {
    if (this.#from === this.#to) return chunk;
    this.#append(chunk);
    return this.bytes;
  }

  /** Keeps the last `count` bytes of what `with` gave, in memory of its own. */
  keep(bytes: Buffer, count: number): void {
    if (count === 0) this.#room = EMPTY;
    if (count === 0 || bytes.buffer !== this.#room.buffer) {
      this.#from = 0;
      this.#to = 0;
      if (count > 0) this.#append(bytes.subarray(bytes.length - count));
    } else this.#from = this.#to - count;
  }

  #append(chunk: Buffer): void {
    if (this.#to + chunk.length > this.#room.length) this.#grow(chunk.length);
    this.#room.set(chunk, this.#to);
    this.#to += chunk.length;
  }

  /** The first time as much as is needed: nearly always the next chunk ends the message. */
  #grow(more: number): void {
    const kept = this.bytes;
    const needed = kept.length + more;
    const room = Buffer.allocUnsafeSlow(kept.length === 0 ? needed : 2 * needed);
    room.set(kept);
    this.#room = room;
    this.#from = 0;
    this.#to = kept.length;
  }
}
