/**
 * What a strategy decides for followers now: the leaders' records out of the trader store as evidence, and the strategy asked about each
 * follower. The same for the schedule of a running engine (on a thread of its own) and for whoever asks by command.
 */
import { setImmediate } from "node:timers/promises";
import { COPY_DEFAULTS } from "../analytics/copying/copy-settings.ts";
import { utcDay } from "../analytics/equity/days.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { openMarketHistory } from "../market/history-folder.ts";
import { readSectorFile } from "../market/sector-file.ts";
import type { TraderKey, TraderRecord, TraderStore } from "../store/trader-store.ts";
import { type CandidateRecord, strategyEvidence } from "../strategies/evidence.ts";
import { decideStrategy, type RebalanceTerms } from "../strategies/rebalance.ts";
import type { FailedFilter, Strategy, StrategyDecision } from "../strategies/strategy.ts";
import { benchmarkReturns } from "../traders/benchmark.ts";
import type { CopySources } from "../traders/copying/follower-net.ts";
import type { TraderFilter } from "../traders/filters/filter.ts";
import { type FilterResult, judge } from "../traders/filters/judge.ts";
import { keptEvidence } from "../traders/kept-evidence.ts";
import { openStyles, type StyleOf } from "../traders/kept-style.ts";
import { rankEntry } from "../traders/rank-entry.ts";
import { mainSector } from "../traders/style.ts";
import { copySources } from "./copied-traders.ts";

/** Plain data: it goes to a thread as well. */
export interface StrategyQuestion {
  readonly nowMs: number;
  readonly terms: RebalanceTerms;
  readonly lookbackDays: number;
  readonly leaders: readonly StrategyLeader[];
  readonly followers: readonly StrategyFollower[];
  /** What beta is measured against. */
  readonly benchmark: string;
}

export interface StrategyLeader {
  /** Nickname. */
  readonly name: string;
  readonly trader: TraderKey;
}

export interface StrategyFollower {
  readonly follower: string;
  /** In its settle coin; 0 where it is not known. */
  readonly equity: number;
  /** Whom it may copy. */
  readonly leaders: readonly string[];
  /** By leader: the factor on its positions that is in force; those that it does not copy are left out. */
  readonly copied: Readonly<Record<string, number>>;
}

export interface FollowerDecision {
  readonly follower: string;
  readonly equity: number;
  /** Null where nothing can be decided, which `problem` says. */
  readonly decision: StrategyDecision | null;
  readonly problem: string | null;
}

export interface StrategyAsking {
  readonly strategy: Strategy;
  readonly filters: readonly TraderFilter[];
}

const NEEDS = { days: 30, trips: 10 };

/** Of each follower that the question is about, in its order. What a strategy of the user's own throws is a problem of all of them. */
export async function strategyDecisions(
  dataFolder: string,
  store: TraderStore,
  question: StrategyQuestion,
  { strategy, filters }: StrategyAsking,
): Promise<readonly FollowerDecision[]> {
  const byCapital = new Map<string, ReadonlyMap<string, LeaderRecord>>();
  const decisions: FollowerDecision[] = [];
  for (const follower of question.followers) {
    const capital = capitalLike(follower.equity);
    const known =
      byCapital.get(capital) ?? (await leaderRecords(dataFolder, store, { question, filters, capital }));
    byCapital.set(capital, known);
    decisions.push(decided(question, { follower, strategy, known }));
  }
  return decisions;
}

/**
 * What a follower gets of a leader depends on its capital, as small ones cannot hold every position; of 1, 2 and 5 times a power of ten the
 * nearest below, so that what is kept of it serves for long.
 */
function capitalLike(equity: number): string {
  if (!(equity > 0)) return COPY_DEFAULTS.equity;
  const power = 10 ** Math.floor(Math.log10(equity));
  const step = [5, 2, 1].find((one) => one * power <= equity) ?? 1;
  return String(Math.max(1, step * power));
}

interface Deciding {
  readonly follower: StrategyFollower;
  readonly strategy: Strategy;
  readonly known: ReadonlyMap<string, LeaderRecord>;
}

function decided(
  { nowMs, lookbackDays, terms }: StrategyQuestion,
  { follower: { follower, equity, leaders, copied }, strategy, known }: Deciding,
): FollowerDecision {
  const none = (problem: string): FollowerDecision => ({ follower, equity, decision: null, problem });
  // Nobody is let go because a file is missing.
  const unknown = Object.keys(copied).filter((leader) => !known.has(leader));
  if (unknown.length > 0)
    return none(
      `nothing is known of ${unknown.join(", ")}, who is copied: import its history, or let monitoring look first`,
    );
  const records = leaders.flatMap((leader) => {
    const record = known.get(leader);
    return record === undefined ? [] : [{ ...record, weight: copied[leader] ?? 0 }];
  });
  if (records.length === 0) return none("nothing is known of any leader that it may copy");
  try {
    const evidence = strategyEvidence({ asOfMs: nowMs, equity, lookbackDays, records });
    return { follower, equity, decision: decideStrategy(strategy, evidence, terms), problem: null };
  } catch (error) {
    return none(error instanceof Error ? error.message : String(error));
  }
}

type LeaderRecord = Omit<CandidateRecord, "weight">;

/** By nickname; those of whom the store has no fill are left out. */
async function leaderRecords(
  dataFolder: string,
  store: TraderStore,
  {
    question: { leaders, benchmark },
    filters,
    capital,
  }: {
    readonly question: StrategyQuestion;
    readonly filters: readonly TraderFilter[];
    readonly capital: string;
  },
): Promise<ReadonlyMap<string, LeaderRecord>> {
  const traders = await store.traders();
  const found = leaders.flatMap(({ name, trader: { venue, trader } }) => {
    const record = traders.find((one) => one.venue === venue && one.trader === trader);
    return record === undefined ? [] : [{ name, record }];
  });
  const sources = await copySources(
    dataFolder,
    store,
    found.map(({ record }) => record),
  );
  const paths = dataFolderPaths(dataFolder);
  const styles = openStyles(openMarketHistory(paths.market), readSectorFile(paths.sectors));
  const records = new Map<string, LeaderRecord>();
  for (const { name, record } of found) {
    const parts = { sources: sources(record.venue), styles, filters, benchmark, capital };
    const one = await recordOf(store, { name, record, ...parts });
    if (one !== null) records.set(name, one);
    await setImmediate();
  }
  return records;
}

interface RecordParts {
  readonly name: string;
  readonly record: TraderRecord;
  readonly sources: CopySources;
  readonly styles: StyleOf;
  readonly filters: readonly TraderFilter[];
  readonly benchmark: string;
  readonly capital: string;
}

async function recordOf(
  store: TraderStore,
  { name, record, sources, styles, filters, benchmark, capital }: RecordParts,
): Promise<LeaderRecord | null> {
  const { marks } = sources;
  const evidence = await keptEvidence(store, record, { marks, equity: null });
  if (evidence === null) return null;
  const style = await styles(store, record);
  const settings = { ...COPY_DEFAULTS, equity: capital };
  const entry = await rankEntry(store, record, { sources, settings, needs: NEEDS });
  const trader = { record, evidence, style, benchmark: benchmarkReturns(marks, benchmark, evidence.days) };
  const { results, style: label } = judge(trader, filters, NEEDS);
  return {
    trader: name,
    firstDay: utcDay(Date.parse(entry.firstDay)),
    // Of a record whose figures do not count nothing is known.
    returns: entry.follower?.returns ?? new Float64Array(0),
    trips: evidence.trips.length,
    failedFilters: results.filter(({ result }) => result !== "passed").map(failedOf),
    style: label === "unknown" ? null : label,
    sector: mainSector(style),
    costBps: TRADED_BPS * usualLeverage(evidence),
  };
}

function failedOf({ filter, value, bound }: FilterResult): FailedFilter {
  return { filter, value, bound: typeof bound === "number" ? bound : null };
}

/** Of the value that is traded: a taker's fee and half of the spread. */
const TRADED_BPS = 10_000 * COPY_DEFAULTS.feeRate + COPY_DEFAULTS.halfSpreadBps;

/** Equity that is moved to a leader buys so many times as much of its positions: the mean of its days' largest. */
function usualLeverage({
  dailyPeaks,
  base,
}: {
  readonly dailyPeaks: Float64Array;
  readonly base: number;
}): number {
  const sum = dailyPeaks.reduce((total, peak) => total + peak, 0);
  return dailyPeaks.length === 0 || base <= 0 ? 1 : sum / dailyPeaks.length / base;
}
