/**
 * What a what-if takes a shorter way for, held against lives through the engine: other starts, which it cuts out of one life, and the
 * light simulation.
 */
import { describe, expect, it } from "vitest";
import { COPY_DEFAULTS, type CopySettings } from "../../src/analytics/copying/copy-settings.ts";
import { drawnWindows, windowOf } from "../../src/analytics/what-if/start-windows.ts";
import { livedBy } from "../../src/control/what-if/engine-lives.ts";
import { capacityFor, quickFollower, sizeFitOf } from "../../src/control/what-if/quick-follower.ts";
import { BEGIN_MS, HOUR_MS } from "../backtest/recorded-past.ts";
import { FEE, partsOf } from "./lives-of.ts";

describe("a start in the middle of a record", () => {
  it("brings what a life brings that begins there, but for its steps and a capital that has moved", async () => {
    const { parts, terms } = await partsOf(7);
    const whole = await livedBy(parts, terms);
    for (const day of [2, 5, 8]) {
      const start = day * 24;
      const steps = 60;
      const fromMs = BEGIN_MS + start * HOUR_MS;
      const range = { fromMs, toMs: fromMs + steps * HOUR_MS };
      const lived = await livedBy({ ...parts, range }, terms);
      expect(lived.hours.equity).toHaveLength(steps + 1);
      const cut = windowOf(whole.hours, start, { steps, entryCost: FEE + 0.0001 });
      // What moves the account in such a time is a hundred times as much.
      expect(Math.abs(cut.gained - lived.profit / 10_000)).toBeLessThan(0.0005);
    }
  });
});

describe("the light simulation", () => {
  it.each([1, 2, 3])(
    "ends where the engine ends, to three hundredths of a percent of what is traded (past %i)",
    async (seed) => {
      const { parts, terms, quick } = await partsOf(seed);
      const lived = await livedBy(parts, terms);
      const light = await quickFollower(quick, lightly(terms.equity), "counts");
      const apart = light.pnl.reduce((sum, profit) => sum + profit, 0) - lived.profit;
      expect(Math.abs(apart) / lived.outcome.happenings.traded).toBeLessThan(0.0003);
    },
    30_000,
  );

  it("has nothing left with as much money as there is room for, and half of it with as much as halves the edge", async () => {
    const { quick } = await partsOf(2);
    const { half, whole, earned, triedAt } = await capacityFor(quick, lightly("10000"), NO_RESAMPLES);
    expect(earned).toBeGreaterThan(0);
    const leftAt = async (capital: number | null) => {
      const { pnl } = await quickFollower(quick, lightly((capital ?? 0).toFixed(2)), "counts");
      return pnl.reduce((sum, profit) => sum + profit, 0) / (capital ?? 0) / (earned / triedAt);
    };
    // Losses make later sizes smaller, which the root of the size knows nothing of.
    expect(Math.abs(await leftAt(whole))).toBeLessThan(0.1);
    expect(Math.abs((await leftAt(half)) - 0.5)).toBeLessThan(0.1);
  });
});

const NO_RESAMPLES = { resamples: 0, seed: 1 };

function lightly(equity: string): CopySettings {
  return { ...COPY_DEFAULTS, equity, delayMs: 1_050 };
}

describe("the least capital", () => {
  it("is four steps of the venue: from there on a step too few is a fifth at most", async () => {
    const { quick, parts } = await partsOf(1);
    // Half a coin of 100,000 in steps of 0.001, or ten coins in steps of 0.01.
    const planted = parts.recorded.fills[0]?.symbol === "BTCUSDT" ? 800 : 400;
    const { least, shareAt } = await sizeFitOf(quick);
    expect((least ?? 0) / planted).toBeGreaterThanOrEqual(0.999);
    expect((least ?? 0) / planted).toBeLessThan(1.012);
    expect(shareAt(planted * 1.02)).toBe(1);
    // Below a step nothing is ever held, and so nothing is copied, exits neither.
    expect(shareAt(planted / 20)).toBe(0);
  });
});

describe("stretches drawn from lives", () => {
  const life = (equity: readonly number[], gross: readonly number[] = equity.map(() => 0)) => ({
    equity: Float64Array.from(equity),
    gross: Float64Array.from(gross),
  });

  it("pay for what they take over, and fall from their own highest", () => {
    const lived = life([100, 110, 99, 121, 133.1], [0, 220, 0, 0, 0]);
    expect(windowOf(lived, 0, { steps: 4, entryCost: 0.001 })).toEqual({
      gained: expect.closeTo(0.331, 12),
      drawdown: expect.closeTo(-0.1, 12),
    });
    // Twice the capital is held at the second: 0.2 % of it is paid to get there.
    expect(windowOf(lived, 1, { steps: 3, entryCost: 0.001 })).toEqual({
      gained: expect.closeTo(0.208, 12),
      drawdown: expect.closeTo(0.9 - 0.002 - 1, 12),
    });
  });

  it("come from everywhere, and say how many lie side by side", () => {
    const equity = Array.from({ length: 101 }, (_, hour) => 100 * 1.01 ** hour);
    const drawn = drawnWindows([life(equity)], { steps: 10, entryCost: 0, draws: 500, seed: 1 });
    expect(drawn?.separate).toBe(10);
    expect(drawn?.lossShare).toBe(0);
    expect(drawn?.returns.p5).toBeCloseTo(1.01 ** 10 - 1, 10);
    expect(drawn?.returns.p95).toBeCloseTo(1.01 ** 10 - 1, 10);
  });

  it("are none where a life is shorter", () => {
    expect(drawnWindows([life([1, 2])], { steps: 2, entryCost: 0, draws: 5, seed: 1 })).toBeNull();
  });
});
