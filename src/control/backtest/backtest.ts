/**
 * Backtests for the command line: sources, configuration and strategies put together, strategy after strategy, each kept when it is
 * finished, so that the same request goes on where it was interrupted.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BacktestParts, runBacktest } from "../../backtest/backtest.ts";
import { copyAll } from "../../backtest/copy-all.ts";
import { type DelayModel, LeaderDelay } from "../../backtest/delay.ts";
import {
  openRecordedMarket,
  type RecordedLeaders,
  type RecordedMarkets,
  recordedLeaders,
  recordedMarkets,
} from "../../backtest/history.ts";
import { shippedSpecs } from "../../backtest/instruments.ts";
import type { SlippageModel } from "../../backtest/market/slippage.ts";
import {
  comparedStrategies,
  type LeaderResult,
  type Resampling,
  type StrategyComparison,
  type StrategyReport,
  strategyReport,
} from "../../backtest/report.ts";
import type { BacktestTerms } from "../../config.ts";
import { AccountId, VenueId } from "../../core/model/identifiers.ts";
import type { State } from "../../core/state.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { openMarketHistory } from "../../market/history-folder.ts";
import { readInstruments } from "../../market/instrument-file.ts";
import type { TimeRange } from "../../market/market-history.ts";
import { replaceFile } from "../../market/replace-file.ts";
import type { TraderStore } from "../../store/trader-store.ts";
import type { StrategyKind } from "../../strategies/kind.ts";
import { STRATEGY_KINDS } from "../../strategies/registry.ts";
import type { Strategy } from "../../strategies/strategy.ts";
import { instrumentList } from "../../traders/copying/copied-market.ts";
import { openMarketMoves } from "../../traders/copying/market-moves.ts";
import { filtersOf } from "../../traders/filters/registry.ts";
import { openTraderMarks } from "../../traders/marks.ts";
import { remembered } from "../../traders/remembered.ts";
import { resultsOf } from "../results.ts";
import { termsOf } from "../strategy-question.ts";
import { boundsOf } from "../trader-filters.ts";
import { TradersError, withTraderStore } from "../traders.ts";
import { KnownTraders, type KnownTradersParts } from "./known-traders.ts";
import { programHash } from "./program-hash.ts";
import { readSources, type SourceFolders, type SourceReading } from "./sources.ts";

export { INTERVAL_DAYS_MIN } from "../../backtest/report.ts";

/** All that a backtest can be asked for, by name. */
export const BACKTEST_STRATEGIES: readonly StrategyKind[] = [...STRATEGY_KINDS, copyAll];
export const FOLLOWER = AccountId("follower");
const VENUE = VenueId("bybit");
const DAY_MS = 86_400_000;

export interface BacktestRequest extends SourceFolders, Resampling {
  readonly range: TimeRange;
  /** The first is what the others are held against. */
  readonly strategies: readonly BacktestStrategy[];
  /** Of the follower, in USDT; decimal text. */
  readonly equity: string;
  readonly delay: DelayModel;
  readonly orderLatencyMs: number;
  readonly slippage: SlippageModel;
  /** Fractions of value; decimal texts. */
  readonly feeRates: { readonly maker: string; readonly taker: string };
  readonly terms: BacktestTerms;
}

export interface BacktestStrategy {
  readonly strategy: Strategy;
  readonly options: StrategyReport["options"];
}

export interface BacktestProgress extends SourceReading {
  /** `atMs`: how far the strategy has come; null when it is finished, or was before. */
  onStrategy(name: string, atMs: number | null): void;
}

/** What it was made from. */
export interface BacktestBasis {
  readonly traders: number;
  /** Fills of the window, and of before it. */
  readonly fills: number;
  readonly fillsBefore: number;
  /** Traders with a fill in the window. */
  readonly active: number;
  /** That their sources no longer named before the window ended. */
  readonly vanished: number;
  readonly truncated: number;
  /** Symbols of the window's fills without a bar; whose steps are assumed; that the venue does not list; without funding rates. */
  readonly withoutBars: readonly string[];
  readonly assumedSteps: readonly string[];
  readonly unlisted: readonly string[];
  readonly withoutFunding: readonly string[];
}

export interface BacktestReport {
  readonly range: TimeRange;
  readonly equity: string;
  readonly delay: DelayModel;
  readonly orderLatencyMs: number;
  readonly slippage: SlippageModel;
  readonly feeRates: BacktestRequest["feeRates"];
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
  const sources = await readSources(dataFolder, request, progress);
  if (!existsSync(dataFolderPaths(sources.traders).traders))
    throw new TradersError(
      "bad-request",
      "no trader is known here: copytrader traders import takes histories in, or --traders names a folder of them",
    );
  return withTraderStore(sources.traders, async (store) => {
    const { range } = request;
    const recorded = await recordedLeaders(store, await store.traders(), range.toMs);
    const history = openMarketHistory(dataFolderPaths(sources.market).market);
    const list = followerList(dataFolder);
    const markets = recordedMarkets(recorded, { history, list, venue: VENUE, range });
    const basis = basisOf(recorded, markets, range);
    const known = new KnownTraders({
      store,
      recorded,
      sourcesOf: remembered((venue) => ({
        marks: openTraderMarks(history, venue, { fromMs: recorded.fills[0]?.timeMs ?? 0, toMs: range.toMs }),
        moves: openMarketMoves(history, venue),
        instruments: list,
      })),
      equity: request.equity,
      delayMs: request.delay.medianMs,
      feeRate: Number(request.feeRates.taker),
      ...filtersIn(request.terms),
    });
    const parts = { dataFolder, request, progress, recorded, markets, known };
    const key = await basisKey(
      store,
      history
        .list()
        .map((one) => `${one.venue} ${one.symbol} ${one.kind} ${one.intervalMs} ${one.rows} ${one.bytes}`),
      request,
    );
    const strategies: StrategyReport[] = [];
    for (const one of request.strategies) strategies.push(await kept(parts, one, key));
    return {
      range,
      equity: request.equity,
      delay: request.delay,
      orderLatencyMs: request.orderLatencyMs,
      slippage: request.slippage,
      feeRates: request.feeRates,
      basis,
      strategies,
      comparisons: comparedStrategies(strategies, request),
    };
  });
}

/** Those that judge by fills and prices alone. */
function filtersIn({ filters: values }: BacktestTerms): Pick<KnownTradersParts, "filters" | "benchmark"> {
  const filters = filtersOf(boundsOf(values)).filter(({ reads }) => !reads.includes("style"));
  return { filters, benchmark: values.beta_benchmark.value };
}

/** What is configured and does not act in a backtest, in sentences. */
export function notActing({ filters: values, notes }: BacktestTerms): readonly string[] {
  const idle = filtersOf(boundsOf(values)).filter(({ reads }) => reads.includes("style"));
  const why = "does not act: how somebody trades is not told anew for each moment of the past";
  return [...notes, ...idle.map(({ name }) => `${name} ${why}`)];
}

/** What the follower's venue lists, as it was kept, or as the simulated exchange has it. */
function followerList(dataFolder: string) {
  const stored = readInstruments(dataFolderPaths(dataFolder).instruments, VENUE);
  if (stored === null) return instrumentList(shippedSpecs(VENUE), { isComplete: false, key: "shipped" });
  const trading = stored.specs.filter(({ status }) => status === "trading");
  return instrumentList(trading, { isComplete: stored.isComplete, key: String(stored.toldAtMs) });
}

interface RunParts {
  readonly dataFolder: string;
  readonly request: BacktestRequest;
  readonly progress: BacktestProgress;
  readonly recorded: RecordedLeaders;
  readonly markets: RecordedMarkets;
  readonly known: KnownTraders;
}

/** Finished before by the same request on the same data, or lived through now and kept. */
async function kept(parts: RunParts, one: BacktestStrategy, basis: string): Promise<StrategyReport> {
  const { dataFolder, progress } = parts;
  const { name } = one.strategy;
  const hash = createHash("sha256")
    .update(`${basis}\n${name} ${JSON.stringify(one.options)}`)
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

async function lived(parts: RunParts, { strategy, options }: BacktestStrategy): Promise<StrategyReport> {
  const { request, recorded, markets, known, progress } = parts;
  const { range, delay, slippage, terms, seed } = request;
  let leaders: readonly LeaderResult[] = [];
  const run: BacktestParts = {
    world: {
      fromMs: range.fromMs,
      leaders: recorded.leaders,
      follower: {
        account: FOLLOWER,
        venue: VENUE,
        equity: request.equity,
        settings: terms.follower,
        latencyMs: request.orderLatencyMs,
        feeRates: request.feeRates,
      },
      fills: recorded.fills,
      ...markets,
      openMarket: (clock, onPrice) => openRecordedMarket(markets, { venue: VENUE, clock, slippage, onPrice }),
      delayOf: (leader) => new LeaderDelay(delay, leader),
      seed,
    },
    toMs: range.toMs,
    strategy,
    rebalance: termsOf(terms.portfolio),
    lookbackDays: terms.portfolio.lookbackDays.value,
    knownAt: (asOfMs) => known.at(asOfMs),
    allocationFor: terms.allocationFor,
    stop: progress.stop,
    onTime: (nowMs) => progress.onStrategy(strategy.name, nowMs),
  };
  const outcome = await runBacktest(run, (state) => {
    leaders = leaderResults(state);
  });
  return strategyReport(outcome, leaders, options, request);
}

/** The most profitable first. */
function leaderResults(state: State): readonly LeaderResult[] {
  const follower = state.followers.get(FOLLOWER);
  const results = follower === undefined ? [] : resultsOf(state, follower);
  return results
    .flatMap(({ leaders }) => leaders)
    .toSorted((one, other) => Number(other.profit) - Number(one.profit));
}

/** Names everything that a result is made from but the strategy. */
async function basisKey(
  store: TraderStore,
  series: readonly string[],
  request: BacktestRequest,
): Promise<string> {
  const { range, equity, delay, orderLatencyMs, slippage, feeRates, resamples, seed, terms } = request;
  const records = (await store.traders()).map(({ venue, trader, revision }) => [venue, trader, revision]);
  const sample = terms.allocationFor(AccountId("leader"), 1);
  return createHash("sha256")
    .update(JSON.stringify([programHash(), records, series, range, equity, delay, orderLatencyMs]))
    .update(
      JSON.stringify([
        slippage,
        feeRates,
        resamples,
        seed,
        sample,
        terms.follower,
        boundsOf(terms.filters),
        termsOf(terms.portfolio),
        terms.portfolio.lookbackDays.value,
      ]),
    )
    .digest("hex");
}

function basisOf(
  { leaders, fills }: RecordedLeaders,
  { assumed, unlisted, marketOf, tapeOf }: RecordedMarkets,
  { fromMs, toMs }: TimeRange,
): BacktestBasis {
  const first = fills.findIndex(({ timeMs }) => timeMs >= fromMs);
  const fillsBefore = first < 0 ? fills.length : first;
  const inWindow = fills.slice(fillsBefore);
  if (inWindow.length === 0) throw new TradersError("bad-request", nothingIn({ fromMs, toMs }, fills));
  const venues = new Map(leaders.map(({ name, venue }) => [name, venue]));
  const traded = new Set<string>();
  const [withoutBars, withoutFunding] = [new Set<string>(), new Set<string>()];
  for (const { leader, symbol } of inWindow) {
    const venue = venues.get(leader);
    const pair = venue === undefined ? null : marketOf(venue, symbol);
    if (pair === null || traded.has(symbol)) continue;
    traded.add(symbol);
    const tape = tapeOf(pair.follower.id);
    if (tape === null) withoutBars.add(symbol);
    if ((tape?.funding ?? null) === null) withoutFunding.add(symbol);
  }
  if (traded.size > 0 && withoutBars.size === traded.size)
    throw new TradersError(
      "bad-request",
      `no bars are known of any symbol that was traded from ${day(fromMs)} to ${day(toMs)}: copytrader market import or market fetch takes them in, or --market names a folder of them`,
    );
  return {
    traders: leaders.length,
    fills: inWindow.length,
    fillsBefore,
    active: new Set(inWindow.map(({ leader }) => leader)).size,
    vanished: leaders.filter(({ record }) => record.lastSeenMs < toMs - DAY_MS).length,
    truncated: leaders.filter(({ record }) => record.history === "truncated").length,
    withoutBars: [...withoutBars].sort(),
    assumedSteps: assumed.filter((symbol) => traded.has(symbol)),
    unlisted,
    withoutFunding: [...withoutFunding].sort(),
  };
}

function nothingIn({ fromMs, toMs }: TimeRange, fills: RecordedLeaders["fills"]): string {
  const [first, last] = [fills[0], fills.at(-1)];
  const known =
    first === undefined || last === undefined
      ? `nothing is known before ${day(toMs)}`
      : `what is known before the end begins ${day(first.timeMs)} and ends ${day(last.timeMs)}`;
  return `no trader has a fill from ${day(fromMs)} to ${day(toMs)}; ${known}`;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
