/**
 * From what a strategy wants to what is done: who is out leaves at once and whole; between those that stay and those that come, parts are
 * moved only when they are off by more than a band, and only so far that the last of it gains as much as it costs. Pure.
 *
 * Where the wanted weights w are the best for somebody, being off by d (shares of equity) costs that one a/2 d'Sd a day, with S the daily
 * covariance; who believes them to have a Sharpe ratio R has the risk aversion a = R / sqrt(w'Sw). Going a part p of the way saves
 * (1 - (1 - p)^2) of that until the horizon H and costs p C once. That is best at p = 1 - C / (a H d'Sd), and nothing is moved where this
 * is not above zero.
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
  /** Of the wanted weights, a year: the larger, the more being off them counts. */
  readonly expectedSharpe: number;
}

export const REBALANCE_DEFAULTS: RebalanceTerms = { band: 0.1, horizonDays: 30, expectedSharpe: 1 };

/** Sums of weights are doubles. */
const ROUNDING = 1e-9;
const BPS = 10_000;
const DAYS_MIN = 20;
const DAYS_A_YEAR = 365;
/** Of somebody of whom too little is known: a deviation of its whole equity a year. */
const UNKNOWN_VARIANCE = 1 / DAYS_A_YEAR;

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
    if (wish === undefined) return [];
    const { scale = 1 } = wish;
    return [{ candidate, wish, scale, from: candidate.weight, to: wish.weight * scale }];
  });
  const { shares, part, gain } = moved(legs, choice, terms);
  const verdicts = legs.map((leg, at) => verdictOf(leg, shares[at] ?? 0, { gain }));
  return {
    asOfMs,
    strategy,
    allocations: legs
      .flatMap(({ candidate: { trader }, scale }, at) => {
        const weight = (shares[at] ?? 0) / scale;
        return weight > 0 ? [{ trader, weight, scale }] : [];
      })
      .sort((one, other) => other.weight - one.weight),
    verdicts,
    turnover: legs.reduce((sum, { from }, at) => sum + Math.abs((shares[at] ?? 0) - from), 0),
    cost: legs.reduce((sum, leg, at) => sum + costOf(leg, (shares[at] ?? 0) - leg.from), 0),
    gain,
    part,
    notes: choice.notes ?? [],
  };
}

/** Shares are of equity, weight times scale: what is traded when they change. */
interface Leg {
  readonly candidate: Candidate;
  readonly wish: Wish;
  readonly scale: number;
  readonly from: number;
  readonly to: number;
}

interface Moved {
  readonly shares: readonly number[];
  readonly part: number;
  readonly gain: number;
}

function moved(legs: readonly Leg[], choice: Choice, terms: RebalanceTerms): Moved {
  const changes = legs.map((leg) => changeOf(leg, terms));
  const { part, gain } = bestPart(legs, changes, terms);
  // Nothing to stay near to: what is begun is begun whole.
  const isBeginning = legs.every(({ from, to }) => from === 0 || to === 0);
  const share = isBeginning ? 1 : part;
  const shares = legs.map(({ from, to }, at) => (to === 0 ? 0 : from + share * (changes[at] ?? 0)));
  if (isWithin(legs, shares, choice))
    return { shares, part: share, gain: share === part ? gain : gainOf(legs, changes, terms) };
  const whole = legs.map(({ from, to }) => to - from);
  return { shares: legs.map(({ to }) => to), part: 1, gain: gainOf(legs, whole, terms) };
}

/** What is moved if all of it is; who leaves goes by itself. */
function changeOf({ wish, from, to }: Leg, { band }: RebalanceTerms): number {
  if (to === 0) return 0;
  const change = to - from;
  const stays = from > 0 && (wish.isRebalanced === false || Math.abs(change) <= band * to);
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
  { expectedSharpe, horizonDays }: RebalanceTerms,
): number {
  const off = varianceOf(legs, changes);
  const wanted = varianceOf(
    legs,
    legs.map(({ to }) => to),
  );
  if (off === 0 || wanted === 0) return 0;
  const riskAversion = expectedSharpe / Math.sqrt(DAYS_A_YEAR * wanted);
  return 0.5 * riskAversion * horizonDays * off;
}

/** Of a day, with these shares. */
function varianceOf(legs: readonly Leg[], shares: readonly number[]): number {
  const held = legs.flatMap(({ candidate }, at) => {
    const share = shares[at] ?? 0;
    return share === 0 ? [] : [{ candidate, share }];
  });
  let variance = 0;
  for (const [row, one] of held.entries())
    for (const other of held.slice(0, row + 1)) {
      const both = one === other ? 1 : 2;
      variance += both * one.share * other.share * covariance(one.candidate, other.candidate);
    }
  return Math.max(0, variance);
}

function covariance(one: Candidate, other: Candidate): number {
  const found = covarianceOf(one.returns, other.returns, DAYS_MIN);
  if (!Number.isNaN(found)) return found;
  return one === other ? UNKNOWN_VARIANCE : 0;
}

function costOf({ candidate: { costBps } }: Leg, change: number): number {
  return (Math.abs(change) * costBps) / BPS;
}

function isWithin(legs: readonly Leg[], shares: readonly number[], choice: Choice): boolean {
  const weights = legs.map(({ scale }, at) => (shares[at] ?? 0) / scale);
  if (weights.reduce((sum, weight) => sum + weight, 0) > 1 + ROUNDING) return false;
  const byTrader = new Map(legs.map(({ candidate }, at) => [candidate.trader, weights[at] ?? 0] as const));
  return choice.keepsLimits?.(byTrader) ?? true;
}

function verdictOf(
  { candidate, wish, scale, from, to }: Leg,
  share: number,
  { gain }: { readonly gain: number },
): LeaderVerdict {
  const own = { trader: candidate.trader, from: from / scale, wanted: wish.weight, weight: share / scale };
  if (to > 0 && share === 0) {
    const cost = (to * candidate.costBps) / BPS;
    return { ...own, isIn: false, reason: "cost-exceeds-gain", numbers: { ...wish.numbers, cost, gain } };
  }
  const reason = wish.reason === "chosen" && from > 0 ? "kept" : wish.reason;
  return { ...own, isIn: share > 0, reason, numbers: wish.numbers };
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
