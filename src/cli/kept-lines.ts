/** What is said where the journal no longer has all its records. */
import type { JournalReport } from "../control/control.ts";

export function keptLines(kept: JournalReport["kept"]): readonly string[] {
  if (kept === undefined) return [];
  const since = new Date(kept.sinceMs).toISOString().slice(0, 16).replace("T", " ");
  return [
    `The journal's records are kept from number ${kept.from} on (${since} UTC); older ones were removed (journal.keep_days,`,
    "journal.max_megabytes).",
  ];
}
