/**
 * Python literals, as `repr` writes a list of dictionaries: text in single or double quotes, numbers, True, False, None, lists,
 * tuples, dictionaries. Strict and without any evaluation: what is not in this grammar is an error with its place. Numbers stay
 * the text that they were, so that no digit is lost.
 */

export class PythonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type PythonValue =
  | string
  | boolean
  | null
  | PythonNumber
  | readonly PythonValue[]
  | ReadonlyMap<string, PythonValue>;

export type PythonElement =
  | { readonly ok: true; readonly value: PythonValue; readonly text: string }
  | { readonly ok: false; readonly reason: string; readonly text: string };

const DEPTH_MAX = 20;
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const BLANKS = /\s*/y;
const WORDS: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null };
const ESCAPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    n: "\n",
    t: "\t",
    r: "\r",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "0": "\0",
  }),
);

class Unreadable extends Error {}

/**
 * The elements of a list, each with its text. A broken element does not hide those behind it: reading goes on at the next
 * dictionary. A list that ends in the middle of an element gives that one as broken.
 */
export function pythonListElements(text: string): readonly PythonElement[] {
  const elements: PythonElement[] = [];
  const reader = new Reader(text);
  if (!reader.take("["))
    return [{ ok: false, reason: "a list should begin with [", text: text.slice(0, 200) }];
  while (!reader.take("]")) {
    if (reader.isAtEnd)
      return [...elements, { ok: false, reason: "the list has no end: it was cut", text: "" }];
    const start = reader.at;
    try {
      const value = reader.value(0);
      const end = reader.at;
      if (!reader.take(",") && !reader.isBefore("]")) reader.fail("a comma or ] should follow");
      elements.push({ ok: true, value, text: text.slice(start, end) });
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      const next = text.indexOf("{", Math.max(reader.at, start + 1));
      const end = next < 0 ? text.length : next;
      elements.push({ ok: false, reason: error.message, text: text.slice(start, end) });
      if (next < 0) return elements;
      reader.at = next;
    }
  }
  if (!reader.isAtEnd)
    elements.push({ ok: false, reason: "text follows the list", text: text.slice(reader.at) });
  return elements;
}

class Reader {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    this.#skipBlanks();
    return this.at >= this.#text.length;
  }

  fail(reason: string): never {
    const where =
      this.at >= this.#text.length ? "the text ends here: it was cut" : `at character ${this.at + 1}`;
    throw new Unreadable(`${reason} (${where})`);
  }

  isBefore(character: string): boolean {
    this.#skipBlanks();
    return this.#text[this.at] === character;
  }

  take(character: string): boolean {
    const isThere = this.isBefore(character);
    if (isThere) this.at += 1;
    return isThere;
  }

  value(depth: number): PythonValue {
    if (depth > DEPTH_MAX) this.fail(`nothing is nested deeper than ${DEPTH_MAX}`);
    if (this.take("{")) return this.#dictionary(depth);
    if (this.take("[")) return this.#items("]", depth);
    if (this.take("(")) return this.#items(")", depth);
    const first = this.#text[this.at] ?? "";
    if (first === "'" || first === '"') return this.#string(first);
    const number = this.#match(NUMBER);
    if (number !== "") return new PythonNumber(number);
    for (const [word, value] of Object.entries(WORDS)) {
      if (!this.#text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    return this.fail("a value should stand here");
  }

  #dictionary(depth: number): ReadonlyMap<string, PythonValue> {
    const entries = new Map<string, PythonValue>();
    while (!this.take("}")) {
      const key = this.value(depth + 1);
      if (typeof key !== "string") this.fail("a key should be text");
      if (entries.has(key)) this.fail(`the key ${key} is there twice`);
      if (!this.take(":")) this.fail("a colon should follow a key");
      entries.set(key, this.value(depth + 1));
      if (!this.take(",") && !this.isBefore("}")) this.fail("a comma or } should follow");
    }
    return entries;
  }

  #items(end: string, depth: number): readonly PythonValue[] {
    const items: PythonValue[] = [];
    while (!this.take(end)) {
      items.push(this.value(depth + 1));
      if (!this.take(",") && !this.isBefore(end)) this.fail(`a comma or ${end} should follow`);
    }
    return items;
  }

  #string(quote: string): string {
    let value = "";
    for (let at = this.at + 1; at < this.#text.length; at++) {
      const character = this.#text[at] ?? "";
      if (character === quote) {
        this.at = at + 1;
        return value;
      }
      if (character === "\n") break;
      if (character !== "\\") value += character;
      else {
        at += 1;
        const escaped = ESCAPES.get(this.#text[at] ?? "");
        if (escaped === undefined) break;
        value += escaped;
      }
    }
    const isCut = !this.#text.slice(this.at + 1).includes(quote);
    if (isCut) this.at = this.#text.length;
    return this.fail(`a text has no closing ${quote}`);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  #skipBlanks(): void {
    this.#match(BLANKS);
  }
}
