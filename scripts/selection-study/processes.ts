/** What the days of generated traders are drawn from, each with the Sharpe ratio that it truly has. */
import type { Chance } from "./chance.ts";

export interface TraderProcess {
  /** Mean over deviation of one day, over all days that it could have. */
  readonly sharpePerDay: number;
  returns(days: number): Float64Array;
  /** Once so far below its highest point it is gone with this probability, a day. */
  readonly vanishes: { readonly drawdown: number; readonly probability: number };
}

const YEAR = Math.sqrt(365);
const FACTORS = 5;
/** Wild times have so many times the deviation of calm ones. */
const WILD = 2.5;
const WILD_BEGINS = 0.02;
const WILD_ENDS = 0.08;

/** Series of unit variance and mean zero that several traders have in common, the newest day last. */
export function marketFactors(chance: Chance, days: number): readonly Float64Array[] {
  const market = unitSeries(chance, days, 5);
  return Array.from({ length: FACTORS }, () => {
    const own = unitSeries(chance, days, 5);
    return own.map((value, day) => 0.8 * value + 0.6 * (market[day] ?? 0));
  });
}

/** Calm and wild times by turns, with fat tails; mean zero, variance one over all times. */
function unitSeries(chance: Chance, days: number, degrees: number): Float64Array {
  const wildShare = WILD_BEGINS / (WILD_BEGINS + WILD_ENDS);
  const calm = 1 / Math.sqrt(1 - wildShare + wildShare * WILD ** 2);
  let isWild = chance.happens(wildShare);
  return Float64Array.from({ length: days }, () => {
    isWild = chance.happens(isWild ? 1 - WILD_ENDS : WILD_BEGINS);
    return chance.heavy(degrees) * calm * (isWild ? WILD : 1);
  });
}

/** Fat tails, days that hang together, a part of the market, days without trading; leverage is in the deviation. */
export function ordinaryProcess(chance: Chance, factors: readonly Float64Array[]): TraderProcess {
  const deviation = chance.betweenLogarithms(0.2, 3) / YEAR;
  const mean = ((-0.3 + 1.2 * chance.normal()) / YEAR) * deviation;
  const active = chance.between(0.3, 1);
  const carried = chance.between(-0.1, 0.25);
  const inCommon = chance.between(0, 0.8) * (chance.happens(0.7) ? 1 : -1);
  const degrees = chance.between(3.5, 10);
  const factor = factors[Math.floor(chance.uniform() * factors.length)] ?? new Float64Array();
  const variance = active * (deviation ** 2 + mean ** 2) - (active * mean) ** 2;
  return {
    sharpePerDay: (active * mean) / Math.sqrt(variance),
    vanishes: { drawdown: 0.5, probability: 0.02 },
    returns: (days) => {
      const own = unitSeries(chance, days, degrees);
      const common = factor.subarray(factor.length - days);
      let state = own[0] ?? 0;
      return own.map((value, day) => {
        const fresh = inCommon * (common[day] ?? 0) + Math.sqrt(1 - inCommon ** 2) * value;
        state = carried * state + Math.sqrt(1 - carried ** 2) * fresh;
        return chance.happens(active) ? Math.max(-1, mean + deviation * state) : 0;
      });
    },
  };
}

/** Small profits nearly every day, paid for by a rare loss of 30 to 100 %: until it comes, the record looks better than any other. */
export function ladderProcess(chance: Chance): TraderProcess {
  const loss = chance.between(0.3, 1);
  const losing = chance.betweenLogarithms(1 / 600, 1 / 60);
  const sharpePerDay = (-0.7 + 0.8 * chance.normal()) / YEAR;
  const noise = chance.between(2, 5);
  const gain = gainFor({ sharpePerDay, loss, losing, noise });
  return {
    sharpePerDay: sharpeOf({ gain, loss, losing, noise }),
    vanishes: { drawdown: 0.3, probability: 0.7 },
    returns: (days) =>
      Float64Array.from({ length: days }, () =>
        chance.happens(losing) ? -loss : Math.max(-1, gain + gain * noise * chance.heavy(5)),
      ),
  };
}

interface Ladder {
  readonly gain: number;
  readonly loss: number;
  readonly losing: number;
  /** Deviation of the days without the loss, in gains. */
  readonly noise: number;
}

function sharpeOf({ gain, loss, losing, noise }: Ladder): number {
  const mean = (1 - losing) * gain - losing * loss;
  const square = (1 - losing) * gain ** 2 * (1 + noise ** 2) + losing * loss ** 2;
  return mean / Math.sqrt(square - mean ** 2);
}

/** The daily gain that makes the ratio what it shall be, by halving: the ratio rises with the gain. */
function gainFor({
  sharpePerDay,
  loss,
  losing,
  noise,
}: Omit<Ladder, "gain"> & { sharpePerDay: number }): number {
  let [low, high] = [0, loss * losing * 4];
  for (let round = 0; round < 60; round += 1) {
    const gain = (low + high) / 2;
    if (sharpeOf({ gain, loss, losing, noise }) < sharpePerDay) low = gain;
    else high = gain;
  }
  return (low + high) / 2;
}
