/**
 * A copy of a state that can be gone on from while the first stays as it is; much faster than by way of its text. Whatever is not
 * plain data (exact numbers, instruments of a class) is immutable in the core and shared, and so is what is named here.
 */
import type { State } from "../../src/core/state.ts";

/** Never changed in place by the core: replaced as a whole. */
const SHARED: ReadonlySet<string> = new Set([
  "settings",
  "guards",
  "instruments",
  "instrument",
  "leaderInstrument",
  "allocation",
  "rule",
  "ratio",
  "limits",
  "form",
]);

export function copyState(state: State): State {
  return copied(state, new Map()) as State;
}

function copied(value: unknown, known: Map<object, object>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const before = known.get(value);
  if (before !== undefined) return before;
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    known.set(value, list);
    for (const item of value) list.push(copied(item, known));
    return list;
  }
  if (value instanceof Map) {
    const map = new Map<unknown, unknown>();
    known.set(value, map);
    for (const [key, item] of value) map.set(key, copied(item, known));
    return map;
  }
  if (value instanceof Set) {
    const set = new Set<unknown>();
    known.set(value, set);
    for (const item of value) set.add(copied(item, known));
    return set;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const record: Record<string, unknown> = { ...value };
  known.set(value, record);
  for (const key in record) {
    const item = record[key];
    if (typeof item === "object" && item !== null && !SHARED.has(key)) record[key] = copied(item, known);
  }
  return record;
}
