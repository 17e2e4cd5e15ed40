/**
 * A program of ours beside a running engine (the API, the Telegram bot), as a child process: started once, started again with growing
 * pauses when it ends, stopped in order, and never waited for. If it cannot be had, copying goes on, and the owner hears of it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { giveWay, NICENESS } from "../api/give-way.ts";
import { commandLine, type Program } from "../command-line.ts";
import type { Log, LogChannel } from "../log.ts";

const PAUSE_MIN_MS = 1_000;
const PAUSE_MAX_MS = 60_000;
/** Up for so long, the next pause is short again. */
const PROVEN_MS = 60_000;
/** Then it is killed; it holds nothing that could be lost. */
const STOP_MAX_MS = 2_000;
/** From what it says why it is not at work to its end; Node itself has been seen to hang there (nodejs/node#54918). */
const GIVE_UP_MAX_MS = 10_000;
const LINE_CHARACTERS_MAX = 4_000;

/** What it printed: one line of JSON. */
export type Told = Readonly<Record<string, unknown>>;

export interface ChildProgramParts {
  /** What stands behind `copytrader`; `--json` is added. */
  readonly command: readonly string[];
  /** What is run with it; the command line when left out. */
  readonly program?: Program;
  /** That of this process when left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly channel: LogChannel;
  /** For the log, once in each pause: `the API is not there`. */
  readonly missing: string;
  /** Whether this line says that it is at work; called with each that tells of no error. */
  readonly heard: (told: Told, wasLost: boolean) => boolean;
  /** It is not there, and why; told once until it is back. */
  readonly lost: (cause: string) => void;
  readonly giveUpMaxMs?: number;
}

export class ChildProgram {
  readonly #parts: ChildProgramParts;
  #child: ChildProcess | null = null;
  #timer: NodeJS.Timeout | null = null;
  #pauseMs = PAUSE_MIN_MS;
  #isStopping = false;
  #isLost = false;

  constructor(parts: ChildProgramParts) {
    this.#parts = parts;
  }

  start(): void {
    const child = this.#spawned();
    this.#child = child;
    if (child.pid !== undefined) giveWay(child.pid, NICENESS.api);
    const startedAtMs = performance.now();
    let cause = "";
    child.on("error", (error) => {
      cause = error.message;
      if (child.pid === undefined) this.#ended(cause, startedAtMs);
    });
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on("line", (line) => {
        const refusal = this.#heard(line.slice(0, LINE_CHARACTERS_MAX));
        if (refusal === null) return;
        cause = refusal;
        setTimeout(() => child.kill("SIGKILL"), this.#parts.giveUpMaxMs ?? GIVE_UP_MAX_MS).unref();
      });
    child.on("exit", (code, signal) =>
      this.#ended(cause === "" ? `it ended with ${signal ?? `code ${code}`}` : cause, startedAtMs),
    );
  }

  /** Ends it, at once if need be; twice is nothing. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const child = this.#child;
    if (child === null) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_MAX_MS);
      child.once("exit", () => {
        clearTimeout(late);
        resolve();
      });
      child.kill("SIGTERM");
    });
  }

  #spawned(): ChildProcess {
    const { command, env, program = commandLine() } = this.#parts;
    const [file, ...words] = program;
    return spawn(file, [...words, ...command, "--json"], {
      // It ends when the channel does, however this process ends. A group of its own: Ctrl-C is for this process alone.
      stdio: ["ignore", "pipe", "ignore", "ipc"],
      detached: true,
      ...(env === undefined ? {} : { env }),
    });
  }

  /** What it said why it is not at work, or null. */
  #heard(line: string): string | null {
    const told = lineOf(line);
    const error = textIn(told.error, "message");
    if (error !== undefined) return error;
    if (this.#parts.heard(told, this.#isLost)) this.#isLost = false;
    return null;
  }

  #ended(cause: string, startedAtMs: number): void {
    if (this.#child === null) return;
    this.#child = null;
    if (this.#isStopping) return;
    if (!this.#isLost) this.#parts.lost(cause);
    this.#isLost = true;
    const { log, channel, missing } = this.#parts;
    log.channel(channel).warn(missing, { cause });
    if (performance.now() - startedAtMs > PROVEN_MS) this.#pauseMs = PAUSE_MIN_MS;
    this.#timer = setTimeout(() => this.start(), this.#pauseMs);
    this.#timer.unref();
    this.#pauseMs = Math.min(PAUSE_MAX_MS, this.#pauseMs * 2);
  }
}

/** Empty where it is none. */
function lineOf(line: string): Told {
  try {
    const told: unknown = JSON.parse(line);
    return typeof told === "object" && told !== null ? { ...told } : {};
  } catch {
    return {};
  }
}

export function textIn(value: unknown, name: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found: unknown = Object.entries(value).find(([key]) => key === name)?.[1];
  return typeof found === "string" ? found : undefined;
}
