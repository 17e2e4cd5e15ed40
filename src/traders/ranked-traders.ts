/**
 * Traders in the order of what their records prove: who can be judged, those ranked; who cannot, and why. Accounts in lock-step are
 * one, of which the fullest record stands for all.
 */
import {
  type LockStepPair,
  lockStepGroups,
  lockStepPairs,
  type Moment,
} from "../analytics/ranking/lock-step.ts";
import { type RankedRecord, type RankOptions, rankRecords } from "../analytics/ranking/rank-records.ts";
import type { ReturnsSeries } from "../analytics/returns-table.ts";
import type { TraderKey, TraderRecord } from "../store/trader-store.ts";
import type { TraderEvidence } from "./evidence.ts";
import { hasFigures, type RecordNeeds, type Verdict, verdictOf, withReason } from "./verdict.ts";

export interface TraderToRank {
  readonly record: TraderRecord;
  /** Null without fills. */
  readonly evidence: TraderEvidence | null;
  readonly moments: readonly Moment[];
}

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

export function rankTraders(traders: readonly TraderToRank[], options: TraderRankOptions): RankedTraders {
  const groups = groupsInLockStep(traders);
  const entries = traders.map((trader, place) => {
    const group = groups.find((one) => one.includes(place)) ?? [];
    return { trader, place, group, verdict: verdictInGroup(traders, place, { group, needs: options.needs }) };
  });
  const records = entries.flatMap(({ trader: { evidence }, verdict, place }) =>
    evidence !== null && hasFigures(verdict) ? [{ name: String(place), returns: evidence.returns }] : [],
  );
  const { ranked, withoutSharpe, luckiestSharpe } = rankRecords(records, options);
  const ranks = new Map(ranked.map((one, rank) => [one.name, { one, rank }]));
  const rows = entries.map(({ trader: { record, evidence }, place, group, verdict }) => {
    const found = ranks.get(String(place));
    const { name: _, ...figures } = found?.one ?? { name: "" };
    const row: RankedTrader = {
      trader: keyOf(record),
      days: evidence?.days.length ?? 0,
      trips: evidence?.trips.length ?? 0,
      verdict: withoutSharpe.includes(String(place)) ? withReason(verdict, NO_VARIATION) : verdict,
      figures: found === undefined ? null : (figures as Omit<RankedRecord, "name">),
      lockStep: group.flatMap((other) => {
        const twin = traders[other];
        return other === place || twin === undefined ? [] : [keyOf(twin.record)];
      }),
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

function keyOf({ venue, trader }: TraderRecord): TraderKey {
  return { venue, trader };
}

function classOf({ verdict, figures }: RankedTrader): number {
  if (verdict.word === "judgeable") return 0;
  return figures === null ? 2 : 1;
}

function groupsInLockStep(traders: readonly TraderToRank[]): readonly (readonly number[])[] {
  const firstDay = (evidence: TraderEvidence) => Math.floor(Date.parse(evidence.days[0] ?? "") / 86_400_000);
  const seriesOf = ({ record, evidence }: TraderToRank): ReturnsSeries => ({
    name: record.trader,
    firstRow: evidence === null ? 0 : firstDay(evidence),
    returns: evidence?.returns ?? new Float64Array(),
  });
  const pairs: readonly LockStepPair[] = lockStepPairs(
    traders.map((trader) => ({ moments: trader.moments, series: seriesOf(trader) })),
  );
  return lockStepGroups(traders.length, pairs);
}

function verdictInGroup(
  traders: readonly TraderToRank[],
  place: number,
  { group, needs }: { readonly group: readonly number[]; readonly needs: RecordNeeds },
): Verdict {
  const verdictAt = (at: number) => {
    const trader = traders[at];
    return trader === undefined ? null : verdictOf(trader.record, trader.evidence, needs);
  };
  const own = verdictAt(place) ?? { word: "empty", reasons: [], reservations: [] };
  const best = [...group].sort(
    (one, other) => fullness(verdictAt(other), traders[other]) - fullness(verdictAt(one), traders[one]),
  )[0];
  const leader = best === undefined || best === place ? undefined : traders[best];
  if (leader === undefined) return own;
  return withReason(own, {
    word: "same-as-another",
    text: `it trades as one with ${leader.record.trader}, which stands for both`,
  });
}

/** The judgeable before the others, then the longer. */
function fullness(verdict: Verdict | null, trader: TraderToRank | undefined): number {
  const JUDGEABLE = 1e9;
  return (verdict?.word === "judgeable" ? JUDGEABLE : 0) + (trader?.evidence?.days.length ?? 0);
}
