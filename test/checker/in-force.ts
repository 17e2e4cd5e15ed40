/** Which settings of a leader and a follower counted at which time. */
import type { CheckedAllocation, CheckedVersion, Evidence } from "./evidence.ts";

type Settled = Pick<Evidence, "allocations" | "versions">;

interface Pair {
  readonly follower: string;
  /** Absent: any. */
  readonly leader?: string;
}

/** Those of all times, in order; where only the last are known, these for all the time. */
export function versionsOf(
  { allocations, versions }: Settled,
  { follower, leader }: Pair,
): readonly CheckedVersion[] {
  const all =
    versions ??
    allocations.map((allocation) => ({ fromMs: 0, untilMs: Number.MAX_SAFE_INTEGER, allocation }));
  return all.filter(
    ({ allocation }) =>
      allocation.follower === follower && (leader === undefined || allocation.leader === leader),
  );
}

/** Whether all that counted is known: the settings never changed, or are stated with their times. */
export function isKnown({ versions }: Settled, { constant }: CheckedAllocation): boolean {
  return constant || versions !== undefined;
}

/**
 * The same evidence with one set of an account's limits: each that counted at some time of the stretch. Who judges by all of them
 * has to be content with what holds under one.
 */
export function underLimits(
  evidence: Evidence,
  follower: string,
  fromMs: number,
  untilMs: number,
): readonly Evidence[] {
  const { limits = [] } = evidence;
  const own = limits.filter((one) => one.follower === follower);
  if (own.length < 2) return [evidence];
  const timed = own.map((one) => ({ fromMs: 0, untilMs: Number.MAX_SAFE_INTEGER, ...one }));
  return countedIn(timed, fromMs, untilMs).map((one) => ({ ...evidence, limits: [one] }));
}

/** Those that counted at some time of the stretch, both ends included. */
export function countedIn<Version extends Pick<CheckedVersion, "fromMs" | "untilMs">>(
  versions: readonly Version[],
  fromMs: number,
  untilMs: number,
): readonly Version[] {
  return versions.filter((one) => one.fromMs <= untilMs && one.untilMs >= fromMs);
}

/** Whether one of them counted all through the stretch, or one after the other. */
export function isCovered(versions: readonly CheckedVersion[], fromMs: number, untilMs: number): boolean {
  let coveredMs = fromMs;
  for (const one of versions) {
    if (one.fromMs > coveredMs) return false;
    coveredMs = Math.max(coveredMs, one.untilMs);
    if (coveredMs > untilMs) return true;
  }
  return false;
}
