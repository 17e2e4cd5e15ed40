/**
 * Every set of options that a search has tried on the records of this data folder, for good: who looks often enough finds something by luck, in many
 * small searches as surely as in a large one. One line of JSON for each, only ever added to.
 */
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { TimeRange } from "../../market/market-history.ts";
import type { OptionSet } from "../../strategies/candidates.ts";

export interface LedgerTrial {
  /** Of everything that was asked for but the program and the records: the same question is one trial, however often it is asked. */
  readonly trial: string;
  readonly atMs: number;
  readonly strategy: string;
  readonly options: OptionSet;
  readonly fromMs: number;
  readonly toMs: number;
  /** Folder of the histories of fills; null is the data folder's own traders. */
  readonly traders: string | null;
  /** Null where it never gained or lost anything. */
  readonly sharpePerDay: number | null;
}

/** Of the same traders, and of a time that has days in common with this; each once, whatever the strategy. */
export interface LedgerQuestion extends TimeRange {
  readonly traders: string | null;
}

/** A line that cannot be read was a trial all the same: null. */
export function trialsOn(
  path: string,
  { traders, fromMs, toMs }: LedgerQuestion,
): ReadonlyMap<string, LedgerTrial | null> {
  const found = new Map<string, LedgerTrial | null>();
  for (const [at, line] of linesOf(path).entries()) {
    const one = trialOf(line);
    if (one === null) found.set(`line ${at + 1}`, null);
    else if (one.traders === traders && one.fromMs < toMs && one.toMs > fromMs) found.set(one.trial, one);
  }
  return found;
}

export function noteTrial(path: string, trial: LedgerTrial): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // What a torn line lacks of its end must not tear this one, too.
  const begin = /(^|\n)$/.test(textOf(path)) ? "" : "\n";
  appendFileSync(path, `${begin}${JSON.stringify(trial)}\n`, { mode: 0o600 });
}

function linesOf(path: string): readonly string[] {
  return textOf(path)
    .split("\n")
    .filter((line) => line !== "");
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

function trialOf(line: string): LedgerTrial | null {
  try {
    const read: unknown = JSON.parse(line);
    return isTrial(read) ? read : null;
  } catch {
    return null;
  }
}

function isTrial(read: unknown): read is LedgerTrial {
  if (typeof read !== "object" || read === null) return false;
  const { trial, fromMs, toMs, traders, sharpePerDay } = read as Readonly<Record<string, unknown>>;
  const isRatio = sharpePerDay === null || typeof sharpePerDay === "number";
  const isFolder = traders === null || typeof traders === "string";
  return (
    typeof trial === "string" && typeof fromMs === "number" && typeof toMs === "number" && isRatio && isFolder
  );
}
