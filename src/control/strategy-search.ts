/**
 * Looks for options of a strategy that are better than those in force: each set is lived through by the same backtest as any other, kept like it, noted
 * for good, and all of them are judged together.
 */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { chosenAhead } from "../analytics/trials/chosen-ahead.ts";
import type { Gaps } from "../analytics/trials/folds.ts";
import { type JudgedTrials, judgedTrials } from "../analytics/trials/judged-trials.ts";
import { ratioOf, yearly } from "../analytics/trials/trial-ratio.ts";
import type { StrategyReport } from "../backtest/report.ts";
import { dataFolderPaths } from "../data-folder.ts";
import { candidateSets, type OptionSet } from "../strategies/candidates.ts";
import type { StrategyKind } from "../strategies/kind.ts";
import type { SearchedOption } from "../strategies/search-values.ts";
import {
  type BacktestProgress,
  type BacktestReport,
  type BacktestRequest,
  type BacktestStrategy,
  backtest,
} from "./backtest/backtest.ts";
import { askedKey } from "./backtest/past.ts";
import { noteTrial, trialsOn } from "./backtest/trial-ledger.ts";
import { forwardStrategy } from "./forward-strategy.ts";
import { type SearchAnswer, searchAnswer } from "./search-answer.ts";

export interface SearchRequest extends Omit<BacktestRequest, "strategies"> {
  readonly kind: StrategyKind;
  /** All of its options, as they are in force: what others are held against. */
  readonly base: OptionSet;
  readonly searched: readonly SearchedOption[];
  /** Most sets beside the base. */
  readonly trials: number;
  readonly folds: number;
  /** Null goes by how long positions are held, and by how far back the strategy looks. */
  readonly purgeDays: number | null;
  readonly embargoDays: number | null;
}

export interface SearchProgress extends Omit<BacktestProgress, "onStrategy" | "onReport"> {
  /** `place` from 0 to before `of`; `atMs`: how far it has come, null when it is finished, or was before. */
  onTrial(place: number, of: number, atMs: number | null): void;
}

export interface TrialReport {
  /** What differs from the base; nothing of the base itself, which is the first. */
  readonly options: OptionSet;
  /** Per year. */
  readonly sharpe: number;
  readonly sharpeAhead: number;
  /** How often chance alone puts the best of all that were ever tried so far ahead. */
  readonly chance: number;
  /** Of the whole time: 0.01 is 1 %. */
  readonly totalReturn: number;
  readonly maxDrawdown: number | null;
  readonly turnover: number;
}

export interface SearchReport
  extends Pick<
    BacktestReport,
    "range" | "equity" | "delay" | "orderLatencyMs" | "slippage" | "feeRates" | "basis"
  > {
  readonly strategy: string;
  /** Whether the base is what the program comes with. */
  readonly isDefault: boolean;
  readonly base: OptionSet;
  readonly searched: readonly SearchedOption[];
  /** Of the values that were searched. */
  readonly combinations: number;
  /** How many of the trials came to something of their own. */
  readonly outcomes: number;
  readonly folds: number;
  readonly purgeDays: number;
  readonly embargoDays: number;
  /** UTC days (YYYY-MM-DD). */
  readonly days: readonly string[];
  readonly trials: readonly TrialReport[];
  readonly judged: JudgedTrials;
  /** Where all trials are noted. */
  readonly ledger: string;
  readonly answer: SearchAnswer;
}

/** Throws as `backtest` does; trials that are finished then are kept and noted. */
export async function searchOptions(
  dataFolder: string,
  request: SearchRequest,
  { onTrial, ...reading }: SearchProgress,
): Promise<SearchReport> {
  const { base, searched, seed } = request;
  const { sets, combinations } = candidateSets(base, searched, { most: request.trials, seed });
  const strategies = [base, ...sets].map((options) => configured(request, options));
  const noted = notedTrials(dataFolder, request);
  let place = 0;
  const furtherOf: BacktestRequest["furtherOf"] = (reports) => chosenForward(request, strategies, reports);
  const asked = { ...request, strategies, furtherOf, resamples: 0 };
  const report = await backtest(dataFolder, asked, {
    ...reading,
    onStrategy: (_, atMs) => {
      if (atMs !== null) onTrial(place, Math.max(strategies.length, place + 1), atMs);
    },
    onReport: ({ options, returns }, at) => {
      // What was chosen forward is no trial of its own.
      if (at < strategies.length) noted.note(options, Float64Array.from(returns));
      onTrial(at, Math.max(strategies.length, at + 1), null);
      place = at + 1;
    },
  });
  return judgedReport(request, report, { combinations, noted, trials: strategies.length });
}

/** What was best before each part, held in it: lived through once more where it was not the base all the time. */
function chosenForward(
  request: SearchRequest,
  strategies: readonly BacktestStrategy[],
  reports: readonly StrategyReport[],
): readonly BacktestStrategy[] {
  const returns = reports.map((one) => Float64Array.from(one.returns));
  const { blocks } = chosenAhead(returns, {
    ...gapsOf(request, reports),
    folds: request.folds,
    usesLater: false,
  });
  const [base] = strategies;
  if (base === undefined || blocks.every(({ chosen }) => chosen === 0)) return [];
  const days = reports[0]?.days ?? [];
  const held = blocks.map(({ from, chosen }) => ({
    from: days[from] ?? "",
    ...(strategies[chosen] ?? base),
  }));
  const spans = held.map(({ from, strategy }) => ({ fromMs: Date.parse(from), strategy }));
  return [
    {
      strategy: forwardStrategy([{ fromMs: request.range.fromMs, strategy: base.strategy }, ...spans]),
      options: { forward: JSON.stringify([base.options, held.map(({ from, options }) => [from, options])]) },
      others: request.terms.others,
    },
  ];
}

function gapsOf(request: SearchRequest, reports: readonly StrategyReport[]): Gaps {
  return {
    purge: request.purgeDays ?? heldDays(reports),
    embargo: request.embargoDays ?? request.terms.portfolio.lookbackDays.value,
  };
}

function configured({ kind, terms }: SearchRequest, options: OptionSet): BacktestStrategy {
  const found = kind.configure(options, terms.others);
  if (!found.ok) throw new Error(`${kind.name}: ${JSON.stringify(found.problems)}`);
  return found;
}

interface NotedTrials {
  readonly path: string;
  /** Of those that were noted before and are none of these; null where it cannot be told. */
  earlier(): readonly (number | null)[];
  note(options: OptionSet, returns: Float64Array): void;
}

function notedTrials(dataFolder: string, request: SearchRequest): NotedTrials {
  const { kind, range } = request;
  const path = dataFolderPaths(dataFolder).strategyTrials;
  const traders = request.traders === null ? null : resolve(request.traders);
  const before = new Map(trialsOn(path, { traders, ...range }));
  const known = new Set(before.keys());
  const past = askedKey(request);
  return {
    path,
    earlier: () => [...before.values()].map((one) => one?.sharpePerDay ?? null),
    note: (options, returns) => {
      const asked = JSON.stringify([past, kind.name, Object.entries(options).toSorted()]);
      const trial = createHash("sha256").update(asked).digest("hex").slice(0, 32);
      before.delete(trial);
      if (known.has(trial)) return;
      known.add(trial);
      const sharpePerDay = ratioOf(returns) || null;
      const { name: strategy } = kind;
      noteTrial(path, { trial, atMs: Date.now(), strategy, options, ...range, traders, sharpePerDay });
    },
  };
}

function judgedReport(
  request: SearchRequest,
  report: BacktestReport,
  found: { readonly combinations: number; readonly noted: NotedTrials; readonly trials: number },
): SearchReport {
  const { combinations, noted } = found;
  const { kind, base, searched, folds, resamples, seed } = request;
  const { range, equity, delay, orderLatencyMs, slippage, feeRates, basis } = report;
  const strategies = report.strategies.slice(0, found.trials);
  const forward = report.strategies[found.trials]?.returns;
  const gaps = gapsOf(request, strategies);
  const returns = strategies.map((one) => Float64Array.from(one.returns));
  const judged = judgedTrials(returns, {
    ...gaps,
    ...(forward === undefined ? {} : { forward: Float64Array.from(forward) }),
    folds,
    resamples,
    seed,
    earlier: noted.earlier(),
  });
  const isDefault = Object.entries(kind.options).every(([name, option]) => base[name] === option.default);
  const trials = strategies.map((one, at) => trialReport(one, { base, judged, at }));
  return {
    strategy: kind.name,
    isDefault,
    base,
    searched,
    combinations,
    outcomes: new Set(strategies.map((one) => JSON.stringify(one.returns))).size,
    folds,
    purgeDays: gaps.purge,
    embargoDays: gaps.embargo,
    ...{ range, equity, delay, orderLatencyMs, slippage, feeRates, basis },
    days: strategies[0]?.days ?? [],
    trials,
    judged,
    ledger: noted.path,
    answer: searchAnswer({
      strategy: kind.name,
      isDefault,
      options: trials.map((one) => one.options),
      judged,
    }),
  };
}

const HOURS_A_DAY = 24;

/**
 * How long positions are held: the longest time between two decisions of a trial, or the mean time that money is in a position, by Little's law
 * (value held over value opened a day, half of all that is traded), of the trial in the middle.
 */
function heldDays(strategies: readonly StrategyReport[]): number {
  const hours = strategies.map(({ options }) => Number(options.rebalancing_frequency ?? HOURS_A_DAY));
  const held = strategies
    .filter(({ turnover }) => turnover > 0)
    .map(({ exposure, turnover, returns }) => (2 * exposure.grossMean * returns.length) / turnover)
    .toSorted((one, other) => one - other);
  const decided = hours.reduce((most, one) => Math.max(most, one), 0) / HOURS_A_DAY;
  return Math.ceil(Math.max(decided, held[Math.floor(held.length / 2)] ?? 0));
}

function trialReport(
  { options, equityFrom, equityTo, figures, turnover }: BacktestReport["strategies"][number],
  { base, judged, at }: { readonly base: OptionSet; readonly judged: JudgedTrials; readonly at: number },
): TrialReport {
  const changed = Object.entries(options).filter(([name, value]) => base[name] !== value);
  return {
    options: Object.fromEntries(changed),
    sharpe: yearly(judged.sharpes[at] ?? 0),
    sharpeAhead: yearly(judged.sharpesAhead[at] ?? 0),
    chance: judged.chances[at] ?? 1,
    totalReturn: equityFrom > 0 ? equityTo / equityFrom - 1 : 0,
    maxDrawdown: figures.max_drawdown ?? null,
    turnover,
  };
}
