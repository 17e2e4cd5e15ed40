/** The figures of series as a table for people: a block per group, a column per series, as many as fit beside each other. */
import {
  FIGURE_DEFINITIONS,
  type FigureDefinition,
  type FigureName,
} from "../analytics/metrics/definitions.ts";
import type { SeriesFigures } from "../analytics/metrics/table-figures.ts";
import { figureText } from "../reports/figure-text.ts";
import { table } from "./table.ts";

/** So many series stand beside each other. */
const BESIDE = 4;
const NAME_MAX = 14;

const HEADINGS: Readonly<Record<FigureDefinition["group"], string>> = {
  return: "Return and risk",
  ratio: "Ratios",
  "draw-down": "Draw-downs",
  tail: "Bad days",
  days: "Days won and lost",
  benchmark: "Against the benchmark",
};

export function figureLines(all: readonly SeriesFigures[]): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < all.length; at += BESIDE) lines.push(...blockLines(all.slice(at, at + BESIDE)), "");
  return [...lines, "- is undefined: docs/evidence.md says when, and what each figure is."];
}

function blockLines(some: readonly SeriesFigures[]): readonly string[] {
  const columns = [
    { title: "" },
    ...some.map(({ name }) => ({ title: shortened(name), align: "right" as const })),
    { title: "" },
  ];
  const rows: string[][] = [
    ["Days", ...some.map(({ days }) => String(days)), ""],
    ["From", ...some.map(({ firstDate }) => firstDate ?? "-"), ""],
    ["To", ...some.map(({ lastDate }) => lastDate ?? "-"), ""],
  ];
  let group = "";
  for (const [name, definition] of Object.entries(FIGURE_DEFINITIONS)) {
    if (!some.some(({ values }) => name in values)) continue;
    if (definition.group !== group) rows.push([""], [HEADINGS[definition.group]]);
    group = definition.group;
    rows.push([
      `  ${definition.label}`,
      ...some.map(({ values }) => figureText(name as FigureName, values[name])),
      "",
    ]);
  }
  return table(columns, rows);
}

function shortened(name: string): string {
  return name.length <= NAME_MAX ? name : `${name.slice(0, NAME_MAX - 1)}…`;
}
