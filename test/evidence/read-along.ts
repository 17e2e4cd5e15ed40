/** Reads a whole journal from its first record, as the core lived it. */
import type { State } from "../../src/core/state.ts";
import { type FoldHooks, JournalFold } from "../../src/journal/fold.ts";
import type { Journal } from "../../src/journal/journal.ts";

/** Returns the state at its end. What was recorded of the state on the way is what the records before it make. */
export function readAlong(journal: Pick<Journal, "read">, hooks: FoldHooks): State {
  const fold = new JournalFold(hooks);
  for (const record of journal.read(1)) {
    const isKnown = record.type === "checkpoint" && fold.state.eventSequence > 0;
    if (!isKnown) fold.take(record);
  }
  fold.end();
  return fold.state;
}
