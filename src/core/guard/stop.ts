/**
 * What is stopped on a follower until when. A stop lowers what its copies may hold (`keeps`), or keeps them from growing
 * (`bars`), and stands until it is released or its cool-off is over; a restart changes nothing about it.
 *
 * A cut is not a waiver. What a waiver gives up is a quantity, which a leader's next increase outgrows. A cut holds a position
 * to its share of what was held when it began, however much the leader adds, closes and buys again; what the leader opens
 * elsewhere is copied at the share that is left.
 */
import { addLots, Lots, subtractLots, ZERO_LOTS } from "../model/amounts.ts";
import type { AccountId, InstrumentId } from "../model/identifiers.ts";
import type { ReasonDetail } from "../reason.ts";
import type { Copy, CopyLeg, FollowerState, State } from "../state.ts";
import type { Share } from "./guard-settings.ts";
import { observe } from "./watch.ts";

export const GUARDS = [
  "loss-tier",
  "daily-loss",
  "drawdown",
  "stop-loss",
  "position-stop",
  "liquidation",
  "panic",
  "monitoring",
] as const;

export type GuardKind = (typeof GUARDS)[number];
export type StopAction = "warn" | "reduce" | "pause" | "halt" | "close" | "replace";

/** What a guard found: it begins a stop, or deepens the one that stands for the same thing. Journaled with the decision. */
export interface Verdict {
  readonly guard: GuardKind;
  readonly follower: AccountId;
  /** Null: the copies of every leader. */
  readonly leader: AccountId | null;
  /** The follower's; null: every instrument. */
  readonly instrument: InstrumentId | null;
  readonly action: StopAction;
  /** Of what was held when the stop began, and of what the leader opens later. */
  readonly keeps: Share;
  /** Nothing grows. */
  readonly bars: boolean;
  /** Its cuts end with the leader's position. */
  readonly untilFlat: boolean;
  /** Null: until it is released. */
  readonly untilMs: number | null;
  /** How far it went: levels reached, or the newest trade that it knew of. Only what is above it deepens it. */
  readonly level: number;
  /** The numbers at that moment. */
  readonly detail: ReasonDetail;
  /** Of a stop with the action `replace`: who may take the place. Absent: as the relation's stop_loss says. */
  readonly replacements?: readonly AccountId[];
}

export interface Stop extends Verdict {
  /** Never used again on this follower. */
  readonly id: number;
  readonly sinceMs: number;
}

/** What a stop leaves of one leg of one copy. */
export interface LegCut {
  readonly stop: number;
  readonly keeps: Share;
  /** Held and given up (unsigned) when the stop began; null where nothing was held: then only the share counts. */
  readonly began: { readonly heldLots: Lots; readonly waivedLots: Lots } | null;
  /** Bought beyond the wanted size (unsigned) when it began; absent: nothing. What is rounded up later comes on top. */
  readonly excessLots?: Lots;
  readonly untilFlat: boolean;
}

export const ALL: Share = { part: 1, whole: 1 };
export const NOTHING: Share = { part: 0, whole: 1 };

/** The stop that stands for the same thing as a verdict would. */
export function standingStop(
  follower: FollowerState,
  { guard, leader, instrument }: Pick<Verdict, "guard" | "leader" | "instrument">,
): Stop | undefined {
  return follower.stops.find(
    (stop) => stop.guard === guard && stop.leader === leader && stop.instrument === instrument,
  );
}

/** From the mildest on. */
const SEVERITY: readonly StopAction[] = ["warn", "reduce", "pause", "halt", "close", "replace"];

/** Whether a verdict asks for more than what stands: less to be kept, growth barred, or a severer action. */
export function goesFurther(verdict: Verdict, standing: Stop): boolean {
  return (
    isLess(verdict.keeps, standing.keeps) ||
    (verdict.bars && !standing.bars) ||
    SEVERITY.indexOf(verdict.action) > SEVERITY.indexOf(standing.action)
  );
}

/** A verdict by settings that became milder loosens nothing of what stands: only its owner releases that, or its time. */
export function atLeast(verdict: Verdict, standing: Stop | undefined): Verdict {
  if (standing === undefined) return verdict;
  const { action, keeps, bars, untilMs } = standing;
  return {
    ...verdict,
    action: SEVERITY.indexOf(action) > SEVERITY.indexOf(verdict.action) ? action : verdict.action,
    keeps: isLess(keeps, verdict.keeps) ? keeps : verdict.keeps,
    bars: verdict.bars || bars,
    untilMs: verdict.untilMs === null || untilMs === null ? null : Math.max(verdict.untilMs, untilMs),
  };
}

function isLess(one: Share, other: Share): boolean {
  return BigInt(one.part) * BigInt(other.whole) < BigInt(other.part) * BigInt(one.whole);
}

/** Puts a verdict in force. */
export function beginStop(state: State, verdict: Verdict): void {
  const follower = state.followers.get(verdict.follower);
  if (follower === undefined) return;
  const known = standingStop(follower, verdict);
  if (known === undefined) follower.stopSequence += 1;
  const stop: Stop = {
    ...verdict,
    id: known?.id ?? follower.stopSequence,
    sinceMs: known?.sinceMs ?? state.nowMs,
  };
  follower.stops = [...follower.stops.filter((one) => one !== known), stop];
  for (const market of follower.markets.values()) {
    for (const copy of market.copies) if (covers(stop, copy)) cutLegs(stop, copy);
    state.dirty.add(market);
  }
}

/** Whether a copy is among those that a stop is about. */
export function covers(stop: Pick<Verdict, "leader" | "instrument">, { leader, market }: Copy): boolean {
  return (
    (stop.leader === null || stop.leader === leader.account) &&
    (stop.instrument === null || stop.instrument === market.instrument.id)
  );
}

function cutLegs({ id, keeps, untilFlat }: Stop, copy: Copy): void {
  for (const leg of copy.legs) {
    const known = leg.cuts.find(({ stop }) => stop === id);
    if (known === undefined && keeps.part === keeps.whole) continue;
    const cut = { ...(known ?? { began: beganOn(leg), ...excessOn(leg) }), stop: id, keeps, untilFlat };
    leg.cuts = [...leg.cuts.filter(({ stop }) => stop !== id), cut];
  }
}

function beganOn({ heldLots, waivedLots }: CopyLeg): LegCut["began"] {
  if (heldLots === 0) return null;
  return { heldLots: Lots(Math.abs(heldLots)), waivedLots: Lots(Math.abs(waivedLots)) };
}

function excessOn({ excessLots }: CopyLeg): Pick<LegCut, "excessLots"> {
  return excessLots === 0 ? {} : { excessLots: Lots(Math.abs(excessLots)) };
}

/** What stands already when a copy first gets a leg. */
export function cutsOfNew({ market, leader }: Pick<Copy, "market" | "leader">): LegCut[] {
  return market.follower.stops
    .filter((stop) => !stop.untilFlat && stop.keeps.part < stop.keeps.whole)
    .filter(({ leader: of }) => of === null || of === leader.account)
    .filter(({ instrument }) => instrument === null || instrument === market.instrument.id)
    .map(({ id, keeps }) => ({ stop: id, keeps, began: null, untilFlat: false }));
}

/** The target (signed) that is left of `uncut` = wanted - waived + excess. */
export function cutTarget({ cuts, wantedLots, waivedLots, excessLots }: CopyLeg): Lots {
  const uncut = addLots(subtractLots(wantedLots, waivedLots), excessLots);
  if (cuts.length === 0) return uncut;
  const side = Math.sign(wantedLots);
  const left = cuts.map((cut) =>
    leftBy(cut, Math.abs(wantedLots), Math.abs(waivedLots), Math.abs(excessLots)),
  );
  return Lots(Math.min(Math.abs(uncut), ...left) * side);
}

/** What was given up before the stop is not to be counted twice; what was given up since is not held either. */
function leftBy(
  { keeps, began, excessLots = ZERO_LOTS }: LegCut,
  wanted: number,
  waived: number,
  excess: number,
): number {
  const early = Math.min(waived, began?.waivedLots ?? 0);
  const earlyExcess = Math.min(excess, excessLots);
  const share = shareOf(keeps, wanted - early + earlyExcess) + excess - earlyExcess;
  const most = began === null ? share : Math.min(share, shareOf(keeps, began.heldLots));
  return Math.max(most - (waived - early), 0);
}

/** Rounded down; exact. */
function shareOf({ part, whole }: Share, lots: number): number {
  return Number((BigInt(lots) * BigInt(part)) / BigInt(whole));
}

/** The leader's position is over: what was cut for as long as it lasts is cut no more. */
export function endFlatCuts(leg: CopyLeg): void {
  if (leg.cuts.length > 0 && leg.cuts.some(({ untilFlat }) => untilFlat))
    leg.cuts = leg.cuts.filter(({ untilFlat }) => !untilFlat);
}

/**
 * Ends stops; what they measured is measured anew from here, at the figures of this moment. What a close kept out of the
 * follower's account is given up, so that it is not bought back: only what the leader does from now on is copied. What a cut or a
 * pause kept out is wanted again.
 */
export function endStops(state: State, follower: FollowerState, ends: (stop: Stop) => boolean): void {
  const ended = follower.stops.filter(ends);
  if (ended.length === 0) return;
  follower.stops = follower.stops.filter((stop) => !ended.includes(stop));
  for (const market of follower.markets.values()) {
    for (const copy of market.copies) for (const leg of copy.legs) uncut(leg, ended);
    state.dirty.add(market);
  }
  for (const stop of ended) measureAnew(follower, stop);
  // From this moment: what is lost before the next look at the account is a loss, too.
  observe(state, follower);
}

function uncut(leg: CopyLeg, ended: readonly Stop[]): void {
  const lifted = leg.cuts.filter(({ stop }) => ended.some(({ id }) => id === stop));
  if (lifted.length === 0) return;
  leg.cuts = leg.cuts.filter((cut) => !lifted.includes(cut));
  leg.lastReason = null;
  if (lifted.every(({ keeps }) => keeps.part > 0)) return;
  leg.excessLots = ZERO_LOTS;
  leg.stoppedLots = ZERO_LOTS;
  const side = Math.sign(leg.wantedLots);
  const held = Math.sign(leg.heldLots) === side ? Math.abs(leg.heldLots) : 0;
  const least = Math.max(Math.abs(leg.wantedLots) - held, Math.abs(leg.waivedLots));
  leg.waivedLots = Lots(least * side);
}

function measureAnew(follower: FollowerState, { guard, leader }: Stop): void {
  const { watch } = follower;
  if (guard === "loss-tier") watch.tiers = null;
  if (guard === "daily-loss") watch.daily = null;
  if (guard === "drawdown") watch.peak = null;
  if (guard !== "stop-loss") return;
  for (const relation of follower.relations) {
    if (relation.leader === leader) Object.assign(relation, { base: null, peak: null });
  }
}

/** Cool-offs that are over, and what ended with the leader's position. */
export function endElapsed(state: State): void {
  for (const follower of state.followers.values()) {
    if (follower.stops.length === 0) continue;
    endStops(state, follower, (stop) => isElapsed(state, stop) || isFlat(follower, stop));
  }
}

function isElapsed({ nowMs }: State, { untilMs }: Stop): boolean {
  return untilMs !== null && untilMs <= nowMs;
}

function isFlat({ markets }: FollowerState, { id, untilFlat, keeps }: Stop): boolean {
  if (!untilFlat || keeps.part === keeps.whole) return false;
  for (const { copies } of markets.values())
    for (const { legs } of copies)
      if (legs.some(({ cuts }) => cuts.some(({ stop }) => stop === id))) return false;
  return true;
}

/** The stop that keeps a copy from growing, or null. */
export function barOf(copy: Copy): Stop | null {
  const { stops } = copy.market.follower;
  if (stops.length === 0) return null;
  return stops.find((stop) => stop.bars && covers(stop, copy)) ?? null;
}

/** The stop that lowers a leg's target the most, or null. */
export function cutOf({ market }: Copy, leg: CopyLeg): Stop | null {
  if (leg.cuts.length === 0 || cutTarget(leg) === cutTarget({ ...leg, cuts: [] })) return null;
  const [deepest] = [...leg.cuts].sort(
    (left, right) => left.keeps.part / left.keeps.whole - right.keeps.part / right.keeps.whole,
  );
  return market.follower.stops.find(({ id }) => id === deepest?.stop) ?? null;
}

/** For a reason: which guard, and its numbers. */
export function detailOf({ guard, detail, untilMs }: Stop): ReasonDetail {
  return { guard, ...detail, ...(untilMs === null ? {} : { untilMs }) };
}
