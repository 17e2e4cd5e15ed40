/**
 * The claim of docs/studies.md in small: traders of known skill, ranked by the program and by the figures of leaderboards. The whole study
 * is `npm run study:ranking`.
 */
import { describe, expect, test } from "vitest";
import { chanceFrom } from "../../scripts/selection-study/chance.ts";
import { ladderProcess, marketFactors, ordinaryProcess } from "../../scripts/selection-study/processes.ts";
import { SINGLE_FIGURES } from "../../scripts/selection-study/rules.ts";
import { summaryOf } from "../../scripts/selection-study/summary.ts";
import { trialOf } from "../../scripts/selection-study/trial.ts";
import { momentsOf } from "../../src/analytics/metrics/moments.ts";
import { seededRandom } from "../../src/analytics/numeric/random.ts";

const MIXED = { traders: 300, days: [7, 1_000], ladderShare: 0 } as const;
const POPULATIONS = 12;
const summary = summaryOf(
  Array.from({ length: POPULATIONS }, (_, at) => trialOf({ ...MIXED, seed: 7_000 + at })),
);
const ruleOf = (rule: string, among: string) =>
  summary.rules.find((row) => row.rule === rule && row.among === among) ?? expect.fail(`${rule} is missing`);

describe("the top ten of a population of known skill", () => {
  test.each(SINGLE_FIGURES)(
    "is truly better than the one by %s, with the same to choose from (pain 42)",
    (rule) => {
      expect(ruleOf(rule, "candidates").carefulAhead.mean).toBeGreaterThan(0);
    },
  );

  test("is better than leaderboards of raw figures by more than chance, and holds fewer who truly lose (pain 42)", () => {
    const careful = ruleOf("careful", "candidates");
    for (const rule of ["sharpe", "calmar", "win-rate"]) {
      const { carefulAhead, losing } = ruleOf(rule, "leaderboard");
      expect(carefulAhead.mean / carefulAhead.error, rule).toBeGreaterThan(2);
      expect(losing.mean, rule).toBeGreaterThan(1.5 * careful.losing.mean);
    }
  });

  test("has no two accounts in lock-step, which a leaderboard has (pain 42)", () => {
    expect(ruleOf("careful", "candidates").hands.mean).toBe(10);
    expect(ruleOf("roi", "leaderboard").hands.mean).toBeLessThan(10);
  });
});

describe("what is said of a record of known skill", () => {
  test("has bounds that the truth lies beyond about as often as they say", () => {
    const [ordinary] = summary.bounds;
    expect(ordinary?.underLower).toBeLessThan(0.09);
    expect(ordinary?.aboveUpper).toBeLessThan(0.05);
  });

  test("is hardly ever skill where there is none", () => {
    const limits = { "q 0.05": 0.05, "q 0.1": 0.1, "q 0.2": 0.2, "skill-likely": 0.05 };
    for (const [name, limit] of Object.entries(limits)) {
      const { wrongShare } = summary.finds.find((one) => one.name === name) ?? expect.fail(name);
      expect(wrongShare.mean, name).toBeLessThanOrEqual(limit);
    }
  });
});

test.each(["ordinary", "ladder"] as const)(
  "long records of %s traders come to the ratio that is said of them",
  (kind) => {
    const chance = chanceFrom(seededRandom(5));
    const factors = marketFactors(chance, 20_000);
    for (let made = 0; made < 20; made += 1) {
      const process = kind === "ladder" ? ladderProcess(chance) : ordinaryProcess(chance, factors);
      const { mean, deviation } = momentsOf(process.returns(20_000));
      const seen = ((mean ?? 0) / (deviation ?? 1)) * Math.sqrt(365);
      // A ratio of 20,000 days has an error of 0.14 a year, more where days hang together.
      expect(Math.abs(seen - process.sharpePerDay * Math.sqrt(365))).toBeLessThan(0.6);
    }
  },
);
