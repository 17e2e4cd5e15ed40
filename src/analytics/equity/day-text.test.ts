import { expect, it } from "vitest";
import { endText, rangeText, timeText } from "./day-text.ts";

const at = (text: string) => Date.parse(text);

it("tells a stretch of time as it is asked for, with its last day", () => {
  expect(timeText(at("2024-05-01T00:00Z"))).toBe("2024-05-01");
  expect(timeText(at("2024-05-01T12:05:30Z"))).toBe("2024-05-01 12:05");
  expect(endText(at("2024-06-01T00:00Z"))).toBe("2024-05-31");
  expect(rangeText({ fromMs: at("2024-05-01T06:00Z"), toMs: at("2024-06-01T00:00Z") })).toBe(
    "2024-05-01 06:00 to 2024-05-31",
  );
  expect(rangeText({ fromMs: at("2024-05-01T00:00Z"), toMs: at("2024-05-01T18:30Z") })).toBe(
    "2024-05-01 to 2024-05-01 18:30",
  );
});

it("knows the calendar", () => {
  for (let day = -400; day < 60_000; day += 7)
    expect(timeText(day * 86_400_000)).toBe(new Date(day * 86_400_000).toISOString().slice(0, 10));
});
