/**
 * Structured logs: one JSON line per event, in one file per channel under the data folder's `logs` (`main.log` and so on; rolled by size
 * and day, compressed, the oldest removed), every error also in `error.log`, and short text lines on stderr for people. Several processes
 * may write to the same folder. Secrets never get out: what is a secret by its type shows itself as one, fields with a secret's name are
 * masked, and so is every registered secret value wherever it stands. Everything has a bound: depth, width and length of what is logged,
 * and what is kept. Reads no environment, imports nothing of ours but `log/`.
 */
import { chmodSync, mkdirSync } from "node:fs";
import { type Logger, multistream, type Level as PinoLevel, pino, type StreamEntry } from "pino";
import { type ArchiveLimits, tendArchives } from "./log/archives.ts";
import {
  LOG_CHANNELS,
  LOG_FILE_NAMES,
  type LogChannel,
  type LogFileName,
  type LogLevel,
} from "./log/channels.ts";
import { lineText } from "./log/line-text.ts";
import { type LogFields, Redactor, type SecretSource } from "./log/redactor.ts";
import { RollingFile } from "./log/rolling-file.ts";

export { LOG_CHANNELS, LOG_LEVELS, type LogChannel, type LogLevel } from "./log/channels.ts";
export { type LogFields, REDACTED, Redactor } from "./log/redactor.ts";

/** The message of a line that tells of an alert. Those are not for the terminal: alerts have a way of their own there. */
export const ALERT_LINE = "alert";

/** `message` is a constant sentence; what varies goes into `fields`; `atMs` (UTC) is when it was, now if left out. Never throws. */
export interface Log {
  debug(message: string, fields?: LogFields, atMs?: number): void;
  info(message: string, fields?: LogFields, atMs?: number): void;
  warn(message: string, fields?: LogFields, atMs?: number): void;
  error(message: string, fields?: LogFields, atMs?: number): void;
  /** The same log on another channel; log/channels.ts says which part of the program writes to which. */
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
  readonly limits?: ArchiveLimits;
  readonly nowMs?: () => number;
  /** Asked before each text what to mask, beside what is registered. */
  readonly secrets?: SecretSource;
}

export interface OpenLog {
  readonly log: Log;
  /** From now on this value is masked wherever it would be logged, in the spellings it may take. */
  registerSecret(value: string): void;
  /** So many errors were logged by this process. */
  errors(): number;
  /** Twice is nothing. There is no flushing: a line is with the kernel when its call returns, unless the disk is full. */
  close(): void;
}

const MEGABYTE = 1_000_000;
const FILE_BYTES_MAX = 10 * MEGABYTE;
const LIMITS: ArchiveLimits = { keepMs: 14 * 86_400_000, bytesMax: 500 * MEGABYTE };
/** A file that was just rolled may still be written to for a moment. */
const TEND_AFTER_ROLLING_MS = 61_000;
const TEND_EVERY_MS = 3_600_000;

export async function openLog(options: LogOptions): Promise<OpenLog> {
  const redactor = new Redactor(options.secrets);
  const terminal = options.terminal === undefined ? writeStderr : options.terminal;
  const report = (line: string) => terminal?.(redactor.text(line));
  const files = new LogFiles(options, report);
  const clock: LineClock = { atMs: null };
  let errors = 0;
  const counted = () => {
    errors += 1;
  };
  const loggers = new Map(
    LOG_CHANNELS.map((name) => [name, makeLogger(name, options, { files: files.byName, terminal, clock })]),
  );
  return {
    log: makeLog("main", { loggers, redactor, clock, onError: counted }),
    registerSecret: (value) => redactor.register(value),
    errors: () => errors,
    close: () => files.close(),
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

/** The files of all channels, and what becomes of those that were closed. */
class LogFiles {
  readonly byName = new Map<LogFileName, RollingFile>();
  readonly #options: LogOptions;
  #timer: NodeJS.Timeout | null = null;
  #dueAtMs = Number.POSITIVE_INFINITY;
  #isClosed = false;

  constructor(options: LogOptions, report: (line: string) => void) {
    this.#options = options;
    const { folder } = options;
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    for (const name of LOG_FILE_NAMES) this.byName.set(name, this.#open(folder, name, report));
    this.#tend(folder);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const file of this.byName.values()) file.close();
  }

  #open(folder: string, name: LogFileName, report: (line: string) => void): RollingFile {
    const { fileBytesMax: bytesMax = FILE_BYTES_MAX, nowMs = Date.now } = this.#options;
    // Trouble with a log must not stop trading.
    const onTrouble = (what: string) => report(`log file ${name}: ${what}`);
    const onRolled = () => this.#tendIn(folder, TEND_AFTER_ROLLING_MS);
    return new RollingFile({ folder, name, bytesMax, nowMs, onTrouble, onRolled });
  }

  #tend(folder: string): void {
    const { limits = LIMITS, nowMs = Date.now } = this.#options;
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    this.#tendIn(folder, TEND_EVERY_MS);
    // What could not be done now is done the next time; meanwhile the folder is larger than it should be.
    tendArchives(folder, limits, nowMs()).catch(() => undefined);
  }

  #tendIn(folder: string, afterMs: number): void {
    const dueAtMs = performance.now() + afterMs;
    if (this.#isClosed || dueAtMs >= this.#dueAtMs) return;
    this.#dueAtMs = dueAtMs;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tend(folder), afterMs);
    this.#timer.unref();
  }
}

/** When the line that is being written was; null while it is one of now. */
interface LineClock {
  atMs: number | null;
}

interface LoggerParts {
  readonly files: ReadonlyMap<LogFileName, RollingFile>;
  readonly terminal: ((line: string) => void) | null;
  readonly clock: LineClock;
}

function makeLogger(
  channel: LogChannel,
  options: LogOptions,
  { files, terminal, clock }: LoggerParts,
): Logger {
  const level = options.debugMode ? "debug" : options.level;
  const streams: StreamEntry<PinoLevel>[] = [];
  const own = files.get(channel);
  const errors = files.get("error");
  if (own !== undefined) streams.push({ level, stream: own });
  if (errors !== undefined) streams.push({ level: "error", stream: errors });
  if (terminal !== null) streams.push({ level, stream: { write: (line: string) => tell(line, terminal) } });
  const settings = {
    level,
    base: { channel },
    messageKey: "message",
    timestamp: () => `,"time":"${new Date(clock.atMs ?? Date.now()).toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(settings, multistream(streams));
}

function tell(line: string, terminal: (line: string) => void): void {
  const said = JSON.parse(line);
  if (said.message !== ALERT_LINE) terminal(lineText(said));
}

interface LogParts {
  readonly loggers: ReadonlyMap<LogChannel, Logger>;
  readonly redactor: Redactor;
  readonly clock: LineClock;
  readonly onError: () => void;
}

function makeLog(channel: LogChannel, parts: LogParts): Log {
  const { loggers, redactor, clock, onError } = parts;
  const logger = loggers.get(channel);
  const write = (level: LogLevel) => (message: string, fields?: LogFields, atMs?: number) => {
    if (logger === undefined || !logger.isLevelEnabled(level)) return;
    if (level === "error") onError();
    const text = redactor.text(message);
    clock.atMs = atMs ?? null;
    if (fields === undefined) logger[level](text);
    else logger[level](redactor.fields(fields), text);
    clock.atMs = null;
  };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    channel: (other) => makeLog(other, parts),
  };
}

function writeStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
