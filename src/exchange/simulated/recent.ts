/**
 * A bounded memory of what happened last. Beyond its limit the oldest are forgotten, in blocks, so that adding stays
 * cheap; between `limit` and twice `limit` entries may be held, never more than `limit` are shown.
 */
export class Recent<T> {
  readonly #limit: number;
  readonly #onForget: ((entry: T) => void) | undefined;
  #entries: T[] = [];

  constructor(limit: number, onForget?: (entry: T) => void) {
    this.#limit = limit;
    this.#onForget = onForget;
  }

  add(entry: T): void {
    this.#entries.push(entry);
    if (this.#entries.length >= this.#limit * 2) this.#forget();
  }

  get last(): T | undefined {
    return this.#entries.at(-1);
  }

  /** Newest first, at most `count` of those that match. */
  newest(count = this.#limit, matches?: (entry: T) => boolean): T[] {
    const found: T[] = [];
    const oldest = Math.max(0, this.#entries.length - this.#limit);
    for (let at = this.#entries.length - 1; at >= oldest && found.length < count; at--) {
      const entry = this.#entries[at];
      if (entry !== undefined && (matches === undefined || matches(entry))) found.push(entry);
    }
    return found;
  }

  #forget(): void {
    const dropped = this.#entries.length - this.#limit;
    if (this.#onForget !== undefined) {
      for (let at = 0; at < dropped; at++) {
        const entry = this.#entries[at];
        if (entry !== undefined) this.#onForget(entry);
      }
    }
    this.#entries = this.#entries.slice(dropped);
  }
}
