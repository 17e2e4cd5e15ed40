/** How alike series are, for people: what it comes to, the groups, and the pairs that are most alike. */
import type { Correlations } from "../analytics/correlation/table-correlations.ts";
import type { Interval } from "../analytics/selection/wilson.ts";
import { table, wrapped } from "./table.ts";

const PAIRS_SHOWN = 15;
const NAME_MAX = 20;

/** `intervals` by the place of the pair, from the bootstrap; empty where none were made. */
export function correlationLines(
  { names, effective_number, average_correlation, clusters, pairs }: Correlations,
  intervals: readonly (Interval | null)[],
): readonly string[] {
  const { by_average_correlation: byAverage, by_eigenvalues: byEigenvalues } = effective_number;
  const together = clusters.groups.filter(({ length }) => length > 1);
  const sorted = pairs
    .map((pair, at) => ({ pair, interval: intervals[at] ?? null }))
    .sort((left, right) => (right.pair.correlation ?? -2) - (left.pair.correlation ?? -2));
  return [
    ...wrapped(
      `${names.length} series amount to ${decimal(byAverage, 1)} independent ones by their average correlation of ${decimal(average_correlation, 2)}, to ${decimal(byEigenvalues, 1)} by their eigenvalues.`,
    ),
    "",
    together.length === 0
      ? `No group moves together (correlation ${clusters.alike} or more).`
      : `Groups that move together (correlation ${clusters.alike} or more on average):`,
    ...together.flatMap((group) => wrapped(`- ${group.join(", ")}`)),
    "",
    ...table(COLUMNS, sorted.slice(0, PAIRS_SHOWN).map(rowOf)),
    ...(sorted.length > PAIRS_SHOWN
      ? [`... and ${sorted.length - PAIRS_SHOWN} pairs that are less alike; --json has all.`]
      : []),
    "",
    ...wrapped(
      "95 %: Fisher's interval, and the stationary bootstrap's, which does not take days for independent. Shrunk: drawn towards the mean of all pairs, the fewer days the further.",
    ),
  ];
}

const COLUMNS = [
  { title: "" },
  { title: "" },
  ...["Days", "Correlation", "95 %", "Bootstrap", "Shrunk"].map((title) => ({
    title,
    align: "right" as const,
  })),
  { title: "" },
];

function rowOf({
  pair,
  interval,
}: {
  readonly pair: Correlations["pairs"][number];
  readonly interval: Interval | null;
}): readonly string[] {
  return [
    shortened(pair.one),
    shortened(pair.other),
    String(pair.days),
    decimal(pair.correlation, 2),
    range(pair.interval_95),
    range(interval),
    decimal(pair.shrunk, 2),
    "",
  ];
}

function range(interval: Interval | null): string {
  return interval === null ? "-" : `${decimal(interval[0], 2)} to ${decimal(interval[1], 2)}`;
}

function decimal(value: number | null, digits: number): string {
  return value === null ? "-" : value.toFixed(digits).replace(/^-(0\.0+)$/, "$1");
}

function shortened(name: string): string {
  return name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 1)}…` : name;
}
