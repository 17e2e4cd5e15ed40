/**
 * Which instruments the venue may have changed since we read its list: its refusals say so, and so do our own denials of what
 * takes no orders by that list. Reading one again costs one look; not reading it costs every order until the next full list.
 */
import { parseClientOrderId } from "../core/client-order-id.ts";
import type { Decision } from "../core/decision.ts";
import type { Event, RejectionClass } from "../core/event.ts";
import type { Instrument } from "../core/model/instrument.ts";
import type { State } from "../core/state.ts";

/** Refusals that a step, a minimum, a maximum or a status other than the one we know can cause. */
const OF_TERMS: ReadonlySet<RejectionClass> = new Set<RejectionClass>([
  "bad-request",
  "below-minimum",
  "above-maximum",
  "market-closed",
]);

export function doubtedTerms(event: Event, decision: Decision, state: State): ReadonlySet<Instrument> {
  const doubted = new Set<Instrument>();
  for (const { reason, market } of decision.denials) {
    if (reason === "instrument-not-trading" && market !== null) doubted.add(market.instrument);
  }
  if (event.kind !== "order-rejected" || !OF_TERMS.has(event.rejection.class)) return doubted;
  const index = parseClientOrderId(event.clientOrderId)?.market;
  const market = index === undefined ? undefined : state.markets[index];
  return market === undefined ? doubted : doubted.add(market.instrument);
}
