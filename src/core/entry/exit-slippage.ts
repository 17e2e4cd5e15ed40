/**
 * The boundary of exits. An exit always goes, at market; where the price is further from the leader's own exit than the owner
 * stated, it is told. Judged for reductions that carry out what a leader did, on the prices at the decision.
 */

import type { Leg } from "../event.ts";
import { waitingChanges } from "../explanation.ts";
import { Decimal } from "../model/decimal.ts";
import type { AccountId } from "../model/identifiers.ts";
import { priceText } from "../model/instrument.ts";
import { presentTicks } from "../quotes.ts";
import { unitsPerLeaderUnit } from "../shape/symbol-map.ts";
import type { Copy, LeaderChange, State } from "../state.ts";
import { type MeanPrice, sideOf } from "./leader-price.ts";
import { PRICE_PLACES, slippageBps } from "./slippage.ts";

/** Prices and basis points as decimal texts. */
export interface ExitSlippage {
  readonly leader: AccountId;
  readonly price: string;
  readonly leaderPrice: string;
  readonly bps: string;
  readonly bpsAlert: string;
}

/** The worst of what `copies` sell (side -1) or buy back (1) on `leg`; null where nothing is beyond its boundary. */
export function exitSlippage(
  state: State,
  copies: readonly Copy[],
  leg: Leg,
  side: number,
): ExitSlippage | null {
  let worst: ExitSlippage | null = null;
  for (const copy of copies) {
    const found = slippageOf(state, copy, leg, side);
    if (found !== null && (worst === null || Number(found.bps) > Number(worst.bps))) worst = found;
  }
  return worst;
}

function slippageOf(state: State, copy: Copy, leg: Leg, side: number): ExitSlippage | null {
  if (copy.isPlain) return null;
  const { allocation, market, leader } = copy;
  const bpsAlert = allocation.exitSlippageBpsAlert;
  if (bpsAlert === null) return null;
  const { instrument } = market;
  const mean = meanOf(
    copy,
    waitingChanges(copy, leg).filter((change) => sideOf(copy, change) === side),
  );
  const ticks = presentTicks(state, instrument, side);
  if (mean === null || ticks === null) return null;
  const bps = slippageBps(instrument, mean, { ticks, side });
  if (Decimal.parse(bps).compare(Decimal.parse(bpsAlert)) <= 0) return null;
  const leaderPrice = mean.cost.dividedBy(mean.weight, PRICE_PLACES, "half-even").toString();
  return { leader: leader.account, price: priceText(instrument, ticks), leaderPrice, bps, bpsAlert };
}

/** By volume; null where the leader's price is not known. */
function meanOf(
  { allocation, leaderInstrument, market }: Copy,
  changes: readonly LeaderChange[],
): MeanPrice | null {
  let [ticksLots, lots] = [0n, 0n];
  for (const { price, byLots } of changes) {
    if (price === null) continue;
    ticksLots += BigInt(price) * BigInt(Math.abs(byLots));
    lots += BigInt(Math.abs(byLots));
  }
  if (lots === 0n) return null;
  const units = unitsPerLeaderUnit(allocation, leaderInstrument, market.instrument);
  return {
    cost: Decimal.of(ticksLots, 0).times(leaderInstrument.tickSize),
    weight: units.times(Decimal.of(lots, 0)),
  };
}
