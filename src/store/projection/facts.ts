/** Rows that follow from one event alone: executions as they were reported, and the allocations of settings. */
import type { FillReport } from "../../core/event.ts";
import type { InstrumentId } from "../../core/model/identifiers.ts";
import type { State } from "../../core/state.ts";
import type { FoldedStep } from "../../journal/fold.ts";
import type { AllocationRecord, FillRecord } from "../store.ts";

export function fillsOf({ event, decision }: FoldedStep, state: State): readonly FillRecord[] {
  if (decision.refusal !== null) return [];
  if (event.kind === "leader-filled") return [fillRecord(event, "leader", state)];
  if (event.kind === "follower-filled") return [fillRecord(event, "follower", state)];
  return [];
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

function fillRecord(fill: FillReport, role: FillRecord["role"], state: State): FillRecord {
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
