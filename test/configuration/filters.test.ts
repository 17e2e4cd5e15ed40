/** The filters of traders: each is off until a file sets it, in force from there on, said at start, and bounded. */
import { describe, expect, test } from "vitest";
import { filterValues } from "../../src/config/filter-values.ts";
import { describeProblem, type FilterValues } from "../../src/config.ts";
import { loaded, pair, refusals } from "./folder.ts";

type Key = keyof FilterValues;

/** Group, a value within its bounds, values beyond them, and what is said then. */
const KEYS: readonly (readonly [Key, string, unknown, readonly unknown[], string])[] = [
  ["min_performance", "copy_trading.trader_selection", 0.15, [-2, 1_001, "much"], "a number from -1 to 1000"],
  ["max_drawdown", "copy_trading.trader_selection", 0.2, [-0.1, 20], "a number from 0 to 1"],
  ["min_trades", "copy_trading.trader_selection", 100, [-1, 1.5], "a whole number from 0 to"],
  ["min_track_record", "copy_trading.trader_selection", 365, [-1, 1.5], "a whole number from 0 to"],
  ["min_sharpe_ratio", "traders.performance", 1, [-101, 101], "a number from -100 to 100"],
  ["min_calmar_ratio", "traders.performance", 1.5, [-101, 1_001], "a number from -100 to 1000"],
  ["min_win_rate", "traders.performance", 0.55, [-0.1, 55], "a number from 0 to 1"],
  ["min_profit_factor", "traders.performance", 1.2, [-1, 1_001], "a number from 0 to 1000"],
  ["max_volatility", "traders.risk", 0.25, [-0.1, 101], "a number from 0 to 100"],
  ["max_var_95", "traders.risk", 0.03, [-0.1, 3], "a number from 0 to 1"],
  ["max_beta", "traders.risk", 1.5, [-1, 101], "a number from 0 to 100"],
  [
    "beta_benchmark",
    "traders.risk",
    "ETHUSDT",
    ["eth/usdt", 5],
    "a symbol in capitals as the venue writes it",
  ],
  ["allowed_strategies", "traders.strategy", ["carry", "scalping"], [[], "carry", [7]], "must be"],
  ["min_strategy_diversity", "traders.strategy", 3, [-1, 11, 1.5], "a whole number from 0 to 10"],
  ["max_sector_concentration", "traders.strategy", 0.4, [-0.1, 4], "a number from 0 to 1"],
];

function stated(group: string, key: Key, value: unknown) {
  const [first = "", second = ""] = group.split(".");
  return {
    ...pair,
    "config/filters.yaml": `${first}:\n  ${second}:\n    ${key}: ${JSON.stringify(value)}\n`,
  };
}

test("has a row for every filter", () => {
  expect(KEYS.map(([key]) => key).sort()).toEqual(Object.keys(loaded(pair).filters).sort());
});

describe.each(KEYS)("%s", (key, group, value, beyond, words) => {
  const keyPath = `${group}.${key}`;

  test("is off where nothing is said, and in force where a file says it", () => {
    const standard = key === "beta_benchmark" ? "BTCUSDT" : null;
    expect(loaded(pair).filters[key]).toEqual({ value: standard, source: "default" });
    const { filters, notInForce } = loaded(stated(group, key, value));
    expect(filters[key]).toEqual({ value, source: "config/filters.yaml" });
    expect(notInForce).toEqual([]);
  });

  test("refuses what is beyond its bounds, with file, line, key and what would be right", () => {
    for (const wrong of beyond) {
      const [problem = ""] = refusals(stated(group, key, wrong)).map(describeProblem);
      expect(problem).toContain(`filters.yaml:3: ${keyPath}`);
      expect(problem).toContain(words);
    }
  });
});

test("start and status tell each that is set, with its source", () => {
  const { filterNotes, values } = loaded({
    ...pair,
    "config/a.yaml": "traders: {risk: {max_beta: 1.5}, strategy: {allowed_strategies: [carry, scalping]}}",
  });
  expect(filterNotes).toEqual([
    "filter traders.risk.max_beta 1.5 (config/a.yaml): judged by `copytrader traders filter`; of leaders that are copied monitoring tells",
    "filter traders.strategy.allowed_strategies carry, scalping (config/a.yaml): judged by `copytrader traders filter`; of leaders that are copied monitoring tells",
    "filter traders.risk.beta_benchmark BTCUSDT (default): judged by `copytrader traders filter`; of leaders that are copied monitoring tells",
  ]);
  expect(values).toContainEqual({ keyPath: "traders.risk.max_beta", value: 1.5, source: "config/a.yaml" });
  expect(loaded(pair).filterNotes).toEqual([]);
});

test("a style that is none is refused with the nearest one", () => {
  const files = {
    ...pair,
    "config/a.yaml": "traders:\n  strategy:\n    allowed_strategies: [trend_folowing]\n",
  };
  expect(refusals(files)).toMatchObject([
    { keyPath: "traders.strategy.allowed_strategies.0", nearest: "trend_following" },
  ]);
});

test("max_sector_concentration may be switched off, or written as a text", () => {
  const share = (value: "off" | "0.35") =>
    filterValues({ traders: { strategy: { max_sector_concentration: value } } }, () => "a")
      .max_sector_concentration;
  expect([share("off").value, share("0.35").value]).toEqual([null, 0.35]);
});
