/** The figures of round trips as a table for people: a column per trader, as many as fit beside each other. */
import { TRADE_DEFINITIONS, type TradeDefinition } from "../analytics/trades/trade-definitions.ts";
import type { TradeFigures } from "../analytics/trades/trade-figures.ts";
import { table } from "./table.ts";

/** So many traders stand beside each other. */
const BESIDE = 4;
const NAME_MAX = 14;
const MINUTE_MS = 60_000;

export function tradeLines(all: readonly (TradeFigures & { readonly id: string })[]): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < all.length; at += BESIDE) {
    const some = all.slice(at, at + BESIDE);
    const names = some.map(({ id }) => ({ title: shortened(id), align: "right" as const }));
    const rows = (Object.entries(TRADE_DEFINITIONS) as [keyof TradeFigures, TradeDefinition][]).map(
      ([name, { label, unit }]) => [label, ...some.map((one) => figureText(one[name], unit)), ""],
    );
    lines.push(...table([{ title: "" }, ...names, { title: "" }], rows), "");
  }
  return [...lines, "- is undefined: docs/evidence.md says when, and what each figure is."];
}

/** Ids are told apart by their ends. */
function shortened(name: string): string {
  return name.length <= NAME_MAX ? name : `…${name.slice(1 - NAME_MAX)}`;
}

/** For people; what is undefined is -. */
export function figureText(value: number | null, unit: TradeDefinition["unit"]): string {
  if (value === null) return "-";
  switch (unit) {
    case "fraction":
      return `${(value * 100).toFixed(1)} %`;
    case "ratio":
    case "amount":
      return value.toFixed(2).replace(/^-0\.00$/, "0.00");
    case "count":
      return String(value);
    case "duration":
      return duration(value / MINUTE_MS);
  }
}

function duration(minutes: number): string {
  if (minutes < 1) return `${(minutes * 60).toFixed(0)} s`;
  if (minutes < 120) return `${minutes.toFixed(0)} min`;
  return minutes < 2 * 1_440 ? `${(minutes / 60).toFixed(1)} h` : `${(minutes / 1_440).toFixed(1)} days`;
}
