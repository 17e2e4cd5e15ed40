/** The tables of docs/evidence.md say what the code does: they are the definitions, line by line. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { FIGURE_DEFINITIONS } from "../../src/analytics/metrics/definitions.ts";
import { benchmarkFiguresOf, performanceOf } from "../../src/analytics/metrics/performance.ts";
import { ACCOUNT_DEFINITIONS } from "../../src/analytics/trades/account-definitions.ts";
import { TRADE_DEFINITIONS } from "../../src/analytics/trades/trade-definitions.ts";
import { tradeFiguresOf } from "../../src/analytics/trades/trade-figures.ts";

const document = readFileSync(new URL("../../docs/evidence.md", import.meta.url), "utf8");

const UNITS = { fraction: "fraction", ratio: "number", days: "days", count: "count" } as const;

it("has a row for every figure, with formula, unit, source and when it is undefined", () => {
  const rows = Object.entries(FIGURE_DEFINITIONS).map(
    ([name, { label, formula, unit, undefinedWhen, source }]) =>
      `| \`${name}\` | ${label} | ${formula.replaceAll("|", "\\|")} | ${UNITS[unit]} | ${undefinedWhen} | ${source} |`,
  );
  const start = document.indexOf("| Name | Figure |");
  const lines = document
    .slice(start)
    .split("\n")
    .slice(2, 2 + rows.length);
  expect(lines).toEqual(rows);
});

it("defines every figure that is printed, and no other", () => {
  const returns = Float64Array.of(0.1, -0.1, 0.2);
  const printed = {
    ...performanceOf({ returns, periodsPerYear: 365, months: [1, 1, 1] }),
    ...benchmarkFiguresOf(returns, returns, 365),
  };
  expect(Object.keys(FIGURE_DEFINITIONS).sort()).toEqual(Object.keys(printed).sort());
});

it.each([
  ["round trips", "| Name | Trade figure |", TRADE_DEFINITIONS],
  ["an account and its markets", "| Name | Account figure |", ACCOUNT_DEFINITIONS],
])("has a row for every figure of %s", (_, head, definitions) => {
  const rows = Object.entries(definitions).map(
    ([name, { label, formula, unit, undefinedWhen, source }]) =>
      `| \`${name}\` | ${label} | ${formula} | ${unit} | ${undefinedWhen} | ${source} |`,
  );
  const start = document.indexOf(head);
  expect(
    document
      .slice(start)
      .split("\n")
      .slice(2, 2 + rows.length),
  ).toEqual(rows);
});

it("defines every figure of round trips that is printed, and no other", () => {
  const figures = tradeFiguresOf([], { fromMs: 0, untilMs: 1 });
  expect(Object.keys(TRADE_DEFINITIONS)).toEqual(Object.keys(figures));
});
