/** The same markets where the follower's quantities have hardly any step and no minimum: what those cost is the difference. */
import { Decimal } from "../../core/model/decimal.ts";
import type { InstrumentId, VenueId } from "../../core/model/identifiers.ts";
import { type Instrument, makeInstrument } from "../../core/model/instrument.ts";
import type { RecordedMarkets } from "../history.ts";

/** Digits that a step has more: the largest quantity still counts in whole steps. */
const FINER_DIGITS = 3;

/** `venue`: the follower's. */
export function withFineSteps(markets: RecordedMarkets, venue: VenueId): RecordedMarkets {
  const finer = new Map<InstrumentId, Instrument>();
  for (const one of markets.instruments) if (one.spec.venue === venue) finer.set(one.id, finerOf(one));
  const fine = (instrument: Instrument) => finer.get(instrument.id) ?? instrument;
  return {
    ...markets,
    instruments: markets.instruments.map(fine),
    marketOf: (leadersVenue, symbol) => {
      const pair = markets.marketOf(leadersVenue, symbol);
      return pair === null ? null : { ...pair, follower: fine(pair.follower) };
    },
  };
}

function finerOf({ spec }: Instrument): Instrument {
  const step = Decimal.parse(spec.quantityStep).timesPowerOfTen(-FINER_DIGITS).toString();
  return makeInstrument({ ...spec, quantityStep: step, minQuantity: step, minNotional: "0" });
}
