/**
 * Start-up and crash recovery are one path: the newest checkpoint, then every recorded event and decision folded again.
 * Nothing is decided; what was sent without an answer becomes unknown when the new run begins.
 */
import { decodeCheckpoint } from "../core/checkpoint.ts";
import { EPOCH_LENGTH } from "../core/client-order-id.ts";
import { refold } from "../core/decide.ts";
import { type Decision, emptyDraft } from "../core/decision.ts";
import { decodeDecision } from "../core/decision-codec.ts";
import type { Event } from "../core/event.ts";
import { emptyState, type State } from "../core/state.ts";
import type { Chance } from "../exchange/transport.ts";
import type { JournalRecord } from "../journal/journal.ts";

export interface Recovered {
  readonly state: State;
  /** Events folded after the checkpoint. */
  readonly events: number;
}

/** What recovery reads: a journal, or a view of one. */
export interface JournalSource {
  readonly lastCheckpoint: number;
  read(fromSequence: number): Iterable<JournalRecord>;
}

export function recover(journal: JournalSource): Recovered {
  const fold = new JournalFold();
  let events = 0;
  for (const record of journal.read(Math.max(journal.lastCheckpoint, 1))) {
    if (record.type === "event") events += 1;
    fold.take(record);
  }
  fold.end();
  return { state: fold.state, events };
}

/** What one event and its decision did, for whoever reads the journal along. */
export interface FoldedStep {
  readonly sequence: number;
  readonly event: Event;
  readonly decision: Decision;
}

/**
 * Folds records one by one. An event is folded when the next record shows whether a decision belongs to it; `onDecision`
 * sees each decision after its event is folded and before it is committed, `onStep` after.
 */
export class JournalFold {
  state: State;
  #pending: { readonly sequence: number; readonly event: Event } | null = null;
  readonly #hooks: FoldHooks;

  constructor(hooks: FoldHooks = {}, state: State = emptyState()) {
    this.#hooks = hooks;
    this.state = state;
  }

  take(record: JournalRecord): void {
    if (record.type === "decision") return this.#fold(record.payload);
    this.#fold(null);
    if (record.type === "checkpoint") this.state = decodeCheckpoint(record.payload);
    else this.#pending = { sequence: record.sequence, event: JSON.parse(record.payload) };
  }

  /** No record follows (for now). */
  end(): void {
    this.#fold(null);
  }

  #fold(text: string | null): void {
    const pending = this.#pending;
    if (pending === null) return;
    this.#pending = null;
    let decision: Decision = emptyDraft();
    refold(this.state, pending.event, (state) => {
      if (text !== null) decision = decodeDecision(state, text);
      this.#hooks.onDecision?.({ ...pending, decision }, state);
      return decision;
    });
    this.#hooks.onStep?.({ ...pending, decision }, this.state);
  }
}

export interface FoldHooks {
  onDecision?(step: FoldedStep, state: State): void;
  onStep?(step: FoldedStep, state: State): void;
}

/** A fresh epoch: random, so that no order id of any other run can be met again. */
export function newEpoch(chance: Chance): string {
  let epoch = "";
  while (epoch.length < EPOCH_LENGTH) epoch += Math.floor(chance() * 36).toString(36);
  return epoch;
}
