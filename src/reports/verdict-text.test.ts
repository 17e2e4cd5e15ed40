import { expect, it } from "vitest";
import { numbersText, verdictGroups } from "./verdict-text.ts";

const verdict = (trader: string, reason: string, weight: number) => ({
  trader,
  isIn: weight > 0,
  reason,
  numbers: {},
  weight,
});

it("tells who is in before who is out, the largest part and the most frequent reason first", () => {
  const groups = verdictGroups([
    verdict("a", "too-few-trades", 0),
    verdict("b", "record-too-short", 0),
    verdict("c", "record-too-short", 0),
    verdict("d", "kept", 0.1),
    verdict("e", "kept", 0.3),
  ]);
  expect(groups.map(({ reason, verdicts }) => [reason, ...verdicts.map(({ trader }) => trader)])).toEqual([
    ["kept", "e", "d"],
    ["record-too-short", "b", "c"],
    ["too-few-trades", "a"],
  ]);
});

it("tells the numbers that decided, and where one is not known", () => {
  expect(numbersText({ numbers: { days: 7, least: 0.123456, style: "swing", cagr: null } })).toBe(
    "days 7, least 0.123, style swing, cagr unknown",
  );
  expect(numbersText({ numbers: {} })).toBe("");
});
