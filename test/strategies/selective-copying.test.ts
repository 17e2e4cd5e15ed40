/** `selective_copying`: each option decides somebody, with its numbers. */
import { describe, expect, it } from "vitest";
import { strategyKindOf } from "../../src/strategies/registry.ts";
import { decided as decidedBy, type Options, verdictOn } from "./decided.ts";
import type { MadeLeader } from "./made-evidence.ts";

const decided = (leaders: readonly MadeLeader[], options: Options) =>
  decidedBy("selective", leaders, options);

const OFF = {
  min_performance: "off",
  max_drawdown: "off",
  min_trades: "off",
  performance_threshold: "off",
  risk_threshold: "off",
  diversity_requirement: false,
};

describe("selective copying", () => {
  it.each<readonly [string, MadeLeader, Readonly<Record<string, unknown>>, string, string]>([
    [
      "min_performance",
      { trader: "weak", mean: 0.0001 },
      { min_performance: 0.15 },
      "performance-too-low",
      "cagr",
    ],
    [
      "max_drawdown",
      { trader: "deep", deviation: 0.03, mean: 0 },
      { max_drawdown: 0.05 },
      "drawdown-too-deep",
      "max_drawdown",
    ],
    ["min_trades", { trader: "idle", trips: 99 }, { min_trades: 100 }, "too-few-trades", "trips"],
    [
      "performance_threshold",
      { trader: "lucky", mean: -0.001 },
      { performance_threshold: 0.15 },
      "expectation-too-low",
      "expected_return",
    ],
    [
      "risk_threshold",
      { trader: "wild", deviation: 0.02 },
      { risk_threshold: 0.2 },
      "risk-too-high",
      "annual_volatility",
    ],
    ["min_days", { trader: "young", days: 40 }, { min_days: 41 }, "record-too-short", "days"],
  ])("leaves out by %s, and lets in without it", (_, leader, options, reason, figure) => {
    const leaders = [leader, { trader: "steady", seed: 3 }];
    const found = decided(leaders, { ...OFF, ...options });
    expect(verdictOn(found, leader.trader)).toMatchObject({ isIn: false, weight: 0, reason });
    expect(verdictOn(found, leader.trader).numbers).toHaveProperty(figure);
    expect(verdictOn(found, "steady")).toMatchObject({ isIn: true, reason: "chosen" });
    expect(verdictOn(decided(leaders, OFF), leader.trader)).toMatchObject({ isIn: true });
  });

  it("leaves out who fails a filter, and who never varies", () => {
    const failed = { filter: "min_win_rate", value: 0.4, bound: 0.5 };
    const found = decided(
      [
        { trader: "failing", failedFilters: [failed] },
        { trader: "flat", returns: new Array<number>(60).fill(0) },
      ],
      OFF,
    );
    expect(found.verdicts.map(({ reason, numbers }) => [reason, numbers])).toEqual([
      ["failed-filter", failed],
      ["unknown-figure", { figure: "annual_volatility", value: 0 }],
    ]);
    expect(found.allocations).toEqual([]);
  });

  it("is strict without a word: the bounds of the earlier system", () => {
    expect(strategyKindOf("selective_copying")?.configure()).toMatchObject({
      ok: true,
      options: {
        min_performance: 0.15,
        max_drawdown: 0.2,
        min_trades: 100,
        performance_threshold: 0.15,
        risk_threshold: 0.2,
        diversity_requirement: true,
        auto_rebalancing: true,
      },
    });
  });

  it("has no style take more than half of the leaders (diversity_requirement)", () => {
    const leaders = [
      { trader: "t1", style: "trend_following", mean: 0.005, seed: 1 },
      { trader: "t2", style: "trend_following", mean: 0.004, seed: 2 },
      { trader: "t3", style: "trend_following", mean: 0.003, seed: 3 },
      { trader: "m1", style: "mean_reversion", mean: 0.001, seed: 4 },
    ];
    const found = decided(leaders, { ...OFF, diversity_requirement: true });
    expect(found.allocations.map(({ trader }) => trader).sort()).toEqual(["m1", "t1", "t2"]);
    expect(verdictOn(found, "t3")).toMatchObject({
      reason: "style-full",
      numbers: { style: "trend_following", most: 2 },
    });
    expect(decided(leaders, OFF).allocations).toHaveLength(4);
    const two = decided(leaders, { ...OFF, diversity_requirement: true, max_traders: 2 });
    expect(two.allocations.map(({ trader }) => trader).sort()).toEqual(["m1", "t1"]);
  });

  it("takes the surest up to max_traders, in equal parts, at position_scaling", () => {
    const leaders = [1, 2, 3, 4].map((place) => ({ trader: `l${place}`, mean: place / 1000, seed: place }));
    const found = decided(leaders, { ...OFF, max_traders: 3, position_scaling: 0.8 });
    expect(found.allocations).toEqual(
      ["l2", "l3", "l4"].map((trader) => ({ trader, weight: 1 / 3, scale: 0.8 })),
    );
    expect(verdictOn(found, "l1")).toMatchObject({ reason: "beyond-max-traders", numbers: { most: 3 } });
    const [alone] = decided(leaders.slice(0, 1), { ...OFF, max_weight: 0.25 }).allocations;
    expect(alone?.weight).toBe(0.25);
  });

  it("keeps the weights of who stays without auto_rebalancing", () => {
    const leaders = [
      { trader: "a", seed: 1, weight: 0.2, costBps: 0 },
      { trader: "b", seed: 2, weight: 0.1, costBps: 0 },
    ];
    const weights = (auto_rebalancing: boolean) =>
      decided(leaders, { ...OFF, auto_rebalancing }).verdicts.map(({ weight }) => weight);
    expect(weights(true)).toEqual([0.5, 0.5]);
    expect(weights(false)).toEqual([0.2, 0.1]);
  });

  it("refuses what is no option, with the nearest, and what is no value", () => {
    const kind = strategyKindOf("selective_copying");
    expect(kind?.configure({ performance_treshold: 0.1 })).toMatchObject({
      ok: false,
      problems: [{ option: "performance_treshold", nearest: "performance_threshold" }],
    });
    expect(kind?.configure({ max_drawdown: "20%", diversity_requirement: "yes", max_traders: 1.5 })).toEqual({
      ok: false,
      problems: [
        { option: "max_drawdown", message: "must be a number above 0 and at most 1, or off" },
        { option: "diversity_requirement", message: "must be true or false" },
        { option: "max_traders", message: "must be a whole number from 1 to 1000" },
      ],
    });
  });
});
