/**
 * What must hold after every decision, whatever is lost or late, of what is owned and of what is to be reduced (invariants 6 and 7
 * of the architecture). Both look at legs on which nothing of ours is under way: there a difference is noted until a snapshot has
 * settled whose it is (what is the owner's then keeps new risk away, which invariants.ts judges order by order), and nothing
 * keeps a reduction back but a pause after a refusal.
 */
import type { Event, EventOf } from "../../src/core/event.ts";
import type { Copy, FollowerLeg, State } from "../../src/core/state.ts";
import { legTarget } from "../../src/core/target.ts";
import { heldLots } from "../../src/core/virtual.ts";

/** A difference that snapshots of after this long still show is established as the owner's, or as gone. */
const DIFFERS_MS_MAX = 30_000;
/** What a venue answers may be as much older than what its streams have told. */
const READ_LAG_MS = 1_000;

type Snapshot = EventOf<"follower-snapshot-taken">;

export function everyEventBreaches(event: Event, state: State): readonly string[] {
  return [
    ...[...state.dirty].flatMap(({ legs }) =>
      legs.flatMap((leg) => [...ownershipBreaches(leg), ...reductionBreaches(state, leg)]),
    ),
    ...snapshotBreaches(event, state),
  ];
}

/** What the venue shows is what we own and what is the owner's, or the difference is noted: then nothing is added. */
function ownershipBreaches(leg: FollowerLeg): string[] {
  const { venue, ownedLots, foreignLots, mismatchSinceMs } = leg;
  if (ownedLots + foreignLots === venue.lots || mismatchSinceMs !== null || isUnderWay(leg)) return [];
  return [
    `${nameOf(leg)}: owned ${ownedLots} + foreign ${foreignLots} is not ${venue.lots}, and nothing says so`,
  ];
}

/**
 * No snapshot of long after a difference leaves it open, but where it does not show what is held by now; and none leaves in doubt what
 * executions may have closed once they are read.
 */
function snapshotBreaches(event: Event, state: State): string[] {
  if (event.kind !== "follower-snapshot-taken") return [];
  const follower = state.followers.get(event.account);
  return [...(follower?.markets.values() ?? [])].flatMap(({ legs }) =>
    legs.flatMap((leg) => {
      const { mismatchSinceMs, doubtedLots } = leg;
      if (doubtedLots > 0 && event.awaitsExecutions !== true)
        return [`${nameOf(leg)}: ${doubtedLots} are in doubt, and all is read`];
      if (mismatchSinceMs === null || isUnderWay(leg) || leg.venue.disputed) return [];
      if (event.requestedAtMs < mismatchSinceMs + DIFFERS_MS_MAX || isOvertaken(event, leg)) return [];
      return [`${nameOf(leg)}: differs since ${mismatchSinceMs}, asked again at ${event.requestedAtMs}`];
    }),
  );
}

/**
 * Whether the snapshot cannot show what is held by now, or whose: executions of before it are still being read, the venue has told
 * something later than its row, or an order of ours has ended since, or just before, whose executions are still to be told (the
 * ledger has them by the order's report). The next may.
 */
function isOvertaken({ positions, requestedAtMs, awaitsExecutions }: Snapshot, leg: FollowerLeg): boolean {
  if (awaitsExecutions === true) return true;
  const { market, venue, working } = leg;
  const row = positions.find((one) => one.instrument === market.instrument.id && one.leg === leg.leg);
  if (row !== undefined && row.sequence < venue.confirmedSequence) return true;
  return [...working.values()].some(
    ({ tradedLots, reportedLots, closedAtMs }) =>
      tradedLots < reportedLots && requestedAtMs < closedAtMs + READ_LAG_MS,
  );
}

/** Where every copy is to hold as much or less, and one of them less, a reduction is under way of what is not in doubt. */
function reductionBreaches(state: State, leg: FollowerLeg): string[] {
  const { market, ownedLots, venue, retryAtMs, doubtedLots } = leg;
  const { follower, instrument } = market;
  if (ownedLots === 0 || follower.confirmedAtMs === 0 || market.mode === null) return [];
  if (isUnderWay(leg) || leg.mismatchSinceMs !== null || venue.disputed || leg.work !== null) return [];
  if (state.nowMs < retryAtMs || instrument.spec.status !== "trading") return [];
  const parts = market.copies.map((copy) => partOf(copy, leg));
  if (parts.some(({ held, target }) => isMore(target, held))) return [];
  const owned = parts.reduce((sum, { held }) => sum + held, 0);
  const target = parts.reduce((sum, one) => sum + one.target, 0);
  const less = Math.min(Math.abs(owned) - Math.abs(target), Math.abs(owned) - doubtedLots);
  if (
    owned !== ownedLots ||
    less < instrument.stepLots * STEPS_MIN ||
    Math.sign(target) === -Math.sign(owned)
  )
    return [];
  return [`${nameOf(leg)}: owns ${ownedLots}, is to hold ${target}, and nothing reduces it`];
}

/** Smaller parts of a position may be too small for an order. */
const STEPS_MIN = 50;

function partOf(copy: Copy, { leg }: FollowerLeg): { readonly held: number; readonly target: number } {
  const part = copy.legs.find((one) => one.leg === leg);
  return { held: heldLots(copy, leg), target: part === undefined ? 0 : legTarget(part) };
}

function isMore(target: number, held: number): boolean {
  return Math.abs(target) > Math.abs(held) || Math.sign(target) === -Math.sign(held);
}

/** Resting ones too. */
function isUnderWay({ working }: FollowerLeg): boolean {
  for (const { status } of working.values()) if (status !== "closed") return true;
  return false;
}

function nameOf({ market, leg }: FollowerLeg): string {
  return `${market.follower.account} ${market.instrument.id} ${leg}`;
}
