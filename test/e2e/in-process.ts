/**
 * Runs a command in the process of the test, as the program would run it: with its arguments, folder, environment and input, and with what
 * it wrote and its exit code. Hundreds of commands cost minutes where each loads the program anew. What concerns the process itself (its
 * start, its signals, what keeps it from ending) is tried with `runProgram`.
 */
import type { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import { runCli } from "../../src/cli/main.ts";
import { type Exit, environmentOf, type ProgramOptions } from "./program.ts";

/** What a command may put beside what it finds there. */
const SIGNALS = ["SIGINT", "SIGTERM", "disconnect"] as const;

/** One after another: folder, environment and output are the process's. */
let before: Promise<unknown> = Promise.resolve();

export function runCommand(args: readonly string[], options: ProgramOptions = {}): Promise<Exit> {
  const exit = before.then(() => carryOut(args, options));
  before = exit.catch(() => undefined);
  return exit;
}

async function carryOut(args: readonly string[], options: ProgramOptions): Promise<Exit> {
  const { stdin = "", cwd = process.cwd() } = options;
  const { stdin: ownInput, send } = process;
  const own = { ...process.env };
  const folder = process.cwd();
  const writers = { stdout: process.stdout.write, stderr: process.stderr.write };
  const events: EventEmitter = process;
  const listening = SIGNALS.map((signal) => new Set(events.listeners(signal)));
  const written = { stdout: "", stderr: "" };
  const input = (value: unknown) => Object.defineProperty(process, "stdin", { value, configurable: true });
  setEnvironment(environmentOf(options));
  process.chdir(cwd);
  input(Readable.from(stdin === "" ? [] : [Buffer.from(stdin)]));
  // A job that runs beside the API tells its progress by this; here it is the test runner's.
  delete process.send;
  for (const name of ["stdout", "stderr"] as const) process[name].write = taker(written, name);
  try {
    const code = await runCli(args);
    return { code, signal: null, ...written };
  } finally {
    Object.assign(process.stdout, { write: writers.stdout });
    Object.assign(process.stderr, { write: writers.stderr });
    if (send !== undefined) process.send = send;
    input(ownInput);
    process.chdir(folder);
    setEnvironment(own);
    for (const [at, signal] of SIGNALS.entries())
      for (const listener of events.listeners(signal))
        if (!listening[at]?.has(listener)) events.off(signal, listener as () => void);
  }
}

/** The real one, which the platform reads, too. */
function setEnvironment(wanted: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in wanted)) delete process.env[name];
  Object.assign(process.env, wanted);
}

function taker(
  written: Record<"stdout" | "stderr", string>,
  name: "stdout" | "stderr",
): typeof process.stdout.write {
  return (text: string | Uint8Array, encoding?: unknown, done?: unknown) => {
    written[name] += typeof text === "string" ? text : Buffer.from(text).toString("utf8");
    const tell = typeof encoding === "function" ? encoding : done;
    if (typeof tell === "function") process.nextTick(() => tell());
    return true;
  };
}
