/** A line of the log as people read it: one short line of text, without a character that would move a terminal. */
import { OWN_KEYS } from "./redactor.ts";

export interface LineTextOptions {
  /** With the day and in local time for who looks back; only the time of day (UTC) where it is not said. */
  readonly time?: (iso: string) => string;
  /** For colours. */
  readonly level?: (level: string, padded: string) => string;
}

/** `12:00:00.000 INFO  trading   order accepted symbol=BTCUSDT`. */
export function lineText(record: Readonly<Record<string, unknown>>, options: LineTextOptions = {}): string {
  const { time = timeOfDay, level = (_name, padded) => padded } = options;
  const name = String(record.level);
  const channel = printable(String(record.channel).padEnd(9));
  const fields = Object.entries(record)
    .filter(([key]) => !OWN_KEYS.has(key))
    .map(([key, value]) => `${key}=${valueText(value)}`);
  const text = printable([record.message, ...fields].join(" "));
  const shownLevel = level(name, printable(name.toUpperCase().padEnd(5)));
  return `${printable(time(String(record.time)))} ${shownLevel} ${channel} ${text}`;
}

/** An error is its name and message; where it was thrown stands in the file. */
function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || !("message" in value && "stack" in value))
    return JSON.stringify(value);
  return `${"name" in value ? `${value.name}: ` : ""}${value.message}`;
}

function timeOfDay(iso: string): string {
  return iso.slice(11, 23);
}

function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
}
