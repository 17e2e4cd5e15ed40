import { describe, expect, it } from "vitest";
import { monthsOf, overlapOf, readReturnsTable } from "./returns-table.ts";

function table(text: string) {
  const read = readReturnsTable(text);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.table;
}

describe("a table of daily returns", () => {
  it("is read with series that begin later or end sooner", () => {
    const { dates, series } = table(
      '\uFEFFdate,A,"B, the second"\r\n2024-01-31,0.1,\r\n2024-02-01,-5e-3,0\r\n2024-02-02,,+.5\r\n\r\n',
    );
    expect(dates).toEqual(["2024-01-31", "2024-02-01", "2024-02-02"]);
    expect(series).toEqual([
      { name: "A", firstRow: 0, returns: Float64Array.of(0.1, -0.005) },
      { name: "B, the second", firstRow: 1, returns: Float64Array.of(0, 0.5) },
    ]);
    const [a, b] = series;
    if (a === undefined || b === undefined) throw new Error("two series");
    expect(overlapOf(a, b)).toEqual([Float64Array.of(-0.005), Float64Array.of(0)]);
    expect([...monthsOf(dates, a)].map((month) => month - 2024 * 12)).toEqual([1, 2]);
  });

  it("has series without a single return", () => {
    expect(table("date,A\n2024-01-01,\n").series).toEqual([
      { name: "A", firstRow: 0, returns: new Float64Array() },
    ]);
  });

  it("knows series that share no day", () => {
    const { series } = table("date,A,B\n2024-01-01,0.1,\n2024-01-02,,0.2");
    const [a, b] = series;
    if (a === undefined || b === undefined) throw new Error("two series");
    expect(overlapOf(a, b)).toEqual([new Float64Array(), new Float64Array()]);
    expect(overlapOf(b, a)).toEqual([new Float64Array(), new Float64Array()]);
  });

  it.each([
    ["", 1, null, "the first line is empty"],
    ["date;A\n2024-01-01;0,1\n", 1, null, "columns are separated by semicolons; commas are expected"],
    ["day,A\n", 1, null, 'the header begins with "day"'],
    ["date\n2024-01-01", 1, null, "the header names no series"],
    ["date,A,\n2024-01-01,1,2", 1, null, "the header has no name for column 3"],
    ["date,A,A\n2024-01-01,1,2", 1, null, 'the header names "A" twice'],
    ["date,A\n", 1, null, "there are no rows"],
    ["date,A,B\n2024-01-01,0.1,abc", 2, "B", '"abc" is no number'],
    ["date,A\n2024-01-01,0.1\n2024-01-02,5%", 3, "A", "5 % is 0.05"],
    ["date,A\n2024-01-01,NaN", 2, "A", '"NaN" is no number'],
    ["date,A\n2024-01-01,1e999", 2, "A", '"1e999" is no number'],
    ["date,A\n2024-01-01,0x1", 2, "A", '"0x1" is no number'],
    ["date,A\n2024-02-30,0.1", 2, "date", '"2024-02-30" is no day'],
    ["date,A\n2023-02-29,0.1", 2, "date", '"2023-02-29" is no day'],
    ["date,A\n01/02/2024,0.1", 2, "date", '"01/02/2024" is no day'],
    ["date,A\n2024-01-02,0.1\n2024-01-02,0.1", 3, "date", "the same day as"],
    ["date,A\n2024-01-02,0.1\n2024-01-01,0.1", 3, "date", "earlier than 2024-01-02"],
    ["date,A\n2024-01-01,0.1,0.2", 2, null, "the row has 3 cells, the header 2"],
    ["date,A,B\n2024-01-01,0.1", 2, null, "the row has 2 cells, the header 3"],
    ["date,A\n2024-01-01,0.1\n\n2024-01-02,0.1", 3, null, "the line is empty"],
    ["date,A\n2024-01-01,1\n2024-01-02,\n2024-01-03,1", 3, "A", "empty between two returns"],
  ])("refuses %j", (text, line, column, message) => {
    const read = readReturnsTable(text);
    if (read.ok) throw new Error("it was read");
    expect(read.problems[0]).toMatchObject({ line, column });
    expect(read.problems[0]?.message).toContain(message);
  });

  it("refuses very many names above very many rows without taking room for all of them", () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `N${index}`);
    const read = readReturnsTable(`date,${names.join(",")}\n${"\n".repeat(1_000_000)}2024-01-01,1`);
    expect(read.ok ? [] : read.problems[0]).toMatchObject({ line: 2, message: "the line is empty" });
    const again = readReturnsTable(`date,${names.join(",")},N7\n2024-01-01`);
    expect(again.ok ? [] : again.problems[0]).toMatchObject({ message: 'the header names "N7" twice' });
  });

  it("tells several problems, and no more than twenty", () => {
    const rows = Array.from(
      { length: 100 },
      (_, index) => `2024-01-${String((index % 31) + 1).padStart(2, "0")},x`,
    );
    const read = readReturnsTable(["date,A", ...rows].join("\n"));
    expect(read.ok ? 0 : read.problems.length).toBe(20);
  });
});
