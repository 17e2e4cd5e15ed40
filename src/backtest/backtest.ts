/**
 * One strategy through one stretch of the past: at each of its moments it decides by what was known then, and between them the world
 * goes on event by event. What comes back is what happened, hour by hour, and why.
 */
import { setImmediate } from "node:timers/promises";
import { DAY_MS, utcDay } from "../analytics/equity/days.ts";
import type { LeaderRisk } from "../core/evidence.ts";
import type { AccountId } from "../core/model/identifiers.ts";
import { limitsRisk } from "../core/risk/portfolio-risk.ts";
import type { Allocation } from "../core/settings.ts";
import type { State } from "../core/state.ts";
import { type CandidateRecord, strategyEvidence } from "../strategies/evidence.ts";
import { factorText } from "../strategies/factor.ts";
import { decideStrategy, type RebalanceTerms } from "../strategies/rebalance.ts";
import { decisionEveryMs } from "../strategies/schedule.ts";
import type { LeaderVerdict, Strategy, StrategyDecision } from "../strategies/strategy.ts";
import { type DecayRule, DecayWatch } from "./decay-watch.ts";
import type { Happenings } from "./happenings.ts";
import { evidenceThen } from "./leader-evidence.ts";
import { type AccountSample, BacktestWorld, type KnownNow, type WorldParts } from "./world.ts";

/** What is known of a leader at a moment. */
export interface KnownLeader extends Omit<CandidateRecord, "weight"> {
  readonly account: AccountId;
  /** What its capital has come to; decimal text. */
  readonly equity: string;
  /** What holding its positions risks; null where too little is known, or no limit asks for it. */
  readonly risk: LeaderRisk | null;
}

export interface BacktestParts {
  readonly world: WorldParts;
  readonly toMs: number;
  readonly strategy: Strategy;
  readonly rebalance: RebalanceTerms;
  readonly lookbackDays: number;
  /** Everybody of whom something was known then, from what was over by then only. */
  knownAt(asOfMs: number): Promise<readonly KnownLeader[]>;
  /** How a leader is copied with a share of the equity (times a factor on its positions). */
  allocationFor(leader: AccountId, share: number): Allocation;
  /** What is done about leaders that decay; null is nothing. */
  readonly decay?: DecayRule | null;
  readonly stop: AbortSignal;
  onTime?(nowMs: number): void;
  /** At the end of each UTC day, and of the last as far as it is lived through. */
  onDay?(state: State, nowMs: number): void;
}

export interface BacktestDecision
  extends Pick<StrategyDecision, "asOfMs" | "allocations" | "turnover" | "notes"> {
  /** How many could be chosen. */
  readonly candidates: number;
  /** Who is out, by reason. */
  readonly out: Readonly<Record<string, number>>;
  /** Of reasons that many things can be behind (a filter, a figure): how many by which. */
  readonly outBy: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Who is in, and has too short a record for limits of the portfolio's risk, where there are some. */
  readonly unmeasured: readonly string[];
}

export interface BacktestOutcome {
  readonly strategy: string;
  /** At the beginning, then at each full hour, and at the end. */
  readonly samples: readonly AccountSample[];
  readonly decisions: readonly BacktestDecision[];
  /** Of the last decision: one for everybody who could be chosen. */
  readonly lastVerdicts: StrategyDecision["verdicts"];
  readonly happenings: Happenings;
  readonly doubts: BacktestWorld["doubts"];
  /** Of every decision of the engine: two runs that have it in common decided the same. */
  readonly fingerprint: string;
  /** Of what was decided alone, and not of settings and prices. */
  readonly doings: string;
  /** At the end; decimal text in the settle coin. */
  readonly equity: string;
}

const HOUR_MS = 3_600_000;

/** `look` sees the engine's state at the end. Throws the reason of `stop` when it is stopped. */
export async function runBacktest(
  parts: BacktestParts,
  look: (state: State) => void,
): Promise<BacktestOutcome> {
  const { world: given, toMs, strategy, stop } = parts;
  const watch = parts.decay == null ? null : new DecayWatch(parts.decay);
  const world = new BacktestWorld(watch === null ? given : { ...given, replacements: watch.candidates });
  const samples: AccountSample[] = [];
  const decisions: BacktestDecision[] = [];
  let lastVerdicts: StrategyDecision["verdicts"] = [];
  const weights = new Map<string, number>();
  const measureEveryMs = measureEvery(given.follower.settings);
  try {
    world.start();
    samples.push(world.sample());
    let nextDecisionMs = given.fromMs;
    let nextMeasureMs = Number.POSITIVE_INFINITY;
    for (let nowMs = given.fromMs; nowMs < toMs; ) {
      if (nowMs >= nextDecisionMs) {
        const { verdicts, ...decision } = await decide(world, parts, weights, watch);
        decisions.push(decision);
        lastVerdicts = verdicts;
        nextDecisionMs += decisionEveryMs(strategy) ?? Number.POSITIVE_INFINITY;
        nextMeasureMs = nowMs + measureEveryMs;
      } else if (nowMs >= nextMeasureMs) {
        world.measure(knownNow(await parts.knownAt(nowMs), nowMs));
        nextMeasureMs = nowMs + measureEveryMs;
      }
      nowMs = Math.min(toMs, nextDecisionMs, nextHour(nowMs));
      world.runUntil(nowMs);
      samples.push(world.sample());
      parts.onTime?.(nowMs);
      if (nowMs % DAY_MS === 0 || nowMs === toMs) parts.onDay?.(world.state, nowMs);
      // Signals are heard between hours.
      await setImmediate();
      stop.throwIfAborted();
    }
    look(world.state);
    return {
      strategy: strategy.name,
      samples,
      decisions,
      lastVerdicts,
      happenings: world.happenings,
      doubts: world.doubts,
      fingerprint: world.fingerprint,
      doings: world.doings,
      equity: world.equity,
    };
  } finally {
    world.stop();
  }
}

function nextHour(ms: number): number {
  return (Math.floor(ms / HOUR_MS) + 1) * HOUR_MS;
}

/** Asks the strategy and puts in force what it says; who is not in is copied no more. */
async function decide(
  world: BacktestWorld,
  { strategy, rebalance, lookbackDays, knownAt, allocationFor, world: given }: BacktestParts,
  weights: Map<string, number>,
  watch: DecayWatch | null,
): Promise<BacktestDecision & Pick<StrategyDecision, "verdicts">> {
  const asOfMs = world.clock.nowMs();
  const known = await knownAt(asOfMs);
  const { equity } = world.sample();
  const records = known.map((one) => ({ ...one, weight: weights.get(one.trader) ?? 0 }));
  const evidence = strategyEvidence({ asOfMs, equity, lookbackDays, records });
  const decision = decideStrategy(strategy, evidence, rebalance);
  const { allocations, verdicts, turnover, notes } = decision;
  const byName = new Map(known.map((one) => [one.trader, one]));
  weights.clear();
  const wanted = allocations.flatMap(({ trader, weight, scale }) => {
    const leader = byName.get(trader);
    // What is in force is what the next decision starts from; a factor that comes to nothing copies nobody.
    const factor = Number(factorText(weight * scale));
    if (leader === undefined || factor === 0) return [];
    weights.set(trader, factor);
    return [{ allocation: allocationFor(leader.account, factor), leaderEquity: leader.equity }];
  });
  world.allocate(wanted, knownNow(known, asOfMs));
  const about = { follower: world.follower, nowMs: asOfMs };
  for (const one of watch?.look(world.copied, known, about) ?? []) world.stopCopies(one);
  const unmeasured = isRiskLimited(given.follower.settings)
    ? allocations.filter(({ trader }) => byName.get(trader)?.risk === null).map(({ trader }) => trader)
    : [];
  return {
    asOfMs,
    allocations,
    turnover,
    notes,
    candidates: known.length,
    ...whoIsOut(verdicts),
    unmeasured,
    verdicts,
  };
}

function whoIsOut(verdicts: readonly LeaderVerdict[]): Pick<BacktestDecision, "out" | "outBy"> {
  const out: Record<string, number> = {};
  const outBy: Record<string, Record<string, number>> = {};
  for (const { isIn, reason, numbers } of verdicts) {
    if (isIn) continue;
    out[reason] = (out[reason] ?? 0) + 1;
    const what = numbers.filter ?? numbers.figure;
    if (typeof what !== "string") continue;
    outBy[reason] ??= {};
    outBy[reason][what] = (outBy[reason][what] ?? 0) + 1;
  }
  return { out, outBy };
}

/** As the engine is told it. */
export function knownNow(known: readonly KnownLeader[], nowMs: number): readonly KnownNow[] {
  const measured = evidenceThen(known, nowMs);
  return known.map(({ trader, account, equity }) => ({
    account,
    equity,
    evidence: measured.get(trader) ?? null,
  }));
}

/** Before a measurement is too old to count, where limits need one. */
function measureEvery({ limits }: WorldParts["follower"]["settings"]): number {
  const isNeeded = limits !== undefined && (limitsRisk(limits) || limits.strategyExposure !== null);
  return isNeeded ? limits.evidenceMaxAgeMs - HOUR_MS : Number.POSITIVE_INFINITY;
}

function isRiskLimited({ limits }: WorldParts["follower"]["settings"]): boolean {
  return limits !== undefined && limitsRisk(limits);
}

/** Equity at the end of each UTC day, and of the last one as far as it was lived through; with the equity before the first. */
export function dailyEquity(samples: readonly AccountSample[]): {
  readonly firstDay: number;
  readonly equity: readonly number[];
} {
  const [first] = samples;
  if (first === undefined) return { firstDay: 0, equity: [] };
  const byDay = new Map<number, number>();
  // What is sampled at midnight is the end of the day before.
  for (const { atMs, equity } of samples.slice(1)) byDay.set(utcDay(atMs - 1), equity);
  return { firstDay: utcDay(first.atMs), equity: [first.equity, ...byDay.values()] };
}
