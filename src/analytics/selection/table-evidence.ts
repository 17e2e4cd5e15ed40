/**
 * What a table of returns proves about the traders in it: each one's Sharpe ratio with its uncertainty, what is left of the best one when it
 * is known to be the best of many, false discoveries, and every estimate drawn towards the others. The names are those of docs/evidence.md.
 */
import { momentsOf } from "../metrics/moments.ts";
import { winningDaysOf } from "../metrics/winning-days.ts";
import type { ReturnsSeries, ReturnsTable } from "../returns-table.ts";
import { averageCorrelation } from "./average-correlation.ts";
import {
  deflatedSharpe,
  expectedMaximum,
  expectedMaximumSharpe,
  independentTrials,
} from "./deflated-sharpe.ts";
import { benjaminiHochberg, benjaminiYekutieli, holmAdjusted, storey } from "./false-discovery.ts";
import { meanAboveZero, winRateAboveHalf } from "./mean-test.ts";
import { minimumTrackRecord, probabilisticSharpe } from "./probabilistic-sharpe.ts";
import { type SharpeStatistics, sharpeStatistics } from "./sharpe-statistics.ts";
import { shrunkByVariance, shrunkToMean, shrunkToZero } from "./shrinkage.ts";
import { wilsonInterval } from "./wilson.ts";

/** Sharpe ratios a year that a trader is held against. */
const BENCHMARKS_ANNUAL = [0, 1, 2] as const;
const DAYS_A_YEAR = 365;
const REJECTED_AT = 0.05;

interface Trial {
  readonly series: ReturnsSeries;
  readonly statistics: SharpeStatistics;
}

export type Evidence = ReturnType<typeof evidenceOfTable>;

/** Series without a Sharpe ratio (under two returns, or all the same) are in `without_sharpe` and in nothing that needs one. */
export function evidenceOfTable({ series }: ReturnsTable) {
  const trials: Trial[] = [];
  const without: string[] = [];
  for (const one of series) {
    const statistics = sharpeStatistics(one.returns);
    if (statistics === null) without.push(one.name);
    else trials.push({ series: one, statistics });
  }
  return {
    probabilistic_sharpe: trials.map(probabilisticEntry),
    deflated_sharpe: deflatedEntries(trials),
    expected_maximum_table: expectedMaximumTable(trials.length),
    false_discovery: [
      falseDiscovery("mean_return_one_sided_t", series, meanAboveZero),
      falseDiscovery("win_rate_binomial", series, winRateAboveHalf),
    ],
    shrinkage: [sharpeShrinkage(trials), returnShrinkage(trials)],
    wilson_intervals: { rows: series.map(wilsonRow) },
    without_sharpe: without,
  };
}

function probabilisticEntry({ series, statistics }: Trial) {
  return {
    id: series.name,
    n: statistics.n,
    sharpe_per_day: statistics.sharpePerDay,
    sharpe_annual_365: statistics.sharpePerDay * Math.sqrt(DAYS_A_YEAR),
    skew_population: statistics.skew,
    kurtosis_population_full: statistics.kurtosis,
    sharpe_standard_error: statistics.standardError,
    by_benchmark: BENCHMARKS_ANNUAL.map((annual) => againstBenchmark(statistics, annual)),
  };
}

function againstBenchmark(statistics: SharpeStatistics, annual: number) {
  const perDay = annual / Math.sqrt(DAYS_A_YEAR);
  const { z, probability } = probabilisticSharpe(statistics, perDay);
  return {
    benchmark_annual: annual,
    benchmark_per_day: perDay,
    psr: probability,
    z,
    min_track_record_length_95: minimumTrackRecord(statistics, perDay, 0.95),
    min_track_record_length_99: minimumTrackRecord(statistics, perDay, 0.99),
    min_track_record_length_is_meaningful: statistics.sharpePerDay > perDay,
  };
}

/** Empty below two trials: then nothing was chosen. */
function deflatedEntries(trials: readonly Trial[]) {
  const sharpes = trials.map(({ statistics }) => statistics.sharpePerDay);
  const average = averageCorrelation(trials.map(({ series }) => series));
  const best = trials.reduce<Trial | undefined>(
    (most, next) =>
      most === undefined || next.statistics.sharpePerDay > most.statistics.sharpePerDay ? next : most,
    undefined,
  );
  const expectedOfAll = expectedMaximumSharpe(sharpes, trials.length);
  if (best === undefined || expectedOfAll === null || trials.length < 2) return [];
  const { deviation, mean } = momentsOf(sharpes);
  const independent = average === null ? null : independentTrials(trials.length, average);
  const counts = independent === null ? [trials.length] : [trials.length, independent];
  return [
    {
      id: "all",
      number_of_trials: trials.length,
      trial_sharpe_variance_ddof1: deviation === null ? null : deviation * deviation,
      trial_sharpe_mean: mean,
      average_correlation: average,
      independent_trials_formula: "floor(p + (1 - p) M) + 1",
      independent_trials: independent,
      selected: best.series.name,
      selected_sharpe_per_day: best.statistics.sharpePerDay,
      selected_n: best.statistics.n,
      selected_skew_population: best.statistics.skew,
      selected_kurtosis_population_full: best.statistics.kurtosis,
      by_trials: counts.map((count) => {
        const expected = expectedMaximumSharpe(sharpes, count) ?? 0;
        return {
          trials: count,
          expected_max_sharpe_per_day: expected,
          dsr: deflatedSharpe(best.statistics, expected),
        };
      }),
      dsr_of_each_trial: Object.fromEntries(
        trials.map(({ series, statistics }) => [series.name, deflatedSharpe(statistics, expectedOfAll)]),
      ),
    },
  ];
}

/** For counts that are often asked for, and the trials at hand. */
function expectedMaximumTable(trials: number) {
  const counts = new Set([2, 3, 5, 10, 20, 50, 100, 500, 1_000, 10_000, 1_000_000]);
  if (trials > 1) counts.add(trials);
  return [...counts]
    .sort((left, right) => left - right)
    .map((count) => ({ trials: count, expected_max_of_standard_normals: expectedMaximum(count) }));
}

function falseDiscovery(
  id: string,
  series: readonly ReturnsSeries[],
  test: (returns: Float64Array) => number | null,
) {
  const tested = series.flatMap(({ name, returns }) => {
    const p = test(returns);
    return p === null ? [] : [{ name, p }];
  });
  const names = tested.map(({ name }) => name);
  return { id, names, ...falseDiscoveryOf(tested.map(({ p }) => p)) };
}

export function falseDiscoveryOf(pValues: readonly number[]) {
  const q = benjaminiHochberg(pValues);
  const estimated = storey(pValues);
  return {
    p_values: pValues,
    benjamini_hochberg_q: q,
    "rejected_at_q_0.05": q.filter((value) => value <= REJECTED_AT).length,
    benjamini_yekutieli_q: benjaminiYekutieli(pValues),
    holm_adjusted_p: holmAdjusted(pValues),
    storey:
      estimated === null
        ? null
        : {
            lambda_grid_pi0_unclipped: Object.fromEntries(
              estimated.grid.map(({ lambda, share }) => [lambda.toFixed(2), share]),
            ),
            "pi0_lambda_0.5": estimated.shareAtHalf,
            "q_with_pi0_lambda_0.5": estimated.qAtHalf,
            pi0_bootstrap: estimated.share,
            bootstrap_lambda: estimated.lambda,
            "bootstrap_quantile_0.1": estimated.lowQuantile,
            q_with_pi0_bootstrap: estimated.q,
          },
  };
}

function sharpeShrinkage(trials: readonly Trial[]) {
  const values = trials.map(({ statistics }) => statistics.sharpePerDay);
  const variances = trials.map(({ statistics }) => statistics.standardError ** 2);
  return {
    id: "sharpe_per_day",
    ...namesAndLengths(trials),
    sharpe_per_day: values,
    sampling_variance: variances,
    ...shrinkageOf(values, variances),
  };
}

function returnShrinkage(trials: readonly Trial[]) {
  const moments = trials.map(({ series }) => momentsOf(series.returns));
  const values = moments.map(({ mean }) => mean ?? 0);
  const variances = moments.map(({ deviation, n }) => (deviation ?? 0) ** 2 / n);
  return {
    id: "mean_return_per_day",
    ...namesAndLengths(trials),
    mean_return_per_day: values,
    sampling_variance: variances,
    ...shrinkageOf(values, variances),
  };
}

function namesAndLengths(trials: readonly Trial[]) {
  return { names: trials.map(({ series }) => series.name), n: trials.map(({ statistics }) => statistics.n) };
}

export function shrinkageOf(values: readonly number[], variances: readonly number[]) {
  const toMean = shrunkToMean(values, variances);
  const byVariance = shrunkByVariance(values, variances);
  return {
    towards_zero: shrunkToZero(values, variances),
    towards_grand_mean:
      toMean === null ? null : { grand_mean: toMean.grandMean, factor: toMean.factor, values: toMean.values },
    heteroscedastic:
      byVariance === null
        ? null
        : {
            weighted_mean: byVariance.weightedMean,
            tau_squared: byVariance.tauSquared,
            Q: byVariance.q,
            shrinkage_B: byVariance.shrinkage,
            values: byVariance.values,
          },
  };
}

function wilsonRow({ name, returns }: ReturnsSeries) {
  const { wins, losses } = winningDaysOf(returns);
  const n = wins + losses;
  const at = (confidence: number) => wilsonInterval(wins, n, confidence);
  return { id: name, wins, n, "95": at(0.95), "90": at(0.9), "99": at(0.99) };
}
