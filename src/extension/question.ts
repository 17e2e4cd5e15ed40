/** What a limit is told: an increase and its account as the contract's plain data, made anew for each question and frozen. */

import { addLots, Lots, type Ticks } from "../core/model/amounts.ts";
import { type Instrument, priceText, quantityText } from "../core/model/instrument.ts";
import { inFlightLots } from "../core/ownership.ts";
import type { Planned } from "../core/planned.ts";
import { valuationTicks } from "../core/quotes.ts";
import type { AskedIncrease } from "../core/risk/extension-limit.ts";
import type { FollowerLeg, FollowerState, State } from "../core/state.ts";
import { notionalOf } from "../core/worth.ts";
import type { Account, Increase, Position } from "./contract.ts";

export function questionOf(state: State, { leg, lots, leaders, planned }: AskedIncrease): Increase {
  const { instrument, follower } = leg.market;
  const { spec } = instrument;
  const price = valuationTicks(state, instrument);
  if (price === null) throw new Error(`${spec.symbol} would be ordered without a price`);
  const quote = state.quotes.get(instrument.id);
  return deeplyFrozen({
    atMs: state.nowMs,
    follower: accountOf(follower),
    leaders: [...leaders],
    venue: spec.venue,
    symbol: spec.symbol,
    baseCoin: spec.baseCoin,
    settleCoin: spec.settleCoin,
    leg: leg.leg,
    side: lots > 0 ? "buy" : "sell",
    quantity: quantityText(instrument, Lots(Math.abs(lots))),
    price: priceText(instrument, price),
    value: notionalOf(instrument, lots, price).toString(),
    held: quantityText(instrument, leg.ownedLots),
    bid: shown(instrument, quote?.bid),
    ask: shown(instrument, quote?.ask),
    mark: shown(instrument, quote?.mark),
    positions: positionsOf(state, follower, planned),
  });
}

function accountOf({ account, equity, available, balance }: FollowerState): Account {
  return { nickname: account, equity: known(equity), available: known(available), balance: known(balance) };
}

/** "" is what a venue does not say. */
function known(amount: string | null): string | null {
  return amount === "" ? null : amount;
}

function shown(instrument: Instrument, price: Ticks | null | undefined): string | null {
  return price === null || price === undefined ? null : priceText(instrument, price);
}

function positionsOf(state: State, follower: FollowerState, planned: Planned): readonly Position[] {
  const found: Position[] = [];
  for (const market of follower.markets.values()) {
    for (const leg of market.legs) {
      const coming = comingLots(leg, planned);
      if (leg.ownedLots !== 0 || coming !== 0) found.push(positionOf(state, leg, coming));
    }
  }
  return found;
}

function positionOf(state: State, { market, leg, ownedLots }: FollowerLeg, coming: Lots): Position {
  const { instrument } = market;
  const price = valuationTicks(state, instrument);
  return {
    symbol: instrument.spec.symbol,
    leg,
    quantity: quantityText(instrument, ownedLots),
    inFlight: quantityText(instrument, coming),
    value: price === null ? null : notionalOf(instrument, ownedLots, price).toString(),
  };
}

/** What is on its way, and what the decision being made adds to it. */
function comingLots(leg: FollowerLeg, planned: Planned): Lots {
  let sum = inFlightLots(leg);
  for (const growth of planned.of(leg.market.follower))
    if (growth.leg === leg) sum = addLots(sum, Lots(growth.lots));
  return sum;
}

/** Nobody who is given it can change it, at any depth. */
export function deeplyFrozen<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deeplyFrozen(inner);
  return Object.freeze(value);
}
