/**
 * What a follower should have held at any time, from the leader's own fills: a line of targets with their times. The
 * figures that a size went by are not known exactly (sizing.ts), so each point is a range.
 */
import type {
  CheckedAccount,
  CheckedAllocation,
  CheckedFill,
  CheckedInstrument,
  CheckedLeg,
  Evidence,
} from "./evidence.ts";
import {
  compare,
  type Exact,
  exact,
  magnitude,
  minus,
  negative,
  plus,
  show,
  sign,
  times,
  towardsZero,
  ZERO,
} from "./exact.ts";
import { versionsOf } from "./in-force.ts";
import { factors, isByLeg } from "./sizing.ts";
import { asIfFilled } from "./waiting.ts";

/** The target lay between `least` and `most` (by size, same sign) from `atMs` on. */
export interface TargetPoint {
  readonly atMs: number;
  readonly least: Exact;
  readonly most: Exact;
  /** What the leader's size was multiplied by, at least; null while it held nothing. */
  readonly factor: Exact | null;
}

export function signed(side: "buy" | "sell", quantity: string): Exact {
  return side === "buy" ? exact(quantity) : negative(exact(quantity));
}

/** Legs of a follower in `mode`. */
export function legsIn(mode: CheckedAccount["mode"]): readonly CheckedLeg[] {
  return mode === "one-way" ? ["net"] : ["long", "short"];
}

export function copies({ symbols, denied = [] }: CheckedAllocation, symbol: string): boolean {
  const isOn = (list: readonly string[]) => list.some((pattern) => isLike(pattern, symbol));
  return !isOn(denied) && (symbols === null || isOn(symbols));
}

/** `*` stands for any letters. */
function isLike(pattern: string, symbol: string): boolean {
  return new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(symbol);
}

/** What one leader alone asks of a follower's leg at the end, from the least to the most, signed. */
export function lastTarget(
  evidence: Evidence,
  allocation: CheckedAllocation,
  follower: CheckedAccount,
  instrument: CheckedInstrument,
  leg: CheckedLeg,
): readonly [Exact, Exact] {
  const leader = evidence.leaders.find(({ account }) => account === allocation.leader);
  if (leader === undefined || !copies(allocation, instrument.symbol)) return [ZERO, ZERO];
  const ends = [leader, ...asIfFilled(leader, allocation)].flatMap((told) => {
    const of = { evidence, leader: told, follower, allocation, instrument, isSettled: true };
    const last = targetLine(of, leg).at(-1);
    return last === undefined ? [] : [last.least, last.most];
  });
  const [first = ZERO] = ends;
  const end = (side: 1 | -1) =>
    ends.reduce((known, one) => (compare(one, known) === side ? one : known), first);
  return [end(-1), end(1)];
}

/** `isPart` where the leader's fills are those of one of its legs; `isSettled` where the last point is what stands at the end. */
export interface LineCase {
  readonly evidence: Evidence;
  readonly leader: CheckedAccount;
  readonly follower: CheckedAccount;
  readonly allocation: CheckedAllocation;
  readonly instrument: CheckedInstrument;
  readonly isPart?: boolean;
  readonly isSettled?: boolean;
}

const linesKnown = new WeakMap<
  CheckedAccount,
  { readonly of: LineCase; readonly leg: CheckedLeg; readonly line: TargetPoint[] }[]
>();

/** Asked for again and again with the same evidence. */
export function targetLine(of: LineCase, leg: CheckedLeg): TargetPoint[] {
  const known = linesKnown.get(of.leader) ?? [];
  linesKnown.set(of.leader, known);
  const found = known.find((one) => one.leg === leg && isSameCase(one.of, of));
  if (found !== undefined) return found.line;
  const line = madeLine(of, leg);
  known.push({ of, leg, line });
  return line;
}

function isSameCase(one: LineCase, other: LineCase): boolean {
  return (
    one.evidence === other.evidence &&
    one.follower === other.follower &&
    one.allocation === other.allocation &&
    one.instrument === other.instrument &&
    one.isPart === other.isPart &&
    one.isSettled === other.isSettled
  );
}

function madeLine(
  { evidence, leader, follower, allocation, instrument, isPart = false, isSettled = false }: LineCase,
  leg: CheckedLeg,
): TargetPoint[] {
  const { symbol } = instrument;
  const held = new Map<CheckedLeg, Exact>();
  for (const position of leader.held) {
    if (position.symbol === symbol) held.set(position.leg, exact(position.quantity));
  }
  const points = [{ atMs: 0, size: onLeg(held, leg, allocation) }];
  for (const fill of leader.fills) {
    if (fill.symbol !== symbol) continue;
    held.set(fill.leg, plus(held.get(fill.leg) ?? ZERO, signed(fill.side, fill.quantity)));
    points.push({ atMs: fill.atMs, size: onLeg(held, leg, allocation) });
  }
  const ranges = factors({ evidence, leader, follower, allocation, symbol, isPart, isSettled }, points);
  const step = exact(instrument.quantityStep);
  return points.map(({ atMs, size }, at) => {
    const [low, high] = ranges[at] ?? [ZERO, ZERO];
    const factor = ranges[at]?.[0] ?? null;
    return {
      atMs,
      least: towardsZero(times(size, low), step),
      most: towardsZero(times(size, high), step),
      factor,
    };
  });
}

/**
 * The leader's trades as the copier learned them: a message that comes late has it believe in something that never was, until
 * the message is in. What it recorded is held against the truth elsewhere (outcomes.ts). Only where messages may be late.
 */
export function asLearned(
  evidence: Evidence,
  leader: CheckedAccount,
  follower: CheckedAccount,
): CheckedAccount[] {
  if (!evidence.outages) return [];
  const known = learnedKnown.get(evidence.outcomes) ?? new Map<string, CheckedAccount>();
  learnedKnown.set(evidence.outcomes, known);
  const key = `${leader.account} ${follower.account}`;
  const learned = known.get(key) ?? learnedBy(evidence, leader, follower);
  known.set(key, learned);
  return [learned];
}

const learnedKnown = new WeakMap<Evidence["outcomes"], Map<string, CheckedAccount>>();

function learnedBy(evidence: Evidence, leader: CheckedAccount, follower: CheckedAccount): CheckedAccount {
  const pair = { leader: leader.account, follower: follower.account };
  const begun = versionsOf(evidence, pair).map(({ fromMs }) => fromMs);
  const held = new Map<string, Exact>();
  const fills = evidence.outcomes
    .filter((one) => one.leader === leader.account && one.follower === follower.account)
    .sort((left, right) => left.change - right.change)
    .flatMap(({ symbol, leg, changedBy, leaderHolds, atMs, learnedMs = atMs }): CheckedFill[] => {
      const key = `${symbol} ${leg}`;
      const by = exact(changedBy);
      // What it did while nobody copied it was learned as it was copied again.
      const missed = minus(minus(exact(leaderHolds), by), held.get(key) ?? ZERO);
      held.set(key, exact(leaderHolds));
      const fill = (quantity: Exact, at: number): CheckedFill => {
        const side = sign(quantity) < 0 ? "sell" : "buy";
        const text = show(magnitude(quantity));
        return { symbol, leg, side, quantity: text, price: "0", atMs: at, clientOrderId: "" };
      };
      const sinceMs = begun.findLast((fromMs) => fromMs <= atMs) ?? atMs;
      const own = fill(by, learnedMs);
      return sign(missed) === 0 ? [own] : [fill(missed, sinceMs), own];
    });
  if (begun.length > 1) fills.sort((one, other) => one.atMs - other.atMs);
  return { ...leader, held: [], fills };
}

/** The targets that may have been aimed at by something that happened at `atMs`. */
export function aimedAt(line: readonly TargetPoint[], atMs: number, slackMs: number): readonly TargetPoint[] {
  const before = line.findLastIndex((point) => point.atMs <= atMs - slackMs);
  return line.slice(Math.max(before, 0)).filter((point) => point.atMs <= atMs + slackMs);
}

/**
 * The largest target on `side` that may have been aimed at around `atMs`. A leader's legs are learned one by one, so each
 * is taken at its own largest.
 */
export function furthest(
  lines: readonly (readonly TargetPoint[])[],
  side: number,
  atMs: number,
  slackMs: number,
): Exact {
  return lines.reduce((sum, line) => {
    const sizes = aimedAt(line, atMs, slackMs).flatMap(({ least, most }) => [least, most]);
    const towards = sizes.map((size) => (side > 0 ? size : negative(size)));
    const [first = ZERO] = towards;
    return plus(
      sum,
      towards.reduce((best, size) => (compare(size, best) > 0 ? size : best), first),
    );
  }, ZERO);
}

/** One line for each of the leader's legs; one for all of them where the rule fixes something for the whole position. */
export function linesByLeg(of: LineCase, leg: CheckedLeg): TargetPoint[][] {
  const { leader, allocation } = of;
  if (!isByLeg(allocation)) return [targetLine(of, leg)];
  return legsIn(leader.mode).map((own) => {
    const fills = leader.fills.filter((fill) => fill.leg === own);
    const held = leader.held.filter((position) => position.leg === own);
    return targetLine({ ...of, leader: { ...leader, fills, held }, isPart: true }, leg);
  });
}

/** Legs of the leader on the follower's, with the side that is copied and turned where the copy is inverse. */
function onLeg(
  held: ReadonlyMap<CheckedLeg, Exact>,
  leg: CheckedLeg,
  { side = "both", inverse = false }: Pick<CheckedAllocation, "side" | "inverse">,
): Exact {
  const at = (name: CheckedLeg): Exact => held.get(name) ?? ZERO;
  const isLeftOut = (value: Exact): boolean =>
    (side === "long" && sign(value) < 0) || (side === "short" && sign(value) > 0);
  const [net, long, short] = [at("net"), at("long"), at("short")].map((value) =>
    isLeftOut(value) ? ZERO : value,
  ) as [Exact, Exact, Exact];
  if (!inverse) return placed({ net, long, short }, leg);
  return placed({ net: negative(net), long: negative(short), short: negative(long) }, leg);
}

function placed({ net, long, short }: Record<CheckedLeg, Exact>, leg: CheckedLeg): Exact {
  if (leg === "net") return plus(net, plus(long, short));
  if (leg === "long") return plus(long, sign(net) > 0 ? net : ZERO);
  return plus(short, sign(net) < 0 ? net : ZERO);
}
