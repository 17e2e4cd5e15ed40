/**
 * What rules by capital share: the capitals of both sides by the rule's base, the proportion of a moment, and when a
 * proportion has drifted so far that it moves a target by itself.
 */
import type { Lots } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import type { Instrument } from "../model/instrument.ts";
import type { CapitalBase, RuleOf } from "../settings.ts";
import type { CopyLeg, FollowerState, LeaderState, Proportion } from "../state.ts";
import { type Fraction, type Ratio, scaledBy } from "./ratio.ts";
import { isReduction, isSamePosition, type Size, sizedLots } from "./size.ts";

export type CapitalRule = RuleOf<"equity-proportional" | "volatility-target">;

/** What sizing by capital reads of a copy, and of one of its legs: whoever studies copying without an engine makes these alone. */
export interface CapitalCopy {
  readonly ratio: Ratio;
  readonly leader: Pick<LeaderState, "equity" | "balance">;
  readonly market: {
    readonly instrument: Instrument;
    readonly follower: Pick<FollowerState, "equity" | "balance" | "available">;
  };
}
export type CapitalLeg = Pick<CopyLeg, "leaderLots" | "proportion">;

const EQUITY: CapitalBase = { kind: "equity" };

export function baseOf({ capital }: CapitalRule): CapitalBase {
  return capital ?? EQUITY;
}

/** Both capitals as they were last told; null or "" where one is not known. */
export function capitalsOf(
  { leader, market: { follower } }: CapitalCopy,
  base: CapitalBase,
): { readonly follower: string | null; readonly leader: string | null } {
  switch (base.kind) {
    case "equity":
      return { follower: follower.equity, leader: leader.equity };
    case "balance":
      return { follower: follower.balance, leader: leader.balance };
    case "free-margin":
      return { follower: follower.available, leader: leader.equity };
    case "fixed-sum":
      return { follower: base.amount, leader: leader.equity };
  }
}

/** Null when a capital is unknown or there is none. */
export function proportionNow(copy: CapitalCopy, rule: CapitalRule): Proportion | null {
  const { follower, leader } = capitalsOf(copy, baseOf(rule));
  if (follower === null || leader === null || !isPositive(leader) || !isPositive(follower)) return null;
  return { follower, leader };
}

/**
 * The proportion that `leaderLots` keeps: a reduction keeps that of the last size, so that a follower never buys because its
 * leader sold. By free margin the whole position does, since copying itself uses it up: a new look would undo the copy.
 */
export function keptProportion(rule: CapitalRule, leg: CapitalLeg, leaderLots: Lots): Proportion | null {
  const keeps = baseOf(rule).kind === "free-margin" ? isSamePosition : isReduction;
  return keeps(leg, leaderLots) ? leg.proportion : null;
}

/** `leaderLots` x ratio x `factor`, exactly and towards zero. */
export function sizeByProportion(
  copy: CapitalCopy,
  leaderLots: Lots,
  factor: Fraction,
  proportion: Proportion,
): Size {
  return sizedLots(scaledBy(leaderLots, copy.ratio, factor), copy.market.instrument, {
    proportion,
    opening: null,
  });
}

/** Whether `after` is further from `before` than `band` (a share of `before`) allows. */
export function isApart(before: Fraction, after: Fraction, band: string): boolean {
  const was = before.numerator * after.denominator;
  const is = after.numerator * before.denominator;
  const { units, scale } = Decimal.parse(band);
  const apart = is > was ? is - was : was - is;
  return apart * 10n ** BigInt(scale) > units * was;
}

/**
 * By doubles, for the usual case: each equity of a leader is compared for every copy of every follower, ten thousand times
 * in one go. Whatever is near the band's edge, or no number, is left to exact arithmetic.
 */
export function isWellInside(copy: CapitalCopy, rule: CapitalRule, then: Proportion): boolean {
  const now = capitalsOf(copy, baseOf(rule));
  const before = Number(then.follower) * Number(now.leader);
  const after = Number(now.follower) * Number(then.leader);
  const band = Number(rule.rebalanceBand);
  return before > 0 && after > 0 && Math.abs(after - before) < band * before * INSIDE;
}

/** Far more than the error of doubles. */
const INSIDE = 0.999999;

function isPositive(text: string): boolean {
  return (Decimal.tryParse(text)?.sign ?? 0) > 0;
}
