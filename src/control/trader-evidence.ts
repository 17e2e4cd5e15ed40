/** What one trader's record proves by itself, and what copying it leaves, by the follower's capital. docs/evidence.md and docs/ranking.md define each figure. */
import { COPY_DEFAULTS } from "../analytics/copying/copy-settings.ts";
import { type Figures, performanceOf } from "../analytics/metrics/performance.ts";
import { figureIntervals, type IntervalName } from "../analytics/selection/figure-intervals.ts";
import { evidenceOfTable } from "../analytics/selection/table-evidence.ts";
import type { Interval } from "../analytics/selection/wilson.ts";
import type { FollowerNet } from "../traders/copying/follower-net.ts";
import { copiedTraders } from "./copied-traders.ts";

const DAYS_A_YEAR = 365;
const CONFIDENCE = 0.95;

export interface TraderProof {
  readonly days: number;
  readonly trips: number;
  readonly figures: Readonly<Pick<Figures, IntervalName>>;
  /** 95 %, by days drawn anew in blocks. */
  readonly intervals: Readonly<Record<IntervalName, Interval | null>>;
  readonly blockLength: number;
  /** How likely the true Sharpe ratio is above each benchmark; empty where returns do not vary. */
  readonly above: readonly {
    /** Sharpe ratio a year. */
    readonly benchmark: number;
    readonly probability: number | null;
    /** Of record, for 95 %; null where no length would do. */
    readonly daysNeeded: number | null;
  }[];
  /** One for each capital, in their order. */
  readonly followers: readonly FollowerNet[];
}

export interface ProofRequest {
  readonly id: string;
  readonly venue: string | null;
  /** Of followers, decimal texts. */
  readonly equities: readonly string[];
  readonly delayMs: number;
  readonly resamples: number;
  readonly seed: number;
}

/** Null where there are no fills. Throws a TradersError when no trader or more than one is meant. */
export async function traderEvidence(dataDir: string, request: ProofRequest): Promise<TraderProof | null> {
  const { id, venue, equities, delayMs, resamples, seed } = request;
  const settings = equities.map((equity) => ({ ...COPY_DEFAULTS, equity, delayMs }));
  const [copied] = await copiedTraders(dataDir, { ids: [id], venue, equity: null }, settings);
  if (copied === undefined) return null;
  const { evidence, nets } = copied;
  const { returns, days, trips } = evidence;
  const options = { resamples, seed, confidence: CONFIDENCE };
  const { intervals, blockLength } = figureIntervals(returns, DAYS_A_YEAR, options);
  const { total_return, cagr, annual_volatility, sharpe, max_drawdown } = performanceOf({
    returns,
    periodsPerYear: DAYS_A_YEAR,
    months: new Int32Array(returns.length),
  });
  const [proved] = evidenceOfTable({
    dates: days,
    series: [{ name: id, firstRow: 0, returns }],
  }).probabilistic_sharpe;
  return {
    days: days.length,
    trips: trips.length,
    figures: { total_return, cagr, annual_volatility, sharpe, max_drawdown },
    intervals,
    blockLength,
    above: (proved?.by_benchmark ?? []).map((one) => ({
      benchmark: one.benchmark_annual,
      probability: one.psr,
      daysNeeded: one.min_track_record_length_is_meaningful ? one.min_track_record_length_95 : null,
    })),
    followers: nets,
  };
}
