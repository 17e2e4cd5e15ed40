/**
 * What a ranking needs of a trader, kept by itself: of ten thousand traders it is read in seconds, where their whole evidence would
 * take a minute. Only who has new fills, another capital or other marks is gone through anew.
 */

import type { CopySettings } from "../analytics/copying/copy-settings.ts";
import type { Moments } from "../analytics/ranking/lock-step.ts";
import { DAYS_A_YEAR } from "../analytics/ranking/rank-records.ts";
import { type Resampling, sharpeInterval } from "../analytics/ranking/sharpe-interval.ts";
import type { Interval } from "../analytics/selection/wilson.ts";
import type { TraderRecord, TraderStore } from "../store/trader-store.ts";
import type { CopySources } from "./copying/follower-net.ts";
import { type RankFollower, rankFollower } from "./copying/rank-follower.ts";
import { derivedFrom } from "./derived.ts";
import { heldFills } from "./held-fills.ts";
import { evidenceBasis, keptEvidence } from "./kept-evidence.ts";
import { MOMENTS_VERSION, tradingMoments } from "./moments.ts";
import { hasFigures, type JudgedRecord, judgedRecord, type RecordNeeds, verdictOf } from "./verdict.ts";

/** Part of what entries are based on. */
const ENTRY_VERSION = 2;

export interface RankEntry {
  readonly record: TraderRecord;
  /** Null without fills. */
  readonly judged: JudgedRecord | null;
  /** YYYY-MM-DD (UTC); "" without fills. */
  readonly firstDay: string;
  /** Per day; see TraderEvidence. */
  readonly returns: Float64Array;
  readonly moments: Moments;
  /** Null where no figure of the record counts. */
  readonly sharpeInterval: Interval | null;
  /** Null where no figure of the record counts. */
  readonly follower: RankFollower | null;
}

type Kept = Omit<RankEntry, "record" | "returns" | "sharpeInterval" | "follower"> & {
  readonly returns: readonly number[];
};

export interface RankEntryOptions extends Resampling {
  readonly sources: CopySources;
  /** Of the follower. */
  readonly settings: CopySettings;
  readonly needs: RecordNeeds;
}

export async function rankEntry(
  store: TraderStore,
  record: TraderRecord,
  { sources, settings, needs, resamples, seed }: RankEntryOptions,
): Promise<RankEntry> {
  const { marks } = sources;
  const basis = `${ENTRY_VERSION}:${MOMENTS_VERSION}:${await evidenceBasis(store, record, { marks, equity: null })}`;
  const make = () => makeEntry(store, record, marks);
  const kept = await derivedFrom<Kept>(store, record, { name: "rank-entry", basis, make });
  const entry = { ...kept, record, returns: Float64Array.from(kept.returns) };
  if (kept.judged === null || !hasFigures(verdictOf(record, kept.judged, needs)))
    return { ...entry, sharpeInterval: null, follower: null };
  const interval = await derivedFrom<Interval | null>(store, record, {
    name: "sharpe-interval",
    basis: `${basis}:${resamples}:${seed}`,
    make: async () => sharpeInterval(entry.returns, DAYS_A_YEAR, { resamples, seed }),
  });
  const follower = await rankFollower(store, record, { sources, settings, resamples, seed });
  return { ...entry, sharpeInterval: interval, follower };
}

async function makeEntry(
  store: TraderStore,
  record: TraderRecord,
  marks: CopySources["marks"],
): Promise<Kept> {
  const fills = heldFills(store, record);
  const evidence = await keptEvidence(store, record, { marks, equity: null, fills });
  return {
    judged: evidence === null ? null : judgedRecord(evidence),
    firstDay: evidence?.days[0] ?? "",
    returns: [...(evidence?.returns ?? [])],
    moments: await tradingMoments(fills()),
  };
}
