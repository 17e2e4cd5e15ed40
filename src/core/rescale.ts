/**
 * Counts everything that the state knows of one instrument in smaller lots. What was held, wanted, given up, ordered or
 * changed stays the same quantity.
 */

import type { LegCut } from "./guard/stop.ts";
import type { Holding } from "./holding.ts";
import { visitPlaces } from "./instrument-places.ts";
import { Lots, multiplyExactly } from "./model/amounts.ts";
import type { Instrument } from "./model/instrument.ts";
import type { Work } from "./slicing/work.ts";
import type { Copy, FollowerLeg, LeaderChange, State, WorkingOrder } from "./state.ts";

/** One lot of before is `factor` lots now. */
export function rescale(state: State, instrument: Instrument, factor: number): void {
  if (factor === 1) return;
  const scaled = (lots: Lots): Lots => Lots(multiplyExactly(lots, factor));
  visitPlaces(state, instrument, {
    holding: (holding) => rescaleHolding(holding, scaled),
    leaderSide: (copy) => rescaleLeaderSide(copy, scaled),
    followerSide: (copy) => rescaleFollowerSide(copy, scaled),
    leg: (leg) => rescaleLeg(leg, scaled),
  });
}

type Scaled = (lots: Lots) => Lots;

function rescaleHolding(holding: Holding, scaled: Scaled): void {
  holding.lots = scaled(holding.lots);
  holding.sumLots = scaled(holding.sumLots);
  holding.confirmedLots = scaled(holding.confirmedLots);
  holding.pending = holding.pending.map((fill) => ({ ...fill, lots: scaled(fill.lots) }));
}

function rescaleLeaderSide(copy: Copy, scaled: Scaled): void {
  const change = (one: LeaderChange): LeaderChange => ({
    ...one,
    byLots: scaled(one.byLots),
    holdsLots: scaled(one.holdsLots),
  });
  for (const leg of copy.legs) {
    leg.leaderLots = scaled(leg.leaderLots);
    if (leg.opening !== null) leg.opening = { ...leg.opening, peakLots: scaled(leg.opening.peakLots) };
  }
  copy.pendingChanges = copy.pendingChanges.map(change);
  if (copy.lastChange !== null) copy.lastChange = change(copy.lastChange);
}

function rescaleFollowerSide(copy: Copy, scaled: Scaled): void {
  for (const leg of copy.legs) {
    leg.wantedLots = scaled(leg.wantedLots);
    leg.waivedLots = scaled(leg.waivedLots);
    leg.stoppedLots = scaled(leg.stoppedLots);
    leg.ahead = leg.ahead.map((one) => ({
      ...one,
      lots: scaled(one.lots),
      waivedLots: scaled(one.waivedLots),
    }));
    leg.excessLots = scaled(leg.excessLots);
    leg.heldLots = scaled(leg.heldLots);
    leg.cuts = leg.cuts.map((cut) => rescaledCut(cut, scaled));
    leg.lateLots = scaled(leg.lateLots);
    leg.approvedLots = scaled(leg.approvedLots);
    if (leg.proposal !== null)
      leg.proposal = { ...leg.proposal, targetLots: scaled(leg.proposal.targetLots) };
    leg.trades = leg.trades.map((trade) => ({ ...trade, lots: scaled(trade.lots) }));
  }
}

function rescaledCut(cut: LegCut, scaled: Scaled): LegCut {
  const excess = cut.excessLots === undefined ? {} : { excessLots: scaled(cut.excessLots) };
  if (cut.began === null) return { ...cut, ...excess };
  const { heldLots, waivedLots } = cut.began;
  return { ...cut, ...excess, began: { heldLots: scaled(heldLots), waivedLots: scaled(waivedLots) } };
}

function rescaleLeg(leg: FollowerLeg, scaled: Scaled): void {
  leg.ownedLots = scaled(leg.ownedLots);
  leg.foreignLots = scaled(leg.foreignLots);
  if (leg.shownLots !== null) leg.shownLots = scaled(leg.shownLots);
  if (leg.shownBefore?.lots != null)
    leg.shownBefore = { ...leg.shownBefore, lots: scaled(leg.shownBefore.lots) };
  leg.doubtedLots = scaled(leg.doubtedLots);
  if (leg.marked !== null) leg.marked = { ...leg.marked, lots: scaled(leg.marked.lots) };
  if (leg.work !== null) leg.work = rescaledWork(leg.work, scaled);
  for (const order of leg.working.values())
    leg.working.set(order.clientOrderId, rescaledOrder(order, scaled));
}

function rescaledWork(work: Work, scaled: Scaled): Work {
  return {
    ...work,
    sliceGoal: scaled(work.sliceGoal),
    wantedLots: scaled(work.wantedLots),
    filledLots: scaled(work.filledLots),
  };
}

function rescaledOrder(order: WorkingOrder, scaled: Scaled): WorkingOrder {
  return {
    ...order,
    lots: scaled(order.lots),
    shares:
      order.shares?.map(({ copy, lots, givenLots }) => ({
        copy,
        lots: scaled(lots),
        givenLots: scaled(givenLots),
      })) ?? null,
    tradedLots: scaled(order.tradedLots),
    reportedLots: scaled(order.reportedLots),
  };
}
