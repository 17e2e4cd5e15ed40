/** A few records of the journal lived through again, as `copytrader replay` does: what was decided on each, and the state that it came to. */
import { existsSync } from "node:fs";
import type { State } from "../core/state.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { openHistory } from "../journal/history.ts";
import { Replay, type ReplayEnd } from "../journal/replay.ts";
import { ControlError } from "./control.ts";
import { type FollowerParity, followerParity } from "./queries.ts";
import {
  concerning,
  type ReplayedDecision,
  type ReplayedDifference,
  replayedDecision,
  replayedDifference,
} from "./replay-report.ts";

export interface ReplayQuestion {
  /** First and last record. */
  readonly from: number;
  readonly until: number;
  /** Only what concerns this follower. */
  readonly follower?: string;
  /** Decide every event anew, too. */
  readonly against: boolean;
}

export interface ReplayReport extends Omit<ReplayEnd, "stateText" | "differences"> {
  readonly decisions: number;
  readonly told: readonly ReplayedDecision[];
  readonly differences: readonly ReplayedDifference[];
  /** How each stood at the end: what it should have held, and did. */
  readonly followers: readonly Pick<FollowerParity, "nickname" | "state" | "reason" | "instruments">[];
}

/** Of each record that was read: how far it is, and the last one there is. */
export type Reading<Value> = Generator<{ readonly sequence: number; readonly of: number }, Value, undefined>;

/**
 * The record of an event by its number, as `change` of the journal's entries has it: behind it stand as many decisions and kept states as
 * there were before. Each look goes on by the events that are still missing, and so never beyond. Null where there is no journal; throws
 * a ControlError where the record is not kept any more, or not written yet.
 */
export function* recordOfChange(dataDir: string, change: number): Reading<number | null> {
  const { journal } = dataFolderPaths(dataDir);
  const kept = existsSync(journal) ? openHistory(journal) : null;
  if (kept === null) return null;
  let record = Math.max(change, kept.from);
  while (true) {
    const replay = new Replay({ folder: journal, from: record, until: record });
    const end = yield* lived(replay);
    if (end === null) return null;
    const missing = change - replay.state.eventSequence;
    // The oldest state that is kept may contain it already.
    if (missing < 0 || (missing === 0 && end.events === 0))
      throw new ControlError("bad-request", `change ${change} is not kept any more`);
    if (missing === 0) return record;
    record += missing;
  }
}

/** Null where nothing was started yet. Yields after each record; throws a ControlError where it asks wrongly, a JournalError at damage. */
export function* replayed(
  dataDir: string,
  { from, until, follower, against }: ReplayQuestion,
): Reading<ReplayReport | null> {
  const { journal } = dataFolderPaths(dataDir);
  if (!existsSync(journal)) return null;
  const chosen = (one: ReplayedDecision) => (follower === undefined ? one : concerning(one, follower));
  const told: ReplayedDecision[] = [];
  const differences: ReplayedDifference[] = [];
  const replay = new Replay({
    folder: journal,
    from,
    until,
    against,
    onStep: (step, state) => {
      const one = chosen(replayedDecision(step, state));
      if (one !== null) told.push(one);
    },
    onDifference: (difference) => {
      const one = replayedDifference(difference);
      if (chosen(one.recorded) !== null) differences.push(one);
    },
  });
  const end = yield* lived(replay);
  if (end === null) return null;
  assertFollower(replay, follower);
  const { stateText: _, ...rest } = end;
  return { ...rest, told, differences, followers: standing(replay.state, follower) };
}

function standing(state: State, only: string | undefined): ReplayReport["followers"] {
  const then = { running: false, asOf: state.nowMs };
  return [...state.followers.values()]
    .filter(({ account }) => only === undefined || account === only)
    .map((one) => {
      const { snapshotAgeMs: _, ...stood } = followerParity(state, one, then);
      return stood;
    });
}

function* lived(replay: Replay): Reading<ReplayEnd | null> {
  try {
    return yield* replay.run();
  } catch (error) {
    // A record that the journal does not have, or not any more.
    if (error instanceof RangeError) throw new ControlError("bad-request", error.message, { cause: error });
    throw error;
  }
}

function assertFollower({ state }: Replay, name: string | undefined): void {
  const names = [...state.followers.keys()];
  if (name === undefined || names.some((known) => known === name)) return;
  throw new ControlError(
    "unknown-follower",
    `there is no follower "${name}" in this journal; there are: ${names.join(", ")}`,
  );
}
