/** What holds for every strategy, whatever leaders there are and whatever is copied already. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isIn } from "../../src/strategies/reasons.ts";
import { decideStrategy } from "../../src/strategies/rebalance.ts";
import { STRATEGY_KINDS } from "../../src/strategies/registry.ts";
import { strategyOf } from "./decided.ts";
import { type MadeLeader, madeEvidence } from "./made-evidence.ts";

const leader = fc.record({
  mean: fc.double({ min: -0.01, max: 0.01, noNaN: true }),
  deviation: fc.constantFrom(0, 0.001, 0.01, 0.05),
  days: fc.integer({ min: 0, max: 90 }),
  seed: fc.integer({ min: 1, max: 20 }),
  trips: fc.integer({ min: 0, max: 400 }),
  style: fc.constantFrom(null, "scalping", "swing"),
  weight: fc.constantFrom(0, 0, 0.05, 0.3, 1),
  costBps: fc.constantFrom(0, 5, 50, 1_000),
  failedFilters: fc.constantFrom([], [], [{ filter: "min_trades", value: 1, bound: 2 }]),
});

const leaders = fc
  .array(leader, { maxLength: 12 })
  .map((all) => all.map((one, at): MadeLeader => ({ ...one, trader: `leader${at}` })));

const cases = fc.record({
  leaders,
  kind: fc.constantFrom(...STRATEGY_KINDS.map(({ name }) => name)),
  max_traders: fc.integer({ min: 1, max: 5 }),
  max_weight: fc.constantFrom(0.1, 0.4, 1),
  min_weight: fc.constantFrom(0, 0.02, 0.2),
  rotate: fc.constantFrom("leaders", "styles", "strategies"),
});

describe("every strategy", () => {
  it("has one verdict on each leader, and weights within its limits", () => {
    fc.assert(
      fc.property(cases, ({ leaders: made, kind, rotate, ...options }) => {
        const own = kind === "dynamic_copying" ? { rotate } : {};
        const evidence = madeEvidence(made);
        const found = decideStrategy(strategyOf(kind, { ...options, ...own }), evidence);
        expect(found.verdicts.map(({ trader }) => trader)).toEqual(made.map(({ trader }) => trader));
        for (const { isIn: isWithin, reason, weight, from, wanted } of found.verdicts) {
          expect(isWithin).toBe(weight > 0);
          expect(isIn(reason)).toBe(weight > 0);
          expect(weight).toBeLessThanOrEqual(options.max_weight + 1e-9);
          // Between what is and what is wanted.
          expect(weight).toBeGreaterThanOrEqual(Math.min(from, wanted) - 1e-12);
          expect(weight).toBeLessThanOrEqual(Math.max(from, wanted) + 1e-12);
          if (wanted === 0) expect(weight).toBe(0);
          else expect(wanted).toBeGreaterThanOrEqual(options.min_weight - 1e-12);
        }
        const sum = found.verdicts.reduce((total, { weight }) => total + weight, 0);
        expect(sum).toBeLessThanOrEqual(1 + 1e-9);
        expect(found.allocations.length).toBe(found.verdicts.filter(({ weight }) => weight > 0).length);
        const wanted = found.verdicts.filter((verdict) => verdict.wanted > 0);
        expect(wanted.length).toBeLessThanOrEqual(options.max_traders);
        const scales = new Map(found.allocations.map(({ trader, scale }) => [trader, scale]));
        const moved = found.verdicts.map(({ trader, weight }, at) =>
          Math.abs(weight * (scales.get(trader) ?? 1) - (made[at]?.weight ?? 0)),
        );
        expect(found.turnover).toBeCloseTo(
          moved.reduce((total, one) => total + one, 0),
          9,
        );
        const cost = moved.reduce((total, one, at) => total + (one * (made[at]?.costBps ?? 0)) / 10_000, 0);
        expect(found.cost).toBeCloseTo(cost, 9);
      }),
      { numRuns: 300 },
    );
  });

  it("decides the same whatever the order of the leaders", () => {
    fc.assert(
      fc.property(cases, ({ leaders: made, kind, rotate, ...options }) => {
        const own = kind === "dynamic_copying" ? { rotate } : {};
        const strategy = strategyOf(kind, { ...options, ...own });
        const weights = (all: readonly MadeLeader[]) =>
          new Map(
            decideStrategy(strategy, madeEvidence(all)).verdicts.map((one) => [one.trader, one.weight]),
          );
        const [there, back] = [weights(made), weights([...made].reverse())];
        for (const [trader, weight] of there) expect(back.get(trader)).toBeCloseTo(weight, 9);
      }),
      { numRuns: 100 },
    );
  });
});
