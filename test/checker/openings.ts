/**
 * When what a rule fixes for a whole position of the leader was fixed: as that opened, or as the rule came into force beside it. A
 * leader who was flat for a moment that no message told of has, for the copier, never been flat.
 */
import type { CheckedAllocation, Evidence } from "./evidence.ts";
import { exact, sign, ZERO } from "./exact.ts";
import type { HeldPoint, SizingCase } from "./sizing.ts";
import { copies } from "./targets.ts";

/** Place of the point at which the position of `at` was opened: since then never flat or on the other side. */
export function openedAt(points: readonly HeldPoint[], at: number): number {
  let first = at;
  while (first > 0 && sideOf(points, first - 1) === sideOf(points, at)) first -= 1;
  return first;
}

/** The same, and before it each on the same side whose end the copier cannot have known of; the latest first. */
export function openingsAt(
  subject: SizingCase,
  points: readonly HeldPoint[],
  at: number,
): readonly [number, ...number[]] {
  const places: [number, ...number[]] = [openedAt(points, at)];
  for (let first = places[0]; ; ) {
    const last = points.findLastIndex(
      (_, place) => place < first && sideOf(points, place) === sideOf(points, at),
    );
    const overMs = points[last + 1]?.atMs ?? 0;
    if (last < 0 || !wasUnseen(subject, sideOf(points, at), overMs, points[first]?.atMs ?? 0)) return places;
    first = openedAt(points, last);
    places.push(first);
  }
}

/** Nothing that the copier recorded of the leader around the end of a position has it over. */
function wasUnseen(subject: SizingCase, side: number, overMs: number, againMs: number): boolean {
  const { evidence, leader, follower, allocation, symbol } = subject;
  if (!evidence.outages || !isOneLeg(subject)) return false;
  const own = allocation.inverse === true ? -side : side;
  const leg = own > 0 ? "long" : "short";
  return !evidence.outcomes.some(
    (one) =>
      one.leader === leader.account &&
      one.follower === follower.account &&
      one.symbol === symbol &&
      (one.leg === "net" || one.leg === leg) &&
      one.atMs >= overMs - evidence.slackMs &&
      one.atMs <= againMs + evidence.slackMs &&
      sign(exact(one.leaderHolds)) !== own,
  );
}

/** Whether one leg of the leader's alone is what is copied onto a leg of the follower's. */
function isOneLeg({ leader, follower, allocation: { side = "both" } }: SizingCase): boolean {
  return leader.mode === "one-way" || follower.mode === "hedge" || side !== "both";
}

/** When the rule last came into force beside a position that was open since `openedMs`; null when it was there before. */
export function ruleBeganMs(subject: SizingCase, side: number, openedMs: number): number | null {
  const ofPair = versionsOf(subject);
  // What is judged by settings of a time is not sized by later ones.
  const lastMs = ofPair.findLast(({ allocation }) => allocation === subject.allocation)?.fromMs;
  const began = ofPair.findLast(({ fromMs, allocation }) => {
    const former = ofPair.find(({ untilMs }) => untilMs === fromMs)?.allocation;
    return (
      fromMs > openedMs &&
      fromMs <= (lastMs ?? fromMs) &&
      (former === undefined || !fixes(former, allocation, subject.symbol, side))
    );
  });
  return began?.fromMs ?? null;
}

function versionsOf({ evidence, allocation }: SizingCase): NonNullable<Evidence["versions"]> {
  return (evidence.versions ?? []).filter(
    (one) => one.allocation.leader === allocation.leader && one.allocation.follower === allocation.follower,
  );
}

/** Whether the settings before sized the position by the same rule. */
function fixes(former: CheckedAllocation, now: CheckedAllocation, symbol: string, side: number): boolean {
  const { side: copied = "both", inverse = false } = former;
  const own = inverse ? -side : side;
  const isLeftOut = (copied === "long" && own < 0) || (copied === "short" && own > 0);
  return former.sizing === now.sizing && copies(former, symbol) && !isLeftOut;
}

function sideOf(points: readonly HeldPoint[], at: number): number {
  return sign(points[at]?.size ?? ZERO);
}
