/**
 * One job at work: a child process that tells its progress over a channel and its result on stdout. It is nicer than everything else on the
 * machine, ends when this process does, and is killed where it does not end when it should.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { z } from "zod";
import type { Program } from "../../command-line.ts";
import { giveWay, NICENESS } from "../give-way.ts";
import type { CommandWords } from "./job-arguments.ts";

const RESULT_BYTES_MAX = 32 * 1024 * 1024;
const WORDS_MAX = 2_000;
const TIME_MAX_MS = 6 * 3_600_000;
/** From the polite signal to the other one. */
const CANCEL_MAX_MS = 10_000;

export type JobEnd =
  | { readonly kind: "result"; readonly text: string; readonly negative: boolean }
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly detail: string;
      readonly errors: readonly string[];
    }
  | { readonly kind: "cancelled" };

export interface Progress {
  readonly part: number | null;
  readonly text: string;
}

const told = z.object({ progress: z.object({ part: z.number().nullable(), text: z.string().max(1_000) }) });
const failure = z.object({
  error: z.object({
    kind: z.string(),
    message: z.string(),
    problems: z.array(z.looseObject({ message: z.string() })).optional(),
  }),
});

export class JobProcess {
  readonly ended: Promise<JobEnd>;
  readonly #child: ChildProcess;
  #isCancelled = false;
  #tooMuch: string | null = null;

  constructor([file, ...first]: Program, rest: readonly string[], onProgress: (progress: Progress) => void) {
    const child = spawn(file, [...first, ...rest], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: true,
    });
    this.#child = child;
    this.ended = this.#run(child);
    child.on("message", (message) => {
      const found = told.safeParse(message);
      if (found.success) onProgress(found.data.progress);
    });
    if (child.pid !== undefined) giveWay(child.pid, NICENESS.job);
  }

  /** It ends soon, whatever it does. */
  cancel(): void {
    this.#isCancelled = true;
    this.#end();
  }

  /** At once. */
  kill(): void {
    this.#isCancelled = true;
    this.#child.kill("SIGKILL");
  }

  #end(): void {
    this.#child.kill("SIGTERM");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), CANCEL_MAX_MS);
    this.#child.once("exit", () => clearTimeout(late));
  }

  async #run(child: ChildProcess): Promise<JobEnd> {
    const pieces: Buffer[] = [];
    let bytes = 0;
    let words = "";
    child.stdout?.on("data", (piece: Buffer) => {
      bytes += piece.length;
      if (bytes <= RESULT_BYTES_MAX) pieces.push(piece);
      else this.#stop("its result is larger than 32 MiB");
    });
    child.stderr?.on("data", (piece: Buffer) => {
      words = (words + String(piece)).slice(-WORDS_MAX);
    });
    const late = setTimeout(() => this.#stop("it took longer than six hours"), TIME_MAX_MS);
    const how = await new Promise<string | number>((resolve) => {
      child.on("error", (error) => resolve(error.message));
      child.on("close", (code, signal) => resolve(code ?? `it was ended by ${signal}`));
    });
    clearTimeout(late);
    if (this.#isCancelled) return { kind: "cancelled" };
    if (this.#tooMuch !== null)
      return { kind: "failed", code: "too-large", detail: this.#tooMuch, errors: [] };
    return endOf(how, Buffer.concat(pieces).toString("utf8"), words);
  }

  #stop(why: string): void {
    this.#tooMuch ??= why;
    this.#end();
  }
}

/** `how`: the exit code, or why there is none. Codes above 1 are no answer; 1 is one where the answer is no. */
function endOf(how: string | number, text: string, words: string): JobEnd {
  const read = jsonOf(text);
  const failed = failure.safeParse(read);
  if (failed.success) {
    const { kind, message, problems = [] } = failed.data.error;
    return { kind: "failed", code: kind, detail: message, errors: problems.map((one) => one.message) };
  }
  if (read !== undefined && (how === 0 || how === 1)) return { kind: "result", text, negative: how === 1 };
  const why = typeof how === "string" ? how : `it ended with code ${how}`;
  const detail = words.trim() === "" ? why : `${why}: ${words.trim().split("\n").at(-1)}`;
  return { kind: "failed", code: "failure", detail, errors: [] };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** All that stands behind the program. */
export function argumentsIn(
  { command, options, operands, folders }: CommandWords,
  { configDir, dataDir }: { readonly configDir: string; readonly dataDir: string },
): readonly string[] {
  const data = folders === "none" ? [] : [`--data=${dataDir}`];
  // Without a configuration all is as by default.
  const config = folders === undefined && existsSync(configDir) ? [`--config=${configDir}`] : [];
  return [...command, "--json", ...data, ...config, ...options, "--", ...operands];
}
