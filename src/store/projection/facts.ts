/** Rows that follow from one event alone: executions as they were reported, and the allocations of settings. */
import type { FillReport } from "../../core/event.ts";
import { addLots, subtractLots } from "../../core/model/amounts.ts";
import type { InstrumentId } from "../../core/model/identifiers.ts";
import { lotsFrom, quantityText } from "../../core/model/instrument.ts";
import type { State } from "../../core/state.ts";
import type { FoldedStep } from "../../journal/fold.ts";
import type { AllocationRecord, FillRecord } from "../store.ts";

export function fillsOf({ event, decision, sequence }: FoldedStep, state: State): readonly FillRecord[] {
  if (decision.refusal !== null) return [];
  if (event.kind === "leader-filled")
    return [{ ...fillRecord(event, "leader", state), sequence, positionBefore: heldBefore(event, state) }];
  if (event.kind === "follower-filled")
    return [{ ...fillRecord(event, "follower", state), sequence, positionBefore: "" }];
  return [];
}

/** "" where the fill is in the venue's last statement already, or what is held is in dispute. */
function heldBefore(
  { account, instrument: id, leg, tradeId, side, quantity }: FillReport,
  state: State,
): string {
  const instrument = state.instruments.get(id);
  const holding = state.leaders.get(account)?.holdings.get(id)?.get(leg);
  if (instrument === undefined || holding === undefined || holding.disputed) return "";
  if (holding.pending.at(-1)?.tradeId !== tradeId) return "";
  const traded = lotsFrom(instrument, quantity);
  if (traded === undefined) return "";
  const before = side === "buy" ? subtractLots(holding.lots, traded) : addLots(holding.lots, traded);
  return quantityText(instrument, before);
}

export function settingsOf({ event }: FoldedStep): readonly AllocationRecord[] {
  if (event.kind !== "settings-changed") return [];
  return event.settings.allocations.map((allocation) => ({
    id: allocation.id,
    leader: allocation.leader,
    follower: allocation.follower,
    settings: JSON.stringify(allocation),
  }));
}

/** The venue's name of an instrument. */
export function symbolOf(state: State, instrument: InstrumentId): string {
  return state.instruments.get(instrument)?.spec.symbol ?? instrument.split("@")[0] ?? instrument;
}

function fillRecord(
  fill: FillReport,
  role: FillRecord["role"],
  state: State,
): Omit<FillRecord, "sequence" | "positionBefore"> {
  return {
    tradeId: fill.tradeId,
    account: fill.account,
    role,
    symbol: symbolOf(state, fill.instrument),
    leg: fill.leg,
    side: fill.side,
    quantity: fill.quantity,
    price: fill.price,
    fee: fill.fee,
    clientOrderId: fill.clientOrderId ?? "",
    venueTimeMs: fill.venueTimeMs,
  };
}
