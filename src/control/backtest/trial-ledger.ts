/**
 * Every set of options that a search has tried on the records of this data folder, for good: who looks often enough finds something by luck, in many
 * small searches as surely as in a large one. One line of JSON for each, only ever added to.
 */
import type { TimeRange } from "../../market/market-history.ts";
import type { OptionSet } from "../../strategies/candidates.ts";
import { appendToLedger, readLedger } from "../line-ledger.ts";

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
  for (const { number, entry: one } of readLedger(path, isTrial)) {
    if (one === null) found.set(`line ${number}`, null);
    else if (one.traders === traders && one.fromMs < toMs && one.toMs > fromMs) found.set(one.trial, one);
  }
  return found;
}

export function noteTrial(path: string, trial: LedgerTrial): void {
  appendToLedger(path, trial);
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
