/**
 * Objects out of JSON that comes in pieces, without holding the whole: which lists have records is the caller's to say, by
 * their path (`leader.fills[]`, `[]` for a list at the top). Several documents one after another (JSON lines) are one file.
 * Numbers keep all their digits: ids past 2^53 and amounts come out as the text that they were.
 */

/** A longer record is no fill. */
const RECORD_CHARS_MAX = 1_000_000;
const DEPTH_MAX = 40;
/** Every text and number is told with its path. */
const PATH_CHARS_MAX = 1_000;

export interface JsonRecord {
  /** The list's path, `[]` at its end. */
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

export interface JsonRecordsOptions {
  isRecordList(path: string): boolean;
  onRecord(record: JsonRecord): void;
  /** Texts and numbers beside the records. */
  onScalar(path: string, value: string, line: number): void;
  /** What is no JSON; nothing more comes after it. */
  onBroken(line: number, reason: string, text: string): void;
}

interface Level {
  readonly isList: boolean;
  /** Of the container itself. */
  readonly path: string;
  /** In an object: the key whose value comes next. */
  key: string | null;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const NEWLINE = 0x0a;

export class JsonRecords {
  readonly #options: JsonRecordsOptions;
  readonly #levels: Level[] = [];
  #text = "";
  #at = 0;
  #line = 1;
  #isBroken = false;
  /** The record that is being read: where it began, its line, and how many braces are open in it. */
  #record: { readonly start: number; readonly line: number; open: number } | null = null;

  constructor(options: JsonRecordsOptions) {
    this.#options = options;
  }

  push(text: string): void {
    if (this.#isBroken) return;
    const keptFrom = this.#record?.start ?? this.#at;
    this.#text = this.#text.slice(keptFrom) + text;
    this.#at -= keptFrom;
    if (this.#record !== null) this.#record = { ...this.#record, start: 0 };
    while (!this.#isBroken && this.#at < this.#text.length) {
      const isDone = this.#record === null ? this.#step() : this.#stepInRecord();
      if (!isDone) break;
    }
    if (this.#text.length - this.#at > RECORD_CHARS_MAX) this.#break("a text without an end");
  }

  end(): void {
    if (this.#isBroken) return;
    const { start, line } = this.#record ?? { start: this.#at, line: this.#line };
    const rest = this.#text.slice(start);
    if (this.#record !== null || this.#levels.length > 0)
      this.#options.onBroken(line, "the file ends in the middle: it was cut", rest.slice(0, 500));
    else if (rest.trim() !== "") this.#options.onBroken(line, "this is no JSON", rest.slice(0, 500));
  }

  /** One token outside records; false when it is not all there yet. */
  #step(): boolean {
    const code = this.#text.charCodeAt(this.#at);
    switch (code) {
      case NEWLINE:
        this.#line += 1;
        this.#at += 1;
        return true;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        this.#open(code === OPEN_BRACKET);
        return true;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        this.#close(code === CLOSE_BRACKET);
        return true;
      case QUOTE:
        return this.#string();
      default:
        return this.#other();
    }
  }

  #open(isList: boolean): void {
    const path = this.#path();
    if (!isList && path.endsWith("[]") && this.#options.isRecordList(path)) {
      this.#record = { start: this.#at, line: this.#line, open: 0 };
      return;
    }
    if (this.#levels.length >= DEPTH_MAX) return this.#break(`nothing is nested deeper than ${DEPTH_MAX}`);
    this.#levels.push({ isList, path: isList ? `${path}[]` : path, key: null });
    this.#at += 1;
  }

  #close(isList: boolean): void {
    const level = this.#levels.pop();
    if (level === undefined || level.isList !== isList)
      return this.#break("a bracket closes what was not opened");
    this.#valueEnded();
    this.#at += 1;
  }

  #string(): boolean {
    const end = endOfString(this.#text, this.#at);
    if (end < 0) return false;
    const value = textOf(this.#text.slice(this.#at, end));
    if (value === null) {
      this.#break("a text has what texts cannot have");
      return true;
    }
    this.#at = end;
    const level = this.#levels.at(-1);
    if (level === undefined || level.isList || level.key !== null) this.#scalar(value);
    else if (level.path.length + value.length > PATH_CHARS_MAX)
      this.#break(`no keys are longer than ${PATH_CHARS_MAX} characters`);
    else level.key = value;
    return true;
  }

  /** Blanks, commas, colons, numbers and words. */
  #other(): boolean {
    const pattern = /[\s,:]|[^\s,:[\]{}"]+/y;
    pattern.lastIndex = this.#at;
    const token = pattern.exec(this.#text)?.[0] ?? "";
    const isAtEnd = this.#at + token.length >= this.#text.length;
    if (/^[\s,:]$/.test(token)) {
      this.#at += 1;
      return true;
    }
    if (isAtEnd && this.#levels.length > 0) return false;
    if (!/^(-?\d[\d.eE+-]*|true|false|null)$/.test(token)) {
      this.#break("this is no JSON");
      return true;
    }
    this.#at += token.length;
    this.#scalar(token);
    return true;
  }

  #scalar(value: string): void {
    this.#options.onScalar(this.#path(), value, this.#line);
    this.#valueEnded();
  }

  #valueEnded(): void {
    const level = this.#levels.at(-1);
    if (level !== undefined && !level.isList) level.key = null;
  }

  /** Of the value that comes next. */
  #path(): string {
    const level = this.#levels.at(-1);
    if (level === undefined) return "";
    if (level.isList) return level.path;
    return level.path === "" ? (level.key ?? "") : `${level.path}.${level.key ?? ""}`;
  }

  #stepInRecord(): boolean {
    const record = this.#record;
    if (record === null) return true;
    for (; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === QUOTE) {
        const end = endOfString(this.#text, this.#at);
        if (end < 0) return this.#recordGrows(record.start);
        this.#at = end - 1;
      } else if (code === NEWLINE) this.#line += 1;
      else if (code === OPEN_BRACE) record.open += 1;
      else if (code === CLOSE_BRACE) {
        record.open -= 1;
        if (record.open === 0) return this.#recordEnded(record);
      }
    }
    return this.#recordGrows(record.start);
  }

  #recordEnded({ start, line }: { readonly start: number; readonly line: number }): true {
    this.#at += 1;
    this.#record = null;
    this.#options.onRecord({ path: this.#path(), line, text: this.#text.slice(start, this.#at) });
    return true;
  }

  #recordGrows(start: number): false {
    if (this.#text.length - start > RECORD_CHARS_MAX) this.#break("a record is too long to be a fill");
    return false;
  }

  #break(reason: string): void {
    const { start, line } = this.#record ?? { start: this.#at, line: this.#line };
    this.#isBroken = true;
    this.#options.onBroken(line, reason, this.#text.slice(start, start + 500));
  }
}

/** Behind the closing quote, or -1. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
  }
  return -1;
}

function textOf(json: string): string | null {
  try {
    return String(JSON.parse(json));
  } catch {
    return null;
  }
}

export type JsonFields = Readonly<Record<string, unknown>>;

/** A record with every number as the text that it was; null when it is no JSON object. */
export function jsonFields(text: string): JsonFields | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    const hasNumbers = Object.values(value).some((field) => typeof field === "number");
    return (hasNumbers ? JSON.parse(text, numbersAsText) : value) as JsonFields;
  } catch {
    return null;
  }
}

function numbersAsText(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === "number" ? (context?.source ?? String(value)) : value;
}

/** A field's text; "" when it is absent or null, or no text, number or truth value. */
export function fieldText(fields: JsonFields, name: string): string {
  const value = fields[name];
  if (typeof value === "string") return value;
  return typeof value === "boolean" || typeof value === "number" ? String(value) : "";
}
