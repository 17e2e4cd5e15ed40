/**
 * Lives a journal through again, beside whoever writes it: events folded, recorded decisions committed, every checkpoint on the
 * way compared with the state that came of it. Against today's code, each event is decided on a second state as well, which
 * takes the recorded way again wherever it would leave it. Changes nothing on the disk.
 */
import { hash } from "node:crypto";
import { CHECKPOINT_VERSION, decodeCheckpoint, encodeCheckpoint } from "../core/checkpoint.ts";
import { decide } from "../core/decide.ts";
import { type Decision, isEmpty } from "../core/decision.ts";
import { encodeDecision, ownCodeAsRecorded } from "../core/decision-codec.ts";
import { EVENT_KINDS, type Event } from "../core/event.ts";
import { emptyState, type State } from "../core/state.ts";
import { type FoldedStep, JournalFold } from "./fold.ts";
import { openHistory } from "./history.ts";
import { JournalError, type JournalRecord } from "./journal.ts";
import { firstLoss } from "./recorded-state.ts";

export interface ReplayOptions {
  readonly folder: string;
  /** The first record to be told of; folding begins at a state before it. Absent: all that is kept. */
  readonly from?: number;
  /** The last record; a decision goes with its event. Absent: to the end. */
  readonly until?: number;
  /** Decide every event anew, too. */
  readonly against?: boolean;
  /** Each event with its recorded decision, which is not committed yet. */
  readonly onStep?: (step: FoldedStep, state: State) => void;
  readonly onDifference?: (difference: Difference) => void;
}

/** What today's code would have decided on one event, and what it did decide then. */
export interface Difference extends FoldedStep {
  /** In which the event is folded, and nothing committed. */
  readonly state: State;
  /** Null where it fails; `text` says how. */
  readonly now: { readonly decision: Decision; readonly state: State } | null;
  /** As the journal would record them. */
  readonly recordedText: string;
  readonly nowText: string;
}

export interface ReplayEnd {
  /** First and last record that were folded; 0 for none. */
  readonly from: number;
  readonly last: number;
  readonly events: number;
  /** Of these events, those that led to something. */
  readonly decisions: number;
  readonly checkpoints: {
    /** Equal to the replayed state byte for byte. */
    readonly exact: number;
    /** Equal in all that they say, written by a version that kept less. */
    readonly earlier: number;
  };
  readonly differences: number;
  /** Behind the last record; 0 too where the replay ended before the journal. */
  readonly tornBytes: number;
  /** SHA-256 of the state's text, in hex, and that text. */
  readonly stateHash: string;
  readonly stateText: string;
}

export class Replay {
  readonly #options: ReplayOptions;
  readonly #fold: JournalFold;
  /** Decides on its own; the same as the fold's between events. */
  #other: State | null = null;
  #isAstray = false;
  /** The decision's text as it stands in the journal. */
  #recordedText: string | null = null;
  #from = 0;
  #last = 0;
  #events = 0;
  #decisions = 0;
  #exact = 0;
  #earlier = 0;
  #differences = 0;

  constructor(options: ReplayOptions) {
    this.#options = options;
    if (options.against === true) this.#other = emptyState();
    this.#fold = new JournalFold({
      onDecision: (step, state) => this.#onDecision(step, state),
      onStep: (_step, state) => {
        if (this.#isAstray) this.#other = copyOf(state);
        this.#isAstray = false;
      },
    });
  }

  /** As far as it was replayed. */
  get state(): State {
    return this.#fold.state;
  }

  /**
   * Null where the folder has no journal. Yields after each record, so that whoever drives it can show how far it is (`of` is the
   * last record there is) and stop. Throws a RangeError when `from` or `until` lie outside the journal, and a JournalError
   * that names the record at damage, at what a later version wrote, and where a recorded state is not the replayed one.
   */
  *run(): Generator<{ readonly sequence: number; readonly of: number }, ReplayEnd | null, undefined> {
    const { folder, from, until } = this.#options;
    const history = openHistory(folder, from);
    if (history === null) return null;
    const to = until ?? Number.MAX_SAFE_INTEGER;
    if (until !== undefined && (until > history.last || until < history.from)) {
      throw new RangeError(
        `record ${until} is not in the journal: it has ${history.from} to ${history.last}`,
      );
    }
    const of = Math.min(to, history.last);
    let isCut = false;
    for (const record of history.records) {
      const isRest = record.type === "decision" && record.sequence === to + 1 && this.#last === to;
      isCut = record.sequence > to && !isRest;
      if (isCut) break;
      this.#at(record.sequence, () => this.#take(record));
      if (this.#from === 0) this.#from = history.from;
      yield { sequence: record.sequence, of };
    }
    this.#at(this.#last, () => this.#fold.end());
    return this.#end(isCut ? 0 : history.tornBytes(this.#last));
  }

  #end(tornBytes: number): ReplayEnd {
    const stateText = encodeCheckpoint(this.#fold.state);
    return {
      from: this.#from,
      last: this.#last,
      events: this.#events,
      decisions: this.#decisions,
      checkpoints: { exact: this.#exact, earlier: this.#earlier },
      differences: this.#differences,
      tornBytes,
      stateText,
      stateHash: hash("sha256", stateText, "hex"),
    };
  }

  #take(record: JournalRecord): void {
    if (record.type !== "decision") this.#at(this.#last, () => this.#fold.end());
    if (record.type === "checkpoint") this.#compare(record);
    if (record.type === "event") assertKnown(record);
    this.#recordedText = record.type === "decision" ? record.payload : null;
    this.#fold.take(record);
    if (record.type === "checkpoint" && this.#other !== null) this.#other = decodeCheckpoint(record.payload);
    this.#last = Math.max(this.#last, record.sequence);
  }

  /** Against the state that came of all records before; the first of all is where folding begins. */
  #compare({ sequence, payload }: JournalRecord): void {
    const { version } = JSON.parse(payload) as { readonly version?: unknown };
    if (version !== CHECKPOINT_VERSION) {
      const text = `record ${sequence} is a state of version ${String(version)}; this program knows version ${CHECKPOINT_VERSION}`;
      throw new JournalError("unknown-version", text);
    }
    if (this.#events === 0) return;
    const replayed = encodeCheckpoint(this.#fold.state);
    if (replayed === payload) {
      this.#exact += 1;
      return;
    }
    const loss = firstLoss(payload, replayed);
    if (loss !== null) {
      const text = `the state that was recorded at record ${sequence} is not the one that its records lead to: ${loss}`;
      throw new JournalError("damaged", text);
    }
    this.#earlier += 1;
  }

  #onDecision(step: FoldedStep, state: State): void {
    const { event, decision, sequence } = step;
    const text = encodeDecision(state, decision);
    if (this.#recordedText !== null) assertUnderstood(sequence + 1, this.#recordedText, text);
    this.#events += 1;
    if (!isEmpty(decision)) this.#decisions += 1;
    if (sequence >= (this.#options.from ?? 0)) this.#options.onStep?.(step, state);
    if (this.#other !== null) this.#decideAgain(this.#other, { ...step, state, recordedText: text }, event);
  }

  #decideAgain(other: State, recorded: Omit<Difference, "now" | "nowText">, event: Event): void {
    const { recordedText } = recorded;
    const { nowText, now } = decided(other, event, recordedText);
    if (nowText === recordedText) return;
    this.#isAstray = true;
    if (recorded.sequence < (this.#options.from ?? 0)) return;
    this.#differences += 1;
    this.#options.onDifference?.({ ...recorded, now, nowText });
  }

  /** What folding cannot read is damage, or of a later version. */
  #at(sequence: number, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (error instanceof JournalError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new JournalError("damaged", `record ${sequence} cannot be folded: ${why}`, { cause: error });
    }
  }
}

function decided(state: State, event: Event, recordedText: string): Pick<Difference, "now" | "nowText"> {
  try {
    const decision = decide(state, event, ownCodeAsRecorded(recordedText));
    return { nowText: encodeDecision(state, decision), now: { decision, state } };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { nowText: `fails: ${why}`, now: null };
  }
}

function copyOf(state: State): State {
  return decodeCheckpoint(encodeCheckpoint(state));
}

/** Folding passes over what it does not know, so that is asked before. */
function assertKnown({ sequence, payload }: JournalRecord): void {
  const { kind } = JSON.parse(payload) as { readonly kind?: unknown };
  if (typeof kind === "string" && Object.hasOwn(EVENT_KINDS, kind)) return;
  const text = `record ${sequence} is an event "${String(kind)}", which this version does not know: a later one wrote it`;
  throw new JournalError("unknown-version", text);
}

/** What reading leaves out of a decision, a later version put into it. */
function assertUnderstood(sequence: number, recorded: string, read: string): void {
  const known = JSON.parse(read) as object;
  const unknown = Object.keys(JSON.parse(recorded) as object).filter((name) => !Object.hasOwn(known, name));
  if (unknown.length === 0) return;
  const text = `record ${sequence} is a decision with "${unknown.join('", "')}", which this version does not know: a later one wrote it`;
  throw new JournalError("unknown-version", text);
}
