/**
 * Loss of one position of one leader's copy as a share of the most that was in it since it opened. Closed, it stays closed
 * while the leader holds that position.
 */
import { netOf, profitOf } from "../ledger.ts";
import { Decimal } from "../model/decimal.ts";
import type { Copy, FollowerState, State } from "../state.ts";
import { endOf } from "./account-loss.ts";
import { NOTHING, standingStop, type Verdict } from "./stop.ts";

export function judgePositionStops(state: State, follower: FollowerState): Verdict[] {
  const found: Verdict[] = [];
  for (const { copies } of follower.markets.values()) {
    for (const copy of copies) {
      const verdict = judgePosition(state, follower, copy);
      if (verdict !== null) found.push(verdict);
    }
  }
  return found;
}

/** What one position has lost and may lose of the most that was in it; null without a stop, or while a price is not known. */
export function lossOfPosition(
  state: State,
  copy: Copy,
): { readonly loss: Decimal; readonly limit: Decimal; readonly cost: Decimal } | null {
  const rule = copy.allocation.guards.positionStop;
  if (rule === null || copy.opened === null || copy.opened.cost === null) return null;
  const profit = profitOf(state, copy);
  const cost = Decimal.parse(copy.opened.cost);
  if (profit === null) return null;
  return {
    loss: Decimal.parse(copy.opened.base).minus(profit),
    limit: cost.times(Decimal.parse(rule.share)),
    cost,
  };
}

function judgePosition(state: State, follower: FollowerState, copy: Copy): Verdict | null {
  const rule = copy.allocation.guards.positionStop;
  const found = lossOfPosition(state, copy);
  if (rule === null || found === null) return null;
  const subject = {
    guard: "position-stop",
    follower: follower.account,
    leader: copy.leader.account,
    instrument: copy.market.instrument.id,
  } as const;
  const { loss, limit, cost } = found;
  if (standingStop(follower, subject) !== undefined) return null;
  if (loss.sign <= 0 || cost.isZero || loss.compare(limit) < 0) return null;
  return {
    ...subject,
    action: "close",
    keeps: NOTHING,
    bars: false,
    untilFlat: true,
    untilMs: endOf(state, rule.coolOffMs),
    level: 0,
    detail: { loss: loss.toString(), limit: limit.toString(), cost: cost.toString() },
  };
}

/** A copy opened or went flat: what it brought in before belongs to no position. Call after its part moved. */
export function noteOpening(copy: Copy): void {
  const isHeld = copy.legs.some(({ heldLots }) => heldLots !== 0);
  if (!isHeld) copy.opened = null;
  else copy.opened ??= { base: netOf(copy.ledger).toString(), cost: null };
}
