import { describe, expect, it } from "vitest";
import { evenSpans, monthSpans } from "./spans.ts";

const day = (text: string) => Date.parse(text) / 86_400_000;

describe("the past cut into periods", () => {
  it("is calendar months from the first whole one to the last day", () => {
    expect(monthSpans(day("2023-12-15"), day("2024-03-10"))).toEqual([
      { beginDay: day("2024-01-01"), days: 31 },
      { beginDay: day("2024-02-01"), days: 29 },
      { beginDay: day("2024-03-01"), days: 10 },
    ]);
    expect(monthSpans(day("2024-01-01"), day("2024-01-01"))).toEqual([
      { beginDay: day("2024-01-01"), days: 1 },
    ]);
    expect(monthSpans(10, 9)).toEqual([]);
  });

  it("is whole even spans that end with the last day", () => {
    expect(evenSpans(100, 120, 7)).toEqual([
      { beginDay: 100, days: 7 },
      { beginDay: 107, days: 7 },
      { beginDay: 114, days: 7 },
    ]);
    expect(evenSpans(100, 112, 7)).toEqual([{ beginDay: 106, days: 7 }]);
    expect(evenSpans(0, -1, 7)).toEqual([]);
  });
});
