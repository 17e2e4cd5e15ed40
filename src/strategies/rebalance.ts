/**
 * From what a strategy wants to what is done: who is out leaves at once and whole; between those that stay and those that come, parts are
 * moved only when they are off by more than a band, and only so far that the last of it gains as much as it costs. Pure.
 *
 * Being off by d (shares of equity) of weights that are right for somebody of risk aversion a costs a/2 d'Sd a day, with S the daily
 * covariance; going a part p of the way saves (1 - (1 - p)^2) of that until the horizon H and costs p C once. That is best at
 * p = 1 - C / (a H d'Sd), and nothing is moved where this is not above zero.
 *
 * Source: quadratic utility round its optimum; N. Garleanu and L. H. Pedersen, Dynamic Trading with Predictable Returns and Transaction
 * Costs, 2013, for moving a part of the way.
 */
import { covarianceOf } from "./known-returns.ts";
import { isIn } from "./reasons.ts";
import type {
  Candidate,
  Choice,
  LeaderVerdict,
  Strategy,
  StrategyDecision,
  StrategyEvidence,
  Wish,
} from "./strategy.ts";

export interface RebalanceTerms {
  /** Share of a wanted weight by which it may be off without being moved. */
  readonly band: number;
  /** Days after which weights are expected to be wanted otherwise anyway. */
  readonly horizonDays: number;
  /** 1 maximises growth; larger wants less risk. */
  readonly riskAversion: number;
}

export const REBALANCE_DEFAULTS: RebalanceTerms = { band: 0.1, horizonDays: 30, riskAversion: 2 };

/** Sums of weights are doubles. */
const ROUNDING = 1e-9;
const BPS = 10_000;
const DAYS_MIN = 20;
/** Of somebody of whom too little is known: a deviation of its whole equity a year. */
const UNKNOWN_VARIANCE = 1 / 365;

/** The one path from evidence to a decision, of every strategy. Throws an Error where a strategy breaks the contract, and says how. */
export function decideStrategy(
  strategy: Strategy,
  evidence: StrategyEvidence,
  terms: RebalanceTerms = REBALANCE_DEFAULTS,
): StrategyDecision {
  const choice = strategy.choose(evidence);
  assertContract(strategy, evidence, choice);
  return rebalance(strategy.name, evidence, choice, terms);
}

/** Of a choice that keeps the contract. */
function rebalance(
  strategy: string,
  { asOfMs, candidates }: StrategyEvidence,
  choice: Choice,
  terms: RebalanceTerms,
): StrategyDecision {
  const wishes = new Map(choice.wishes.map((wish) => [wish.trader, wish]));
  const legs = candidates.flatMap((candidate): readonly Leg[] => {
    const wish = wishes.get(candidate.trader);
    return wish === undefined ? [] : [{ candidate, wish, from: candidate.weight }];
  });
  const { weights, part, gain } = moved(legs, choice, terms);
  const verdicts = legs.map((leg, at) => verdictOf(leg, weights[at] ?? 0, { gain }));
  return {
    asOfMs,
    strategy,
    allocations: legs
      .flatMap(({ candidate: { trader }, wish: { scale = 1 } }, at) => {
        const weight = weights[at] ?? 0;
        return weight > 0 ? [{ trader, weight, scale }] : [];
      })
      .sort((one, other) => other.weight - one.weight),
    verdicts,
    turnover: legs.reduce((sum, { from }, at) => sum + Math.abs((weights[at] ?? 0) - from), 0),
    cost: legs.reduce((sum, leg, at) => sum + costOf(leg, (weights[at] ?? 0) - leg.from), 0),
    gain,
    part,
    notes: choice.notes ?? [],
  };
}

interface Leg {
  readonly candidate: Candidate;
  readonly wish: Wish;
  /** Weight now. */
  readonly from: number;
}

interface Moved {
  readonly weights: readonly number[];
  readonly part: number;
  readonly gain: number;
}

function moved(legs: readonly Leg[], choice: Choice, terms: RebalanceTerms): Moved {
  const changes = legs.map((leg) => changeOf(leg, terms));
  const { part, gain } = bestPart(legs, changes, terms);
  // Nothing to stay near to: what is begun is begun whole.
  const isBeginning = legs.every(({ from, wish }) => from === 0 || wish.weight === 0);
  const share = isBeginning ? 1 : part;
  const weights = legs.map(({ from, wish }, at) =>
    wish.weight === 0 ? 0 : from + share * (changes[at] ?? 0),
  );
  if (isWithin(legs, weights, choice))
    return { weights, part: share, gain: share === part ? gain : gainOf(legs, changes, terms) };
  const whole = legs.map(({ wish, from }) => wish.weight - from);
  return { weights: legs.map(({ wish }) => wish.weight), part: 1, gain: gainOf(legs, whole, terms) };
}

/** What is moved if all of it is; who leaves goes by itself. */
function changeOf({ wish, from }: Leg, { band }: RebalanceTerms): number {
  if (wish.weight === 0) return 0;
  const change = wish.weight - from;
  const stays = from > 0 && (wish.isRebalanced === false || Math.abs(change) <= band * wish.weight);
  return stays ? 0 : change;
}

function bestPart(
  legs: readonly Leg[],
  changes: readonly number[],
  terms: RebalanceTerms,
): { readonly part: number; readonly gain: number } {
  const cost = legs.reduce((sum, leg, at) => sum + costOf(leg, changes[at] ?? 0), 0);
  const whole = gainOf(legs, changes, terms);
  if (changes.every((change) => change === 0) || whole <= 0) return { part: cost === 0 ? 1 : 0, gain: 0 };
  const part = Math.max(0, 1 - cost / (2 * whole));
  return { part, gain: whole * (1 - (1 - part) ** 2) };
}

/** Of going all of the way. */
function gainOf(
  legs: readonly Leg[],
  changes: readonly number[],
  { riskAversion, horizonDays }: RebalanceTerms,
): number {
  const moving = legs.flatMap(({ candidate }, at) => {
    const change = changes[at] ?? 0;
    return change === 0 ? [] : [{ candidate, change }];
  });
  let variance = 0;
  for (const [row, one] of moving.entries())
    for (const other of moving.slice(0, row + 1)) {
      const both = one === other ? 1 : 2;
      variance += both * one.change * other.change * covariance(one.candidate, other.candidate);
    }
  return 0.5 * riskAversion * horizonDays * Math.max(0, variance);
}

function covariance(one: Candidate, other: Candidate): number {
  const found = covarianceOf(one.returns, other.returns, DAYS_MIN);
  if (!Number.isNaN(found)) return found;
  return one === other ? UNKNOWN_VARIANCE : 0;
}

function costOf({ candidate: { costBps } }: Leg, change: number): number {
  return (Math.abs(change) * costBps) / BPS;
}

function isWithin(legs: readonly Leg[], weights: readonly number[], choice: Choice): boolean {
  if (weights.reduce((sum, weight) => sum + weight, 0) > 1 + ROUNDING) return false;
  const byTrader = new Map(legs.map(({ candidate }, at) => [candidate.trader, weights[at] ?? 0] as const));
  return choice.keepsLimits?.(byTrader) ?? true;
}

function verdictOf(
  { candidate, wish, from }: Leg,
  weight: number,
  { gain }: { readonly gain: number },
): LeaderVerdict {
  const own = { trader: candidate.trader, from, wanted: wish.weight, weight };
  if (wish.weight > 0 && weight === 0) {
    const cost = (wish.weight * candidate.costBps) / BPS;
    return { ...own, isIn: false, reason: "cost-exceeds-gain", numbers: { ...wish.numbers, cost, gain } };
  }
  const reason = wish.reason === "chosen" && from > 0 ? "kept" : wish.reason;
  return { ...own, isIn: weight > 0, reason, numbers: wish.numbers };
}

function assertContract({ name }: Strategy, { candidates }: StrategyEvidence, { wishes }: Choice): void {
  const fail = (what: string): never => {
    throw new Error(`strategy ${name} ${what}`);
  };
  const known = new Set(candidates.map(({ trader }) => trader));
  const seen = new Set<string>();
  for (const { trader, weight, reason, scale = 1 } of wishes) {
    if (!known.has(trader)) fail(`has a verdict on "${trader}", who is no candidate`);
    if (seen.has(trader)) fail(`has two verdicts on "${trader}"`);
    seen.add(trader);
    if (!(weight >= 0 && weight <= 1)) fail(`gives "${trader}" the weight ${weight}; it has to be 0 to 1`);
    if (!(scale > 0 && Number.isFinite(scale)))
      fail(`gives "${trader}" the scale ${scale}; it has to be above 0`);
    if (weight > 0 !== isIn(reason)) fail(`gives "${trader}" the weight ${weight} and the reason ${reason}`);
  }
  const missing = candidates.find(({ trader }) => !seen.has(trader));
  if (missing !== undefined) fail(`has no verdict on "${missing.trader}"`);
  const sum = wishes.reduce((total, { weight }) => total + weight, 0);
  if (sum > 1 + ROUNDING) fail(`gives out ${sum} of the equity; it has to be at most 1`);
}
