/**
 * Traders in the order of what their records prove: who can be judged, those ranked; who cannot, and why. Accounts in lock-step are
 * one, of which the fullest record stands for all.
 */
import { utcDay } from "../analytics/equity/days.ts";
import { lockStepGroups, lockStepPairs } from "../analytics/ranking/lock-step.ts";
import { type RankedRecord, type RankOptions, rankRecords } from "../analytics/ranking/rank-records.ts";
import type { ReturnsSeries } from "../analytics/returns-table.ts";
import type { TraderKey } from "../store/trader-store.ts";
import type { RankEntry } from "./rank-entry.ts";
import { hasFigures, type RecordNeeds, type Verdict, verdictOf, withReason } from "./verdict.ts";

export interface RankedTrader {
  readonly trader: TraderKey;
  readonly days: number;
  /** Finished and seen whole. */
  readonly trips: number;
  readonly verdict: Verdict;
  /** Null where the record carries none. */
  readonly figures: Omit<RankedRecord, "name"> | null;
  /** Those that trade as one with it. */
  readonly lockStep: readonly TraderKey[];
}

export interface RankedTraders {
  /** The judgeable ones first, the surest of them at the top; then those with figures, then the others by length of record. */
  readonly traders: readonly RankedTrader[];
  /** A year; see Ranking. */
  readonly luckiestSharpe: number | null;
}

export interface TraderRankOptions extends RankOptions {
  readonly needs: RecordNeeds;
}

export function rankTraders(entries: readonly RankEntry[], options: TraderRankOptions): RankedTraders {
  const judged = entries.map((entry) => ({
    entry,
    verdict: verdictOf(entry.record, entry.judged, options.needs),
  }));
  const groups = groupsInLockStep(entries);
  const traders = judged.map(({ entry, verdict }, place) => {
    const group = (groups.get(place) ?? []).flatMap((at) => judged[at] ?? []);
    return { entry, place, group, verdict: verdictInGroup(verdict, entry, group) };
  });
  const records = traders.flatMap(({ entry: { returns, sharpeInterval }, verdict, place }) =>
    hasFigures(verdict) ? [{ name: String(place), returns, sharpeInterval }] : [],
  );
  const { ranked, withoutSharpe, luckiestSharpe } = rankRecords(records, options);
  const ranks = new Map(ranked.map((one, rank) => [one.name, { one, rank }]));
  const isFlat = new Set(withoutSharpe);
  const rows = traders.map(({ entry, place, group, verdict }) => {
    const found = ranks.get(String(place));
    const { name: _, ...figures } = found?.one ?? { name: "" };
    const row: RankedTrader = {
      trader: keyOf(entry),
      days: entry.judged?.days ?? 0,
      trips: entry.judged?.trips ?? 0,
      verdict: isFlat.has(String(place)) ? withReason(verdict, NO_VARIATION) : verdict,
      figures: found === undefined ? null : (figures as Omit<RankedRecord, "name">),
      lockStep: group.flatMap((other) => (other.entry === entry ? [] : [keyOf(other.entry)])),
    };
    return { row, rank: found?.rank ?? Number.MAX_SAFE_INTEGER };
  });
  rows.sort(
    (one, other) =>
      classOf(one.row) - classOf(other.row) || one.rank - other.rank || other.row.days - one.row.days,
  );
  return { traders: rows.map(({ row }) => row), luckiestSharpe };
}

const NO_VARIATION = {
  word: "no-variation",
  text: "its days are all the same, which gives no ratio",
} as const;

function keyOf({ record: { venue, trader } }: RankEntry): TraderKey {
  return { venue, trader };
}

function classOf({ verdict, figures }: RankedTrader): number {
  if (verdict.word === "judgeable") return 0;
  return figures === null ? 2 : 1;
}

/** By place the places that trade as one with it, its own among them. */
function groupsInLockStep(entries: readonly RankEntry[]): ReadonlyMap<number, readonly number[]> {
  const seriesOf = ({ record, firstDay, returns }: RankEntry): ReturnsSeries => ({
    name: record.trader,
    firstRow: firstDay === "" ? 0 : utcDay(Date.parse(firstDay)),
    returns,
  });
  const pairs = lockStepPairs(entries.map((entry) => ({ moments: entry.moments, series: seriesOf(entry) })));
  const groups = lockStepGroups(entries.length, pairs);
  return new Map(groups.flatMap((group) => group.map((place) => [place, group] as const)));
}

interface Judged {
  readonly entry: RankEntry;
  readonly verdict: Verdict;
}

/** The fullest record of a group stands for all of it; of equals the first. */
function verdictInGroup(verdict: Verdict, entry: RankEntry, group: readonly Judged[]): Verdict {
  const [first] = group;
  if (first === undefined) return verdict;
  const best = group.reduce((most, one) => (fullness(one) > fullness(most) ? one : most), first);
  if (best.entry === entry) return verdict;
  return withReason(verdict, {
    word: "same-as-another",
    text: `it trades as one with ${best.entry.record.trader}, which stands for both`,
  });
}

/** The judgeable before the others, then the longer. */
function fullness({ entry, verdict }: Judged): number {
  const JUDGEABLE = 1e9;
  return (verdict.word === "judgeable" ? JUDGEABLE : 0) + (entry.judged?.days ?? 0);
}
