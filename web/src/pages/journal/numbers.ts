/** The numbers of a decision for people: `leaderLots` -> `leader, steps`, spans and moments as such, no more digits than anybody reads. */
import { decimalText } from "../../format/decimal.ts";
import { momentText, spanText } from "../../format/time.ts";
import { words } from "./strings.ts";

const PLACES = 6;
/** Milliseconds above this are a moment, below it a span. */
const MOMENT_FROM_MS = 100_000_000_000;
const UNITS = new Map(Object.entries(words.units));
const UNIT = /(Lots|Ticks|Bps|Ms|Pct)$/;

export interface NamedNumber {
  readonly name: string;
  readonly value: string;
}

export function namedNumbers(
  detail: Readonly<Record<string, unknown>>,
  nowMs: number,
): readonly NamedNumber[] {
  return Object.entries(detail).map(([key, value]) => ({
    name: nameOf(key),
    value: textOf(key, value, nowMs),
  }));
}

function nameOf(key: string): string {
  const [unit = ""] = UNIT.exec(key) ?? [];
  const name = key
    .slice(0, key.length - unit.length)
    .replaceAll("_", " ")
    .replace(/(?<=[a-z\d])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return [name, UNITS.get(unit) ?? ""].filter((part) => part !== "").join(", ");
}

function textOf(key: string, value: unknown, nowMs: number): string {
  if (typeof value === "object") return JSON.stringify(value);
  const number = Number(value);
  if (!key.endsWith("Ms") || !Number.isFinite(number)) return rounded(String(value));
  if (number >= MOMENT_FROM_MS) return momentText(number, nowMs);
  return number < 1_000 ? `${number} ms` : spanText(number);
}

/** What is no number stays as it is. */
function rounded(text: string): string {
  const decimals = text.split(".")[1]?.length ?? 0;
  return decimalText(text, decimals > PLACES ? { places: PLACES } : {});
}
