/**
 * What a ranking needs of a trader, kept by itself: of ten thousand traders it is read in seconds, where their whole evidence would
 * take a minute. Only who has new fills, another capital or other marks is gone through anew.
 */

import type { CopySettings } from "../analytics/copying/copy-settings.ts";
import type { Moments } from "../analytics/ranking/lock-step.ts";
import type { TraderRecord, TraderStore } from "../store/trader-store.ts";
import type { CopySources } from "./copying/follower-net.ts";
import { type RankFollower, rankFollower } from "./copying/rank-follower.ts";
import { derivedFrom } from "./derived.ts";
import { heldFills } from "./held-fills.ts";
import { evidenceBasis, keptEvidence } from "./kept-evidence.ts";
import type { ReturnsWithBasis } from "./kept-interval.ts";
import { MOMENTS_VERSION, tradingMoments } from "./moments.ts";
import { hasFigures, type JudgedRecord, judgedRecord, type RecordNeeds, verdictOf } from "./verdict.ts";

/** Part of what entries are based on. */
const ENTRY_VERSION = 2;

/** As `rankEntry` makes it; the returns are the trader's own, see TraderEvidence. */
export interface RankEntry extends ReturnsWithBasis {
  readonly record: TraderRecord;
  /** Null without fills. */
  readonly judged: JudgedRecord | null;
  /** YYYY-MM-DD (UTC); "" without fills. */
  readonly firstDay: string;
  readonly moments: Moments;
  /** Null where no figure of the record counts. */
  readonly follower: RankFollower | null;
}

type Kept = Omit<RankEntry, "record" | "returns" | "basis" | "follower"> & {
  readonly returns: readonly number[];
};

export interface RankEntryOptions {
  readonly sources: CopySources;
  /** Of the follower. */
  readonly settings: CopySettings;
  readonly needs: RecordNeeds;
}

export async function rankEntry(
  store: TraderStore,
  record: TraderRecord,
  { sources, settings, needs }: RankEntryOptions,
): Promise<RankEntry> {
  const { marks } = sources;
  const basis = `${ENTRY_VERSION}:${MOMENTS_VERSION}:${await evidenceBasis(store, record, { marks, equity: null })}`;
  const make = () => makeEntry(store, record, marks);
  const kept = await derivedFrom<Kept>(store, record, { name: "rank-entry", basis, make });
  const entry = { ...kept, record, basis, returns: Float64Array.from(kept.returns) };
  if (kept.judged === null || !hasFigures(verdictOf(record, kept.judged, needs)))
    return { ...entry, follower: null };
  return { ...entry, follower: await rankFollower(store, record, { sources, settings }) };
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
