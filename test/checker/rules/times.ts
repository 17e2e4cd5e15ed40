/** What was in force, or known, at a place of the journal or at a time. */
import type { CheckedAllocation, CheckedHours, Evidence } from "../evidence.ts";
import { compare, type Exact, exact } from "../exact.ts";
import type { RuleRecord, Written, WrittenDenial, WrittenPrice, WrittenStop } from "./record.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/** The allocations of a pair that may have been in force at `atMs`; two where settings changed in that millisecond. */
export function inForce(
  { versions = [] }: Evidence,
  { follower, leader, atMs }: Pick<WrittenDenial, "follower" | "leader" | "atMs">,
): readonly CheckedAllocation[] {
  return versions
    .filter(({ fromMs, untilMs, allocation }) => {
      const isTheirs = allocation.follower === follower && allocation.leader === leader;
      return isTheirs && fromMs <= atMs && atMs <= untilMs;
    })
    .map(({ allocation }) => allocation);
}

/** The same; where the pair's allocation ended before, that one: what is left of its copies may wait to be closed. */
export function lastInForce(
  evidence: Evidence,
  denial: Pick<WrittenDenial, "follower" | "leader" | "atMs">,
): readonly CheckedAllocation[] {
  const allocations = inForce(evidence, denial);
  if (allocations.length > 0) return allocations;
  const ended = (evidence.versions ?? []).findLast(
    ({ untilMs, allocation: { follower, leader } }) =>
      follower === denial.follower && leader === denial.leader && untilMs < denial.atMs,
  );
  return ended === undefined ? [] : [ended.allocation];
}

/** Whether one of the stretches is open; the day is counted from midnight in UTC. */
export function isOpenAt(hours: readonly CheckedHours[], atMs: number): boolean {
  const date = new Date(atMs);
  const minute = date.getUTCHours() * 60 + date.getUTCMinutes();
  return hours.some(({ days, fromMinute, toMinute }) => {
    const length = (toMinute - fromMinute + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
    const since = (minute - fromMinute + DAY_MINUTES) % DAY_MINUTES;
    const begunOn = new Date(atMs - since * MINUTE_MS).getUTCDay();
    return since < length && days.includes(begunOn);
  });
}

/** Stops that stood when the record at `sequence` was written, each as it was last deepened. */
export function standingAt(
  { stops, ends }: RuleRecord,
  follower: string,
  sequence: number,
): readonly WrittenStop[] {
  const latest = new Map<number, WrittenStop>();
  for (const stop of stops) {
    if (stop.follower === follower && stop.sequence <= sequence) latest.set(stop.id, stop);
  }
  for (const { follower: of, id, sequence: endedAt } of ends)
    if (of === follower && endedAt <= sequence) latest.delete(id);
  return [...latest.values()];
}

export function isAbout(
  { leader, symbol }: Pick<WrittenStop, "leader" | "symbol">,
  place: { readonly leader: string; readonly symbol: string },
): boolean {
  return (leader === null || leader === place.leader) && (symbol === null || symbol === place.symbol);
}

/** The last of `written` at or before `sequence`; they are in order. */
export function lastBefore<Kind extends Written>(
  written: readonly Kind[],
  sequence: number,
): Kind | undefined {
  return written.findLast((one) => one.sequence <= sequence);
}

/** Mark of `symbol` that the copier knew at `sequence`; null where none in that run. */
export function priceAt({ prices, starts }: RuleRecord, symbol: string, sequence: number): string | null {
  return writtenAt({ prices, starts }, symbol, sequence)?.price ?? null;
}

/** Whether `price` was the mark, the best bid or the best ask that were known at that record. */
export function wasQuoted(record: RuleRecord, symbol: string, sequence: number, price: Exact): boolean {
  const known = writtenAt(record, symbol, sequence);
  const all = known === null || known.price === "" ? [] : [known.price, ...(known.best ?? [])];
  return all.some((one) => compare(exact(one), price) === 0);
}

function writtenAt(
  { prices, starts }: Pick<RuleRecord, "prices" | "starts">,
  symbol: string,
  sequence: number,
): WrittenPrice | null {
  const last = prices.findLast((one) => one.symbol === symbol && one.sequence <= sequence);
  const start = lastBefore(starts, sequence);
  return last === undefined || (start !== undefined && start.sequence > last.sequence) ? null : last;
}
