/**
 * Room 3: folds what is learned of a leader into what it now holds. Each net change of one (instrument, leg) is noted
 * once for every allocation that copies it, and its targets move at once.
 */
import { parseListedRow } from "./common-lots.ts";
import type { EventOf, LeaderFillReport, Leg, PositionRow } from "./event.ts";
import {
  applyFill,
  applyReport,
  applySnapshotAbsence,
  applySnapshotRow,
  emptyHolding,
  type FoldResult,
  type Holding,
  parseRow,
} from "./holding.ts";
import { noteLeaderMargin } from "./margin-mode.ts";
import { leaderMarket } from "./markets.ts";
import { applyLeaderOrderList, noteLeaderFill } from "./mirror/leader-orders.ts";
import { Lots, type Ticks } from "./model/amounts.ts";
import type { VenueOrderId } from "./model/identifiers.ts";
import { type Instrument, lotsFrom, quantityText, ticksFrom } from "./model/instrument.ts";
import { makeEven } from "./pending/ahead.ts";
import { noteUntold, noteUntoldRead } from "./pending/untold.ts";
import { noteLastPrice } from "./quotes.ts";
import type { Copy, LeaderChange, LeaderState, State } from "./state.ts";
import { followFigures, noteLateNext, updateWanted } from "./target.ts";
import { noteRead } from "./unread.ts";

/** Where and when a change was seen. */
interface Sighting {
  readonly price: Ticks | null;
  readonly venueTimeMs: number;
  readonly receivedAtMs: number;
  readonly executedAtMs: number;
  readonly byRestedExit?: true;
  readonly order?: VenueOrderId;
  /** It was made before we could follow: while the program was down, or before it knew this leader. */
  readonly isLate: boolean;
}

export function applyLeaderFill(
  state: State,
  leader: LeaderState,
  fill: LeaderFillReport,
  instrument: Instrument,
): void {
  const quantity = lotsFrom(instrument, fill.quantity);
  if (quantity === undefined) return;
  const lots = fill.side === "buy" ? quantity : Lots(-quantity);
  const price = ticksFrom(instrument, fill.price) ?? null;
  if (price !== null) noteLastPrice(state, instrument, price, fill.receivedAtMs);
  noteLeaderFill(state, leader, fill);
  const { tradeId, sequence, venueTimeMs, receivedAtMs } = fill;
  const ageMs = (fill.receivedAtServerMs ?? receivedAtMs) - venueTimeMs;
  const isOld = leader.confirmedAtMs === 0 && ageMs > state.settings.leaderStaleAfterMs;
  const isLate = isOld || !leader.known;
  const executedAtMs = receivedAtMs - Math.max(ageMs, 0);
  const times = { venueTimeMs, receivedAtMs, executedAtMs };
  const rested = restedExit(leader, fill) ? ({ byRestedExit: true } as const) : {};
  const byOrder = leader.orders === null ? {} : { order: fill.venueOrderId };
  const sighting = { price, ...times, isLate, ...rested, ...byOrder };
  noteAbsence(leader, instrument, fill.leg);
  fold(state, leader, instrument, fill.leg, sighting, (holding) =>
    applyFill(holding, { tradeId, sequence, lots, venueTimeMs }),
  );
}

export function applyLeaderReport(
  state: State,
  leader: LeaderState,
  row: PositionRow,
  receivedAtMs: number,
): void {
  const instrument = state.instruments.get(row.instrument);
  const parsed = instrument && parseRow(instrument, row);
  if (instrument === undefined || parsed === undefined) return;
  const times = { venueTimeMs: row.venueTimeMs, receivedAtMs, executedAtMs: receivedAtMs };
  const sighting = { price: null, ...times, isLate: !leader.known };
  const holding = leaderHolding(leader, instrument, row.leg);
  const { lots: before, confirmedSequence: afterSequence } = holding;
  fold(state, leader, instrument, row.leg, sighting, () => applyReport(holding, parsed));
  if (holding.lots === before) return;
  const side = holding.lots > before ? "buy" : "sell";
  const quantity = quantityText(instrument, Lots(Math.abs(holding.lots - before)));
  const toldAtMs = receivedAtMs;
  noteUntold(leader, instrument.id, { leg: row.leg, side, quantity, afterSequence, toldAtMs });
}

export function applyLeaderSnapshot(
  state: State,
  leader: LeaderState,
  event: EventOf<"leader-snapshot-taken">,
): void {
  leader.equity = event.equity.equity;
  leader.balance = event.equity.balance ?? null;
  const isLate = leader.confirmedAtMs === 0;
  leader.confirmedAtMs = Math.max(leader.confirmedAtMs, event.requestedAtMs);
  leader.readUpToMs = Math.max(leader.readUpToMs, event.requestedAtMs);
  leader.readUpToServerMs = Math.max(leader.readUpToServerMs, event.untoldSinceMs ?? event.serverTimeMs);
  leader.listedAtServerMs = Math.max(leader.listedAtServerMs, event.serverTimeMs);
  const listed = new Set(event.positions.map((row) => `${row.instrument} ${row.leg}`));
  const { serverTimeMs: venueTimeMs, receivedAtMs } = event;
  const sighting = { price: null, venueTimeMs, receivedAtMs, executedAtMs: receivedAtMs, isLate };
  const uncounted: PositionRow[] = [];
  for (const row of event.positions) {
    const instrument = state.instruments.get(row.instrument);
    const parsed = instrument && parseListedRow(state, instrument, row);
    if (instrument === undefined || parsed === undefined) {
      uncounted.push(row);
      continue;
    }
    fold(state, leader, instrument, row.leg, sighting, (holding) =>
      applySnapshotRow(holding, parsed, event.serverTimeMs),
    );
  }
  for (const [id, legs] of leader.holdings) {
    const instrument = state.instruments.get(id);
    if (instrument === undefined) continue;
    for (const leg of legs.keys()) {
      if (listed.has(`${id} ${leg}`)) continue;
      fold(state, leader, instrument, leg, sighting, (holding) =>
        applySnapshotAbsence(holding, event.serverTimeMs),
      );
    }
  }
  noteRead(state, leader, event.requestedAtMs, uncounted);
  noteUntoldRead(leader, event.requestedAtMs);
  applyLeaderOrderList(state, leader, event);
  noteLeaderMargin(state, leader, event);
  leader.known = true;
  for (const market of leader.copies.values()) {
    for (const copy of market.copies) {
      followFigures(state, copy);
      state.dirty.add(copy.market);
    }
  }
}

/** Whether a fill is one of a limit exit that we know to rest, or to have rested. */
function restedExit({ orders }: LeaderState, { venueOrderId }: LeaderFillReport): boolean {
  const order = orders?.get(venueOrderId);
  if (order === undefined || order.orderKind !== "order") return false;
  return order.orderType === "limit" && order.triggerPrice === "" && order.status !== "untriggered";
}

/** Applies one statement; a change of the holding becomes a leader change, a dispute asks for a snapshot. */
function fold(
  state: State,
  leader: LeaderState,
  instrument: Instrument,
  leg: Leg,
  sighting: Sighting,
  apply: (holding: Holding) => FoldResult,
): void {
  const holding = leaderHolding(leader, instrument, leg);
  const before = holding.lots;
  const { leverageHundredths, disputed } = holding;
  const result = apply(holding);
  if (result === "disputed") state.snapshotsWanted.add(leader.account);
  if (holding.lots !== before)
    noteChange(state, leader, instrument, leg, Lots(holding.lots - before), holding, sighting);
  else if (holding.leverageHundredths !== leverageHundredths || (disputed && !holding.disputed)) {
    for (const copy of leader.copies.get(instrument.id)?.copies ?? []) state.dirty.add(copy.market);
  }
}

function noteChange(
  state: State,
  leader: LeaderState,
  instrument: Instrument,
  leg: Leg,
  byLots: Lots,
  holding: Holding,
  { isLate, ...sighting }: Sighting,
): void {
  const change: LeaderChange = {
    change: state.eventSequence,
    leader: leader.account,
    instrument: instrument.id,
    leg,
    byLots,
    holdsLots: holding.lots,
    ...sighting,
  };
  state.changes.push(change);
  for (const copy of leaderMarket(state, leader, instrument).copies) {
    if (isLate) noteLateNext(state, copy);
    followChange(state, copy, change);
  }
}

function followChange(state: State, copy: Copy, change: LeaderChange): void {
  if (copy.pendingChanges.length === 0) copy.pendingChanges = [change];
  else copy.pendingChanges.push(change);
  copy.lastChange = change;
  if (copy.isPlain || !copy.allocation.copyPending) updateWanted(state, copy);
  else followAhead(state, copy, change);
  const delayMs = copy.isPlain ? 0 : copy.allocation.delayMs;
  const adds = Math.sign(change.byLots) === Math.sign(change.holdsLots);
  if (delayMs > 0 && adds && copy.increaseNotBeforeMs <= state.nowMs)
    copy.increaseNotBeforeMs = change.receivedAtMs + delayMs;
  state.dirty.add(copy.market);
}

/** What was held ahead of the leader is even with it by as much as it moved now. */
function followAhead(state: State, copy: Copy, { order }: LeaderChange): void {
  const before = copy.legs.map((part) => ({ part, wanted: part.wantedLots }));
  updateWanted(state, copy);
  for (const { part, wanted } of before) makeEven(part, part.wantedLots - wanted, order);
}

/** What no statement ever named is not in the newest snapshot either: that knows the fills of before, and what undid them. */
function noteAbsence(leader: LeaderState, instrument: Instrument, leg: Leg): void {
  if (leader.holdings.get(instrument.id)?.has(leg) || leader.unread.has(instrument.id)) return;
  leaderHolding(leader, instrument, leg).absentAtMs = leader.listedAtServerMs;
}

function leaderHolding(leader: LeaderState, instrument: Instrument, leg: Leg): Holding {
  const legs = leader.holdings.get(instrument.id) ?? new Map<Leg, Holding>();
  leader.holdings.set(instrument.id, legs);
  const holding = legs.get(leg) ?? emptyHolding(leg);
  legs.set(leg, holding);
  return holding;
}
