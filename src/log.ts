/**
 * Structured logs: one JSON line per event, in one file per channel under the data folder's `logs` (rolled by size, the
 * oldest removed), every error also in `error`, and short text lines on stderr for people. Secrets never get out: fields with
 * a secret's name are masked, and so is every registered secret value wherever it stands. Everything has a bound: depth,
 * width and length of what is logged, what waits for the disk, and files kept. Reads no environment, imports nothing of ours.
 */
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Logger, multistream, type Level as PinoLevel, pino, type StreamEntry } from "pino";
import roll from "pino-roll";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** `error` is no channel of its own: it gets the errors of all. */
export const LOG_CHANNELS = ["main", "api", "sync", "trading", "security"] as const;
export type LogChannel = (typeof LOG_CHANNELS)[number];

export type LogFields = Readonly<Record<string, unknown>>;

/** `message` is a constant sentence; what varies goes into `fields`. Never throws. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log on another channel. */
  channel(channel: LogChannel): Log;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** Everything down to `debug`, whatever the level says. */
  readonly debugMode: boolean;
  /** Folder of the files; without it only stderr is written. */
  readonly folder?: string;
  /** Short text lines for people; null for none. By default the process's stderr. */
  readonly terminal?: ((line: string) => void) | null;
  readonly fileBytesMax?: number;
  readonly filesMax?: number;
}

export interface OpenLog {
  readonly log: Log;
  /** From now on this value is masked wherever it would be logged, in the spellings it may take. */
  registerSecret(value: string): void;
  /** Twice is nothing. There is no flushing: a line is with the kernel when its call returns, unless the disk is full. */
  close(): void;
}

const FILE_BYTES_MAX = 10 * 1024 * 1024;
const FILES_MAX = 5;
const WAITING_BYTES_MAX = 8 * 1024 * 1024;

type LogFile = Awaited<ReturnType<typeof roll>>;

export async function openLog(options: LogOptions): Promise<OpenLog> {
  const redactor = new Redactor();
  const terminal = options.terminal === undefined ? writeStderr : options.terminal;
  const report = (line: string) => terminal?.(redactor.text(line));
  const files = await openFiles(options, report);
  const loggers = new Map(LOG_CHANNELS.map((name) => [name, makeLogger(name, options, files, terminal)]));
  let closed = false;
  return {
    log: makeLog("main", loggers, redactor),
    registerSecret: (value) => redactor.register(value),
    close() {
      if (closed) return;
      closed = true;
      for (const file of files.values()) file.destroy();
    },
  };
}

/** A log that goes nowhere, for parts that are tested alone. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  channel: () => silentLog,
};

type FileName = LogChannel | "error";

async function openFiles(
  options: LogOptions,
  report: (line: string) => void,
): Promise<ReadonlyMap<FileName, LogFile>> {
  const files = new Map<FileName, LogFile>();
  if (options.folder === undefined) return files;
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  chmodSync(options.folder, 0o700);
  for (const name of [...LOG_CHANNELS, "error"] as const) {
    const file = await roll({
      file: join(options.folder, name),
      extension: ".log",
      size: `${Math.max(1, Math.ceil((options.fileBytesMax ?? FILE_BYTES_MAX) / 1024))}k`,
      limit: { count: Math.max(1, (options.filesMax ?? FILES_MAX) - 1), removeOtherLogFiles: true },
      mode: 0o600,
      // Line by line into the kernel: what was logged before a crash is what one wants to read. Never its flushSync:
      // on a full disk that tries for ever.
      sync: true,
      maxLength: WAITING_BYTES_MAX,
    });
    reportTrouble(file, name, report);
    files.set(name, file);
  }
  return files;
}

/** Trouble with a log must not stop trading; it is said once per kind until the file works again. */
function reportTrouble(file: LogFile, name: string, report: (line: string) => void): void {
  let silent = false;
  const say = (what: string) => {
    if (!silent) report(`log file ${name}: ${what}`);
    silent = true;
  };
  file.on("error", (error: Error) => say(error.message));
  file.on("drop", () => say("lines are dropped, the disk does not keep up"));
  file.on("drain", () => {
    silent = false;
  });
}

function makeLogger(
  channel: LogChannel,
  options: LogOptions,
  files: ReadonlyMap<FileName, LogFile>,
  terminal: ((line: string) => void) | null,
): Logger {
  const level = options.debugMode ? "debug" : options.level;
  const streams: StreamEntry<PinoLevel>[] = [];
  const own = files.get(channel);
  const errors = files.get("error");
  if (own !== undefined) streams.push({ level, stream: own });
  if (errors !== undefined) streams.push({ level: "error", stream: errors });
  if (terminal !== null) {
    streams.push({ level, stream: { write: (line: string) => terminal(terminalLine(line)) } });
  }
  const settings = {
    level,
    base: { channel },
    messageKey: "message",
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(settings, multistream(streams));
}

function makeLog(channel: LogChannel, loggers: ReadonlyMap<LogChannel, Logger>, redactor: Redactor): Log {
  const logger = loggers.get(channel);
  const write = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (logger === undefined || !logger.isLevelEnabled(level)) return;
    const text = redactor.text(message);
    if (fields === undefined) logger[level](text);
    else logger[level](redactor.fields(fields), text);
  };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    channel: (other) => makeLog(other, loggers, redactor),
  };
}

function writeStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}

const OWN_KEYS = new Set(["level", "time", "channel", "message"]);

/** `12:00:00.000 INFO  trading  order accepted symbol=BTCUSDT`; never more than one line, never a control character. */
function terminalLine(json: string): string {
  const record: Record<string, unknown> = JSON.parse(json);
  const level = String(record.level).toUpperCase().padEnd(5);
  const head = `${String(record.time).slice(11, 23)} ${level} ${String(record.channel).padEnd(8)}`;
  const fields = Object.entries(record)
    .filter(([key]) => !OWN_KEYS.has(key))
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return printable([head, record.message, ...fields].join(" "));
}

function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
}

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
  #longest = 0;

  register(value: string): void {
    for (const spelling of spellings(value)) this.#add(spelling);
  }

  /** A string with every secret masked, cut to a bounded length. */
  text(text: string): string {
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
