/**
 * Styles of generated traders on generated markets that the shipped model never saw: what it says, how steady that is when the
 * trips are drawn anew, and what it says where it cannot know.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { generateTrader } from "../../scripts/style-study/generated-trader.ts";
import { studyMarkets, studyTraders } from "../../scripts/style-study/samples.ts";
import { train } from "../../scripts/style-study/train.ts";
import { seededRandom } from "../../src/analytics/numeric/random.ts";
import { classifyStyle, TRIPS_MIN } from "../../src/analytics/style/classify.ts";
import { FEATURES, featuresOf } from "../../src/analytics/style/features.ts";
import { probabilitiesOf, trainedModel } from "../../src/analytics/style/model.ts";
import { STYLES } from "../../src/analytics/style/styles.ts";
import { traitsOf } from "../../src/analytics/style/traits.ts";

const SEED = 4711;
const { trial } = studyMarkets(SEED, { withRecorded: false });
const traders = studyTraders(trial, 10, SEED);
const verdicts = traders.map((trader) => ({
  ...trader,
  verdict: classifyStyle(trader.trips, trader.markets, { draws: 60 }),
}));
const rightShare = (some: typeof verdicts) =>
  some.filter(({ style, verdict }) => verdict.label === style).length / some.length;

describe("the style of a generated trader", () => {
  test("is told for most, whatever the style", () => {
    expect(rightShare(verdicts)).toBeGreaterThan(0.85);
    for (const style of STYLES) {
      const own = verdicts.filter((one) => one.style === style);
      expect(own.length, style).toBe(10);
      expect(rightShare(own), style).toBeGreaterThanOrEqual(0.6);
    }
  });

  test("comes with a probability for each style, and what is said to be sure is right more often", () => {
    for (const { verdict } of verdicts) {
      const all = Object.values(verdict.probabilities ?? {});
      expect(all).toHaveLength(STYLES.length);
      expect(all.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9);
    }
    const sure = verdicts.filter(({ verdict }) => verdict.confidence === "high");
    expect(sure.length).toBeGreaterThan(15);
    expect(rightShare(sure)).toBeGreaterThan(0.95);
  });

  test("is steady when the trips are drawn anew; where it is not, low confidence is said", () => {
    const shares = verdicts.map(({ verdict }) => verdict.agreement ?? 0);
    expect(shares.reduce((sum, one) => sum + one, 0) / shares.length).toBeGreaterThan(0.85);
    const shaky = verdicts.filter(({ verdict }) => (verdict.agreement ?? 0) < 0.7);
    expect(shaky.length).toBeGreaterThan(0);
    for (const { verdict } of shaky) {
      expect(verdict.confidence).toBe("low");
      expect(verdict.reasons.join()).toContain("other draws of the trips");
    }
  });

  test("is the same for the same seed, and in whatever order the trips come", () => {
    const [first] = traders;
    if (first === undefined) throw new Error("no trader");
    const again = classifyStyle([...first.trips].reverse(), first.markets, { draws: 60 });
    expect(again).toEqual(verdicts[0]?.verdict);
  });
});

describe("what cannot be known", () => {
  const [markets = []] = trial;
  const trader = generateTrader("trend_following", markets, 12);
  if (trader === null) throw new Error("no trader");

  test("too few trips are unknown, and said so", () => {
    const verdict = classifyStyle(trader.trips.slice(0, TRIPS_MIN - 1), trader.markets);
    expect(verdict).toMatchObject({
      ...{ label: "unknown", probabilities: null, confidence: "none", agreement: null },
      reasons: ["9 round trips: below 10 a style cannot be told"],
    });
  });

  test("no trip at all is unknown", () => {
    expect(classifyStyle([], trader.markets)).toMatchObject({ label: "unknown", trips: 0, marketShare: 0 });
  });

  test("without a market the confidence is low, and that is the reason", () => {
    const verdict = classifyStyle(trader.trips, { bars: () => null, funding: () => null }, { draws: 20 });
    expect(verdict.marketShare).toBe(0);
    expect(verdict.confidence).toBe("low");
    expect(verdict.reasons).toContain("the market is known for 0 % of the trips");
    expect(verdict.features.move_hour).toBeNull();
  });
});

describe("the model", () => {
  test("is of the features there are, and says with which command it was made", () => {
    expect(trainedModel().features).toEqual(FEATURES.map(({ name }) => name));
    const file = JSON.parse(
      readFileSync(new URL("../../src/analytics/style/weights.json", import.meta.url), "utf8"),
    );
    expect(file.command).toMatch(/^npm run study:style -- --traders \d+ --seed \d+ --write$/);
  });

  test("training finds what separates, the same every time", () => {
    const random = seededRandom(3);
    const examples = STYLES.flatMap((style, place) =>
      Array.from({ length: 4 }, () => ({
        style,
        features: FEATURES.map((_, at) => (at === place ? 3 : 0) + random()),
      })),
    );
    const model = train(examples, 0.001);
    expect(train(examples, 0.001)).toEqual(model);
    for (const { style, features } of examples)
      expect(probabilitiesOf(model, features)[style]).toBeGreaterThan(0.8);
  });

  test("every feature is described in the documentation", () => {
    const doc = readFileSync(new URL("../../docs/style.md", import.meta.url), "utf8");
    for (const { name, what } of FEATURES) expect(doc).toContain(`| \`${name}\` | ${what} |`);
  });

  test("every feature is a number for every generated trader with a known market, or not known at all", () => {
    for (const { trips, markets: seen } of traders) {
      for (const value of featuresOf(traitsOf(trips, seen)))
        expect(Number.isNaN(value) || Number.isFinite(value)).toBe(true);
    }
  });
});
