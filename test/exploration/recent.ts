/** What was used lately, by its text: two generations, the older of which is given up when the younger is full. */
export class Recent<Value> {
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();
  readonly #size: number;
  readonly #forget: (value: Value) => void;

  /** `size` of a generation; `forget` sees what is given up. */
  constructor(size: number, forget: (value: Value) => void) {
    this.#size = size;
    this.#forget = forget;
  }

  get(text: string): Value | undefined {
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const old = this.#old.get(text);
    if (old === undefined) return undefined;
    this.#old.delete(text);
    this.set(text, old);
    return old;
  }

  set(text: string, value: Value): void {
    if (this.#young.size >= this.#size) {
      for (const given of this.#old.values()) this.#forget(given);
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, value);
  }
}
