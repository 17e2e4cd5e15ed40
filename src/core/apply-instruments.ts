/**
 * Instruments as a venue lists them now. A known one changes in place, because holdings and copies refer to it; where
 * something is counted in its lots, the lots become as small as the old and the new quantity step both need.
 */
import { renewLeader } from "./apply-settings.ts";
import { recount, withCommonLots } from "./common-lots.ts";
import { copyTerms } from "./copy-terms.ts";
import { Decimal } from "./model/decimal.ts";
import type { InstrumentId } from "./model/identifiers.ts";
import { type Instrument, type InstrumentSpec, makeInstrument } from "./model/instrument.ts";
import { reprice } from "./reprice.ts";
import type { State } from "./state.ts";
import { resizeInSteps } from "./target.ts";
import { noteListed } from "./unread.ts";

export function applyInstruments(state: State, specs: readonly InstrumentSpec[]): void {
  const added: InstrumentId[] = [];
  for (const spec of specs) {
    const listed = makeInstrument(spec);
    const known = state.instruments.get(listed.id);
    if (known !== undefined) replace(state, known, spec);
    else {
      state.instruments.set(listed.id, listed);
      added.push(listed.id);
    }
  }
  if (added.length === 0) return;
  for (const leader of state.leaders.values()) renewLeader(state, leader);
  noteListed(state, added);
}

function replace(state: State, known: Instrument, spec: InstrumentSpec): void {
  const stepBefore = known.spec.quantityStep;
  const before = { ...known };
  const listed = isCounted(state, known) ? withCommonLots(known, spec) : makeInstrument(spec);
  recount(state, known, listed);
  reprice(state, known, before);
  const sameSteps = Decimal.parse(stepBefore).equals(Decimal.parse(known.spec.quantityStep));
  for (const market of state.markets) {
    const touched = market.copies.filter((copy) =>
      [copy.leaderInstrument, market.instrument].includes(known),
    );
    for (const copy of touched) {
      Object.assign(copy, copyTerms(copy.allocation, copy.leaderInstrument, market.instrument));
      if (copy.active && !sameSteps) resizeInSteps(state, copy);
    }
    if (market.instrument === known || touched.length > 0) state.dirty.add(market);
  }
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
