/**
 * Leverage follows the leader, is a stated one, or is left as the owner has it; never above the allocation's cap, the
 * instrument's own maximum and, where it is set at all, what the risk tier of the position at its target allows. Of several
 * leaders on one market the first that is in force says which.
 */

import type { LeverageClamp } from "../decision.ts";
import { leverageHundredths } from "../holding.ts";
import type { RiskTier } from "../model/instrument.ts";
import type { Planned } from "../planned.ts";
import { highestTicks } from "../quotes.ts";
import type { LeverageRule } from "../settings.ts";
import { type FollowerLeg, type FollowerMarket, isOpen, leftOf, type State } from "../state.ts";
import { leadingCopy, targetLots } from "../target.ts";
import { moneyText, worth } from "../worth.ts";
import type { Objection } from "./check-risk.ts";

export function checkLeverage(_state: State, leg: FollowerLeg): Objection | null {
  const { leverageHundredths: current } = leg.market;
  const cap = leverageCap(leg.market);
  if (current === null || current <= cap) return null;
  const ceiling = leg.market.leverageCeilingHundredths;
  const clamp = ceiling === null ? {} : { riskTierAllows: ceiling / 100 };
  return { reason: "leverage-above-cap", detail: { leverage: current / 100, cap: cap / 100, ...clamp } };
}

/** The same as `desiredLeverage`, worked out once for all that ask while one market is decided on. */
export function plannedLeverage(state: State, market: FollowerMarket, planned: Planned): number | null {
  const known = planned.leverage(market);
  if (known !== undefined) return known;
  const wanted = desiredLeverage(state, market);
  planned.noteLeverage(market, wanted);
  return wanted;
}

/** The leverage to have, in whole hundredths; null when any is fine. */
export function desiredLeverage(state: State, market: FollowerMarket): number | null {
  const wanted = untiered(market);
  return tiered(state, market, wanted)?.used ?? wanted;
}

/** What the risk tier of the position leaves of the leverage that is wanted; null where it allows that, or nobody told of it. */
export function tierClamp(state: State, market: FollowerMarket): LeverageClamp | null {
  const clamp = tiered(state, market, untiered(market));
  if (clamp === null) return null;
  const { wanted, used, notional, tier } = clamp;
  const values = { notional: moneyText(notional), tierLimit: moneyText(tier.limit) };
  return { wanted: wanted / 100, used: used / 100, ...values };
}

/** The same for people. */
export function clampText({ wanted, used, notional, tierLimit }: LeverageClamp): string {
  return `leverage ${used} instead of ${wanted}: the position comes to ${notional}, in the risk tier up to ${tierLimit}`;
}

interface Clamp {
  /** Whole hundredths. */
  readonly wanted: number;
  readonly used: number;
  /** Whole millionths. */
  readonly notional: number;
  readonly tier: RiskTier;
}

/**
 * Lowered as soon as the position needs it. What is held is raised only to what a tenth more of it would still be allowed, so
 * that a price that moves about the limit of a tier changes nothing.
 */
function tiered(state: State, market: FollowerMarket, asked: number | null): Clamp | null {
  const tiers = state.riskTiers.get(market.instrument.id);
  const last = tiers?.at(-1);
  if (tiers === undefined || last === undefined || ruleOf(market).kind === "leave") return null;
  const { leverageHundredths: current } = market;
  const wanted = asked ?? current;
  if (wanted === null || wanted <= last.leverageHundredths) return null;
  const ticks = highestTicks(state, market.instrument);
  if (ticks === null) return null;
  const notional = worth(market.instrument, ticks, largestLots(market));
  const tier = tierOf(tiers, notional) ?? last;
  const allowed = Math.min(wanted, tier.leverageHundredths);
  const isRaise = current !== null && allowed > current && market.legs.some(({ venue }) => venue.lots !== 0);
  if (!isRaise) return allowed < wanted ? { wanted, used: allowed, notional, tier } : null;
  const roomy = tierOf(tiers, notional + Math.ceil(notional / ROOM_PARTS)) ?? last;
  const used = Math.min(wanted, Math.max(current, roomy.leverageHundredths));
  return used < wanted ? { wanted, used, notional, tier: roomy } : null;
}

/** So many parts of a position make one more by which it may grow. */
const ROOM_PARTS = 10;

function tierOf(tiers: readonly RiskTier[], value: number): RiskTier | undefined {
  return tiers.find(({ limit }) => value <= limit);
}

/**
 * The larger side, unsigned: its target beside what is the owner's, or what the venue holds with everything that is open
 * where that is more.
 */
function largestLots(market: FollowerMarket): number {
  let largest = 0;
  for (const leg of market.legs) {
    const held = leg.venue.lots;
    const target = Math.abs(targetLots(market, leg.leg) + leg.foreignLots);
    largest = Math.max(largest, target, Math.abs(held), held + openLots(leg, 1), openLots(leg, -1) - held);
  }
  return largest;
}

/** What orders of ours that are open may still add on one side, unsigned. */
function openLots(leg: FollowerLeg, side: number): number {
  let lots = 0;
  for (const order of leg.working.values()) {
    if (order.reduceOnly || !isOpen(order) || Math.sign(order.lots) !== side) continue;
    lots += leftOf(order);
  }
  return lots;
}

function untiered(market: FollowerMarket): number | null {
  const cap = leverageCap(market);
  const rule = ruleOf(market);
  switch (rule.kind) {
    case "leave":
      return null;
    case "fixed":
      return Math.min(leverageHundredths(rule.leverage) ?? cap, cap);
    case "follow": {
      const leader = leaderLeverage(market);
      if (leader !== null) return Math.min(leader, cap);
      return market.leverageHundredths !== null && market.leverageHundredths <= cap ? null : cap;
    }
  }
}

const LEAVE: LeverageRule = { kind: "leave" };

function ruleOf(market: FollowerMarket): LeverageRule {
  return leadingCopy(market)?.allocation.leverage ?? LEAVE;
}

/**
 * An order was refused because the risk tier of its size does not allow the leverage: half of it, in whole numbers, is the most
 * from then on. False where it cannot be lowered, or is not ours to set.
 */
export function lowerCeiling(market: FollowerMarket): boolean {
  const { leverageHundredths: current } = market;
  if (ruleOf(market).kind === "leave" || current === null || current <= 100) return false;
  market.leverageCeilingHundredths = Math.max(Math.floor(current / 200), 1) * 100;
  return true;
}

function leverageCap(market: FollowerMarket): number {
  let cap = Math.min(
    market.instrument.maxLeverageHundredths,
    market.leverageCeilingHundredths ?? Number.POSITIVE_INFINITY,
  );
  for (const copy of market.copies) {
    if (!copy.active) continue;
    cap = Math.min(cap, copy.leverageMaxHundredths ?? cap);
  }
  return cap;
}

function leaderLeverage(market: FollowerMarket): number | null {
  let leverage: number | null = null;
  for (const copy of market.copies) {
    if (!copy.active) continue;
    for (const holding of copy.leader.holdings.get(copy.leaderInstrument.id)?.values() ?? []) {
      if (holding.lots === 0 || holding.leverageHundredths === null) continue;
      leverage = Math.max(leverage ?? 0, holding.leverageHundredths);
    }
  }
  return leverage;
}
