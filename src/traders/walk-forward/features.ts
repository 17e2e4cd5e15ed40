/** What a model may know of a record: figures of its days, of its round trips, of its style, and what the ranking makes of it. */
import { DAY_MS } from "../../analytics/equity/days.ts";
import { performanceOf } from "../../analytics/metrics/performance.ts";
import type { RankedRecord } from "../../analytics/ranking/rank-records.ts";
import { TRIPS_MIN } from "../../analytics/style/classify.ts";
import { featuresOf } from "../../analytics/style/features.ts";
import { probabilitiesOf, trainedModel } from "../../analytics/style/model.ts";
import type { StyleMarkets } from "../../analytics/style/style-trip.ts";
import { STYLES } from "../../analytics/style/styles.ts";
import { traitsOf } from "../../analytics/style/traits.ts";
import { tradeFiguresOf } from "../../analytics/trades/trade-figures.ts";
import type { TraderEvidence } from "../evidence.ts";

/** Part of what a kept model is of: other features are another model's. */
export const FEATURES_VERSION = 1;

export interface RecordOfFeatures {
  readonly evidence: Pick<TraderEvidence, "days" | "trips">;
  /** Of whom it is the question, the trader or a follower: daily, on the days of the evidence. */
  readonly returns: Float64Array;
  readonly markets: StyleMarkets;
}

const DAYS_A_YEAR = 365;

const RECENT_DAYS = 30;
const DAY_FIGURES = [
  "sharpe",
  "sortino",
  "calmar",
  "annual_volatility",
  "max_drawdown",
  "win_rate_excluding_zero",
  "profit_factor",
  "skew_population",
  "kurtosis_population_excess",
  "autocorrelation_lag1",
  "ulcer_index_n",
] as const;
const TRADE_FIGURES = [
  "winRate",
  "payoff",
  "bestTripShare",
  "disposition",
  "martingaleScore",
  "timeInMarket",
  "tripsPerDay",
  "activeDays",
  "effectiveSymbols",
] as const;

/** What is known of a record: rankFeatures, then recordFeatures, in this order. */
export const FEATURES: readonly string[] = [
  "lower_bound",
  "shrunk_sharpe",
  "probabilistic_sharpe",
  "days",
  "recent_sharpe",
  "worst_day_in_deviations",
  ...DAY_FIGURES,
  "holding_time",
  ...TRADE_FIGURES,
  ...STYLES.map((style) => `style_${style}`),
];

/** What the ranking makes of the same returns, beside all others. */
export function rankFeatures({
  lowerBound,
  shrunkSharpe,
  probabilisticSharpe,
}: Omit<RankedRecord, "name">): readonly number[] {
  return [lowerBound, shrunkSharpe, probabilisticSharpe ?? Number.NaN];
}

/** NaN for what is undefined or not known. */
export function recordFeatures({ evidence, returns, markets }: RecordOfFeatures): readonly number[] {
  const days = performanceOf({
    returns,
    periodsPerYear: DAYS_A_YEAR,
    months: new Int32Array(returns.length),
  });
  const recent = performanceOf({
    returns: returns.subarray(-RECENT_DAYS),
    periodsPerYear: DAYS_A_YEAR,
    months: new Int32Array(RECENT_DAYS),
  });
  const fromMs = Date.parse(evidence.days[0] ?? "");
  const trades = tradeFiguresOf(evidence.trips, { fromMs, untilMs: fromMs + returns.length * DAY_MS });
  const deviation = (days.annual_volatility ?? 0) / Math.sqrt(DAYS_A_YEAR);
  return [
    Math.log(returns.length),
    recent.sharpe,
    deviation === 0 || days.worst_day === null ? null : days.worst_day / deviation,
    ...DAY_FIGURES.map((name) => days[name]),
    trades.holdingMs === null ? null : Math.log1p(trades.holdingMs / 60_000),
    ...TRADE_FIGURES.map((name) => trades[name]),
    ...styleShares({ evidence, markets }),
  ].map((value) => value ?? Number.NaN);
}

function styleShares({
  evidence: { trips },
  markets,
}: Pick<RecordOfFeatures, "evidence" | "markets">): readonly (number | null)[] {
  if (trips.length < TRIPS_MIN) return STYLES.map(() => null);
  const known = trips.map((trip) => ({ ...trip, makerShare: null }));
  const probabilities = probabilitiesOf(trainedModel(), featuresOf(traitsOf(known, markets)));
  return STYLES.map((style) => probabilities[style]);
}
