/**
 * Calls between the benchmark's processes: the parent forks a script and calls its functions by name, one message there and
 * one back. Nothing is sent while a measurement runs.
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** What a process offers: each takes one plain value and gives one. */
export type Functions = Readonly<Record<string, (argument: never) => unknown>>;

/** In the child: answers calls until the parent goes away. */
export function serve(functions: Functions): void {
  process.on("message", (call: Call) => {
    void answer(functions, call);
  });
  process.on("disconnect", () => process.exit(0));
}

async function answer(functions: Functions, { id, name, argument }: Call): Promise<void> {
  try {
    const called = functions[name];
    if (called === undefined) throw new Error(`no function ${name}`);
    const value = await called(argument as never);
    process.send?.({ id, value });
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

type Caller<Served extends Functions> = <Name extends keyof Served & string>(
  name: Name,
  argument: Parameters<Served[Name]>[0],
) => Promise<Awaited<ReturnType<Served[Name]>>>;

/** In the parent: a process and its functions, typed by the table that it serves. */
export class Remote<Served extends Functions> {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #lastId = 0;

  /** `env` is added to this process's environment. */
  constructor(script: string, execArgv: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    const path = fileURLToPath(new URL(script, import.meta.url));
    this.#child = fork(path, [], {
      execArgv: [...execArgv],
      env: { ...process.env, ...env },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child.on("message", (message: Answer) => this.#settle(message));
    this.#child.on("exit", (code) => this.#failAll(new Error(`${script} ended with code ${code}`)));
  }

  readonly call: Caller<Served> = (name, argument) =>
    new Promise((resolve, reject) => {
      this.#lastId += 1;
      const id = this.#lastId;
      this.#waiting.set(id, { resolve: (value) => resolve(value as never), reject });
      this.#child.send({ id, name, argument });
    });

  /** Ends the process; it goes by itself when its channel closes, which also writes a CPU profile. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.disconnect();
    await ended;
  }

  #settle({ id, value, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(error));
  }

  #failAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
