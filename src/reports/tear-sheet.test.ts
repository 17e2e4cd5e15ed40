import { describe, expect, it } from "vitest";
import { figuresOfTable } from "../analytics/metrics/table-figures.ts";
import { readReturnsTable } from "../analytics/returns-table.ts";
import { tearSheet } from "./tear-sheet.ts";

/** A page of one series; its 95 % interval of the Sharpe ratio is given. */
function page(
  name: string,
  returns: readonly number[],
  sharpe: readonly [number, number] | null = null,
): string {
  const dates = returns.map(
    (_, day) =>
      `2024-${String(Math.floor(day / 28) + 1).padStart(2, "0")}-${String((day % 28) + 1).padStart(2, "0")}`,
  );
  const rows = returns.map((value, day) => `${dates[day]},${value}`);
  const read = readReturnsTable(["date,S", ...rows].join("\n"));
  const table = read.ok
    ? read.table
    : { dates: [], series: [{ name: "S", firstRow: 0, returns: new Float64Array() }] };
  return tearSheet(
    figuresOfTable(table, { periodsPerYear: 365, benchmark: null }).map((figures) => ({
      charted: { name, dates, returns: Float64Array.from(returns), benchmark: null, periodsPerYear: 365 },
      figures: { ...figures, name },
      intervals: { sharpe },
    })),
    "returns.csv",
  );
}

const wild = Array.from({ length: 200 }, (_, day) => 0.05 * Math.sin(day * day));

describe("a tear sheet", () => {
  it("has four charts, every figure, and loads nothing", () => {
    const html = page("anna", wild, [0.2, 1.5]);
    expect(html.match(/<svg /g)?.length).toBe(4);
    expect(html).toContain('aria-label="Equity and draw-down of anna"');
    expect(html.match(/<th scope="row">/g)?.length).toBeGreaterThan(40);
    expect(html).not.toMatch(/<script|<link|<img|url\(http|https?:\/\/(?!www\.w3\.org)/);
  });

  it.each([
    [[0.2, 1.5], "taken by itself it is above zero beyond chance"],
    [[-1.5, -0.2], "taken by itself it is below zero beyond chance"],
    [[-0.5, 1.5], "taken by itself it cannot be told from zero"],
    [null, "how sure is not known"],
  ] as const)("says first what can be concluded from %j", (interval, sentence) => {
    expect(page("anna", wild, interval)).toContain(sentence);
  });

  it("shows names as text, whatever they are", () => {
    const html = page('<b onclick="x">&', wild);
    expect(html).not.toContain("<b onclick");
    expect(html).toContain("&lt;b onclick=&quot;x&quot;&gt;&amp;");
  });

  it.each([
    ["no return", [], 0],
    ["one return", [0.1], 0],
    ["two", [0.1, -0.1], 4],
    ["equal ones", new Array<number>(30).fill(0), 3],
    ["ruin", [0.1, -1, 0.3, 0.1, -0.2, 0.1], 4],
    ["a growth of a billion", new Array<number>(30).fill(0).map((_, day) => 1 + 0.01 * day), 4],
  ])("is made of %s, too", (_, returns, charts) => {
    const html = page("anna", returns);
    expect(html.match(/<svg /g)?.length ?? 0).toBe(charts);
    expect(html).not.toMatch(/NaN|Infinity|undefined,/);
  });
});
