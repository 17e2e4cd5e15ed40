/**
 * Start-up and crash recovery are one path: the newest checkpoint, then every recorded event and decision folded again.
 * Nothing is decided; what was sent without an answer becomes unknown when the new run begins.
 */
import { EPOCH_LENGTH } from "../core/client-order-id.ts";
import type { State } from "../core/state.ts";
import type { Chance } from "../exchange/transport.ts";
import { type FoldHooks, JournalFold } from "../journal/fold.ts";
import type { JournalRecord } from "../journal/journal.ts";

export interface Recovered {
  readonly state: State;
  /** Events folded after the checkpoint. */
  readonly events: number;
}

/** What recovery reads: a journal, or a view of one. */
export interface JournalSource {
  sinceCheckpoint(): Iterable<JournalRecord>;
}

/** `hooks` see what is folded after the checkpoint. */
export function recover(journal: JournalSource, hooks: FoldHooks = {}): Recovered {
  const fold = new JournalFold(hooks);
  let events = 0;
  for (const record of journal.sinceCheckpoint()) {
    if (record.type === "event") events += 1;
    fold.take(record);
  }
  fold.end();
  return { state: fold.state, events };
}

/** A fresh epoch: random, so that no order id of any other run can be met again. */
export function newEpoch(chance: Chance): string {
  let epoch = "";
  while (epoch.length < EPOCH_LENGTH) epoch += Math.floor(chance() * 36).toString(36);
  return epoch;
}
