/**
 * Leverage follows the leader, is a stated one, or is left as the owner has it; never above the allocation's cap and the
 * instrument's own maximum. Of several leaders on one market the first that is in force says which.
 */
import { leverageHundredths } from "../holding.ts";
import type { Planned } from "../planned.ts";
import type { LeverageRule } from "../settings.ts";
import type { FollowerLeg, FollowerMarket, State } from "../state.ts";
import { leadingCopy } from "../target.ts";
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
export function plannedLeverage(market: FollowerMarket, planned: Planned): number | null {
  const known = planned.leverage(market);
  if (known !== undefined) return known;
  const wanted = desiredLeverage(market);
  planned.noteLeverage(market, wanted);
  return wanted;
}

/** The leverage to have, in whole hundredths; null when any is fine. */
export function desiredLeverage(market: FollowerMarket): number | null {
  const cap = leverageCap(market);
  const rule = leadingCopy(market)?.allocation.leverage ?? LEAVE;
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

/**
 * An order was refused because the risk tier of its size does not allow the leverage: half of it, in whole numbers, is the most
 * from then on. False where it cannot be lowered, or is not ours to set.
 */
export function lowerCeiling(market: FollowerMarket): boolean {
  const { leverageHundredths: current } = market;
  const rule = leadingCopy(market)?.allocation.leverage ?? LEAVE;
  if (rule.kind === "leave" || current === null || current <= 100) return false;
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
