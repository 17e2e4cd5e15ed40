/**
 * What a follower's positions are worth, for the limits: held and in flight together, each leg at the furthest that its open
 * orders can take it, at mark prices. Reductions in flight are no relief before they are filled. Values are whole millionths
 * of the settle coin, rounded up; no fraction of a double decides anything.
 */

import type { InstrumentId } from "./model/identifiers.ts";
import type { Instrument } from "./model/instrument.ts";
import type { Planned } from "./planned.ts";
import { valuationTicks } from "./quotes.ts";
import { desiredLeverage, plannedLeverage } from "./risk/leverage-cap.ts";
import type { ExposureMeasure } from "./risk-settings.ts";
import {
  type Copy,
  type CopyLeg,
  type FollowerLeg,
  type FollowerMarket,
  type FollowerState,
  isInFlight,
  isOpen,
  leftFor,
  leftOf,
  type State,
  type WorkingOrder,
} from "./state.ts";
import { leastOf, legTarget } from "./target.ts";
import { marginOn, worth } from "./worth.ts";

/** A sum over positions, in millionths; past 2^53 it is infinite, so that no limit lets it pass. */
export interface Exposure {
  gross: number;
  margin: number;
  /** Longs less shorts, with every open order filled that buys, or that sells. */
  most: number;
  least: number;
  /** An instrument with a position that has no known price; null when all have one. */
  unpriced: InstrumentId | null;
}

/** How far a position can go by what is in flight, signed lots. */
export interface Reach {
  readonly most: number;
  readonly least: number;
}

/** The price and leverage that a market is valued by. */
export interface Terms {
  readonly instrument: Instrument;
  readonly ticks: number | null;
  /** Whole hundredths; an unknown leverage counts as none. */
  readonly leverageHundredths: number;
}

const NO_LEVERAGE_HUNDREDTHS = 100;

export function emptyExposure(): Exposure {
  return { gross: 0, margin: 0, most: 0, least: 0, unpriced: null };
}

/** Everything that the account holds, ours or not. */
export function accountExposure(state: State, follower: FollowerState, planned: Planned): Exposure {
  const known = planned.account(follower);
  if (known !== null) return known;
  const sum = emptyExposure();
  for (const market of follower.markets.values()) addMarket(state, sum, market, planned);
  planned.noteAccount(follower, sum);
  return sum;
}

export function addMarket(state: State, sum: Exposure, market: FollowerMarket, planned: Planned): void {
  const { portfolioExposure, symbolExposure } = market.follower.limits;
  const isNetted = portfolioExposure?.measure === "net" || symbolExposure?.measure === "net";
  let terms: Terms | null = null;
  for (const leg of market.legs) {
    const reach = reachOf(leg, planned);
    if (reach.most === 0 && reach.least === 0) continue;
    terms ??= plannedTerms(state, market, planned);
    addReach(sum, terms, isNetted ? lasting(reach, boundsOf(market, leg)) : reach);
  }
}

/** What the copies that `counts` names hold, whatever the account's own position is. */
export function copiesExposure(
  state: State,
  follower: FollowerState,
  planned: Planned,
  counts: (copy: Copy) => boolean,
): Exposure {
  const sum = emptyExposure();
  for (const market of follower.markets.values()) {
    let terms: Terms | null = null;
    for (const copy of market.copies) {
      if (!counts(copy)) continue;
      for (const part of copy.legs) {
        const reach = copyReach(copy, part, planned);
        if (reach.most === 0 && reach.least === 0) continue;
        terms ??= plannedTerms(state, market, planned);
        const target = legTarget(part);
        addReach(sum, terms, lasting(reach, { most: target, least: target }));
      }
    }
  }
  return sum;
}

/** Between which sizes a leg may come to lie: each copy somewhere between what it keeps and what it wants. */
function boundsOf({ copies }: FollowerMarket, { leg: name, foreignLots }: FollowerLeg): Reach {
  let most: number = foreignLots;
  let least: number = foreignLots;
  for (const { legs } of copies) {
    for (const part of legs) {
      if (part.leg !== name) continue;
      const target = legTarget(part);
      const kept = leastOf(part.heldLots, target);
      most += Math.max(kept, target);
      least += Math.min(kept, target);
    }
  }
  return { most, least };
}

/** What is held beyond where it is to lie is to go, and sets nothing off against what is held on the other side. */
function lasting({ most, least }: Reach, bounds: Reach): Reach {
  return {
    most: Math.max(most, Math.min(bounds.most, 0)),
    least: Math.min(least, Math.max(bounds.least, 0)),
  };
}

/** Worked out once for all limits on one market. */
export function plannedTerms(state: State, market: FollowerMarket, planned: Planned): Terms {
  const known = planned.terms(market);
  if (known !== null) return known;
  const terms = termsWith(state, market, plannedLeverage(state, market, planned));
  planned.noteTerms(market, terms);
  return terms;
}

export function termsOf(state: State, market: FollowerMarket): Terms {
  return termsWith(state, market, desiredLeverage(state, market));
}

function termsWith(state: State, market: FollowerMarket, wanted: number | null): Terms {
  const { instrument } = market;
  const ticks = valuationTicks(state, instrument) ?? entryTicks(market);
  return { instrument, ticks, leverageHundredths: leverageBy(market, wanted) ?? NO_LEVERAGE_HUNDREDTHS };
}

/** A position of the owner's in an instrument that nobody copies has no quote; its entry is better than nothing. */
function entryTicks({ legs }: FollowerMarket): number | null {
  for (const { venue } of legs) if (venue.entryTicks !== null) return venue.entryTicks;
  return null;
}

/** The leverage that an order here will have: one that is still to be set is set before the order goes out. */
export function leverageOf(state: State, market: FollowerMarket): number | null {
  return leverageBy(market, desiredLeverage(state, market));
}

function leverageBy(market: FollowerMarket, wanted: number | null): number | null {
  const isComing = wanted !== null && wanted !== market.leverageRefusedHundredths;
  return isComing ? wanted : market.leverageHundredths;
}

/**
 * Where the venue's account of a position is ahead of our ledger, that is taken for news of our open orders as far as these
 * explain it; what is beyond them is somebody else's, and comes on top.
 */
export function reachOf(leg: FollowerLeg, planned: Planned): Reach {
  const ledger = leg.ownedLots + leg.foreignLots;
  let bought = 0;
  let sold = 0;
  if (leg.working.size > 0) {
    for (const order of leg.working.values()) {
      if (!isOpen(order) || isRestingExit(order)) continue;
      const rest = leftOf(order);
      if (order.lots > 0) bought += rest;
      else sold += rest;
    }
  }
  for (const order of planned.of(leg.market.follower)) {
    if (order.leg !== leg) continue;
    if (order.lots > 0) bought += order.lots;
    else sold -= order.lots;
  }
  const held = leg.venue.lots;
  const most = ledger + bought;
  const least = ledger - sold;
  return { most: held > most ? held + bought : most, least: held < least ? held - sold : least };
}

/** The venue lets it take no more than is held, however many of them there are: it takes a position nowhere new. */
function isRestingExit(order: WorkingOrder): boolean {
  return order.reduceOnly && !isInFlight(order);
}

/** The same for one copy's virtual position. */
export function copyReach(copy: Copy, part: CopyLeg, planned: Planned): Reach {
  let most: number = part.heldLots;
  let least: number = part.heldLots;
  const leg = copy.market.legs.find((candidate) => candidate.leg === part.leg);
  for (const order of leg?.working.values() ?? []) {
    if (!isOpen(order) || isRestingExit(order)) continue;
    const rest = leftFor(order, copy.index);
    if (order.lots > 0) most += rest;
    else least -= rest;
  }
  for (const grant of planned.ofCopy(copy)) {
    if (grant.leg !== part.leg) continue;
    if (grant.lots > 0) most += grant.lots;
    else least += grant.lots;
  }
  return { most, least };
}

function addReach(sum: Exposure, terms: Terms, { most, least }: Reach): void {
  const { instrument, ticks } = terms;
  if (ticks === null) {
    sum.unpriced ??= instrument.id;
    return;
  }
  const gross = worth(instrument, ticks, Math.max(Math.abs(most), Math.abs(least)));
  sum.gross += gross;
  sum.margin += marginOn(gross, terms.leverageHundredths);
  sum.most += Math.sign(most) * worth(instrument, ticks, most);
  sum.least += Math.sign(least) * worth(instrument, ticks, least);
}

/** How much of a measure is used, seen from an increase on `side`. */
export function usedOf(sum: Exposure, measure: ExposureMeasure, side: number): number {
  switch (measure) {
    case "gross":
      return sum.gross;
    case "margin":
      return sum.margin;
    case "net":
      return side > 0 ? sum.most : -sum.least;
  }
}
