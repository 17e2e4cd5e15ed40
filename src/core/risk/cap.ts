/** How a cap in the settle coin judges an increase; the three caps of an allocation differ in what they count. */
import type { Exposure, Terms } from "../exposure.ts";
import { Decimal } from "../model/decimal.ts";
import type { ReasonKind } from "../reason.ts";
import { lotsWorth, moneyText, worth } from "../worth.ts";
import { millionths } from "./allowance.ts";
import type { Increase, Objection } from "./check-risk.ts";
import { mostOf } from "./room.ts";

export interface CapClaim {
  readonly reason: ReasonKind;
  /** Decimal text. */
  readonly cap: string;
  /** What counts towards it already. */
  readonly exposure: Exposure;
  readonly terms: Terms;
}

export function objectToCap(claim: CapClaim, { lots, standing }: Increase): Objection | null {
  const { reason, cap, exposure, terms } = claim;
  const { instrument, ticks } = terms;
  const unpriced = exposure.unpriced ?? (ticks === null ? instrument.id : null);
  if (ticks === null || unpriced !== null)
    return { reason: "no-price", detail: { limit: reason, instrument: unpriced ?? "" } };
  const limit = millionths(Decimal.parse(cap));
  const used = exposure.gross;
  const asked = worth(instrument, ticks, lots);
  if (used + asked <= mostOf(limit, standing)) return null;
  const room = Number.isFinite(used) ? lotsWorth(instrument, ticks, limit - used) : 0;
  const unit = instrument.spec.settleCoin;
  const numbers = { value: moneyText(used), asked: moneyText(asked), limit: moneyText(limit) };
  return { reason, detail: { measure: "gross", unit, ...numbers }, room, waive: true };
}
