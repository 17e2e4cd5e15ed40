/**
 * Runs `bin/copytrader` as a process of its own, as a user would: lines of output are read as they come, signals are sent,
 * the exit is awaited. Every process that a test starts is killed at the end at the latest.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../bin/copytrader", import.meta.url));
/** Given to every program, so that none makes a key file in the home of whoever runs the tests. */
export const TEST_KEY = "dGhlIHRlc3RzJyBvd24ga2V5LCB3b3J0aCBub3RoaW4=";
const OUTPUT_MAX = 4_000_000;

export type Json = Readonly<Record<string, unknown>>;

export interface ProgramOptions {
  /** Beyond PATH, HOME and a key for secrets at rest; nothing else of the environment of the tests is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What it reads on stdin; nothing when left out. */
  readonly stdin?: string;
}

export interface Exit {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<Program>();

export class Program {
  /** Settles when the process has ended and its output is read. */
  readonly exit: Promise<Exit>;
  #stdout = "";
  #stderr = "";
  #isOver = false;
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();

  constructor(args: readonly string[], options: ProgramOptions = {}) {
    const { cwd, stdin } = options;
    this.#child = spawn(BIN, [...args], {
      stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      env: environmentOf(options),
      ...(cwd === undefined ? {} : { cwd }),
    });
    running.add(this);
    this.#child.stdin?.end(stdin);
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout = limited(this.#stdout + text);
      for (const look of this.#waiting) look();
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = limited(this.#stderr + text);
    });
    this.exit = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", (code, signal) => {
        running.delete(this);
        this.#isOver = true;
        for (const look of this.#waiting) look();
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Lines of JSON so far. */
  get lines(): readonly Json[] {
    const whole = this.#stdout.slice(0, this.#stdout.lastIndexOf("\n") + 1);
    return whole.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
  }

  /** Nobody reads any more what it prints. */
  leaveUnread(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The first line for which `matches` holds; rejects when the process ends before, or after `maxMs`. */
  line(matches: (line: Json) => boolean, maxMs: number): Promise<Json> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        settle();
      };
      const fail = (why: string) =>
        end(() => reject(new Error(`${why}\n${this.#stdout}\n${this.#stderr.slice(-3_000)}`)));
      const look = () => {
        const found = this.lines.find(matches);
        if (found !== undefined) end(() => resolve(found));
        else if (this.#isOver) fail("the process ended");
      };
      const timer = setTimeout(() => fail(`not within ${maxMs} ms`), maxMs);
      this.#waiting.add(look);
      look();
    });
  }

  ready(maxMs = 40_000): Promise<Json> {
    return this.line((line) => line.ready === true, maxMs);
  }
}

export function environmentOf({ env = {} }: ProgramOptions): Record<string, string> {
  const { PATH = "", HOME = "" } = process.env;
  // The API is a second process, which most tests do not need.
  return { PATH, HOME, COPYTRADER_ENCRYPTION_KEY: TEST_KEY, API_ENABLED: "false", ...env };
}

/** Runs a command to its end. */
export async function runProgram(args: readonly string[], options: ProgramOptions = {}): Promise<Exit> {
  return new Program(args, options).exit;
}

/** Whatever still runs dies. */
export async function killPrograms(): Promise<void> {
  const left = [...running];
  for (const program of left) program.kill("SIGKILL");
  await Promise.all(left.map((program) => program.exit.catch(() => undefined)));
}

function limited(text: string): string {
  return text.length > OUTPUT_MAX ? text.slice(-OUTPUT_MAX / 2) : text;
}
