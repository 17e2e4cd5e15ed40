/**
 * What an instrument is counted in while quantities of more than one step are about: lots that go into all of them. Positions
 * outlive the step that they were made in, and a position can be met in a step that the venue has not told yet.
 */
import { copyTerms } from "./copy-terms.ts";
import type { PositionRow } from "./event.ts";
import { type ParsedRow, parseRow } from "./holding.ts";
import { Decimal } from "./model/decimal.ts";
import { type Instrument, type InstrumentSpec, lotsFrom, makeInstrument } from "./model/instrument.ts";
import { rescale } from "./rescale.ts";
import { POSITION_FACTOR_MAX } from "./sizing/size.ts";
import type { State } from "./state.ts";

/** In lots that go into the present ones and into the new step; where that is past counting, the new step has to wait. */
export function withCommonLots(known: Instrument, spec: InstrumentSpec): Instrument {
  const lotSize = commonDivisor(known.lotSize, Decimal.parse(spec.quantityStep));
  return inLotsOf(lotSize, spec) ?? makeInstrument({ ...known.spec, status: "closed" });
}

/**
 * A row of an account's whole state: where it is no whole number of lots, they become small enough for it. Undefined when it
 * is no number, impossibly large, or would take lots past counting; then nothing changed.
 */
export function parseListedRow(state: State, known: Instrument, row: PositionRow): ParsedRow | undefined {
  if (lotsFrom(known, row.quantity) === undefined) countIn(state, known, row.quantity);
  return parseRow(known, row);
}

function countIn(state: State, known: Instrument, quantity: string): void {
  const stated = Decimal.tryParse(quantity);
  const finer = stated && inLotsOf(commonDivisor(known.lotSize, stated), known.spec);
  if (finer === undefined) return;
  recount(state, known, finer);
  for (const market of state.markets) {
    for (const copy of market.copies) {
      if (copy.leaderInstrument !== known && market.instrument !== known) continue;
      Object.assign(copy, copyTerms(copy.allocation, copy.leaderInstrument, market.instrument));
      state.dirty.add(market);
    }
  }
}

/** All that is counted in `known` is counted as `next` has it from now on. */
export function recount(state: State, known: Instrument, next: Instrument): void {
  rescale(state, known, Number(known.lotSize.dividedBy(next.lotSize, 0, "floor").units));
  Object.assign(known, next);
}

/** Undefined when the largest position would be past the numbers that are exact. */
function inLotsOf(lotSize: Decimal, { lotSize: _, ...plain }: InstrumentSpec): Instrument | undefined {
  const text = lotSize.toString();
  const spec = text === plain.quantityStep ? plain : { ...plain, lotSize: text };
  const largest = Number(spec.maxMarketQuantity) / Number(text);
  return largest * POSITION_FACTOR_MAX <= Number.MAX_SAFE_INTEGER ? makeInstrument(spec) : undefined;
}

function commonDivisor(left: Decimal, right: Decimal): Decimal {
  const scale = Math.max(left.scale, right.scale);
  let [one, two] = [left.unitsAt(scale), right.unitsAt(scale)];
  while (two !== 0n) [one, two] = [two, one % two];
  return Decimal.of(one < 0n ? -one : one, scale);
}
