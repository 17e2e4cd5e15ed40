/** Large changes that a decision ended the working of: what that saved or cost, in the venue's units. */
import { timeOf } from "../../core/event.ts";
import { Lots } from "../../core/model/amounts.ts";
import { type Instrument, quantityText } from "../../core/model/instrument.ts";
import type { Worked } from "../../core/slicing/worked.ts";
import type { FoldedStep } from "../../journal/fold.ts";
import type { WorkedRecord } from "../store.ts";

export function workedOf({ sequence, event, decision }: FoldedStep): readonly WorkedRecord[] {
  const atMs = timeOf(event);
  return decision.works.flatMap(({ leg, done }) => {
    if (done === null) return [];
    const { instrument, follower } = leg.market;
    const detail = JSON.stringify(detailOf(instrument, done));
    const { symbol } = instrument.spec;
    return [{ decision: sequence, account: follower.account, symbol, leg: leg.leg, atMs, detail }];
  });
}

function detailOf(instrument: Instrument, { wantedLots, filledLots, ...worked }: Worked) {
  return {
    ...worked,
    wanted: quantityText(instrument, Lots(wantedLots)),
    quantity: quantityText(instrument, Lots(filledLots)),
  };
}
