/**
 * The path of changes that are past, at the very decision that explained them: the journal is folded again up to them, and the
 * state of that moment is asked what a status asks the present one. Reads the journal's files and nothing else, so that it costs a
 * running engine nothing.
 */
import type { Denial, PlannedOrder } from "../core/decision.ts";
import { explainChange, type PositionPath } from "../core/explain-path.ts";
import { copiesOf, waitingChanges } from "../core/explanation.ts";
import type { State } from "../core/state.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { viewJournalFolder } from "../journal/file.ts";
import { type FoldedStep, JournalFold } from "../journal/fold.ts";
import type { JournalRecord } from "../journal/journal.ts";
import { keptHistory } from "../journal/kept.ts";

export interface ChangeKey {
  readonly change: number;
  readonly leader: string;
  readonly follower: string;
}

/** In the order of `changes`; null for those whose records are not kept any more, or that are not explained yet. */
export function explainChanges(
  dataDir: string,
  changes: readonly ChangeKey[],
): readonly (PositionPath | null)[] {
  const wanted = new Set(changes.map(keyOf));
  const found = new Map<string, PositionPath>();
  const oldest = Math.min(...changes.map(({ change }) => change));
  const fold = new JournalFold({ onDecision: (step, state) => note(step, state, wanted, found) });
  for (const record of historyOf(dataFolderPaths(dataDir).journal, oldest)) {
    if (found.size === wanted.size) break;
    fold.take(record);
  }
  fold.end();
  return changes.map((change) => found.get(keyOf(change)) ?? null);
}

/** From the newest state where that is old enough, else from the oldest one that is kept. */
function historyOf(folder: string, oldest: number): Iterable<JournalRecord> {
  const recent = viewJournalFolder(folder).sinceCheckpoint();
  for (const record of recent) {
    const fold = new JournalFold();
    if (record.type === "checkpoint") fold.take(record);
    return fold.state.eventSequence < oldest && record.type === "checkpoint" ? recent : keptHistory(folder);
  }
  return [];
}

function keyOf({ change, leader, follower }: ChangeKey): string {
  return `${change} ${leader} ${follower}`;
}

function note(
  { decision }: FoldedStep,
  state: State,
  wanted: ReadonlySet<string>,
  found: Map<string, PositionPath>,
): void {
  for (const planned of decision.orders) noteOrder(planned, state, wanted, found);
  for (const denial of decision.denials) noteDenial(denial, state, wanted, found);
}

function noteOrder(
  planned: PlannedOrder,
  state: State,
  wanted: ReadonlySet<string>,
  found: Map<string, PositionPath>,
): void {
  const { market, order } = planned;
  for (const copy of copiesOf(planned)) {
    for (const { change } of waitingChanges(copy, order.leg)) {
      const key = keyOf({ change, leader: copy.leader.account, follower: market.follower.account });
      if (wanted.has(key)) set(found, key, explainChange(state, { market, leg: order.leg }));
    }
  }
}

function noteDenial(
  denial: Denial,
  state: State,
  wanted: ReadonlySet<string>,
  found: Map<string, PositionPath>,
): void {
  for (const { change } of denial.changes) {
    const key = keyOf({ change, leader: denial.leader, follower: denial.follower });
    if (wanted.has(key)) set(found, key, explainChange(state, denial));
  }
}

function set(found: Map<string, PositionPath>, key: string, path: PositionPath | null): void {
  if (path !== null) found.set(key, path);
}
