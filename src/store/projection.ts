/**
 * What the journal says, as rows for the database: orders, fills, positions, equity, and for every leader change and
 * allocation one outcome that ends with order ids or one reason. Pure: recorded events and decisions are folded, nothing
 * is decided again; the same journal gives the same rows, wherever the reading was interrupted.
 */

import type { Event } from "../core/event.ts";
import type { State } from "../core/state.ts";
import type { FoldedStep } from "../journal/fold.ts";
import { JournalFold } from "../journal/fold.ts";
import type { JournalRecord } from "../journal/journal.ts";
import { DayBookkeeper, type DayRows, NO_DAYS } from "./projection/days.ts";
import { equityOf } from "./projection/equity.ts";
import { fillsOf, settingsOf } from "./projection/facts.ts";
import { OrderBookkeeper } from "./projection/orders.ts";
import { decidedOutcomes } from "./projection/outcomes.ts";
import { PositionBookkeeper } from "./projection/positions.ts";
import { workedOf } from "./projection/worked.ts";
import type { OrderRecord, OutcomeRecord, PositionRecord, StoreBatch } from "./store.ts";

/** What was read cannot be continued: the rows are to be made anew from the whole journal. */
export class ProjectionDiverged extends Error {
  override readonly name = "ProjectionDiverged";
}

/** Rows of the database at the point where projecting goes on. */
export interface ProjectionStart {
  /** The last sequence in the database; rows are made for records after it. */
  readonly sequence: number;
  /** The state may begin at a checkpoint before that. */
  readonly state?: State;
  /** What was written last of each account and copy, up to there. */
  readonly days?: DayRows;
}

export class Projection {
  readonly #fold: JournalFold;
  readonly #orders = new OrderBookkeeper();
  readonly #positions = new PositionBookkeeper();
  readonly #days = new DayBookkeeper();
  #after: number;
  #batches: StoreBatch[] = [];
  #outcomes: OutcomeRecord[] = [];
  #opening: DayRows = NO_DAYS;
  #over: DayRows = NO_DAYS;
  #begun: boolean;
  #completed = 0;
  #endedEarly = false;

  constructor(start: ProjectionStart = { sequence: 0 }) {
    this.#after = start.sequence;
    this.#begun = start.sequence > 0;
    this.#days.restore(start.days ?? NO_DAYS);
    const hooks = {
      onEvent: (read: { readonly sequence: number; readonly event: Event }, state: State) =>
        this.#onEvent(read, state),
      onDecision: (step: FoldedStep, state: State) => this.#onDecision(step, state),
      onStep: (step: FoldedStep, state: State) => this.#onStep(step, state),
    };
    this.#fold = new JournalFold(hooks, start.state);
  }

  get state(): State {
    return this.#fold.state;
  }

  /** What the database knows of orders that are still open and of positions, when projecting goes on after a restart. */
  restore(orders: readonly OrderRecord[], positions: readonly PositionRecord[]): void {
    this.#orders.restore(orders);
    this.#positions.restore(positions);
  }

  /** Folds one record; rows appear when the next record, or `quiet`, shows that its step is complete. */
  take(record: JournalRecord): void {
    if (record.type === "decision" && this.#endedEarly) {
      throw new ProjectionDiverged(`decision ${record.sequence} came after its event was taken to have none`);
    }
    this.#endedEarly = false;
    this.#fold.take(record);
  }

  /** No record follows the last one for now, so an event at the end has no decision. */
  quiet(): void {
    this.#fold.end();
    this.#endedEarly = true;
  }

  /** The batches made since the last call, in order; the last one has the sequence up to which everything is in them. */
  drain(): readonly StoreBatch[] {
    const batches = this.#batches;
    this.#batches = [];
    const last = batches.at(-1)?.sequence ?? this.#after;
    if (this.#completed > last) batches.push({ sequence: this.#completed });
    this.#after = Math.max(this.#after, this.#completed);
    return batches;
  }

  #onEvent({ sequence, event }: { readonly sequence: number; readonly event: Event }, state: State): void {
    if (sequence <= this.#after) return;
    if (!this.#begun) {
      this.#begun = true;
      this.#opening = this.#days.begin(state, sequence - 1);
      this.#days.written(this.#opening);
    }
    this.#over = this.#days.over(state, event, sequence);
  }

  #onDecision(step: FoldedStep, state: State): void {
    if (step.sequence <= this.#after) return;
    this.#outcomes = decidedOutcomes(step, state);
    this.#orders.noteDecision(step, state);
  }

  #onStep(step: FoldedStep, state: State): void {
    if (step.sequence <= this.#after) return;
    this.#completed = step.sequence;
    const parts = {
      allocations: settingsOf(step),
      orders: this.#orders.noteStep(step, state),
      fills: fillsOf(step, state),
      positions: this.#positions.noteStep(step, state),
      equity: equityOf(step),
      outcomes: this.#outcomes,
      worked: workedOf(step),
      ...this.#daysOver(step),
    };
    this.#outcomes = [];
    const filled = Object.entries(parts).filter(([, rows]) => rows.length > 0);
    if (filled.length > 0) this.#batches.push({ sequence: step.sequence, ...Object.fromEntries(filled) });
  }
  /** A refused event tells nothing, not even the time. */
  #daysOver({ decision }: FoldedStep): DayRows {
    const [opening, over] = [this.#opening, decision.refusal === null ? this.#over : NO_DAYS];
    this.#opening = NO_DAYS;
    this.#over = NO_DAYS;
    if (opening === NO_DAYS && over === NO_DAYS) return NO_DAYS;
    this.#days.written(over);
    return {
      accountDays: [...opening.accountDays, ...over.accountDays],
      copyDays: [...opening.copyDays, ...over.copyDays],
    };
  }
}
