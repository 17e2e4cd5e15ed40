/**
 * A command of the program as a child process that gives way to copying: for what the clock starts. It answers with JSON; where it hangs it is
 * ended, and where this process ends it is asked to end.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { giveWay, NICENESS } from "../api/give-way.ts";
import { commandLine } from "../command-line.ts";

const LASTS_MAX_MS = 6 * 3_600_000;
const TOLD_CHARACTERS_MAX = 4 * 1024 * 1024;

export interface NicedCommand {
  readonly command: readonly string[];
  readonly configDir: string;
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export type CommandEnd =
  /** The last line of what it answered, read as JSON; an empty group where that is none. */
  | { readonly kind: "answered"; readonly answer: Readonly<Record<string, unknown>> }
  | { readonly kind: "failed"; readonly cause: string };

/** `ended` is called once, unless it was stopped. */
export function runNiced(
  { command, configDir, dataDir, env }: NicedCommand,
  ended: (end: CommandEnd) => void,
): { stop(): void } {
  const child = spawned([...command, "--json", "--config", configDir, "--data", dataDir], env);
  if (child.pid !== undefined) giveWay(child.pid, NICENESS.job);
  let told = "";
  let isOver = false;
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    told = (told + text).slice(-TOLD_CHARACTERS_MAX);
  });
  const late = setTimeout(() => child.kill("SIGKILL"), LASTS_MAX_MS);
  late.unref();
  const end = (how: CommandEnd) => {
    clearTimeout(late);
    if (!isOver) ended(how);
    isOver = true;
  };
  child.once("error", (error) => end({ kind: "failed", cause: error.message }));
  child.once("close", (code, signal) => {
    const answer = lastAnswer(told);
    if (code === 0) return end({ kind: "answered", answer });
    end({ kind: "failed", cause: causeIn(answer) ?? `it ended with ${signal ?? `code ${code}`}` });
  });
  return {
    stop() {
      isOver = true;
      clearTimeout(late);
      child.kill("SIGTERM");
    },
  };
}

function spawned(words: readonly string[], env: NicedCommand["env"]): ChildProcess {
  const [file, ...own] = commandLine();
  return spawn(file, [...own, ...words], {
    // A group of its own: Ctrl-C is for this process alone.
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
    ...(env === undefined ? {} : { env }),
  });
}

function lastAnswer(told: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = JSON.parse(told.trim().split("\n").at(-1) ?? "");
    return typeof found === "object" && found !== null ? Object.fromEntries(Object.entries(found)) : {};
  } catch {
    return {};
  }
}

function causeIn({ error }: Readonly<Record<string, unknown>>): string | null {
  if (typeof error !== "object" || error === null || !("message" in error)) return null;
  return typeof error.message === "string" ? error.message : null;
}
