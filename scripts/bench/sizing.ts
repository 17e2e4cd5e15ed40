/**
 * Sizing: exact against a reference in whole decimals over random cases, and nanoseconds for one follower.
 */
import { Lots } from "../../src/core/model/amounts.ts";
import { Decimal } from "../../src/core/model/decimal.ts";
import { makeRatio, type Ratio, scaleLots } from "../../src/core/sizing/ratio.ts";
import { quantile, rounded } from "./statistics.ts";

export interface SizingReport {
  readonly cases: number;
  readonly unequal: number;
  readonly nsPerFollower: number;
}

const FOLLOWERS = 1_000;
const PASSES = 2_000;
const BATCHES = 9;

export function measureSizing(cases: number): SizingReport {
  return { cases, unequal: countUnequal(cases), nsPerFollower: rounded(nsPerFollower(), 1) };
}

/** A linear congruential generator: the same cases in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const STEPS = ["1", "10", "0.1", "0.01", "0.001", "0.05", "100"].map((text) => Decimal.parse(text));

function countUnequal(cases: number): number {
  const chance = generator(7);
  let unequal = 0;
  for (let index = 0; index < cases; index += 1) {
    const multiplier = Decimal.of(BigInt(1 + Math.floor(chance() * 10 ** (1 + Math.floor(chance() * 7)))), 4);
    const scaling = Decimal.of(BigInt(1 + Math.floor(chance() * 1_000)), 2);
    const theirs = STEPS[Math.floor(chance() * STEPS.length)] ?? Decimal.one;
    const ours = STEPS[Math.floor(chance() * STEPS.length)] ?? Decimal.one;
    const lots = Lots(Math.floor((chance() - 0.5) * 10 ** (1 + Math.floor(chance() * 9))));
    const exact = multiplier
      .times(scaling)
      .times(theirs)
      .times(Decimal.of(BigInt(lots), 0));
    const reference = Number(exact.dividedBy(ours, 0, "towards-zero").units);
    const sized = scaleLots(lots, makeRatio([multiplier, scaling, theirs], [ours]));
    if (sized !== reference) unequal += 1;
  }
  return unequal;
}

/** The best of several batches: what it takes when nobody else wants the processor. */
function nsPerFollower(): number {
  const chance = generator(11);
  const ratios: Ratio[] = Array.from({ length: FOLLOWERS }, () =>
    makeRatio(
      [Decimal.of(BigInt(1 + Math.floor(chance() * 100_000)), 4), Decimal.parse("0.01")],
      [Decimal.parse("0.001")],
    ),
  );
  const batches: number[] = [];
  let sum = 0;
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const startNs = process.hrtime.bigint();
    for (let pass = 0; pass < PASSES; pass += 1) {
      for (const ratio of ratios) sum += scaleLots(Lots(pass), ratio);
    }
    batches.push(Number(process.hrtime.bigint() - startNs) / PASSES / FOLLOWERS);
  }
  if (Number.isNaN(sum)) throw new Error("sizing gave no number");
  return quantile(batches, 0.5);
}
