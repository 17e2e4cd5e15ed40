/**
 * Traders in the order of what their records prove: who can be judged, those ranked; who cannot, and why. Accounts in lock-step are
 * one, of which the fullest record stands for all.
 */
import { utcDay } from "../analytics/equity/days.ts";
import { lockStepGroups, lockStepPairs } from "../analytics/ranking/lock-step.ts";
import {
  type RankedRecord,
  type RankOptions,
  type RecordToRank,
  rankRecords,
} from "../analytics/ranking/rank-records.ts";
import type { ReturnsSeries } from "../analytics/returns-table.ts";
import type { Interval } from "../analytics/selection/wilson.ts";
import type { TraderKey } from "../store/trader-store.ts";
import { type CopyReservation, copyReservations } from "./copying/copy-assumptions.ts";
import type { RankFollower } from "./copying/rank-follower.ts";
import type { RankEntry } from "./rank-entry.ts";
import { hasFigures, type RecordNeeds, type Verdict, verdictOf, withReason } from "./verdict.ts";

/** Whose results the order goes by: a follower's (`net`), or the traders' own (`gross`). */
export type RankedBy = "net" | "gross";

export interface RankedFigures extends Omit<RankedRecord, "name"> {
  /** 95 %, by resampling; null where it was not made. */
  readonly sharpeInterval: Interval | null;
}

/** What is ranked of a trader. */
export type TraderToRank = Omit<RankEntry, "basis">;

export interface RankedFollower extends Pick<RankFollower, "edge" | "copyability"> {
  /** Null where all its days are the same, as where nothing is large enough to be copied. */
  readonly figures: RankedFigures | null;
  readonly reservations: readonly CopyReservation[];
}

export interface RankedTrader {
  readonly trader: TraderKey;
  readonly days: number;
  /** Finished and seen whole. */
  readonly trips: number;
  readonly verdict: Verdict;
  /** Of its own record; null where that carries none. */
  readonly figures: RankedFigures | null;
  /** What a follower gets of it; null where no figure of the record counts. */
  readonly follower: RankedFollower | null;
  /** Those that trade as one with it. */
  readonly lockStep: readonly TraderKey[];
}

export interface RankedTraders {
  /** The judgeable ones first, the surest of them at the top; then those with figures, then the others by length of record. */
  readonly traders: readonly RankedTrader[];
  /** A year; see Ranking. Of the results that the order goes by. */
  readonly luckiestSharpe: number | null;
}

export interface TraderRankOptions extends RankOptions {
  readonly needs: RecordNeeds;
  readonly by: RankedBy;
}

/** Without intervals. */
export function rankTraders(entries: readonly TraderToRank[], options: TraderRankOptions): RankedTraders {
  const judged = entries.map((entry) => ({
    entry,
    verdict: verdictOf(entry.record, entry.judged, options.needs),
  }));
  const groups = groupsInLockStep(entries);
  const traders = judged.map(({ entry, verdict }, place) => {
    const group = (groups.get(place) ?? []).flatMap((at) => judged[at] ?? []);
    return { entry, place, group, verdict: verdictInGroup(verdict, entry, group) };
  });
  const counted = traders.filter(({ verdict }) => hasFigures(verdict));
  const gross = ranksOf(
    counted.map(({ entry, place }) => ({ place, record: entry })),
    options,
  );
  const net = ranksOf(
    counted.flatMap(({ entry: { follower }, place }) =>
      follower === null ? [] : [{ place, record: follower }],
    ),
    options,
  );
  const order = options.by === "net" ? net : gross;
  const rows = traders.map(({ entry, place, group, verdict }) => {
    const row: RankedTrader = {
      trader: keyOf(entry),
      days: entry.judged?.days ?? 0,
      trips: entry.judged?.trips ?? 0,
      verdict: gross.isFlat(place) ? withReason(verdict, NO_VARIATION) : verdict,
      figures: gross.figuresOf(place),
      follower: hasFigures(verdict) ? followerOf(entry.follower, net.figuresOf(place)) : null,
      lockStep: group.flatMap((other) => (other.entry === entry ? [] : [keyOf(other.entry)])),
    };
    return { row, rank: order.rankOf(place) };
  });
  rows.sort(
    (one, other) =>
      classOf(one.row) - classOf(other.row) || one.rank - other.rank || other.row.days - one.row.days,
  );
  return { traders: rows.map(({ row }) => row), luckiestSharpe: order.luckiestSharpe };
}

interface Ranks {
  figuresOf(place: number): RankedFigures | null;
  /** Those without figures come last. */
  rankOf(place: number): number;
  isFlat(place: number): boolean;
  readonly luckiestSharpe: number | null;
}

function ranksOf(
  records: readonly { readonly place: number; readonly record: Omit<RecordToRank, "name"> }[],
  options: RankOptions,
): Ranks {
  const { ranked, withoutSharpe, luckiestSharpe } = rankRecords(
    records.map(({ place, record: { returns } }) => ({ name: String(place), returns })),
    options,
  );
  const ranks = new Map(
    ranked.map(({ name, ...figures }, rank) => {
      return [Number(name), { figures: { ...figures, sharpeInterval: null }, rank }];
    }),
  );
  const flat = new Set(withoutSharpe.map(Number));
  return {
    figuresOf: (place) => ranks.get(place)?.figures ?? null,
    rankOf: (place) => ranks.get(place)?.rank ?? Number.MAX_SAFE_INTEGER,
    isFlat: (place) => flat.has(place),
    luckiestSharpe,
  };
}

function followerOf(follower: RankFollower | null, figures: RankedFigures | null): RankedFollower | null {
  if (follower === null) return null;
  const { edge, copyability, words } = follower;
  return { figures, edge, copyability, reservations: copyReservations(words) };
}

const NO_VARIATION = {
  word: "no-variation",
  text: "its days are all the same, which gives no ratio",
} as const;

function keyOf({ record: { venue, trader } }: TraderToRank): TraderKey {
  return { venue, trader };
}

function classOf({ verdict, figures }: RankedTrader): number {
  if (verdict.word === "judgeable") return 0;
  return figures === null ? 2 : 1;
}

/** By place the places that trade as one with it, its own among them. */
function groupsInLockStep(entries: readonly TraderToRank[]): ReadonlyMap<number, readonly number[]> {
  const seriesOf = ({ record, firstDay, returns }: TraderToRank): ReturnsSeries => ({
    name: record.trader,
    firstRow: firstDay === "" ? 0 : utcDay(Date.parse(firstDay)),
    returns,
  });
  const pairs = lockStepPairs(entries.map((entry) => ({ moments: entry.moments, series: seriesOf(entry) })));
  const groups = lockStepGroups(entries.length, pairs);
  return new Map(groups.flatMap((group) => group.map((place) => [place, group] as const)));
}

interface Judged {
  readonly entry: TraderToRank;
  readonly verdict: Verdict;
}

/** The fullest record of a group stands for all of it; of equals the first. */
function verdictInGroup(verdict: Verdict, entry: TraderToRank, group: readonly Judged[]): Verdict {
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
