/**
 * The days of a data folder: as the database has them, and what the journal has beyond it, up to now. Reads only, beside an engine that writes
 * both, or without one.
 */
import { existsSync } from "node:fs";
import type { State } from "../../core/state.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import {
  type AccountDayRecord,
  accountDayKey,
  type CopyDayRecord,
  copyDayKey,
} from "../../store/day-records.ts";
import { type DaysBeyond, type DaysKnown, daysBeyond } from "../../store/days-beyond.ts";
import { openDays } from "../../store/sqlite/sqlite-store.ts";

export interface KnownDays {
  /** By day; the last of each follower is how it stands now. */
  readonly accountDays: readonly AccountDayRecord[];
  /** By day; those that changed nothing are left out. */
  readonly copyDays: readonly CopyDayRecord[];
  /** By the last record of the journal. */
  readonly state: State;
}

/** Null where nothing was started yet. Throws a StoreError or a JournalError where what is there cannot be read. */
export async function readDays(dataDir: string): Promise<KnownDays | null> {
  const { journal, database } = dataFolderPaths(dataDir);
  if (!existsSync(journal)) return null;
  const stored = existsSync(database) ? await storedDays(database) : NOTHING;
  const beyond = daysBeyond(journal, stored);
  return beyond === null ? null : merged(stored, beyond);
}

const NOTHING: DaysKnown = { sequence: 0, accountDays: [], copyDays: [] };

async function storedDays(database: string): Promise<DaysKnown> {
  const days = openDays(database);
  try {
    // The place comes first: rows beyond it are made again, and are the same.
    const sequence = await days.lastSequence();
    return { sequence, accountDays: await days.accountDays({}), copyDays: await days.copyDays({}) };
  } finally {
    await days.close();
  }
}

function merged(stored: DaysKnown, { accountDays, copyDays, state }: DaysBeyond): KnownDays {
  const accounts = new Map<string, AccountDayRecord>();
  for (const row of [...stored.accountDays, ...accountDays]) accounts.set(accountDayKey(row), row);
  const copies = new Map<string, CopyDayRecord>();
  for (const row of [...stored.copyDays, ...copyDays]) copies.set(copyDayKey(row), row);
  return { accountDays: inOrder(accounts), copyDays: inOrder(copies), state };
}

function inOrder<Row extends { readonly day: number; readonly sequence: number }>(
  rows: ReadonlyMap<string, Row>,
): readonly Row[] {
  return [...rows.values()].sort((left, right) => left.day - right.day || left.sequence - right.sequence);
}
