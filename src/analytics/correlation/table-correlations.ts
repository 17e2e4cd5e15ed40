/**
 * How alike the series of a table are: every pair with its interval, the whole matrix drawn together, groups that move together, and how many
 * independent bets all of them amount to.
 */
import type { ReturnsSeries, ReturnsTable } from "../returns-table.ts";
import { centred, correlationOf, type ShrunkCovariance } from "./covariance.ts";
import { effectiveNumber } from "./effective-number.ts";
import { clustersOf, correlationDistance, linkage } from "./linkage.ts";
import { type Pair, pairsOf, shrunkCorrelations } from "./pairs.ts";
import { ledoitWolfConstant } from "./shrunk-to-constant.ts";
import { ledoitWolfFactor } from "./shrunk-to-factor.ts";
import { ledoitWolfIdentity } from "./shrunk-to-identity.ts";

export type Correlations = ReturnType<typeof correlationsOfTable>;

/** `alike` is the correlation from which groups count as moving together, -1 to 1. */
export function correlationsOfTable({ dates, series }: ReturnsTable, alike: number) {
  const count = series.length;
  const names = series.map(({ name }) => name);
  const pairs = pairsOf(series);
  const average = averageOf(pairs);
  const shrunk = shrunkCorrelations(pairs, count);
  const merges = linkage(shrunk.map(correlationDistance), count, "average");
  const groups = clustersOf(merges, count, correlationDistance(alike));
  // Where nothing is known of any pair, nothing is known of all.
  const known = pairs.some(({ interval }) => interval !== null);
  const { byAverage, byEigenvalues } = effectiveNumber(shrunk, known ? count : 0);
  return {
    names,
    average_correlation: average,
    effective_number: { by_average_correlation: byAverage, by_eigenvalues: byEigenvalues },
    clusters: {
      alike,
      groups: groups.map((group) => group.map((at) => names[at] ?? "")),
      average_linkage: merges.map(
        ({ left, right, distance, size }) => [left, right, distance, size] as const,
      ),
    },
    pairs: pairs.map(({ one, other, days, correlation, interval }) => ({
      one: names[one] ?? "",
      other: names[other] ?? "",
      days,
      correlation,
      interval_95: interval,
      shrunk: shrunk[one * count + other] ?? 0,
    })),
    shrunk: rowsOf(shrunk, count),
    common_days: commonDays(dates, series),
  };
}

function averageOf(pairs: readonly Pair[]): number | null {
  const known = pairs.flatMap(({ correlation }) => (correlation === null ? [] : [correlation]));
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Covariances of the days that all have, drawn to three targets, as correlations; null below two such days, and where one does not vary on them. */
function commonDays(dates: readonly string[], series: readonly ReturnsSeries[]) {
  const from = Math.max(...series.map(({ firstRow }) => firstRow));
  const until = Math.min(...series.map(({ firstRow, returns }) => firstRow + returns.length));
  if (series.length === 0 || until - from < 2) return null;
  const parts = series.map(({ firstRow, returns }) => returns.subarray(from - firstRow, until - firstRow));
  if (parts.some((part) => part.every((value) => value === part[0]))) return null;
  const ready = centred(parts);
  const made = ({ covariance, intensity }: ShrunkCovariance) => ({
    intensity,
    correlation: rowsOf(correlationOf(covariance, series.length), series.length),
  });
  return {
    days: until - from,
    first_date: dates[from] ?? null,
    last_date: dates[until - 1] ?? null,
    ledoit_wolf_constant_correlation: made(ledoitWolfConstant(ready)),
    ledoit_wolf_identity: made(ledoitWolfIdentity(ready)),
    ledoit_wolf_single_factor: made(ledoitWolfFactor(ready)),
  };
}

function rowsOf(matrix: Float64Array, count: number): readonly (readonly number[])[] {
  return Array.from({ length: count }, (_, row) => [...matrix.subarray(row * count, (row + 1) * count)]);
}
