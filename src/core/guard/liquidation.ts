/**
 * How near a follower's position is to its liquidation, by itself and beside the leader's. Margin cannot be added for a follower
 * (under cross margin all of the account is margin already), so what can be done is to hold less.
 */
import type { Holding } from "../holding.ts";
import { Decimal } from "../model/decimal.ts";
import { markTicks } from "../quotes.ts";
import type { FollowerLeg, FollowerState, State } from "../state.ts";
import { endOf } from "./account-loss.ts";
import type { LiquidationGuard, Share } from "./guard-settings.ts";
import { ALL, standingStop, type Verdict } from "./stop.ts";
import { guardsOf } from "./watch.ts";

/** Distances are compared as whole millionths. */
const MILLION = 1_000_000n;
/** A position that is warned of is not warned of again for so long. */
const WARN_AGAIN_MS = 3_600_000;
/** So much is left at least, or the cut would be a close by another name. */
const CUT_PARTS = 10_000n;

export function judgeLiquidation(state: State, follower: FollowerState): Verdict[] {
  const guard = guardsOf(state, follower)?.liquidation ?? null;
  if (guard === null || follower.confirmedAtMs === 0) return [];
  const found: Verdict[] = [];
  for (const { legs } of follower.markets.values()) {
    for (const leg of legs) {
      const verdict = leg.ownedLots === 0 ? null : judgeLeg(state, follower, leg, guard);
      if (verdict !== null) found.push(verdict);
    }
  }
  return found;
}

/** Distances of a leg in millionths of the mark, and below which it is acted; null where the venue states no such price. */
export function liquidationDistances(state: State, leg: FollowerLeg, guard: LiquidationGuard) {
  const mark = markTicks(state, leg.market.instrument);
  const own = mark === null ? null : distance(leg.venue, mark);
  if (own === null) return null;
  const leader = leaderDistance(state, leg);
  const limit = millionths(guard.distance);
  const nearest = leader === null ? 0n : (leader * millionths(guard.nearerThanLeader)) / MILLION;
  return { own, leader, limit, nearest };
}

function judgeLeg(
  state: State,
  follower: FollowerState,
  leg: FollowerLeg,
  guard: LiquidationGuard,
): Verdict | null {
  const found = liquidationDistances(state, leg, guard);
  if (found === null) return null;
  const { own, leader, limit, nearest } = found;
  const isNear = own < limit;
  if (!isNear && own >= nearest) return null;
  const wanted =
    guard.action === "mirror" && leader !== null && leader > limit ? leader : isNear ? limit : nearest;
  const keeps = guard.action === "warn" ? ALL : shareFor(own, wanted);
  const subject = {
    guard: "liquidation",
    follower: follower.account,
    leader: null,
    instrument: leg.market.instrument.id,
  } as const;
  const standing = standingStop(follower, subject);
  const level = leg.venue.confirmedSequence;
  // Before the venue stated a position after the last cut, its old distance says nothing new.
  if (standing !== undefined && (guard.action === "warn" || level <= standing.level)) return null;
  return {
    ...subject,
    action: guard.action === "warn" ? "warn" : "reduce",
    keeps: standing === undefined ? keeps : product(standing.keeps, keeps),
    bars: guard.action !== "warn",
    untilFlat: true,
    untilMs: endOf(state, guard.coolOffMs ?? (guard.action === "warn" ? WARN_AGAIN_MS : null)),
    level,
    detail: {
      distance: asShare(own),
      limit: asShare(isNear ? limit : nearest),
      ...(leader === null ? {} : { leaderDistance: asShare(leader) }),
      keeps: `${keeps.part}/${keeps.whole}`,
    },
  };
}

/** |mark - liquidation price| / mark in millionths, 0 past it; null where the venue states no such price. */
export function distance({ lots, liquidationTicks }: Holding, mark: number): bigint | null {
  if (lots === 0 || liquidationTicks === null || mark <= 0) return null;
  const away = lots > 0 ? mark - liquidationTicks : liquidationTicks - mark;
  return away <= 0 ? 0n : (BigInt(away) * MILLION) / BigInt(mark);
}

/** The nearest of those leaders whose position is on this side. */
function leaderDistance(state: State, leg: FollowerLeg): bigint | null {
  let nearest: bigint | null = null;
  for (const copy of leg.market.copies) {
    const mark = markTicks(state, copy.leaderInstrument);
    if (mark === null || !copy.active || copy.allocation.inverse) continue;
    for (const holding of copy.leader.holdings.get(copy.leaderInstrument.id)?.values() ?? []) {
      const own = Math.sign(holding.lots) === Math.sign(leg.ownedLots) ? distance(holding, mark) : null;
      if (own !== null && (nearest === null || own < nearest)) nearest = own;
    }
  }
  return nearest;
}

/** With cross margin the distance grows as the size shrinks: a position of own / wanted of its size has the wanted distance. */
function shareFor(own: bigint, wanted: bigint): Share {
  const part = wanted === 0n ? 0n : (own * CUT_PARTS) / wanted;
  return { part: Number(part), whole: Number(CUT_PARTS) };
}

function product(left: Share, right: Share): Share {
  const part =
    (BigInt(left.part) * BigInt(right.part) * CUT_PARTS) / (BigInt(left.whole) * BigInt(right.whole));
  return { part: Number(part), whole: Number(CUT_PARTS) };
}

function millionths(share: string): bigint {
  return Decimal.parse(share).roundedToStep(Decimal.of(1n, 6), "towards-zero").unitsAt(6);
}

function asShare(value: bigint): string {
  return Decimal.of(value, 6).toString();
}
