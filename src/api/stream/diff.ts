/** What makes one document of another: the changes that the stream tells, in the order in which they are to be made. Pure. */
import type { StreamChange } from "../contract/stream.ts";

/** Beyond so many the whole document is shorter. */
const CHANGES_MAX = 2_000;

type Path = readonly (string | number)[];

/** None where they are equal. A field that is `undefined` is absent, as in JSON. */
export function changesBetween(before: unknown, after: unknown): readonly StreamChange[] {
  const changes: StreamChange[] = [];
  compare(before, after, [], changes);
  return changes.length > CHANGES_MAX ? [{ path: [], value: after }] : changes;
}

function compare(before: unknown, after: unknown, path: Path, changes: StreamChange[]): void {
  if (Object.is(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after)) compareLists(before, after, path, changes);
  else if (isRecord(before) && isRecord(after)) compareRecords(before, after, path, changes);
  else changes.push({ path: [...path], value: after });
}

function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: Path,
  changes: StreamChange[],
): void {
  const common = Math.min(before.length, after.length);
  for (let at = 0; at < common; at += 1) compare(before[at], after[at], [...path, at], changes);
  for (let at = common; at < after.length; at += 1) changes.push({ path: [...path, at], value: after[at] });
  // From the end, so that no place moves before its turn.
  for (let at = before.length - 1; at >= common; at -= 1) changes.push({ path: [...path, at] });
}

function compareRecords(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  path: Path,
  changes: StreamChange[],
): void {
  for (const [key, value] of Object.entries(after)) {
    if (value === undefined) continue;
    if (before[key] === undefined || !Object.hasOwn(before, key))
      changes.push({ path: [...path, key], value });
    else compare(before[key], value, [...path, key], changes);
  }
  for (const [key, value] of Object.entries(before)) {
    if (value !== undefined && (!Object.hasOwn(after, key) || after[key] === undefined))
      changes.push({ path: [...path, key] });
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
