/** A told story as a journal, and its attribution. */
import {
  type AttributedDifference,
  type AttributionReport,
  type AttributionRequest,
  attributionOf,
} from "../src/control/attribution-report.ts";
import { decide } from "../src/core/decide.ts";
import { encodeDecision } from "../src/core/decision-codec.ts";
import type { Event } from "../src/core/event.ts";
import { emptyState } from "../src/core/state.ts";
import type { JournalRecord } from "../src/journal/journal.ts";

/** What an engine would have written of these events. */
export function recordsOf(events: readonly Event[]): readonly JournalRecord[] {
  const state = emptyState();
  const records: JournalRecord[] = [];
  const append = (type: JournalRecord["type"], payload: string) =>
    records.push({ sequence: records.length + 1, type, payload });
  for (const event of events) {
    const decision = decide(state, event);
    append("event", JSON.stringify(event));
    append("decision", encodeDecision(state, decision));
  }
  return records;
}

export function attributed(
  records: readonly JournalRecord[],
  request: AttributionRequest = {},
): AttributionReport {
  return finished(attributionOf({ records, last: records.length }, request));
}

/** What a reading comes to. */
export function finished<Value>(steps: Generator<unknown, Value, undefined>): Value {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** The components that are something, by name. */
export function partsOf({ components }: AttributedDifference): Readonly<Record<string, string>> {
  return Object.fromEntries(
    components.filter(({ amount }) => amount !== "0").map(({ component, amount }) => [component, amount]),
  );
}
