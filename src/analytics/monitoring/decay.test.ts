/** Decay: seldom told of a record that goes on as it was, soon of one that turned bad. */
import { expect, it } from "vitest";
import { seededRandom } from "../numeric/random.ts";
import { type DecayFound, decayOf } from "./decay.ts";

const OPTIONS = { windowDays: 90, falseAlarms: 0.05, resamples: 60 };

/** Normal, or wild: Student's t with three degrees of freedom, of the same deviation. */
function source(seed: number, wild: boolean): () => number {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  if (!wild) return normal;
  return () => normal() / Math.sqrt(normal() ** 2 + normal() ** 2 + normal() ** 2);
}

function record(seed: number, days: number, { wild = false, mean = 0.1 } = {}): Float64Array {
  const next = source(seed, wild);
  return Float64Array.from({ length: days }, () => 0.01 * (mean + next()));
}

function measured(returns: Float64Array, options = OPTIONS): DecayFound {
  const found = decayOf(returns, options);
  if (found.kind !== "measured") throw new Error(found.kind);
  return found;
}

/** How many of `count` records that go on as before are doubted at some look within a year. */
function doubted(count: number, wild: boolean): number {
  return Array.from({ length: count }, (_, seed) => record(seed + 1, 120 + 365, { wild })).filter((all) => {
    for (let day = 120; day <= all.length; day += 28) {
      const { value, limit } = measured(all.subarray(0, day));
      if (value > limit) return true;
    }
    return false;
  }).length;
}

it("doubts few of those that go on as before: a share of about 5 % in a year", () => {
  // Of 40 each, 5 % are 2; 6 and more would come of such a share in one of a hundred trials.
  for (const wild of [false, true]) expect(doubted(40, wild)).toBeLessThanOrEqual(5);
});

it("finds a record that lost its edge and more, and says since when", () => {
  const good = record(3, 200);
  const bad = record(4, 60, { mean: -1 });
  const { value, limit, since, meanBefore, meanSince } = measured(Float64Array.of(...good, ...bad));
  expect(value).toBeGreaterThan(limit);
  expect(since).toBeGreaterThanOrEqual(180);
  expect(since).toBeLessThanOrEqual(210);
  expect(meanSince ?? 0).toBeLessThan(0);
  expect(meanBefore).toBeGreaterThan(-0.001);
});

it("takes one crash for no decay", () => {
  const returns = record(5, 200);
  returns[199] = -0.5;
  const { value, limit } = measured(returns);
  expect(value).toBeLessThan(limit);
});

it("tells what it needs where a record is too short, and nothing of days that are all the same", () => {
  expect(decayOf(record(1, 69), OPTIONS)).toEqual({ kind: "too-short", days: 69, needed: 70 });
  expect(decayOf(new Float64Array(100), OPTIONS)).toEqual({ kind: "no-variation" });
});

it("gives the same for the same record", () => {
  expect(decayOf(record(6, 150), OPTIONS)).toEqual(decayOf(record(6, 150), OPTIONS));
});
