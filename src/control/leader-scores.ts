/**
 * One look at the records of leaders and watched traders: their figures, filters, styles then and now, decay, and what each two of them
 * have in common. Takes what it needs from the trader store and the market history; made on a thread of its own (run/scoring-worker.ts).
 */
import { setImmediate } from "node:timers/promises";
import { COPY_DEFAULTS } from "../analytics/copying/copy-settings.ts";
import { type ShrunkPair, shrunkPairs } from "../analytics/correlation/shrunk-pairs.ts";
import { utcDay } from "../analytics/equity/days.ts";
import { momentsOf } from "../analytics/metrics/moments.ts";
import { type Decay, decayOf } from "../analytics/monitoring/decay.ts";
import { lockStepPairs } from "../analytics/ranking/lock-step.ts";
import { DAYS_A_YEAR } from "../analytics/ranking/rank-records.ts";
import type { ReturnsSeries } from "../analytics/returns-table.ts";
import type { StyleVerdict } from "../analytics/style/classify.ts";
import type { LeaderRisk } from "../core/evidence.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { openMarketHistory } from "../market/history-folder.ts";
import { readSectorFile } from "../market/sector-file.ts";
import type { TraderKey, TraderRecord, TraderStore } from "../store/trader-store.ts";
import { benchmarkReturns } from "../traders/benchmark.ts";
import { traderSummary } from "../traders/derived.ts";
import type { TraderEvidence } from "../traders/evidence.ts";
import type { TraderFilter } from "../traders/filters/filter.ts";
import { judge, type TraderJudgement } from "../traders/filters/judge.ts";
import { keptEvidence } from "../traders/kept-evidence.ts";
import { openStyles, openStylesThenAndNow, type StyleOf } from "../traders/kept-style.ts";
import type { TraderMarks } from "../traders/marks.ts";
import { decayReading } from "../traders/monitoring/decay-reading.ts";
import { type CopiedLeader, diversityReadings } from "../traders/monitoring/diversity-readings.ts";
import { filterReadings } from "../traders/monitoring/filter-readings.ts";
import type { Reading } from "../traders/monitoring/finding.ts";
import {
  correlationReading,
  lockStepReading,
  type PairedLeader,
} from "../traders/monitoring/pair-readings.ts";
import { styleReading } from "../traders/monitoring/style-change.ts";
import { type RankEntry, rankEntry } from "../traders/rank-entry.ts";
import { rankTraders } from "../traders/ranked-traders.ts";
import { riskReading, riskWindow, toldRisk } from "../traders/risk/leader-risk.ts";
import { copySources } from "./copied-traders.ts";

/** Who is looked at. */
export interface ScoredSubject {
  /** Nickname of a leader; venue:trader of one that is only watched. */
  readonly name: string;
  readonly trader: TraderKey;
  readonly role: "leader" | "watched";
  /** Who copies it. */
  readonly followers: readonly SubjectFollower[];
}

export interface SubjectFollower {
  readonly follower: string;
  /** That holds there. */
  readonly correlationLimit: number;
  /** A stop that stands there leaves nothing of its copies. */
  readonly isClosed: boolean;
}

export interface ScoringOptions {
  readonly filters: readonly TraderFilter[];
  /** What beta is measured against. */
  readonly benchmark: string;
  /** Least number of styles among the leaders that one follower copies; null: any. */
  readonly minStrategyDiversity: number | null;
  readonly decay: { readonly windowDays: number; readonly falseAlarms: number };
  /** What is measured is so of the days that were over then. */
  readonly nowMs: number;
}

export interface LeaderScore extends Omit<ScoredSubject, "followers"> {
  readonly followers: readonly string[];
  readonly days: number;
  readonly trips: number;
  /** UTC milliseconds; null without fills. */
  readonly lastFillMs: number | null;
  /** Word of docs/ranking.md, and why. */
  readonly verdict: string;
  readonly reasons: readonly string[];
  /** Sharpe ratio a year, and its lower bound, which is its score; null where the record carries none. */
  readonly sharpe: number | null;
  readonly score: number | null;
  readonly annualVolatility: number | null;
  readonly style: Pick<StyleVerdict, "label" | "confidence"> & { readonly probability: number | null };
  readonly filters: Pick<TraderJudgement, "passes" | "results">;
  readonly decay: Decay;
}

export interface PairScore extends Pick<ShrunkPair, "days" | "correlation" | "interval" | "shrunk"> {
  readonly one: string;
  readonly other: string;
  readonly isLockStep: boolean;
}

export interface Scoring {
  readonly leaders: readonly LeaderScore[];
  /** The most alike. */
  readonly pairs: readonly PairScore[];
  /** Of configured leaders, drawn towards what all pairs have in common; the most alike where there are too many. */
  readonly correlations: readonly LeaderCorrelation[];
  /** What holding their positions risks, of configured leaders whose record tells. */
  readonly risks: readonly { readonly name: string; readonly risk: LeaderRisk }[];
  readonly readings: readonly Reading[];
}

export interface LeaderCorrelation {
  readonly one: string;
  readonly other: string;
  readonly value: number;
}

/** So many common days make a correlation worth telling. */
export const PAIR_DAYS_MIN = 30;
/** What is shown and kept; those of two hundred leaders are told to the engine. */
const PAIRS_KEPT_MAX = 1_000;
const CORRELATIONS_MAX = 20_000;
const CONFIDENCE = 0.95;
const NEEDS = { days: 30, trips: 10 };
/** A leader is judged by its own results: which follower copies it how is another matter. */
const RANKING = { needs: NEEDS, by: "gross", settings: COPY_DEFAULTS, resamples: 500, seed: 1 } as const;

/** Subjects without any record are scored as empty. */
export async function scoreLeaders(
  dataFolder: string,
  store: TraderStore,
  {
    subjects,
    minStrategyDiversity,
    ...options
  }: ScoringOptions & { readonly subjects: readonly ScoredSubject[] },
): Promise<Scoring> {
  const records = await store.traders();
  const found = subjects.flatMap((subject) => {
    const record = records.find(
      ({ venue, trader }) => venue === subject.trader.venue && trader === subject.trader.trader,
    );
    return record === undefined ? [] : [{ subject, record }];
  });
  const sources = await copySources(
    dataFolder,
    store,
    found.map(({ record }) => record),
  );
  const entries: RankEntry[] = [];
  for (const { record } of found)
    entries.push(await rankEntry(store, record, { sources: sources(record.venue), ...RANKING }));
  const ranking = rankTraders(entries, { screened: await store.screened(), ...RANKING });
  const { market, sectors } = dataFolderPaths(dataFolder);
  const history = openMarketHistory(market);
  const styles: LeaderStyles = {
    whole: openStyles(history, readSectorFile(sectors)),
    thenAndNow: openStylesThenAndNow(history),
  };
  const leaders: LeaderScore[] = [];
  const readings: Reading[] = [];
  const copied: CopiedLeader[] = [];
  const risks: Scoring["risks"][number][] = [];
  for (const subject of subjects) {
    const at = found.findIndex((one) => one.subject === subject);
    const record = found[at]?.record;
    const ranked = ranking.traders.find(
      ({ trader }) => trader.venue === subject.trader.venue && trader.trader === subject.trader.trader,
    );
    const parts =
      record === undefined
        ? EMPTY
        : await lookAt(store, {
            record,
            styles,
            marks: sources(record.venue).marks,
            name: subject.name,
            ...options,
          });
    const { followers, ...own } = subject;
    leaders.push({
      ...own,
      followers: followers.map(({ follower }) => follower),
      ...parts.score,
      verdict: ranked?.verdict.word ?? "empty",
      reasons: ranked?.verdict.reasons.map(({ text }) => text) ?? ["not a single fill of it is known"],
      sharpe: ranked?.figures?.sharpe ?? null,
      score: ranked?.verdict.word === "judgeable" ? (ranked.figures?.lowerBound ?? null) : null,
    });
    readings.push(...parts.readings);
    if (parts.risk !== null && subject.role === "leader")
      risks.push({ name: subject.name, risk: parts.risk });
    const copiedBy = followers.filter(({ isClosed }) => !isClosed).map(({ follower }) => follower);
    copied.push({ name: subject.name, copiedBy, style: parts.sureStyle, basis: parts.basis });
    await setImmediate();
  }
  if (minStrategyDiversity !== null) readings.push(...diversityReadings(copied, minStrategyDiversity));
  const { readings: ofPairs, ...paired } = scorePairs(
    found.map(({ subject }) => subject),
    entries,
    leaders,
  );
  return { leaders, ...paired, risks, readings: [...readings, ...ofPairs] };
}

interface Parts {
  readonly score: Pick<
    LeaderScore,
    "days" | "trips" | "lastFillMs" | "annualVolatility" | "style" | "filters" | "decay"
  >;
  readonly readings: readonly Reading[];
  readonly risk: LeaderRisk | null;
  /** `unknown` also where it is told with low confidence only. */
  readonly sureStyle: StyleVerdict["label"];
  /** What the record was made from. */
  readonly basis: string;
}

const UNKNOWN_STYLE = { label: "unknown", confidence: "none", probability: null } as const;

const EMPTY: Parts = {
  score: {
    days: 0,
    trips: 0,
    lastFillMs: null,
    annualVolatility: null,
    style: UNKNOWN_STYLE,
    filters: { passes: false, results: [] },
    decay: decayOf(new Float64Array(0), { windowDays: 1, falseAlarms: 1 }),
  },
  readings: [],
  risk: null,
  sureStyle: "unknown",
  basis: "",
};

interface Looked extends Omit<ScoringOptions, "minStrategyDiversity"> {
  readonly name: string;
  readonly record: TraderRecord;
  readonly marks: TraderMarks;
  readonly styles: LeaderStyles;
}

interface LeaderStyles {
  readonly whole: StyleOf;
  readonly thenAndNow: ReturnType<typeof openStylesThenAndNow>;
}

async function lookAt(store: TraderStore, looked: Looked): Promise<Parts> {
  const { name, record, marks, styles, filters, benchmark, decay: decaying } = looked;
  const { lastMs } = await traderSummary(store, record);
  const style = await styles.whole(store, record);
  const thenAndNow = await styles.thenAndNow(store, record);
  if (lastMs === null || style === null || thenAndNow === null) return EMPTY;
  const evidence = await keptEvidence(store, record, { marks, equity: null });
  const basis = `${record.revision}:${evidence?.days.at(-1) ?? ""}`;
  const judgement = judge(
    {
      record,
      evidence,
      style,
      benchmark: evidence === null ? null : benchmarkReturns(marks, benchmark, evidence.days),
    },
    filters,
  );
  const isSound = isMeasurable(evidence);
  const returns = isSound ? (evidence?.returns ?? new Float64Array(0)) : new Float64Array(0);
  const decay = decayOf(returns, decaying);
  const { label, confidence, probabilities } = style.verdict;
  return {
    score: {
      days: evidence?.days.length ?? 0,
      trips: evidence?.trips.length ?? 0,
      lastFillMs: lastMs,
      annualVolatility: volatilityOf(returns),
      style: {
        label,
        confidence,
        probability: label === "unknown" ? null : (probabilities?.[label] ?? null),
      },
      filters: { passes: judgement.passes, results: judgement.results },
      decay,
    },
    readings: [
      ...filterReadings(name, judgement.results, basis),
      decayReading(name, evidence?.days ?? [], decay),
      styleReading(name, thenAndNow),
    ],
    risk: riskOf(evidence, looked),
    sureStyle: judgement.style,
    basis,
  };
}

function riskOf(evidence: TraderEvidence | null, { marks, benchmark, nowMs }: Looked): LeaderRisk | null {
  const window = riskWindow(nowMs);
  const found = riskReading(evidence, { marks, benchmark, window });
  return found.ok ? toldRisk(found.reading, window.untilDay) : null;
}

/** Days of a capital that was used up, or with profits of unknown days, measure nothing. */
function isMeasurable(evidence: TraderEvidence | null): boolean {
  const wrong = ["capital-used-up", "venue-profit-only"];
  return evidence !== null && !evidence.assumptions.some(({ word }) => wrong.includes(word));
}

function volatilityOf(returns: Float64Array): number | null {
  const { deviation } = momentsOf(returns);
  return returns.length < NEEDS.days || deviation === null || deviation === 0
    ? null
    : deviation * Math.sqrt(DAYS_A_YEAR);
}

/** `subjects` and `entries` are those with a record. */
function scorePairs(
  subjects: readonly ScoredSubject[],
  entries: readonly RankEntry[],
  leaders: readonly LeaderScore[],
): Omit<Scoring, "leaders" | "risks"> {
  const series = entries.map(seriesOf);
  const inStep = lockStepPairs(
    entries.map(({ moments }, at) => ({ moments, series: series[at] ?? NO_DAYS })),
  );
  const stepsOf = new Map(inStep.map((each) => [`${each.one} ${each.other}`, each]));
  const pairs: PairScore[] = [];
  const correlations: LeaderCorrelation[] = [];
  const readings: Reading[] = [];
  for (const pair of shrunkPairs(series, { daysMin: PAIR_DAYS_MIN, confidence: CONFIDENCE })) {
    const { one, other, days, correlation, interval, shrunk } = pair;
    const [first, second] = [subjects[one], subjects[other]];
    if (first === undefined || second === undefined) continue;
    const lockStep = stepsOf.get(`${one} ${other}`) ?? null;
    const names = { one: first.name, other: second.name };
    pairs.push({ ...names, days, correlation, interval, shrunk, isLockStep: lockStep !== null });
    if (shrunk !== null && first.role === "leader" && second.role === "leader")
      correlations.push({ ...names, value: shrunk.value });
    const limit = limitOfBoth(first, second);
    if (limit === null) continue;
    const both = [pairedOf(first, entries[one], leaders), pairedOf(second, entries[other], leaders)] as const;
    readings.push(correlationReading(both, pair, limit), lockStepReading(both, lockStep));
  }
  return {
    pairs: pairs
      .sort((left, right) => (right.shrunk?.value ?? -2) - (left.shrunk?.value ?? -2))
      .slice(0, PAIRS_KEPT_MAX),
    correlations: correlations.sort((left, right) => right.value - left.value).slice(0, CORRELATIONS_MAX),
    readings,
  };
}

const NO_DAYS: ReturnsSeries = { name: "", firstRow: 0, returns: new Float64Array(0) };

export function seriesOf({ record, firstDay, returns }: Pick<RankEntry, "record" | "firstDay" | "returns">) {
  return {
    name: `${record.venue}:${record.trader}`,
    firstRow: firstDay === "" ? 0 : utcDay(Date.parse(firstDay)),
    returns,
  } satisfies ReturnsSeries;
}

/** The strictest of the followers that copy both; null where nobody does. */
function limitOfBoth(one: ScoredSubject, other: ScoredSubject): number | null {
  const limits = one.followers.flatMap(({ follower, correlationLimit }) =>
    other.followers.some((each) => each.follower === follower) ? [correlationLimit] : [],
  );
  return limits.length === 0 ? null : Math.min(...limits);
}

function pairedOf(
  { name }: ScoredSubject,
  entry: RankEntry | undefined,
  leaders: readonly LeaderScore[],
): PairedLeader {
  const score = leaders.find((leader) => leader.name === name)?.score ?? null;
  const last = entry === undefined ? "" : `${entry.record.revision}:${entry.returns.length}`;
  return { name, score, basis: last };
}
