/** The days of whoever is asked about (a follower, a leader, a strategy, all together, or any part of them), as one line a day. */
import { Decimal } from "../../core/model/decimal.ts";
import { type FollowerDay, type LeaderDay, type Money, NOTHING, sumOf } from "./follower-days.ts";

export interface Scope {
  readonly follower?: string;
  readonly leader?: string;
  /** "" is the owner. */
  readonly strategy?: string;
}

export interface DayLine extends Money {
  readonly day: number;
  /** Followers whose day is in it. */
  readonly followers: number;
  /** Of those followers; null where it is not known of one of them. */
  readonly equity: Decimal | null;
  readonly flow: Decimal;
  /** What the return is a part of: the followers' equities at its beginning and what came in; null where one is not known. */
  readonly base: Decimal | null;
  /** Whether the engine lived on it. */
  readonly lived: boolean;
}

/** From the first to the last of its days, without gaps: on a day in between on which nothing is in it, nothing was won or lost. */
export function dayLines(days: readonly FollowerDay[], scope: Scope): readonly DayLine[] {
  const byDay = new Map<number, Part[]>();
  for (const one of days) {
    const part = partOf(one, scope);
    if (part === null) continue;
    const parts = byDay.get(one.day) ?? [];
    byDay.set(one.day, parts);
    parts.push(part);
  }
  const [first, last] = [Math.min(...byDay.keys()), Math.max(...byDay.keys())];
  if (byDay.size === 0) return [];
  const lines = Array.from({ length: last - first + 1 }, (_, at) =>
    lineOf(first + at, byDay.get(first + at) ?? []),
  );
  // An account's equity, and what is paid in, is no leader's.
  return scope.leader === undefined
    ? lines
    : lines.map((line) => ({ ...line, equity: null, flow: Decimal.zero }));
}

interface Part extends Money {
  readonly of: FollowerDay;
}

function partOf(of: FollowerDay, { follower, leader, strategy }: Scope): Part | null {
  if (follower !== undefined && of.follower !== follower) return null;
  if (strategy !== undefined && of.strategy !== strategy) return null;
  if (leader === undefined) return { of, ...moneyOf(of) };
  const own = of.leaders.find((one) => one.leader === leader);
  return own === undefined ? null : { of, ...moneyOf(own) };
}

function moneyOf({ profit, fees, funding }: FollowerDay | LeaderDay): Money {
  return { profit, fees, funding };
}

function lineOf(day: number, parts: readonly Part[]): DayLine {
  return {
    day,
    followers: parts.length,
    equity: sumKnown(parts.map(({ of }) => of.equity)),
    flow: parts.reduce((sum, { of }) => sum.plus(of.flow), Decimal.zero),
    base: sumKnown(parts.map(({ of }) => of.base)),
    lived: parts.some(({ of }) => of.lived),
    ...(parts.length === 0 ? NOTHING : sumOf(parts)),
  };
}

function sumKnown(amounts: readonly (Decimal | null)[]): Decimal | null {
  return amounts.reduce<Decimal | null>(
    (sum, one) => (sum === null || one === null ? null : sum.plus(one)),
    Decimal.zero,
  );
}

/** A fraction; 0 where there is nothing that it could be a part of. */
export function returnOf({ profit, base }: Pick<DayLine, "profit" | "base">): number {
  if (base === null || base.sign <= 0) return 0;
  return Number(profit.toString()) / Number(base.toString());
}
