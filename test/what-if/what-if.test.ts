/** What a what-if says of pasts of which the truth is known: the leader's own result, what a delay costs, what capital is enough. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whatIfResult } from "../../src/api/contract/job-results.ts";
import type { WhatIfReport } from "../../src/control/what-if/report.ts";
import { verdictOn } from "../../src/control/what-if/verdict.ts";
import { ask, free, momentum, plantedFolder, removed } from "./planted.ts";

/** Eight days: 32 trades of one coin, each of which earns 500. */
const TRADES = 32;
const PAST = momentum({ days: 8 });
const EARNED = TRADES * 500;

let folder = "";
beforeAll(() => {
  folder = plantedFolder(PAST);
});
afterAll(() => removed(folder));

describe("without delay and costs", () => {
  it("a follower has the leader's result at its own size, to the last digit", async () => {
    const report = await ask(folder, free(folder, { sizing: "multiplier", copy_multiplier: 0.1 }));
    expect(report.own.profit).toBeCloseTo(EARNED, 8);
    expect(report.own.scaledProfit).toBeCloseTo(EARNED / 10, 8);
    expect(report.follower.profit).toBeCloseTo(EARNED / 10, 8);
    expect(report.quickProfit).not.toBeNull();
    // Nothing that is not there costs anything.
    expect(report.settingCosts.filter(({ cost }) => Math.abs(cost) > 1e-8)).toEqual([]);
  }, 120_000);
});

/** Within the first bar after a trade, past its last point: between two points the price stands still. */
const LATE_MINUTES = 4;

describe("a leader whose price runs away after each trade", () => {
  let report: WhatIfReport;
  beforeAll(async () => {
    report = await ask(folder, {
      ...free(folder, { position_scaling: 0.5 }),
      delay: { medianMs: LATE_MINUTES * 60_000, spread: 0, seed: 1 },
      feeRate: 0.001,
    });
  }, 120_000);

  it("is told in the form of the contract of the HTTP API", () => {
    expect(whatIfResult.safeParse({ verdict: verdictOn(report), ...report }).error).toBeUndefined();
  });

  it("costs more the later the follower is", () => {
    const profits = report.delays.points.map(({ profit }) => profit ?? 0);
    expect(profits).toHaveLength(4);
    expect(profits).toEqual(profits.toSorted((one, other) => other - one));
    const lost = report.delays.points.map((point) => point.lost);
    expect(lost).toEqual(lost.toSorted((one, other) => one - other));
    expect(lost[0]).toBe(0);
  });

  it("pays up to the delay at which the rest of the run is what the fees take", () => {
    // 500 less 50 a minute, less a thousandth of 50,000 and of 50,500: nothing is left after 7.99 minutes.
    const limit = report.delays.limit;
    expect(limit?.kind).toBe("until");
    const minutes = limit?.kind === "until" ? limit.delayMs / 60_000 : 0;
    expect(Math.abs(minutes / 7.99 - 1)).toBeLessThan(0.03);
  });

  it("costs through the engine what the run takes in that time", () => {
    const cost = report.settingCosts.find(({ name }) => name === "delay")?.cost ?? 0;
    // Each trade of 0.05 coins loses 50 x 0.05 a minute; to the engine the bar is at its end by then, a minute too early.
    const aMinute = TRADES * 2.5;
    expect(cost).toBeGreaterThan(0.9 * LATE_MINUTES * aMinute);
    expect(cost).toBeLessThan(1.1 * (LATE_MINUTES + 1) * aMinute);
    const fees = report.settingCosts.find(({ name }) => name === "fees")?.cost ?? 0;
    const paid = report.follower.happenings.fees;
    expect(paid / report.follower.happenings.traded).toBeCloseTo(0.001, 6);
    // Without them the capital, and with it every size, would have grown.
    expect(fees / paid).toBeGreaterThan(1);
    expect(fees / paid).toBeLessThan(1.15);
  });

  it("needs twice the capital at half the size", () => {
    // One coin at 100,000 is 0.001 coins at 100, at half the size at 200: four of those steps are 800.
    expect(report.size).toMatchObject({ share: 1, followsCapital: true });
    expect(Math.abs((report.size.leastEquity ?? 0) / 800 - 1)).toBeLessThan(0.02);
  });
});
