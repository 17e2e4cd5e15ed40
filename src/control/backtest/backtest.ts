/**
 * Backtests for the command line: sources, configuration and strategies put together, strategy after strategy, each kept when it is
 * finished, so that the same request goes on where it was interrupted.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runBacktest } from "../../backtest/backtest.ts";
import { copyAll } from "../../backtest/copy-all.ts";
import {
  comparedStrategies,
  type LeaderResult,
  type Resampling,
  type StrategyComparison,
  type StrategyReport,
  strategyReport,
} from "../../backtest/report.ts";
import type { BacktestTerms } from "../../config.ts";
import type { State } from "../../core/state.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { replaceFile } from "../../market/replace-file.ts";
import type { OptionsByStrategy, StrategyKind } from "../../strategies/kind.ts";
import { STRATEGY_KINDS } from "../../strategies/registry.ts";
import { decisionEveryMs } from "../../strategies/schedule.ts";
import type { Strategy } from "../../strategies/strategy.ts";
import { resultsOf } from "../results.ts";
import type { BacktestBasis } from "./basis.ts";
import { FOLLOWER, type Past, type PastRequest, runThrough, withPast } from "./past.ts";
import type { SourceReading } from "./sources.ts";

export { INTERVAL_DAYS_MIN } from "../../backtest/report.ts";
export { FOLLOWER } from "./past.ts";

/** All that a backtest can be asked for, by name. */
export const BACKTEST_STRATEGIES: readonly StrategyKind[] = [...STRATEGY_KINDS, copyAll];

export interface BacktestRequest extends PastRequest, Resampling {
  /** The first is what the others are held against. */
  readonly strategies: readonly BacktestStrategy[];
  /** What else is lived through, by what these came to; told behind them. */
  furtherOf?(reports: readonly StrategyReport[]): readonly BacktestStrategy[];
}

export interface BacktestStrategy {
  readonly strategy: Strategy;
  readonly options: StrategyReport["options"];
  /** Of other strategies that it asks. */
  readonly others?: OptionsByStrategy;
}

export interface BacktestProgress extends SourceReading {
  /** `atMs`: how far the strategy has come; null when it is finished, or was before. */
  onStrategy(name: string, atMs: number | null): void;
  /** Each strategy that is finished, or was before, with its place in the request. */
  onReport?(report: StrategyReport, place: number): void;
}

export interface BacktestReport
  extends Pick<BacktestRequest, "range" | "equity" | "delay" | "orderLatencyMs" | "slippage" | "feeRates"> {
  readonly basis: BacktestBasis;
  readonly strategies: readonly StrategyReport[];
  readonly comparisons: readonly StrategyComparison[];
}

/** Throws a TradersError where there is nothing to go through, and the reason of `stop` when it is stopped. */
export async function backtest(
  dataFolder: string,
  request: BacktestRequest,
  progress: BacktestProgress,
): Promise<BacktestReport> {
  return withPast(dataFolder, request, progress, async (past) => {
    const strategies: StrategyReport[] = [];
    const goThrough = async (some: readonly BacktestStrategy[]) => {
      for (const one of some) {
        const report = await kept({ dataFolder, request, progress, past }, one);
        strategies.push(report);
        progress.onReport?.(report, strategies.length - 1);
      }
    };
    await goThrough(request.strategies);
    await goThrough(request.furtherOf?.(strategies) ?? []);
    const { range, equity, delay, orderLatencyMs, slippage, feeRates } = request;
    return {
      ...{ range, equity, delay, orderLatencyMs, slippage, feeRates },
      basis: past.basis,
      strategies,
      comparisons: comparedStrategies(strategies, request),
    };
  });
}

/** What is configured and does not act in a backtest, in sentences. */
export function notActing({ guards, follower, notes }: BacktestTerms): readonly string[] {
  const { onFailedFilter, onStyleChange, onCorrelation, onLockStep } = guards.monitoring;
  const findings = {
    on_failed_filter: onFailedFilter,
    on_style_change: onStyleChange,
    on_correlation: onCorrelation,
    on_lock_step: onLockStep,
  };
  const acting = Object.entries(findings).filter(([, { value }]) => value !== "warn");
  const { correlation, withoutEvidence } = follower.limits;
  return [
    ...notes,
    ...(correlation === null
      ? []
      : [
          `the limit correlation_limit has no measurements in the past: it ${withoutEvidence === "deny" ? "refuses whoever comes second" : "is off"}`,
        ]),
    ...acting.map(
      ([name]) =>
        `${name} does not act: of what monitoring finds only decay (on_decay) stops a leader in the past`,
    ),
  ];
}

/** Strategies that decide only when asked, which nobody does in the past but at its beginning; in sentences. */
export function decidingOnce(strategies: readonly BacktestStrategy[]): readonly string[] {
  return strategies.flatMap(({ strategy }) =>
    decisionEveryMs(strategy) === null
      ? [`${strategy.name} decides once, at the beginning, and never again: rebalancing_frequency is 0`]
      : [],
  );
}

interface RunParts {
  readonly dataFolder: string;
  readonly request: BacktestRequest;
  readonly progress: BacktestProgress;
  readonly past: Past;
}

/** Finished before by the same request on the same data, or lived through now and kept. */
async function kept(parts: RunParts, one: BacktestStrategy): Promise<StrategyReport> {
  const { dataFolder, progress, past, request } = parts;
  const { name } = one.strategy;
  const hash = createHash("sha256")
    .update(`${past.key}\n${request.resamples}\n${name} ${JSON.stringify([one.options, one.others ?? {}])}`)
    .digest("hex");
  const file = join(dataFolderPaths(dataFolder).backtests, `${name}-${hash.slice(0, 16)}.json`);
  const before = readKept(file);
  const report = before ?? (await lived(parts, one));
  if (before === null) replaceFile(file, `${JSON.stringify(report)}\n`);
  progress.onStrategy(name, null);
  return report;
}

/** Null where there is none; what cannot be read is made anew. */
function readKept(file: string): StrategyReport | null {
  try {
    // Written by `kept`, under a name that holds all that it is made from.
    return JSON.parse(readFileSync(file, "utf8")) as StrategyReport;
  } catch {
    return null;
  }
}

async function lived(
  { past, request, progress }: RunParts,
  { strategy, options }: BacktestStrategy,
): Promise<StrategyReport> {
  let leaders: readonly LeaderResult[] = [];
  const profits: ReadonlyMap<string, number>[] = [];
  const days: string[] = [];
  const watched = {
    onTime: (nowMs: number) => progress.onStrategy(strategy.name, nowMs),
    onDay: (state: State, nowMs: number) => {
      profits.push(profitsOf(leaderResults(state), profits.at(-1)));
      days.push(new Date(nowMs - 1).toISOString().slice(0, 10));
    },
  };
  const outcome = await runBacktest({ ...runThrough(past, strategy, progress.stop), ...watched }, (state) => {
    leaders = leaderResults(state);
  });
  const benchmark = past.benchmarkOn(days);
  return strategyReport(outcome, leaders, options, request, { profits, benchmark });
}

/** Where a price is missing, as of the day before. */
function profitsOf(
  results: readonly LeaderResult[],
  before: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, number> {
  return new Map(
    results.map(({ leader, profit }) => [leader, profit === "" ? (before.get(leader) ?? 0) : Number(profit)]),
  );
}

/** The most profitable first. */
function leaderResults(state: State): readonly LeaderResult[] {
  const follower = state.followers.get(FOLLOWER);
  const results = follower === undefined ? [] : resultsOf(state, follower);
  return results
    .flatMap(({ leaders }) => leaders)
    .toSorted((one, other) => Number(other.profit) - Number(one.profit));
}
