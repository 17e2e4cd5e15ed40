/** What one append may hold, in every implementation of the journal. */
import { PAYLOAD_BYTES_MAX } from "./frame.ts";
import type { JournalEntry } from "./journal.ts";

/** Throws on what the format cannot hold; true when the entries begin with a checkpoint. */
export function assertAppendable(entries: readonly JournalEntry[]): boolean {
  if (entries.length === 0) throw new RangeError("an append needs at least one entry");
  entries.forEach((entry, index) => {
    if (entry.payload.length > PAYLOAD_BYTES_MAX / 3) {
      throw new RangeError(`a payload of ${entry.payload.length} characters is too long`);
    }
    if (entry.type === "checkpoint" && index > 0) {
      throw new RangeError("a checkpoint must be the first entry of its append");
    }
  });
  return entries[0]?.type === "checkpoint";
}
