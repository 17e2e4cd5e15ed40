/**
 * A short run of the properties of risk; `npm run properties` is the long one, and says a failing seed as the smallest sequence
 * that breaks. Seeds that broke once stay here.
 */
import { describe, expect, it } from "vitest";
import { carryOut, drawSteps, smallest } from "./sequence.ts";

const SEQUENCES = 150;
const LENGTH = 200;

/** What each broke, before it was mended. */
const BROKE_ONCE: readonly (readonly [number, string])[] = [
  [61, "a short that turns with the order set off what its leader's longs came to"],
  [67, "what the minimum gave up was given up once more by a cap"],
  [195, "an order was rounded up past what a cut left"],
  [311, "what a reduction of the account lets one copy grow by was not counted in the same decision"],
  [464, "a short closed by the same decision set off a long"],
  [1272, "a short that is to be closed set off a long in hedge mode"],
  [206_476, "a short that another leader's growth was to close set off a long elsewhere"],
  [112_525, "a short that one leader closes set off a long because another leader wished to be short"],
  [1277, "what had just crossed to a copy was given up, and sold"],
  [12_653, "a hedge that was wished for, and cut, made room for what all copies may lose"],
];

function expectWhole(seed: number) {
  const steps = drawSteps(seed, LENGTH);
  const { breach, counts } = carryOut(seed, steps);
  const told = breach === null ? null : { seed, breach, sequence: smallest(seed, steps, breach) };
  expect(told).toBeNull();
  return counts;
}

describe("the properties of risk", () => {
  it("hold over thirty thousand generated steps, in which every limit and every guard acts", {
    timeout: 300_000,
  }, () => {
    const acted = new Set<string>();
    for (let seed = 1; seed <= SEQUENCES; seed += 1) {
      const { denials, stops } = expectWhole(seed);
      for (const name of [...Object.keys(denials), ...Object.keys(stops)]) acted.add(name);
    }
    expect([...acted].sort()).toEqual(expect.arrayContaining([...EVERY].sort()));
  });

  it.each(BROKE_ONCE)("hold in sequence %i, which broke once: %s", (seed) => {
    expectWhole(seed);
  });
});

const EVERY = [
  "correlation-limit",
  "cut",
  "daily-loss",
  "drawdown",
  "evidence-missing",
  "evidence-stale",
  "foreign-position",
  "leader-cap",
  "leader-exposure",
  "leverage-above-cap",
  "liquidation",
  "loss-tier",
  "margin-reserve",
  "max-positions",
  "order-cap",
  "order-rate",
  "outside-hours",
  "paused",
  "portfolio-exposure",
  "portfolio-leverage",
  "portfolio-risk",
  "position-stop",
  "sector-concentration",
  "stop-loss",
  "stopped",
  "strategy-exposure",
  "symbol-cap",
  "symbol-exposure",
];
