/** Reads a journal through on the command line: progress, Ctrl-C, and where the journal is. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { dataFolderPaths } from "../data-folder.ts";
import { CliError, type Output, usage } from "./output.ts";
import { ProgressLine } from "./progress-line.ts";

/** As shells tell a process that SIGINT ended. */
export const INTERRUPTED = 130;
/** The event loop has its turn after so long, for Ctrl-C. */
const SLICE_MS = 30;

/** Null when it was interrupted, which is told. A RangeError is what was asked for wrongly. */
export async function drive<Value>(
  steps: Generator<{ readonly sequence: number; readonly of: number }, Value, undefined>,
  output: Output,
  { besideResults }: { readonly besideResults: boolean },
): Promise<{ readonly value: Value } | null> {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  const progress = new ProgressLine({ isSilent: output.json, besideResults });
  try {
    let pausedAtMs = performance.now();
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) return { value: step.value };
      const nowMs = performance.now();
      if (nowMs - pausedAtMs < SLICE_MS) continue;
      await setImmediate();
      const { sequence, of } = step.value;
      progress.show(() => `record ${sequence} of ${of} (${Math.floor((100 * sequence) / of)} %)`, nowMs);
      if (stop.signal.aborted) {
        progress.clear();
        output.error(new CliError("interrupted", `interrupted at record ${sequence} of ${of}`));
        return null;
      }
      pausedAtMs = performance.now();
    }
  } catch (error) {
    throw error instanceof RangeError ? usage(error.message) : error;
  } finally {
    progress.clear();
    for (const signal of signals) process.off(signal, interrupt);
  }
}

/** A data folder has its journal inside. */
export function journalFolder(path: string): string {
  if (!existsSync(path)) throw usage(`there is no folder ${path}`);
  const { journal } = dataFolderPaths(path);
  if (existsSync(journal)) return journal;
  if (statSync(path).isDirectory() && readdirSync(path).some((name) => name.endsWith(".journal")))
    return path;
  throw usage(`${path} is neither a journal folder nor a data folder with a journal`);
}
