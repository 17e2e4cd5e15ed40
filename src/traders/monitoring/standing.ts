/**
 * What stands of what was found, from look to look: a finding begins after so many answers in a row that raise it, and ends after so
 * many that clear it, each from other data than the one before. Plain data, so that it survives a restart and nothing is told twice. Pure.
 */
import { findingId, PERSISTENCE, type Reading } from "./finding.ts";

export interface Watched {
  /** As it was read last, or, while a finding stands, as it was raised last. */
  readonly reading: Reading;
  readonly basis: string;
  /** Answers in a row that raise it, and that clear it. */
  readonly raised: number;
  readonly cleared: number;
  /** Since when it is a finding; null while it is none. */
  readonly sinceMs: number | null;
  /** Whether its owner was told. */
  readonly isTold: boolean;
  /** On which followers something was done about it; null while that is still to be done. */
  readonly actedOn: readonly string[] | null;
}

export interface Taken {
  readonly watched: readonly Watched[];
  /** What stood before and is over. */
  readonly ended: readonly Watched[];
}

/** What nobody asks about any more (a leader that is gone) is dropped without a word. */
export function takeReadings(before: readonly Watched[], readings: readonly Reading[], nowMs: number): Taken {
  const known = new Map(before.map((one) => [findingId(one.reading), one]));
  const watched: Watched[] = [];
  const ended: Watched[] = [];
  for (const reading of readings) {
    const now = next(known.get(findingId(reading)) ?? fresh(reading), reading, nowMs);
    if (now.sinceMs !== null && now.cleared >= PERSISTENCE[reading.rule].ends)
      ended.push({ ...now, reading: ofSame(now.reading, reading) });
    else if (now.sinceMs !== null || now.raised > 0) watched.push(now);
  }
  return { watched, ended };
}

export function isFinding({ sinceMs }: Watched): boolean {
  return sinceMs !== null;
}

function fresh(reading: Reading): Watched {
  return { reading, basis: "", raised: 0, cleared: 0, sinceMs: null, isTold: false, actedOn: null };
}

function next(one: Watched, reading: Reading, nowMs: number): Watched {
  const { state, basis } = reading;
  if (state === "unknown" || basis === one.basis) return one;
  const raised = state === "raised" ? one.raised + 1 : 0;
  const cleared = state === "clear" ? one.cleared + 1 : 0;
  const begins = one.sinceMs === null && raised >= PERSISTENCE[reading.rule].begins;
  return {
    ...one,
    reading: one.sinceMs === null ? reading : state === "raised" ? ofSame(one.reading, reading) : one.reading,
    basis,
    raised,
    cleared,
    sinceMs: begins ? nowMs : one.sinceMs,
  };
}

/** Who was doubted first of two stays the one that is. */
function ofSame(before: Reading, reading: Reading): Reading {
  return before.leader === reading.leader ? reading : { ...before, value: reading.value };
}
