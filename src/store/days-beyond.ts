/** What the journal has beyond the days of a database: days that ended since, and how all stands at its last record. Reads only. */
import { decodeCheckpoint } from "../core/checkpoint.ts";
import type { State } from "../core/state.ts";
import { JournalFold } from "../journal/fold.ts";
import { foldingStart, JournalTail } from "../journal/tail.ts";
import { DayBookkeeper, type DayRows } from "./projection/days.ts";

const RECORDS_PER_STEP = 1_000;

export interface DaysBeyond extends DayRows {
  /** After the last record. */
  readonly state: State;
}

export interface DaysKnown extends DayRows {
  /** The last record that they were made of. */
  readonly sequence: number;
}

/** Null where the folder has no record. Where the database does not belong to the journal, the days are made of what the journal has. */
export function daysBeyond(journalFolder: string, known: DaysKnown): DaysBeyond | null {
  const start = foldingStart(journalFolder, known.sequence);
  if (start === null)
    return known.sequence === 0 ? null : daysBeyond(journalFolder, { ...known, sequence: 0 });
  const { from, checkpoint } = start;
  const keeper = new DayBookkeeper();
  // As the database would be made anew: what these records made once, they make again.
  const kept = known.sequence > 0 ? known.sequence : from - 1;
  const isKept = ({ sequence }: { readonly sequence: number }) => sequence <= kept;
  keeper.restore({
    accountDays: known.accountDays.filter(isKept),
    copyDays: known.copyDays.filter(isKept),
  });
  const made: DayRows[] = [];
  let over: DayRows | null = null;
  let begun = known.sequence > 0;
  let last = 0;
  const take = (rows: DayRows) => {
    keeper.written(rows);
    made.push(rows);
  };
  const fold = new JournalFold(
    {
      onEvent({ sequence, event }, state) {
        last = sequence;
        if (sequence <= known.sequence) return;
        if (!begun) take(keeper.begin(state, sequence - 1));
        begun = true;
        over = keeper.over(state, event, sequence);
      },
      onStep({ decision }) {
        if (over !== null && decision.refusal === null) take(over);
        over = null;
      },
    },
    checkpoint === null ? undefined : decodeCheckpoint(checkpoint.payload),
  );
  const tail = new JournalTail(journalFolder, from);
  for (let records = tail.read(RECORDS_PER_STEP); records.length > 0; records = tail.read(RECORDS_PER_STEP))
    for (const record of records) fold.take(record);
  fold.end();
  if (fold.state.nowMs === 0) return null;
  take(keeper.now(fold.state, last + 1));
  return {
    accountDays: made.flatMap(({ accountDays }) => accountDays),
    copyDays: made.flatMap(({ copyDays }) => copyDays),
    state: fold.state,
  };
}
