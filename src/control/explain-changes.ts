/**
 * The path of changes that are past, at the very decision that explained them: the journal is folded again up to them, and the
 * state of that moment is asked what a status asks the present one. Reads the journal's files and nothing else, so that it costs a
 * running engine nothing.
 */
import type { Denial, PlannedOrder } from "../core/decision.ts";
import { explainChange, type PositionPath } from "../core/explain-path.ts";
import { copiesOf, waitingChanges } from "../core/explanation.ts";
import type { LeaderChange, State } from "../core/state.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { type FoldedStep, JournalFold } from "../journal/fold.ts";
import { openHistory } from "../journal/history.ts";
import { ControlError, type JournalEntryReport } from "./control.ts";
import { type Reading, recordOfChange } from "./replayed.ts";

/** One event may have changed several positions of a leader's. */
export type ChangeKey = Pick<JournalEntryReport, "change" | "leader" | "follower" | "symbol" | "leg">;

/**
 * In the order of `changes`; null for those whose records are not kept any more, or that are not explained yet. Throws a JournalError at
 * damage.
 */
export function* explainedChanges(
  dataDir: string,
  changes: readonly ChangeKey[],
): Reading<readonly (PositionPath | null)[]> {
  const wanted = new Set(changes.map(keyOf));
  const found = new Map<string, PositionPath>();
  const fold = new JournalFold({ onDecision: (step, state) => note(step, state, wanted, found) });
  const oldest = Math.min(...changes.map(({ change }) => change));
  const from = changes.length === 0 ? null : yield* keptRecordOf(dataDir, oldest);
  const history = from === null ? null : openHistory(dataFolderPaths(dataDir).journal, from.record);
  for (const record of history?.records ?? []) {
    if (found.size === wanted.size) break;
    fold.take(record);
    yield { sequence: record.sequence, of: history?.last ?? record.sequence };
  }
  fold.end();
  return changes.map((change) => found.get(keyOf(change)) ?? null);
}

/** Without a record: whatever is kept. Null where nothing is. */
function* keptRecordOf(dataDir: string, change: number): Reading<{ readonly record?: number } | null> {
  try {
    const record = yield* recordOfChange(dataDir, change);
    return record === null ? null : { record };
  } catch (error) {
    if (error instanceof ControlError) return {};
    throw error;
  }
}

function keyOf({ change, leader, follower, symbol, leg }: ChangeKey): string {
  return JSON.stringify([change, leader, follower, symbol, leg]);
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
    for (const change of waitingChanges(copy, order.leg)) {
      const key = keyIn(state, change, market.follower.account);
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
  for (const change of denial.changes) {
    const key = keyIn(state, change, denial.follower);
    if (wanted.has(key)) set(found, key, explainChange(state, denial));
  }
}

/** Of a change as the journal's entries name it. */
function keyIn({ instruments }: State, { instrument, ...change }: LeaderChange, follower: string): string {
  return keyOf({ ...change, follower, symbol: instruments.get(instrument)?.spec.symbol ?? "" });
}

function set(found: Map<string, PositionPath>, key: string, path: PositionPath | null): void {
  if (path !== null) found.set(key, path);
}
