/**
 * Which copied leaders are one bet, on each follower by how much is held of them: daily returns of their records on the days that both have.
 * Pure figures of the trader store and of what the engine holds; nothing is asked of a venue.
 */
import { betsOf, type KnownPair, sharesOf } from "../analytics/correlation/one-bet.ts";
import { type ShrunkPair, shrunkPairs } from "../analytics/correlation/shrunk-pairs.ts";
import { utcDay } from "../analytics/equity/days.ts";
import type { ReturnsSeries } from "../analytics/returns-table.ts";
import type { Interval } from "../analytics/selection/wilson.ts";
import type { Configuration } from "../config.ts";
import type { TraderKey } from "../store/trader-store.ts";
import { fromRecords } from "./leader-records.ts";
import { PAIR_DAYS_MIN } from "./leader-scores.ts";
import { traderOf } from "./leader-traders.ts";
import type { AllocationStatus } from "./owner-commands.ts";

export interface CopiedCorrelations {
  readonly alike: number;
  readonly leaders: readonly CopiedLeader[];
  readonly pairs: readonly CopiedPair[];
  readonly followers: readonly FollowerBets[];
}

export interface CopiedLeader {
  readonly leader: string;
  readonly trader: TraderKey;
  /** Of its record; 0 where none is there. */
  readonly days: number;
}

export interface CopiedPair {
  readonly one: string;
  readonly other: string;
  /** That both have. */
  readonly days: number;
  readonly correlation: number | null;
  readonly interval_95: Interval | null;
  /** Drawn towards what all pairs have in common; null below 30 common days. */
  readonly shrunk: ShrunkPair["shrunk"];
}

export interface FollowerBets {
  readonly follower: string;
  /** By what is held of each leader's copies; `equal` where nothing is held, or a price is not known. */
  readonly weighted_by: "exposure" | "equal";
  readonly leaders: readonly {
    readonly leader: string;
    /** Value of what is held, longs and shorts added, in the settle coin; null where a price is not known. */
    readonly exposure: number | null;
    readonly weight: number;
  }[];
  /** Independent bets of equal weight that would carry the same risk; null where no correlation is known. */
  readonly effective_number: number | null;
  /** The same with every correlation at the upper end of its interval. */
  readonly effective_number_careful: number | null;
  readonly one_bet: readonly {
    readonly leaders: readonly string[];
    readonly weight: number;
    /** Alike at the lower end of every interval, too. */
    readonly sure: boolean;
  }[];
  /** Of whom no correlation is known. */
  readonly unknown: readonly string[];
}

/** Relations that ended, and hold nothing, are left out. */
export async function copiedCorrelations(
  dataFolder: string,
  accounts: Pick<Configuration, "accounts">["accounts"],
  { allocations, alike }: { readonly allocations: readonly AllocationStatus[]; readonly alike: number },
): Promise<CopiedCorrelations> {
  const copying = allocations.filter(({ state }) => state !== "ended");
  const names = [...new Set(copying.map(({ leader }) => leader))].sort();
  const leaders = names.flatMap((name) => {
    const account = accounts.find((one) => one.account === name && one.role === "leader");
    return account === undefined ? [] : [{ leader: name, trader: traderOf(account) }];
  });
  const series = await seriesOf(
    dataFolder,
    leaders.map(({ trader }) => trader),
  );
  const pairs = shrunkPairs(series, { daysMin: PAIR_DAYS_MIN, confidence: 0.95 });
  const nameAt = (place: number) => leaders[place]?.leader ?? "";
  const followers = [...new Set(copying.map(({ follower }) => follower))].sort();
  return {
    alike,
    leaders: leaders.map((one, at) => ({ ...one, days: series[at]?.returns.length ?? 0 })),
    pairs: pairs.map(({ one, other, days, correlation, interval, shrunk }) => ({
      ...{ one: nameAt(one), other: nameAt(other) },
      ...{ days, correlation, interval_95: interval, shrunk },
    })),
    followers: followers.map((follower) =>
      followerBets(
        follower,
        copying.filter((one) => one.follower === follower),
        { names: leaders.map(({ leader }) => leader), pairs, alike },
      ),
    ),
  };
}

interface Known {
  readonly names: readonly string[];
  readonly pairs: readonly ShrunkPair[];
  readonly alike: number;
}

function followerBets(
  follower: string,
  copying: readonly AllocationStatus[],
  { names, pairs, alike }: Known,
): FollowerBets {
  const own = copying.map(({ leader, positions }) => ({ leader, exposure: exposureOf(positions) }));
  const isHeld = own.every(({ exposure }) => exposure !== null) && own.some(({ exposure }) => exposure !== 0);
  const weights = own.map(({ exposure }) => (isHeld ? (exposure ?? 0) : 0));
  const places = own.map(({ leader }) => names.indexOf(leader));
  const known = pairs.flatMap(({ one, other, shrunk }): KnownPair[] => {
    const [first, second] = [places.indexOf(one), places.indexOf(other)];
    if (first < 0 || second < 0 || shrunk === null) return [];
    return [{ one: Math.min(first, second), other: Math.max(first, second), ...shrunk }];
  });
  const { effectiveNumber, effectiveNumberCareful, groups, unknown } = betsOf(weights, known, alike);
  const shares = sharesOf(weights);
  const nameAt = (place: number) => own[place]?.leader ?? "";
  return {
    follower,
    weighted_by: isHeld ? "exposure" : "equal",
    leaders: own.map((one, at) => ({ ...one, weight: shares[at] ?? 0 })),
    effective_number: effectiveNumber,
    effective_number_careful: effectiveNumberCareful,
    one_bet: groups.map(({ members, weight, isSure }) => ({
      leaders: members.map(nameAt),
      weight,
      sure: isSure,
    })),
    unknown: unknown.map(nameAt),
  };
}

function exposureOf(positions: AllocationStatus["positions"]): number | null {
  if (positions.some(({ held, value }) => Number(held) !== 0 && value === "")) return null;
  return positions.reduce((sum, { value }) => sum + Math.abs(Number(value)), 0);
}

/** In the order of the traders; empty for those without a record. */
function seriesOf(dataFolder: string, traders: readonly TraderKey[]): Promise<readonly ReturnsSeries[]> {
  return fromRecords(dataFolder, traders, (record, { trader }): ReturnsSeries => {
    const [first] = record?.evidence.days ?? [];
    return {
      name: trader,
      firstRow: first === undefined ? 0 : utcDay(Date.parse(first)),
      returns: record?.evidence.returns ?? new Float64Array(0),
    };
  });
}
