/** Least length of the record: UTC days from the first fill that is known to the last, both counted. */
import { atLeast, type TraderFilter } from "./filter.ts";
import { cutNotes } from "./record-notes.ts";

export function minTrackRecord(bound: number): TraderFilter {
  return {
    name: "min_track_record",
    unit: "days",
    asks: "at-least",
    bound,
    reads: [],
    judge: (trader) => atLeast(trader.evidence?.days.length ?? 0, bound, cutNotes(trader)),
  };
}
