/** What a ranking needs of a trader's follower, kept by itself, as rank-entry.ts keeps what it needs of the trader. */
import type { Copyability } from "../../analytics/copying/copyability.ts";
import type { EdgeLeft } from "../../analytics/copying/edges-left.ts";
import type { TraderRecord, TraderStore } from "../../store/trader-store.ts";
import { derivedFrom } from "../derived.ts";
import { keptEvidence } from "../kept-evidence.ts";
import type { ReturnsWithBasis } from "../kept-interval.ts";
import type { CopyAssumptionWord } from "./copy-assumptions.ts";
import { type FollowerNetRequest, followerBasis, followerNetOnce } from "./kept-follower-net.ts";

/** Part of what is kept. */
const VERSION = 1;

/** The returns are on the days of the trader's own. */
export interface RankFollower extends ReturnsWithBasis {
  readonly edge: EdgeLeft;
  readonly copyability: Copyability;
  readonly words: readonly CopyAssumptionWord[];
}

type Kept = Omit<RankFollower, "returns" | "basis"> & { readonly returns: readonly number[] };

export type RankFollowerRequest = Omit<FollowerNetRequest, "evidence" | "leaderEquity">;

/** Of a trader with fills. */
export async function rankFollower(
  store: TraderStore,
  trader: TraderRecord,
  { sources, settings }: RankFollowerRequest,
): Promise<RankFollower> {
  const request = { sources, settings, leaderEquity: null };
  const basis = `${VERSION}:${await followerBasis(store, trader, request)}`;
  const kept = await derivedFrom<Kept>(store, trader, {
    name: "rank-follower",
    basis,
    make: async () => {
      const evidence = await keptEvidence(store, trader, { marks: sources.marks, equity: null });
      if (evidence === null) throw new Error(`${trader.trader} has no fills`);
      const net = await followerNetOnce(store, trader, { ...request, evidence });
      const { edge, copyability, assumptions } = net;
      return { returns: [...net.returns], edge, copyability, words: assumptions.map(({ word }) => word) };
    },
  });
  return { ...kept, basis, returns: Float64Array.from(kept.returns) };
}
