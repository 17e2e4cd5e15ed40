/** Performance fees: where they may stand, which one counts, what the core is told, what `start` says, and what is refused. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describeFees, describeProblem } from "../../src/config.ts";
import { follower, leader, loaded, pair, refusals } from "./folder.ts";

const yaml = (value: string) => ({
  ...pair,
  "config/fees.yaml": `copy_trading:\n  performance_fee: ${value}\n`,
});
const inFile = (performance_fee: unknown) => ({
  ...pair,
  "data/accounts/leader.json": { ...leader, performance_fee },
});
const told = (files: Parameters<typeof refusals>[0]) => refusals(files).map(describeProblem).join("\n");

test("there is none unless it is said", () => {
  const { fees, settings } = loaded(pair);
  expect(fees).toEqual([{ leader: "leader", value: { value: "off", source: "default" }, terms: null }]);
  expect(settings.bookkeeping).toBeUndefined();
  expect(describeFees(fees)).toEqual([]);
});

test.each([
  ["a share is settled each month", "0.1", { rate: "0.1", period: "month" }],
  ["a text is as exact as it is written", '"0.125"', { rate: "0.125", period: "month" }],
  ["a group says when", "{rate: 0.2, period: week}", { rate: "0.2", period: "week" }],
] as const)("%s", (_, value, terms) => {
  const { fees, settings } = loaded(yaml(value));
  expect(fees[0]).toMatchObject({ value: { source: "config/fees.yaml" }, terms });
  expect(settings.bookkeeping).toEqual({ strategies: [], performanceFees: [{ leader: "leader", ...terms }] });
  expect(describeFees(fees)).toEqual([
    `performance_fee of "leader" (config/fees.yaml): ${terms.rate} of what is above the mark, settled each ${terms.period}; a ledger, no money moves`,
  ]);
});

test("the leader's own file comes before the YAML, off too", () => {
  const both = (value: unknown) => ({ ...yaml("0.1"), ...inFile(value) });
  expect(loaded(both({ rate: 0.3 })).settings.bookkeeping?.performanceFees).toEqual([
    { leader: "leader", rate: "0.3", period: "month" },
  ]);
  expect(loaded(both({ rate: 0.3 })).fees[0]?.value.source).toBe("accounts/leader.json");
  expect(loaded(both("off")).settings.bookkeeping).toBeUndefined();
});

test.each([
  ["0", "a share above 0 and at most 1"],
  ["1.5", "a share above 0 and at most 1"],
  ["{rate: 0.1, period: year}", "periods are day, week, month, quarter"],
  ["{rate: 0.1, hurdle: 0.05}", "is not a known key; the keys here are rate, period"],
  ["often", "a group such as {rate: 0.1, period: month}"],
])("%s is refused", (value, words) => {
  expect(told(yaml(value))).toContain("fees.yaml:2: copy_trading.performance_fee");
  expect(told(yaml(value))).toContain(words);
});

test("a follower's file is no place for it", () => {
  const files = { ...pair, "data/accounts/follower.json": { ...follower, performance_fee: 0.1 } };
  expect(told(files)).toContain("it goes into the leader's file, or under copy_trading for all of them");
});

test("the strategy that chooses a follower's leaders is told, too", () => {
  const portfolio = {
    "config/p.yaml":
      "portfolio: {strategy: selective}\ncopy_trading: {copying: {sizing: equity-proportional}}\n",
  };
  expect(loaded({ ...pair, ...portfolio }).settings.bookkeeping).toEqual({
    strategies: [{ follower: "follower", strategy: "selective_copying" }],
    performanceFees: [],
  });
});

test("the guide tells of it", () => {
  const guide = readFileSync(new URL("../../docs/copy-trading-guide.md", import.meta.url), "utf8");
  expect(guide).toMatch(/\bperformance_fee\b/);
});
