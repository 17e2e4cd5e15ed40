/**
 * Instruments as a venue lists them now. A known one changes in place, because holdings and copies refer to it; its
 * quantities are counted in its steps, so new steps are taken only while nothing is counted in the old ones.
 */
import { renewLeader } from "./apply-settings.ts";
import { type Instrument, type InstrumentSpec, makeInstrument } from "./model/instrument.ts";
import { constantRatio } from "./sizing/sizing.ts";
import type { Copy, State } from "./state.ts";
import { resize } from "./target.ts";

export function applyInstruments(state: State, specs: readonly InstrumentSpec[]): void {
  let grown = false;
  for (const spec of specs) {
    const listed = makeInstrument(spec);
    const known = state.instruments.get(listed.id);
    if (known === undefined) state.instruments.set(listed.id, listed);
    else replace(state, known, listed);
    grown ||= known === undefined;
  }
  if (grown) for (const leader of state.leaders.values()) renewLeader(state, leader);
}

/** Until all is flat an instrument with new quantity steps keeps the old ones and takes no increases. */
function replace(state: State, known: Instrument, listed: Instrument): void {
  const sameSteps = known.quantityStep.equals(listed.quantityStep);
  if (!known.tickSize.equals(listed.tickSize)) forgetPrices(state, known);
  if (sameSteps || !isCounted(state, known)) Object.assign(known, listed);
  else Object.assign(known, { spec: { ...known.spec, status: "closed" } });
  for (const market of state.markets) {
    const touched = market.copies.filter((copy) =>
      [copy.leaderInstrument, market.instrument].includes(known),
    );
    for (const copy of touched) {
      copy.ratio = constantRatio(copy.allocation, copy.leaderInstrument, market.instrument);
      if (copy.active && !sameSteps) resize(copy);
    }
    if (market.instrument === known || touched.length > 0) state.dirty.add(market);
  }
}

/** Prices only value and explain; those in old ticks are worth less than none. */
function forgetPrices(state: State, instrument: Instrument): void {
  state.quotes.delete(instrument.id);
  for (const leader of state.leaders.values()) {
    for (const holding of leader.holdings.get(instrument.id)?.values() ?? []) holding.entryTicks = null;
  }
  for (const market of state.markets) {
    if (market.instrument === instrument) for (const { venue } of market.legs) venue.entryTicks = null;
    for (const copy of market.copies) if (copy.leaderInstrument === instrument) forgetChangePrices(copy);
  }
}

function forgetChangePrices(copy: Copy): void {
  copy.pendingChanges = copy.pendingChanges.map((change) => ({ ...change, price: null }));
  if (copy.lastChange !== null) copy.lastChange = { ...copy.lastChange, price: null };
}

function isCounted(state: State, instrument: Instrument): boolean {
  for (const leader of state.leaders.values()) {
    for (const holding of leader.holdings.get(instrument.id)?.values() ?? [])
      if (holding.lots !== 0 || holding.pending.length > 0) return true;
  }
  return state.markets.some(
    (market) =>
      market.instrument === instrument &&
      market.legs.some((leg) => leg.venue.lots !== 0 || leg.ownedLots !== 0 || leg.working.size > 0),
  );
}
