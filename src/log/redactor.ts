/** Masks secrets by type, name and value, and bounds what is logged: depth, width and length. Never throws. */

export type LogFields = Readonly<Record<string, unknown>>;

/** Tells every secret value that there is at this moment. */
export type SecretSource = (register: (value: string) => void) => void;

/** A line's own keys; a field with such a name gets a mark behind it. */
export const OWN_KEYS: ReadonlySet<string> = new Set(["level", "time", "channel", "message"]);

export const REDACTED = "[redacted]";

const DEPTH_MAX = 8;
const WIDTH_MAX = 100;
const NODES_MAX = 2000;
const CHARACTERS_MAX = 64 * 1024;
const TEXT_MAX = 4096;
/** Shorter values are words, not secrets; masking them would garble every line. */
const SECRET_LENGTH_MIN = 4;
const PREFIX_LENGTH = 4;

const SECRET_WORD =
  "api[-_ ]?key|secret|passw(?:or)?d|passphrase|private[-_ ]?key|token|authorization|cookie|signature|sign|credential|mnemonic";
const SECRET_NAME =
  /secret|passw|passphrase|private[-_ ]?key|api[-_ ]?key|authorization|cookie|credential|mnemonic|(?:token|signature|sign)s?$/i;
/** Names in text: `api_key=x`, `"apiSecret":"x y"`, `X-BAPI-SIGN: x`, `Authorization: Bearer x`. */
const SECRET_ASSIGNMENT = new RegExp(
  `((?:${SECRET_WORD})s?\\\\*["']?\\s*[=:]\\s*)(?:(\\\\*["'])[^"']*|(?:Bearer |Basic )?[^\\s"'&,;}\\\\]+)`,
  "gi",
);
const URL_PASSWORD = /(\w:\/\/[^\s/:@]*:)[^\s/@]+@/g;

/** Masks secrets by name and by value, and bounds what is logged. Never throws. */
export class Redactor {
  /** Values by their first characters, the longest first. */
  readonly #byPrefix = new Map<string, string[]>();
  readonly #registered = new Set<string>();
  readonly #secrets: SecretSource;
  #longest = 0;

  /** `secrets` is asked before each text: for a process that reads secrets as it goes. */
  constructor(secrets: SecretSource = () => {}) {
    this.#secrets = secrets;
  }

  register(value: string): void {
    if (this.#registered.has(value)) return;
    this.#registered.add(value);
    for (const spelling of spellings(value)) this.#add(spelling);
  }

  /** A string with every secret masked, cut to a bounded length. */
  text(text: string): string {
    this.#secrets((value) => this.register(value));
    const cut = text.length > TEXT_MAX;
    // A secret that begins before the cut must be seen whole.
    const values = this.#maskValues(cut ? text.slice(0, TEXT_MAX + this.#longest) : text, TEXT_MAX);
    const names = values
      .replace(
        SECRET_ASSIGNMENT,
        (_all, name: string, quote: string | undefined) => `${name}${quote ?? ""}${REDACTED}`,
      )
      .replace(URL_PASSWORD, `$1${REDACTED}@`);
    return cut ? `${names} [${text.length - TEXT_MAX} more characters]` : names;
  }

  /** A copy of plain JSON values with every secret masked. */
  fields(fields: LogFields): Record<string, unknown> {
    const walk = { nodes: 0, characters: 0, above: new Set<object>() };
    const copied = this.#guarded(fields, 0, walk);
    const copy = isRecord(copied) ? copied : { fields: copied };
    for (const key of OWN_KEYS) {
      if (!(key in copy)) continue;
      copy[`${key}_`] = copy[key];
      delete copy[key];
    }
    return copy;
  }

  #add(value: string): void {
    if (value.length < SECRET_LENGTH_MIN) return;
    const prefix = value.slice(0, PREFIX_LENGTH);
    const known = this.#byPrefix.get(prefix) ?? [];
    if (known.includes(value)) return;
    known.push(value);
    known.sort((left, right) => right.length - left.length);
    this.#byPrefix.set(prefix, known);
    this.#longest = Math.max(this.#longest, value.length);
  }

  /** Covers the union of all matches, also where secrets overlap; keeps nothing that began at `end` or later. */
  #maskValues(text: string, end: number): string {
    if (this.#byPrefix.size === 0) return text.slice(0, end);
    let result = "";
    let copied = 0;
    let coveredTo = 0;
    const stop = Math.min(end, text.length);
    for (let at = 0; at < stop; at += 1) {
      const length = this.#matchAt(text, at);
      if (length === 0) continue;
      if (at >= coveredTo) {
        result += text.slice(copied, at) + REDACTED;
        copied = at;
      }
      coveredTo = Math.max(coveredTo, at + length);
      copied = coveredTo;
    }
    return result + text.slice(copied, Math.max(copied, stop));
  }

  /** Length of the longest secret that stands at `at`, or 0. */
  #matchAt(text: string, at: number): number {
    const candidates = this.#byPrefix.get(text.slice(at, at + PREFIX_LENGTH));
    if (candidates === undefined) return 0;
    for (const value of candidates) if (text.startsWith(value, at)) return value.length;
    return 0;
  }

  #value(value: unknown, depth: number, walk: Walk): unknown {
    walk.nodes += 1;
    if (walk.nodes > NODES_MAX || walk.characters > CHARACTERS_MAX) return "[too much]";
    switch (typeof value) {
      case "string":
        walk.characters += Math.min(value.length, TEXT_MAX);
        return this.text(value);
      case "bigint":
        return this.text(String(value));
      case "number":
        return this.#number(value);
      case "boolean":
      case "undefined":
        return value;
      case "object":
        return value === null ? null : this.#guarded(value, depth, walk);
      default:
        return `[${typeof value}]`;
    }
  }

  #number(value: number): unknown {
    if (!Number.isFinite(value)) return String(value);
    const text = String(value);
    return this.text(text) === text ? value : REDACTED;
  }

  /** Getters, proxies and toJSON of others may throw. */
  #guarded(value: object, depth: number, walk: Walk): unknown {
    if (walk.above.has(value)) return "[circular]";
    if (depth >= DEPTH_MAX) return "[too deep]";
    walk.above.add(value);
    try {
      return this.#inside(value, depth, walk);
    } catch (error) {
      return this.#unreadable(error);
    } finally {
      walk.above.delete(value);
    }
  }

  #inside(value: object, depth: number, walk: Walk): unknown {
    if (value instanceof Error) return this.#error(value, depth, walk);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    if (value instanceof URL || value instanceof RegExp) return this.text(String(value));
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
    if (value instanceof Map) return this.#list([...value.entries()], depth, walk);
    if (value instanceof Set || Array.isArray(value)) return this.#list([...value], depth, walk);
    if ("toJSON" in value && typeof value.toJSON === "function") {
      return this.#value(value.toJSON(), depth + 1, walk);
    }
    return this.#object(value, depth, walk);
  }

  #property(value: object, key: string, depth: number, walk: Walk): unknown {
    let inner: unknown;
    try {
      inner = Reflect.get(value, key);
    } catch (error) {
      return this.#unreadable(error);
    }
    return this.#value(inner, depth + 1, walk);
  }

  #unreadable(error: unknown): string {
    return `[unreadable: ${this.text(error instanceof Error ? error.message : typeof error)}]`;
  }

  #error(error: Error, depth: number, walk: Walk): unknown {
    const own = this.#object(error, depth, walk);
    return {
      ...own,
      name: this.text(String(error.name)),
      message: this.text(String(error.message)),
      stack: this.text(String(error.stack ?? "")),
      ...(error.cause === undefined ? {} : { cause: this.#value(error.cause, depth + 1, walk) }),
      ...(error instanceof AggregateError ? { errors: this.#value(error.errors, depth + 1, walk) } : {}),
    };
  }

  #list(items: readonly unknown[], depth: number, walk: Walk): unknown[] {
    const copy = items.slice(0, WIDTH_MAX).map((item) => this.#value(item, depth + 1, walk));
    if (items.length > WIDTH_MAX) copy.push(`[${items.length - WIDTH_MAX} more]`);
    return copy;
  }

  #object(value: object, depth: number, walk: Walk): Record<string, unknown> {
    const copy: Record<string, unknown> = Object.create(null);
    const keys = Object.keys(value);
    for (const key of keys.slice(0, WIDTH_MAX)) {
      copy[this.text(key)] = SECRET_NAME.test(key) ? REDACTED : this.#property(value, key, depth, walk);
    }
    if (keys.length > WIDTH_MAX) copy["..."] = `[${keys.length - WIDTH_MAX} more]`;
    return copy;
  }
}

interface Walk {
  nodes: number;
  characters: number;
  /** Objects that contain the current one. */
  readonly above: Set<object>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How a secret may be spelled in what others produce. */
function spellings(value: string): ReadonlySet<string> {
  const escaped = JSON.stringify(value).slice(1, -1);
  return new Set([
    value,
    escaped,
    JSON.stringify(escaped).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
    encodeURI(value.toWellFormed()),
    new URLSearchParams({ s: value }).toString().slice(2),
    Buffer.from(value).toString("base64"),
    Buffer.from(value).toString("base64").replace(/=+$/, ""),
    Buffer.from(value).toString("base64url"),
    Buffer.from(value).toString("hex"),
  ]);
}
