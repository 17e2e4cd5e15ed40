/** Changes of a document as the stream tells them: what stands at a path now. Returns a new document; what did not change is shared. */

export interface Change {
  /** Keys and places from the top down; empty for the whole document. */
  readonly path: readonly (string | number)[];
  /** Absent: what was there is gone. */
  readonly value?: unknown;
}

export function applyChanges(document: unknown, changes: readonly Change[]): unknown {
  return changes.reduce((before, change) => applyOne(before, change.path, change), document);
}

function applyOne(before: unknown, path: Change["path"], change: Change): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change.value;
  const isGone = rest.length === 0 && !("value" in change);
  if (Array.isArray(before)) {
    const at = Number(key);
    if (isGone) return before.filter((_, index) => index !== at);
    const after = [...before];
    after[at] = applyOne(before[at], rest, change);
    return after;
  }
  const record = isRecord(before) ? before : {};
  if (isGone) return Object.fromEntries(Object.entries(record).filter(([name]) => name !== String(key)));
  return { ...record, [key]: applyOne(record[key], rest, change) };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
