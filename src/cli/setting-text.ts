/** A value of a setting in a table: plain, lists with commas, groups as they may be written in an account file. */
import type { WrittenValue } from "../control/control.ts";

export function settingText(value: WrittenValue): string {
  if (typeof value !== "object" || value === null) return String(value);
  const isPlainList = Array.isArray(value) && value.every((one) => typeof one !== "object");
  return isPlainList ? value.join(", ") : JSON.stringify(value);
}
