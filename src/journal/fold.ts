/**
 * Reads the journal as the core lived it: every event folded, every recorded decision committed, nothing decided anew. Recovery
 * uses it, and so does whoever reads along: the database, the status of a stopped engine, the demo.
 */
import { decodeCheckpoint } from "../core/checkpoint.ts";
import { refold } from "../core/decide.ts";
import { type Decision, emptyDraft } from "../core/decision.ts";
import { decodeDecision } from "../core/decision-codec.ts";
import type { Event } from "../core/event.ts";
import { emptyState, type State } from "../core/state.ts";
import { JournalError, type JournalRecord } from "./journal.ts";

/** What one event and its decision did, for whoever reads the journal along. */
export interface FoldedStep {
  readonly sequence: number;
  readonly event: Event;
  readonly decision: Decision;
}

/**
 * Folds records one by one. An event is folded when the next record shows whether a decision belongs to it; `onEvent`
 * sees it before, `onDecision` sees each decision after its event is folded and before it is committed, `onStep` after.
 */
export class JournalFold {
  state: State;
  #pending: { readonly sequence: number; readonly event: Event } | null = null;
  readonly #hooks: FoldHooks;

  constructor(hooks: FoldHooks = {}, state: State = emptyState()) {
    this.#hooks = hooks;
    this.state = state;
  }

  /** Throws a JournalError, naming the record, when it cannot be one of ours although its checksum is right. */
  take(record: JournalRecord): void {
    try {
      this.#take(record);
    } catch (error) {
      throw unfoldable(record.sequence, error);
    }
  }

  #take(record: JournalRecord): void {
    if (record.type === "decision") return this.#fold(record.payload);
    this.#fold(null);
    if (record.type === "checkpoint") this.state = decodeCheckpoint(record.payload);
    else this.#pending = { sequence: record.sequence, event: parsedEvent(record.payload) };
  }

  /** No record follows (for now). */
  end(): void {
    const sequence = this.#pending?.sequence ?? 0;
    try {
      this.#fold(null);
    } catch (error) {
      throw unfoldable(sequence, error);
    }
  }

  #fold(text: string | null): void {
    const pending = this.#pending;
    if (pending === null) return;
    this.#pending = null;
    this.#hooks.onEvent?.(pending, this.state);
    let decision: Decision = emptyDraft();
    refold(this.state, pending.event, (state) => {
      if (text !== null) decision = decodeDecision(state, text);
      this.#hooks.onDecision?.({ ...pending, decision }, state);
      return decision;
    });
    this.#hooks.onStep?.({ ...pending, decision }, this.state);
  }
}

function parsedEvent(payload: string): Event {
  const event: unknown = JSON.parse(payload);
  if (typeof event === "object" && event !== null) return event as Event;
  throw new TypeError("it is no event");
}

function unfoldable(sequence: number, cause: unknown): JournalError {
  if (cause instanceof JournalError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new JournalError(
    "damaged",
    `record ${sequence} of the journal cannot be read: ${why.slice(0, 200)}`,
    { cause },
  );
}

export interface FoldHooks {
  /** Before the event is folded: the state is that after the one before. The event may yet turn out to be refused. */
  onEvent?(read: Omit<FoldedStep, "decision">, state: State): void;
  onDecision?(step: FoldedStep, state: State): void;
  onStep?(step: FoldedStep, state: State): void;
}
