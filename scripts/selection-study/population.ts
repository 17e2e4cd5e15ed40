/**
 * Traders whose skill is known because it is what they were made from, as a leaderboard would show them: short and long records, fat tails,
 * days that hang together, calm and wild times, leverage, a market in common, accounts in lock-step, those that take small profits until one
 * loss takes all, the best of several accounts of one hand, and losers that vanish.
 */

import { seededRandom } from "../../src/analytics/numeric/random.ts";
import type { Moments } from "../../src/analytics/ranking/lock-step.ts";
import { type Chance, chanceFrom } from "./chance.ts";
import { ladderProcess, marketFactors, ordinaryProcess, type TraderProcess } from "./processes.ts";

export interface PopulationOptions {
  readonly traders: number;
  readonly seed: number;
  /** Days of record, drawn evenly in the logarithm. */
  readonly days: readonly [least: number, most: number];
  /** Of traders who take small profits until one loss takes most of it, 0 to 1. */
  readonly ladderShare: number;
}

export interface Member {
  readonly name: string;
  readonly kind: "ordinary" | "ladder";
  /** A year of 365 days; mean over deviation of what its days are drawn from. */
  readonly trueSharpe: number;
  readonly returns: Float64Array;
  /** Days from the end of its record to today: above zero for those that are gone. */
  readonly goneDays: number;
  /** Whether those who rank have its record: what vanished before anybody looked is in nobody's list. */
  readonly isKnown: boolean;
  readonly moments: Moments;
  /** The same number for accounts of one hand. */
  readonly hand: number;
}

const COPY_SHARE = 0.03;
const SPLIT_SHARE = 0.03;
const ACCOUNTS_OF_A_SPLITTER = 8;
const KNOWN_OF_VANISHED = 0.5;
const MOMENTS = 30;
const YEAR = Math.sqrt(365);

/** Those that vanished unseen are in it too, marked; `traders` is how many ever were, without the hidden accounts of splitters. */
export function population(options: PopulationOptions): readonly Member[] {
  const chance = chanceFrom(seededRandom(options.seed));
  const factors = marketFactors(chance, options.days[1]);
  const members: Member[] = [];
  for (let hand = 0; hand < options.traders; hand += 1) {
    const original = members[Math.floor(chance.uniform() * members.length)];
    const isCopy = chance.happens(COPY_SHARE);
    if (isCopy && original !== undefined) members.push(copyOf(original, chance, `copy-${hand}`));
    else members.push(newcomer(hand, { chance, factors, options }));
  }
  return members;
}

interface Making {
  readonly chance: Chance;
  readonly factors: readonly Float64Array[];
  readonly options: PopulationOptions;
}

function newcomer(hand: number, { chance, factors, options }: Making): Member {
  const kind = chance.happens(options.ladderShare) ? "ladder" : "ordinary";
  const isSplit = kind === "ordinary" && chance.happens(SPLIT_SHARE);
  const process = kind === "ladder" ? ladderProcess(chance) : ordinaryProcess(chance, factors);
  const days = Math.round(chance.betweenLogarithms(...options.days));
  const tries = Array.from({ length: isSplit ? ACCOUNTS_OF_A_SPLITTER : 1 }, () => process.returns(days));
  const { returns, goneDays } = livesOf(tries.reduce(better), process, chance);
  return {
    name: `${kind}-${hand}`,
    kind,
    trueSharpe: process.sharpePerDay * YEAR,
    returns,
    goneDays,
    isKnown: goneDays === 0 || chance.happens(KNOWN_OF_VANISHED),
    moments: momentsOf(chance),
    hand,
  };
}

function better(one: Float64Array, other: Float64Array): Float64Array {
  const sum = (returns: Float64Array) => returns.reduce((total, value) => total + value, 0);
  return sum(other) > sum(one) ? other : one;
}

/** Up to the day on which it vanishes: after a fall its owner often closes the account and begins another. */
function livesOf(returns: Float64Array, { vanishes }: TraderProcess, chance: Chance) {
  let [equity, highest] = [1, 1];
  for (const [day, value] of returns.entries()) {
    equity *= Math.max(0, 1 + value);
    const before = highest;
    highest = Math.max(highest, equity);
    const isDeep = equity < before * (1 - vanishes.drawdown);
    if (equity > 0.01 && !(isDeep && chance.happens(vanishes.probability))) continue;
    return { returns: returns.slice(0, day + 1), goneDays: returns.length - day };
  }
  return { returns, goneDays: 0 };
}

function copyOf(original: Member, chance: Chance, name: string): Member {
  const scale = chance.between(0.5, 1);
  const returns = original.returns.map((value) => value * scale);
  return { ...original, name, returns };
}

/** Seconds and instruments that nobody else has by chance. */
function momentsOf(chance: Chance): Moments {
  const seconds = Array.from({ length: MOMENTS }, () => Math.floor(chance.uniform() * 30_000_000));
  return { "BTCUSDT buy": seconds.sort((one, other) => one - other) };
}
