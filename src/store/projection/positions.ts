/**
 * What every account holds, as the venue says and, of it, what is ours: one row for each account, symbol and leg, written
 * when it changes.
 */
import type { Event, Leg } from "../../core/event.ts";
import { type Lots, ZERO_LOTS } from "../../core/model/amounts.ts";
import type { AccountId, InstrumentId } from "../../core/model/identifiers.ts";
import { type Instrument, quantityText } from "../../core/model/instrument.ts";
import type { State } from "../../core/state.ts";
import type { FoldedStep } from "../../journal/fold.ts";
import type { PositionRecord } from "../store.ts";

interface Found {
  readonly account: AccountId;
  readonly instrument: Instrument;
  readonly leg: Leg;
  readonly lots: Lots;
  readonly ownedLots: Lots;
}

export class PositionBookkeeper {
  /** Quantities as last written, by account, symbol and leg. */
  readonly #written = new Map<string, string>();

  restore(positions: readonly PositionRecord[]): void {
    for (const row of positions) this.#written.set(keyOf(row), quantitiesOf(row));
  }

  /** The rows that the step changed. */
  noteStep({ event }: FoldedStep, state: State): readonly PositionRecord[] {
    const rows: PositionRecord[] = [];
    for (const found of touched(event, state)) {
      const row = rowOf(found, state.nowMs);
      const key = keyOf(row);
      const before = this.#written.get(key);
      const now = quantitiesOf(row);
      if (before === now || (before === undefined && found.lots === 0 && found.ownedLots === 0)) continue;
      this.#written.set(key, now);
      rows.push(row);
    }
    return rows;
  }
}

/** The holdings that an event may have changed. */
function touched(event: Event, state: State): Iterable<Found> {
  switch (event.kind) {
    case "leader-filled":
      return leaderHoldings(state, event.account, event.instrument);
    case "leader-position-reported":
      return leaderHoldings(state, event.account, event.position.instrument);
    case "leader-snapshot-taken":
      return leaderHoldings(state, event.account);
    case "follower-filled":
      return followerHoldings(state, event.account, event.instrument);
    case "follower-position-reported":
      return followerHoldings(state, event.account, event.position.instrument);
    case "order-reported":
      return followerHoldings(state, event.account, event.order.instrument);
    case "follower-snapshot-taken":
      return followerHoldings(state, event.account);
    default:
      return [];
  }
}

function* leaderHoldings(state: State, account: AccountId, only?: InstrumentId): Generator<Found> {
  for (const [id, legs] of state.leaders.get(account)?.holdings ?? []) {
    const instrument = state.instruments.get(id);
    if (instrument === undefined || (only !== undefined && id !== only)) continue;
    for (const [leg, { lots }] of legs) yield { account, instrument, leg, lots, ownedLots: ZERO_LOTS };
  }
}

function* followerHoldings(state: State, account: AccountId, only?: InstrumentId): Generator<Found> {
  for (const [id, { instrument, legs }] of state.followers.get(account)?.markets ?? []) {
    if (only !== undefined && id !== only) continue;
    for (const { leg, venue, ownedLots } of legs)
      yield { account, instrument, leg, lots: venue.lots, ownedLots };
  }
}

function rowOf({ account, instrument, leg, lots, ownedLots }: Found, atMs: number): PositionRecord {
  return {
    account,
    symbol: instrument.spec.symbol,
    leg,
    quantity: quantityText(instrument, lots),
    ownedQuantity: quantityText(instrument, ownedLots),
    updatedAtMs: atMs,
  };
}

function keyOf({ account, symbol, leg }: PositionRecord): string {
  return `${account} ${symbol} ${leg}`;
}

function quantitiesOf({ quantity, ownedQuantity }: PositionRecord): string {
  return `${quantity} ${ownedQuantity}`;
}
