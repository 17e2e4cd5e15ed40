/**
 * What a follower should have held at any time, from the leader's own fills: a line of targets with their times. For
 * equity-proportional sizing the equities of the moment are not known exactly, so each point is a range.
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
  negative,
  over,
  plus,
  show,
  sign,
  times,
  towardsZero,
  ZERO,
} from "./exact.ts";

/** The target lay between `least` and `most` (by size, same sign) from `atMs` on. */
export interface TargetPoint {
  readonly atMs: number;
  readonly least: Exact;
  readonly most: Exact;
}

export function signed(side: "buy" | "sell", quantity: string): Exact {
  return side === "buy" ? exact(quantity) : negative(exact(quantity));
}

/** Legs of a follower in `mode`. */
export function legsIn(mode: CheckedAccount["mode"]): readonly CheckedLeg[] {
  return mode === "one-way" ? ["net"] : ["long", "short"];
}

export function copies({ symbols }: CheckedAllocation, symbol: string): boolean {
  return symbols === null || symbols.includes(symbol);
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
  const last = targetLine(leader, follower, leg, allocation, instrument).at(-1);
  if (last === undefined) return [ZERO, ZERO];
  return compare(last.least, last.most) <= 0 ? [last.least, last.most] : [last.most, last.least];
}

export function targetLine(
  leader: CheckedAccount,
  follower: CheckedAccount,
  leg: CheckedLeg,
  allocation: CheckedAllocation,
  instrument: CheckedInstrument,
): TargetPoint[] {
  const held = new Map<CheckedLeg, Exact>();
  for (const { symbol, leg: at, quantity } of leader.held) {
    if (symbol === instrument.symbol) held.set(at, exact(quantity));
  }
  const range = factorRange(leader, follower, allocation);
  const point = (atMs: number): TargetPoint => {
    const size = onLeg(held, leg);
    const step = exact(instrument.quantityStep);
    const [low, high] = range;
    return { atMs, least: towardsZero(times(size, low), step), most: towardsZero(times(size, high), step) };
  };
  const line = [point(0)];
  for (const fill of leader.fills) {
    if (fill.symbol !== instrument.symbol) continue;
    held.set(fill.leg, plus(held.get(fill.leg) ?? ZERO, signed(fill.side, fill.quantity)));
    line.push(point(fill.atMs));
  }
  return line;
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
  const fills = evidence.outcomes
    .filter((one) => one.leader === leader.account && one.follower === follower.account)
    .sort((left, right) => left.change - right.change)
    .map(({ symbol, leg, changedBy, atMs }): CheckedFill => {
      const by = exact(changedBy);
      const side = sign(by) < 0 ? "sell" : "buy";
      return { symbol, leg, side, quantity: show(magnitude(by)), price: "0", atMs, clientOrderId: "" };
    });
  return [{ ...leader, held: [], fills }];
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

/** One line for each of the leader's legs. */
export function linesByLeg(
  leader: CheckedAccount,
  follower: CheckedAccount,
  leg: CheckedLeg,
  allocation: CheckedAllocation,
  instrument: CheckedInstrument,
): TargetPoint[][] {
  return legsIn(leader.mode).map((own) => {
    const fills = leader.fills.filter((fill) => fill.leg === own);
    const held = leader.held.filter((position) => position.leg === own);
    return targetLine({ ...leader, fills, held }, follower, leg, allocation, instrument);
  });
}

function onLeg(held: ReadonlyMap<CheckedLeg, Exact>, leg: CheckedLeg): Exact {
  const [net, long, short] = [held.get("net") ?? ZERO, held.get("long") ?? ZERO, held.get("short") ?? ZERO];
  if (leg === "net") return plus(net, plus(long, short));
  if (leg === "long") return plus(long, sign(net) > 0 ? net : ZERO);
  return plus(short, sign(net) < 0 ? net : ZERO);
}

/** What the leader's size is multiplied by, at least and at most. */
export function factorRange(
  leader: CheckedAccount,
  follower: CheckedAccount,
  allocation: CheckedAllocation,
): readonly [Exact, Exact] {
  const constant = times(exact(allocation.multiplier), exact(allocation.scaling));
  if (allocation.sizing === "multiplier") return [constant, constant];
  const own = extremes(follower.equities);
  const theirs = extremes(leader.equities);
  return [times(constant, over(own[0], theirs[1])), times(constant, over(own[1], theirs[0]))];
}

function extremes(equities: CheckedAccount["equities"]): readonly [Exact, Exact] {
  const values = equities.map(({ equity }) => exact(equity));
  const [first = { top: 1n, bottom: 1n }] = values;
  const least = values.reduce((best, value) => (compare(value, best) < 0 ? value : best), first);
  const most = values.reduce((best, value) => (compare(value, best) > 0 ? value : best), first);
  return [least, most];
}
