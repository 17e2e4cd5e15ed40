/** What is ours within the reach of the kill switch: the positions that it closes, and the orders whose fate is open. */
import type { Leg } from "../core/event.ts";
import { addLots, type Lots, ZERO_LOTS } from "../core/model/amounts.ts";
import { quantityText } from "../core/model/instrument.ts";
import { type FollowerMarket, type FollowerState, isInFlight, type State } from "../core/state.ts";
import { heldLots } from "../core/virtual.ts";
import { ControlError } from "./control.ts";
import { positionIdx } from "./instrument-rows.ts";
import type { HoldingsReport, PanicScope } from "./owner-commands.ts";
import { findFollower, worthOf } from "./queries.ts";

/** Throws a ControlError that names those there are when the scope names nobody. */
export function holdingsOf(state: State, scope: PanicScope): HoldingsReport {
  const followers = followersIn(state, scope);
  const markets = followers.flatMap((follower) => [...follower.markets.values()]);
  return {
    positions: markets.flatMap((market) => positionsIn(state, market, scope)),
    unresolved: markets
      .flatMap(({ legs }) => legs)
      .flatMap(({ working }) => [...working.values()].filter(isInFlight)).length,
  };
}

export function isFlat({ positions, unresolved }: HoldingsReport): boolean {
  return positions.length === 0 && unresolved === 0;
}

export function followersIn(state: State, { follower, leader }: PanicScope): readonly FollowerState[] {
  if (leader !== undefined && ![...state.leaders.keys()].some((account) => account === leader)) {
    const known = [...state.leaders.keys()].join(", ");
    throw new ControlError("unknown-leader", `there is no leader "${leader}"; there are: ${known}`);
  }
  return follower === undefined ? [...state.followers.values()] : [findFollower(state, follower)];
}

function positionsIn(state: State, market: FollowerMarket, scope: PanicScope): HoldingsReport["positions"] {
  return market.legs.flatMap(({ leg, ownedLots }) => {
    const lots = scope.leader === undefined ? ownedLots : heldFor(market, leg, scope.leader);
    if (lots === 0) return [];
    return [
      {
        follower: market.follower.account,
        symbol: market.instrument.spec.symbol,
        ...positionIdx(leg),
        held: quantityText(market.instrument, lots),
        value: worthOf(state, market.instrument, lots),
      },
    ];
  });
}

function heldFor({ copies }: FollowerMarket, leg: Leg, leader: string): Lots {
  let sum = ZERO_LOTS;
  for (const copy of copies) if (copy.leader.account === leader) sum = addLots(sum, heldLots(copy, leg));
  return sum;
}
