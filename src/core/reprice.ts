/**
 * Tells every price that the state knows of one instrument in its new ticks. What was a price stays that price, to the nearest tick:
 * guards measure from it, orders rest at it, and copies are held against it.
 */
import type { Holding } from "./holding.ts";
import { visitPlaces } from "./instrument-places.ts";
import type { Ticks } from "./model/amounts.ts";
import { type Instrument, nearestTicks, priceText } from "./model/instrument.ts";
import type { LimitForm, MarketForm, OrderForm } from "./order.ts";
import type { Copy, FollowerLeg, LeaderChange, State, WorkingOrder } from "./state.ts";

type Priced = (ticks: Ticks) => Ticks;

/** `before`: the instrument as it was. Quotes are not kept: the next one comes soon, and nothing is bought by an old one. */
export function reprice(state: State, instrument: Instrument, before: Instrument): void {
  if (before.tickSize.equals(instrument.tickSize)) return;
  const priced: Priced = (ticks) => nearestTicks(instrument, priceText(before, ticks)) ?? ticks;
  state.quotes.delete(instrument.id);
  visitPlaces(state, instrument, {
    holding: (holding) => repriceHolding(holding, priced),
    leaderSide: (copy) => repriceLeaderSide(copy, priced),
    followerSide: (copy) => repriceFollowerSide(copy, priced),
    leg: (leg) => repriceLeg(leg, priced),
  });
}

function repriceHolding(holding: Holding, priced: Priced): void {
  const { entryTicks, liquidationTicks, liquidationBefore } = holding;
  holding.entryTicks = entryTicks && priced(entryTicks);
  holding.liquidationTicks = liquidationTicks && priced(liquidationTicks);
  holding.liquidationBefore = liquidationBefore && priced(liquidationBefore);
}

function repriceLeaderSide(copy: Copy, priced: Priced): void {
  const change = (one: LeaderChange): LeaderChange => ({ ...one, price: one.price && priced(one.price) });
  for (const leg of copy.legs)
    leg.trades = leg.trades.map((trade) => ({ ...trade, ticks: trade.ticks && priced(trade.ticks) }));
  copy.pendingChanges = copy.pendingChanges.map(change);
  if (copy.lastChange !== null) copy.lastChange = change(copy.lastChange);
}

function repriceFollowerSide(copy: Copy, priced: Priced): void {
  for (const leg of copy.legs) {
    leg.passedTriggers = leg.passedTriggers.map((one) => ({ ...one, trigger: priced(one.trigger) }));
    const { proposal } = leg;
    if (proposal !== null)
      leg.proposal = { ...proposal, priceTicks: proposal.priceTicks && priced(proposal.priceTicks) };
  }
}

function repriceLeg(leg: FollowerLeg, priced: Priced): void {
  if (leg.marked !== null) leg.marked = { ...leg.marked, ticks: priced(leg.marked.ticks) };
  for (const order of leg.working.values()) repriceOrder(order, priced);
}

function repriceOrder(order: WorkingOrder, priced: Priced): void {
  order.form = repricedForm(order.form, priced);
  const { change } = order;
  if (change?.triggerPrice !== undefined)
    order.change = { ...change, triggerPrice: priced(change.triggerPrice) };
}

function repricedForm(form: OrderForm, priced: Priced): OrderForm {
  if (form.kind !== "conditional") return atPrice(form, priced);
  return { ...form, trigger: priced(form.trigger), becomes: atPrice(form.becomes, priced) };
}

function atPrice(form: MarketForm | LimitForm, priced: Priced): MarketForm | LimitForm {
  return form.kind === "limit" ? { ...form, price: priced(form.price) } : form;
}
