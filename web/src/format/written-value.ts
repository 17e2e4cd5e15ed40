/** A setting as one writes it into a field: numbers, switches and lists as JSON has them, everything else a text; nothing is `null`. */
import type { WrittenValue } from "../api/types.ts";

export function writtenText(value: WrittenValue | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Empty: null, which takes back what was decided at run time. */
export function writtenValueOf(text: string): WrittenValue {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  try {
    return JSON.parse(trimmed) as WrittenValue;
  } catch {
    return trimmed;
  }
}
