/** Pages, tables and printed documents of reports: nothing of a name is run, nothing is missing, and every size fits. */
import { describe, expect, test } from "vitest";
import { amountText, changeText, paidInText, shareText } from "../../src/reports/period/amount-text.ts";
import { documentOf } from "../../src/reports/period/document.ts";
import { reportPage } from "../../src/reports/period/page.ts";
import { dayTable, figureTable } from "../../src/reports/period/tables.ts";
import { pdfOf } from "../../src/reports/print/pdf.ts";
import { sampleReport } from "./sample-report.ts";

const HOSTILE = `<script>alert(1)</script>"'&=cmd|'/c calc'!A1 \u202e\u4f60`;

describe("amounts", () => {
  test.each([
    ["1234567.891", "1,234,567.89"],
    ["-0.004", "-0.004"],
    ["0.00000012345", "0.00000012"],
    ["-0.000", "0.00"],
    ["123456789012345678901234.5", "1.23e23"],
    ["", "-"],
    ["1000", "1,000.00"],
  ])("%s is %s", (amount, text) => expect(amountText(amount)).toBe(text));

  test("what was won has its sign", () => {
    expect(["5", "-5", "0", "0.0001"].map(changeText)).toEqual(["+5.00", "-5.00", "0.00", "+0.0001"]);
    expect([0.5, null, -0.000001, 1e9].map(shareText)).toEqual(["50.00 %", "-", "0.00 %", "1.00e11 %"]);
  });
});

test.each([
  ["0.83", "201000", ""],
  ["-0.84", "9000", ""],
  ["0.95", "9000", "+0.95"],
  ["-500", "9000", "-500.00"],
  ["0", "", ""],
  ["5", "", "+5.00"],
])("%s beside a balance of %s is paid in as %j", (flow, equity, text) =>
  expect(paidInText(flow, equity)).toBe(text),
);

describe("a page", () => {
  test("has each drawing for a desk and for a phone", () => {
    const page = reportPage(sampleReport({ days: 14 }));
    const drawings = [...page.matchAll(/<h3>/g)].length;
    expect(drawings).toBeGreaterThan(3);
    for (const width of ["wide", "narrow"])
      expect([...page.matchAll(new RegExp(`<div class="${width}"><svg`, "g"))]).toHaveLength(drawings);
  });

  test("ends no line within a date of a table", () => {
    const page = reportPage(sampleReport({ days: 2 }));
    expect(page).toMatch(/<td class="w"><span class="date">\d{4}-\d\d-\d\d<\/span>/);
  });

  test("tells what is too small to be drawn beside the rest", () => {
    const { copying, ...report } = sampleReport({ days: 2 });
    const small = { component: "funding", amount: "-0.0000013" };
    const page = reportPage({
      ...report,
      copying: copying.map((one) => ({ ...one, components: [...one.components.slice(0, -1), small] })),
    });
    expect(page).toContain("to the last digit; less than a cent: funding.");
    expect(page).not.toContain("0.0000013");
  });

  test("says what is asked for, and that the parts add up", () => {
    const page = reportPage(sampleReport({ days: 14 }));
    for (const heading of ["Balance and result", "Since copying began", "Exposure", "Trades", "Copy quality"])
      expect(page).toContain(`<h2>${heading}</h2>`);
    expect(page).toContain("The parts add up to the difference of -16.54 to the last digit.");
    expect(page).toContain("95 %: -0.40 to 2.90; above zero with probability 91.00 %");
    expect(page).toContain("(nothing ran)");
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  });

  test("names are shown and never run", () => {
    const page = reportPage(sampleReport({ days: 2, name: HOSTILE, accounts: [HOSTILE] }));
    expect(page).not.toContain("<script>");
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;=cmd");
  });

  test("without data it says so", () => {
    const page = reportPage(sampleReport({ days: 0 }));
    expect(page).toContain("Nothing is known of any day of this period.");
    expect(page).toContain("Of 7 days of the period nothing is known.");
    expect(page).not.toContain("NaN");
  });

  test("a year has rows of months, and the table for spreadsheets every day", () => {
    const report = sampleReport({ days: 365 });
    const table = documentOf(report).parts[1]?.blocks.find(({ kind }) => kind === "table");
    expect(table?.kind === "table" ? table.table.rows.length : 0).toBeLessThan(14);
    expect(dayTable(report).trim().split("\r\n")).toHaveLength(366);
  });
});

describe("tables for spreadsheets", () => {
  test("have every digit, and no formula", () => {
    const report = sampleReport({ days: 1, scale: 1e-9, name: "=2+3" });
    expect(dayTable(report)).toContain(report.days[0]?.profit);
    expect(figureTable(report)).toContain("'=2+3");
  });
});

function pagesOf(pdf: Buffer): number {
  return [...pdf.toString("latin1").matchAll(/\/Type \/Page\b(?!s)/g)].length;
}

describe("a printed document", () => {
  test.each([
    ["no day", { days: 0 }, 1, 1],
    ["one day", { days: 1 }, 2, 3],
    ["a year", { days: 365 }, 3, 4],
    [
      "thirty accounts",
      { days: 30, accounts: Array.from({ length: 30 }, (_, at) => `follower ${at}`) },
      4,
      5,
    ],
    ["huge numbers and a hostile name", { days: 5, scale: 1e15, name: HOSTILE }, 3, 4],
  ])("of %s has a few whole pages", async (_what, options, least, most) => {
    const report = sampleReport(options);
    const pdf = await pdfOf(documentOf(report), report.madeAtMs);
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(pagesOf(pdf)).toBeGreaterThanOrEqual(least);
    expect(pagesOf(pdf)).toBeLessThanOrEqual(most);
  });
});
