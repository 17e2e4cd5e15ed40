/**
 * The past that backtests go through, opened once: recorded traders, markets, what was known of everybody at each moment. Any number
 * of runs can be made of it.
 */
import { createHash } from "node:crypto";
import { DAY_MS } from "../../analytics/equity/days.ts";
import type { BacktestParts } from "../../backtest/backtest.ts";
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
import type { BacktestTerms } from "../../config.ts";
import { AccountId, VenueId } from "../../core/model/identifiers.ts";
import { limitsRisk } from "../../core/risk/portfolio-risk.ts";
import { dataFolderPaths } from "../../data-folder.ts";
import { openMarketHistory } from "../../market/history-folder.ts";
import { readInstruments } from "../../market/instrument-file.ts";
import type { TimeRange } from "../../market/market-history.ts";
import { readSectorFile } from "../../market/sector-file.ts";
import type { TraderStore } from "../../store/trader-store.ts";
import type { Strategy } from "../../strategies/strategy.ts";
import { type BenchmarkReturns, benchmarkReturns } from "../../traders/benchmark.ts";
import { instrumentList } from "../../traders/copying/copied-market.ts";
import { openMarketMoves } from "../../traders/copying/market-moves.ts";
import type { TraderFilter } from "../../traders/filters/filter.ts";
import { openTraderMarks } from "../../traders/marks.ts";
import { remembered } from "../../traders/remembered.ts";
import { StylesThen } from "../../traders/walk-forward/style-then.ts";
import { termsOf } from "../strategy-question.ts";
import { boundsOf, filtersInForce } from "../trader-filters.ts";
import { withTraderStore } from "../traders.ts";
import { type BacktestBasis, basisOf } from "./basis.ts";
import { KnownTraders } from "./known-traders.ts";
import { programHash } from "./program-hash.ts";
import { assertTraders, readSources, type SourceFolders, type SourceReading } from "./sources.ts";

export const FOLLOWER = AccountId("follower");
export const VENUE = VenueId("bybit");

/** What is lived through, and how orders fare in it. */
export interface PastRequest extends SourceFolders {
  readonly range: TimeRange;
  /** Of the follower, in USDT; decimal text. */
  readonly equity: string;
  readonly delay: DelayModel;
  readonly orderLatencyMs: number;
  readonly slippage: SlippageModel;
  /** Fractions of value; decimal texts. */
  readonly feeRates: { readonly maker: string; readonly taker: string };
  readonly terms: BacktestTerms;
  readonly own: OwnFilters;
  /** Of delays. */
  readonly seed: number;
}

/** The user's own filters of traders. */
interface OwnFilters {
  readonly filters: readonly TraderFilter[];
  /** Names the code that they have now; "" without any. */
  readonly code: string;
}

export interface Past {
  readonly request: PastRequest;
  readonly recorded: RecordedLeaders;
  readonly markets: RecordedMarkets;
  readonly known: KnownTraders;
  /** What beta is measured against, on these days (YYYY-MM-DD, without a gap). */
  benchmarkOn(days: readonly string[]): BenchmarkReturns;
  readonly basis: BacktestBasis;
  /** Names everything that a run is made from but the strategy. */
  readonly key: string;
}

/** Throws a TradersError where there is nothing to go through, and the reason of `stop` when it is stopped. */
export async function withPast<Result>(
  dataFolder: string,
  request: PastRequest,
  reading: SourceReading,
  go: (past: Past) => Promise<Result>,
): Promise<Result> {
  const sources = await readSources(dataFolder, request, reading);
  assertTraders(sources.traders);
  return withTraderStore(sources.traders, async (store) => {
    const { range } = request;
    const recorded = await recordedLeaders(store, await store.traders(), range.toMs);
    const history = openMarketHistory(dataFolderPaths(sources.market).market);
    const list = followerList(dataFolder);
    const markets = recordedMarkets(recorded, { history, list, venue: VENUE, range });
    const basis = basisOf(recorded, markets, range);
    const benchmark = request.terms.filters.beta_benchmark.value;
    const sectors = readSectorFile(dataFolderPaths(dataFolder).sectors);
    const sourcesOf = remembered((venue) => ({
      marks: openTraderMarks(history, venue, { fromMs: recorded.fills[0]?.timeMs ?? 0, toMs: range.toMs }),
      moves: openMarketMoves(history, venue),
      instruments: list,
    }));
    const known = new KnownTraders({
      store,
      recorded,
      sourcesOf,
      equity: request.equity,
      delayMs: request.delay.medianMs,
      feeRate: Number(request.feeRates.taker),
      styles: new StylesThen({
        history,
        marksOf: (venue) => sourcesOf(venue).marks,
        sectors,
        toMs: range.toMs,
      }),
      measuresRisk: limitsRisk(request.terms.follower.limits),
      filters: [...filtersInForce(request.terms.filters), ...request.own.filters],
      benchmark,
    });
    const series = history
      .list()
      .map((one) => `${one.venue} ${one.symbol} ${one.kind} ${one.intervalMs} ${one.rows} ${one.bytes}`);
    const marks = openTraderMarks(history, VENUE, { fromMs: range.fromMs - 2 * DAY_MS, toMs: range.toMs });
    const benchmarkOn = (days: readonly string[]) => benchmarkReturns(marks, benchmark, days);
    return go({
      request,
      recorded,
      markets,
      known,
      benchmarkOn,
      basis,
      key: await keyOf(store, [...series, ...sectors].map(String).sort(), request),
    });
  });
}

/** One strategy through the past, under the terms of the request or others. */
export function runThrough(
  { request, recorded, markets, known }: Past,
  strategy: Strategy,
  stop: AbortSignal,
  terms: BacktestTerms = request.terms,
): BacktestParts {
  const { range, delay, slippage, seed, equity, orderLatencyMs: latencyMs, feeRates } = request;
  return {
    world: {
      fromMs: range.fromMs,
      leaders: recorded.leaders,
      follower: { account: FOLLOWER, venue: VENUE, equity, settings: terms.follower, latencyMs, feeRates },
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
    decay: terms.guards.decay,
    stop,
  };
}

/** What the follower's venue lists, as it was kept, or as the simulated exchange has it. */
export function followerList(dataFolder: string) {
  const stored = readInstruments(dataFolderPaths(dataFolder).instruments, VENUE);
  if (stored === null) return instrumentList(shippedSpecs(VENUE), { isComplete: false, key: "shipped" });
  const trading = stored.specs.filter(({ status }) => status === "trading");
  return instrumentList(trading, { isComplete: stored.isComplete, key: String(stored.toldAtMs) });
}

async function keyOf(store: TraderStore, markets: readonly string[], request: PastRequest): Promise<string> {
  const records = (await store.traders()).map(({ venue, trader, revision }) => [venue, trader, revision]);
  return createHash("sha256")
    .update(JSON.stringify([programHash(), records, markets, askedKey(request)]))
    .digest("hex");
}

/** All that a run can differ by but the program, the records and the strategy. */
export function askedKey(request: PastRequest): readonly unknown[] {
  const { range, equity, delay, orderLatencyMs, slippage, feeRates, seed, terms, own } = request;
  const how = [range, equity, delay, orderLatencyMs, slippage, feeRates, seed];
  return [own.code === "" ? how : [...how, own.code], termsKey(terms)];
}

/** All of the terms that a run can differ by. */
export function termsKey(terms: BacktestTerms): readonly unknown[] {
  const sample = terms.allocationFor(AccountId("leader"), 1);
  const { follower, guards, filters, portfolio } = terms;
  return [
    sample,
    follower,
    guards.decay,
    boundsOf(filters),
    termsOf(portfolio),
    portfolio.lookbackDays.value,
  ];
}
