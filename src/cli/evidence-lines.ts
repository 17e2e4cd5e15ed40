/** What a table of returns proves, for people: a line per series, the surest first, and what all of it comes to. */
import type { Evidence } from "../analytics/selection/table-evidence.ts";
import type { Interval } from "../analytics/selection/wilson.ts";
import { table, wrapped } from "./table.ts";

const NAME_MAX = 20;
const DAYS_A_YEAR = 365;
/** Above it a record counts as more than luck. */
const SURE = 0.95;

/** `intervals` by name, of the annual Sharpe ratio; empty where none were made. */
export function evidenceLines(
  evidence: Evidence,
  intervals: ReadonlyMap<string, Interval | null>,
): readonly string[] {
  const [deflated] = evidence.deflated_sharpe;
  const dsr = deflated?.dsr_of_each_trial ?? {};
  const rows = evidence.probabilistic_sharpe
    .map((one, at) => ({ one, at, sure: dsr[one.id] ?? one.by_benchmark[0]?.psr ?? 0 }))
    .sort((left, right) => right.sure - left.sure)
    .map(({ one, at }) => rowOf(evidence, one, at, intervals.get(one.id) ?? null));
  return [
    ...table(COLUMNS, rows),
    "",
    ...summary(evidence).flatMap((line) => wrapped(line)),
    "",
    ...wrapped(LEGEND),
  ];
}

const LEGEND =
  "Sharpe: a year, with its 95 % interval (stationary bootstrap). Shrunk: drawn towards the others, the less certain the further. PSR: probability that the true ratio is above 0. DSR: the same, knowing that it is one of many. q: share of false finds among those with a q this low. Days needed: length of record for a PSR of 95 %.";

const COLUMNS = [
  { title: "" },
  ...["Days", "Sharpe", "95 %", "Shrunk", "PSR", "DSR", "q", "Days needed"].map((title) => ({
    title,
    align: "right" as const,
  })),
  { title: "" },
];

function rowOf(
  evidence: Evidence,
  one: Evidence["probabilistic_sharpe"][number],
  at: number,
  interval: Interval | null,
): readonly string[] {
  const [shrinkage] = evidence.shrinkage;
  const shrunk = shrinkage?.heteroscedastic?.values[at];
  const [tested] = evidence.false_discovery;
  const q = tested?.benjamini_hochberg_q[tested.names.indexOf(one.id)];
  const against = one.by_benchmark[0];
  const needed =
    against?.min_track_record_length_is_meaningful === true ? against.min_track_record_length_95 : null;
  const dsr = evidence.deflated_sharpe[0]?.dsr_of_each_trial[one.id];
  return [
    one.id.length > NAME_MAX ? `${one.id.slice(0, NAME_MAX - 1)}…` : one.id,
    String(one.n),
    one.sharpe_annual_365.toFixed(2),
    interval === null ? "-" : `${short(interval[0])} to ${short(interval[1])}`,
    shrunk === undefined ? "-" : (shrunk * Math.sqrt(DAYS_A_YEAR)).toFixed(2),
    share(against?.psr),
    share(dsr),
    q === undefined ? "-" : q.toFixed(3),
    needed === null ? "-" : daysText(Math.ceil(needed)),
    "",
  ];
}

function short(value: number): string {
  return value.toFixed(1).replace(/^-0\.0$/, "0.0");
}

function share(value: number | null | undefined): string {
  return value === null || value === undefined ? "-" : `${(value * 100).toFixed(1)} %`;
}

function daysText(days: number): string {
  return days >= 1e6 ? days.toExponential(1) : String(days);
}

function summary(evidence: Evidence): readonly string[] {
  const [deflated] = evidence.deflated_sharpe;
  const [tested] = evidence.false_discovery;
  const without = evidence.without_sharpe;
  const lines: string[] = [];
  if (deflated !== undefined) {
    const { number_of_trials: trials, independent_trials: independent, selected } = deflated;
    const sure = Object.values(deflated.dsr_of_each_trial).filter((value) => (value ?? 0) > SURE).length;
    const alike = independent === null ? "" : `, as good as ${independent} independent ones`;
    lines.push(
      `${trials} series${alike}; the best, ${selected}, has to be held against the luck of the best of them.`,
    );
    lines.push(
      `${sure} of them ${sure === 1 ? "has" : "have"} a Sharpe ratio that is more than luck at 95 % (DSR).`,
    );
  }
  if (tested !== undefined)
    lines.push(
      `${tested["rejected_at_q_0.05"]} of ${tested.names.length} have a mean return above zero at a false discovery rate of 5 % (q).`,
    );
  if (without.length > 0) {
    const { length } = without;
    lines.push(
      `${length} ${length === 1 ? "series has" : "series have"} no Sharpe ratio (under two returns, or all the same).`,
    );
  }
  return lines;
}
