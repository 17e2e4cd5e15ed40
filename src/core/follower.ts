/**
 * Folds what is learned of a follower: its fills, what the venue says it holds and lists. Decides nothing; every market that
 * something happened to is marked for reconciliation.
 */
import { parseClientOrderId } from "./client-order-id.ts";
import { parseListedRow } from "./common-lots.ts";
import type { EventOf, FillReport, FundingSettled, OrderRow, PositionRow } from "./event.ts";
import {
  applyFill,
  applyReport,
  applySnapshotAbsence,
  applySnapshotRow,
  type FoldResult,
  type Holding,
  isToldLate,
  leverageHundredths,
  parseRow,
} from "./holding.ts";
import { bookFunding } from "./ledger.ts";
import { followerLeg, followerMarket } from "./markets.ts";
import { Lots } from "./model/amounts.ts";
import { Decimal } from "./model/decimal.ts";
import { type Instrument, lotsFrom } from "./model/instrument.ts";
import { adoptLost, applyOrderRow, findOrder, isOpenStatus, touch } from "./order-fates.ts";
import { compareWithVenue, establishOwnership, noteDoubt, noteTold } from "./ownership.ts";
import { forgetClock, noteFigures } from "./reservation.ts";
import { restartWork } from "./slicing/work.ts";
import { type FollowerLeg, type FollowerMarket, type FollowerState, isOpen, type State } from "./state.ts";
import { changeMode, followFigures, legsOf } from "./target.ts";
import { retellShown } from "./told-late.ts";
import { forgetSettled, noteTrade, noteUnlisted } from "./working-order.ts";

const FUNDING_IDS_KEPT = 16;

export function applyFollowerFill(
  state: State,
  follower: FollowerState,
  fill: FillReport,
  instrument: Instrument,
): void {
  const quantity = lotsFrom(instrument, fill.quantity);
  if (quantity === undefined) return;
  const leg = followerLeg(followerMarket(state, follower, instrument), fill.leg);
  const lots = fill.side === "buy" ? quantity : Lots(-quantity);
  const order =
    fill.clientOrderId === undefined
      ? undefined
      : (findOrder(state, fill.clientOrderId) ?? adoptLost(state, leg, fill.clientOrderId, { lots }));
  const { tradeId, sequence, venueTimeMs, price, fee } = fill;
  if (order !== undefined) {
    const { ownedLots } = leg;
    noteTrade(order.leg, order.order, { tradeId, lots: quantity, price, fee });
    if (sequence <= leg.venue.confirmedSequence) noteTold(leg, ownedLots);
  }
  const ours = order === undefined ? {} : ({ isOurs: true } as const);
  const folded = fold(state, leg, (venue) =>
    applyFill(venue, { tradeId, sequence, lots, venueTimeMs, ...ours }),
  );
  touch(state, leg);
  if (folded !== "changed" || leg.mismatchSinceMs === null) return;
  if (order !== undefined || isToldLate(leg.venue, sequence)) retellShown(leg);
}

export function applyFollowerReport(state: State, follower: FollowerState, row: PositionRow): void {
  const leg = legOfRow(state, follower, row);
  const parsed = leg && parseRow(leg.market.instrument, row);
  if (leg === undefined || parsed === undefined) return;
  noteLeverage(leg.market, row.leverage);
  fold(state, leg, (venue) => applyReport(venue, parsed));
  touch(state, leg);
}

export function applyFollowerSnapshot(
  state: State,
  follower: FollowerState,
  event: EventOf<"follower-snapshot-taken">,
): void {
  follower.equity = event.equity.equity;
  follower.available = event.equity.available;
  follower.balance = event.equity.balance ?? null;
  noteFigures(state, follower, event.requestedAtMs - 1);
  const first = follower.confirmedAtMs === 0;
  follower.confirmedAtMs = Math.max(follower.confirmedAtMs, event.requestedAtMs);
  follower.readUpToMs = Math.max(follower.readUpToMs, event.requestedAtMs);
  follower.readUpToServerMs = Math.max(follower.readUpToServerMs, event.untoldSinceMs ?? event.serverTimeMs);
  follower.foreignOrders = event.foreignOrders ?? null;
  for (const order of event.orders) applyListedOrder(state, follower, order, event.requestedAtMs);
  const confirmed = applySnapshotRows(state, follower, event);
  for (const market of follower.markets.values()) {
    for (const leg of market.legs) {
      noteUnlisted(state, leg, event.requestedAtMs);
      noteDoubt(state, leg, event.awaitsExecutions === true);
      compareWithVenue(state, leg);
      if (confirmed.has(leg)) establishOwnership(state, leg, event);
      forgetSettled(state, leg);
    }
    const moved = market.copies.filter((copy) => followFigures(state, copy));
    if (first || market.lastReason !== null || moved.length > 0) state.dirty.add(market);
  }
}

/** An order of the list of those that are open. One of this journal's that we hold for ended is an orphan. */
function applyListedOrder(state: State, follower: FollowerState, row: OrderRow, requestedAtMs: number): void {
  applyOrderRow(state, follower, row);
  const { clientOrderId } = row;
  const found = findOrder(state, clientOrderId);
  if (found !== undefined) {
    found.order.listedAtMs = Math.max(found.order.listedAtMs, requestedAtMs);
    if (isOpen(found.order)) return;
  }
  const market = follower.markets.get(row.instrument);
  const epoch = parseClientOrderId(clientOrderId)?.epoch;
  const isOfThisJournal = epoch !== undefined && state.epochs.has(epoch);
  const mayStand = row.orderType === "limit" || row.status === "untriggered";
  if (market !== undefined && isOfThisJournal && mayStand && isOpenStatus(row.status))
    state.orphans.push({ market, clientOrderId });
}

/** Returns the legs for which the snapshot and what we know are one: only there may it settle what is whose. */
function applySnapshotRows(
  state: State,
  follower: FollowerState,
  event: EventOf<"follower-snapshot-taken">,
): ReadonlySet<FollowerLeg> {
  const listed = new Set<FollowerLeg>();
  const confirmed = new Set<FollowerLeg>();
  for (const row of event.positions) {
    const leg = legOfRow(state, follower, row);
    if (leg !== undefined) listed.add(leg);
    const parsed = leg && parseListedRow(state, leg.market.instrument, row);
    if (leg === undefined || parsed === undefined) continue;
    noteLeverage(leg.market, row.leverage);
    const result = fold(state, leg, (venue) => applySnapshotRow(venue, parsed, event.serverTimeMs));
    if (result !== "disputed" && leg.venue.confirmedSequence === parsed.sequence) confirmed.add(leg);
  }
  for (const market of follower.markets.values()) {
    for (const leg of market.legs) {
      if (listed.has(leg)) continue;
      const result = fold(state, leg, (venue) => applySnapshotAbsence(venue, event.serverTimeMs));
      if (result !== "disputed") confirmed.add(leg);
    }
  }
  return confirmed;
}

/** Booked once; the venue may tell it again after a reconnect. */
export function applyFunding(follower: FollowerState, event: FundingSettled): void {
  const market = follower.markets.get(event.instrument);
  const leg = market?.legs.find(({ leg }) => leg === event.leg);
  const payment = Decimal.tryParse(event.payment);
  if (market === undefined || leg === undefined || payment === undefined) return;
  if (market.fundingIds.includes(event.tradeId)) return;
  market.fundingIds = [...market.fundingIds, event.tradeId].slice(-FUNDING_IDS_KEPT);
  bookFunding(leg, payment);
}

export function applyMarketDescribed(
  state: State,
  follower: FollowerState,
  event: EventOf<"market-described">,
): void {
  const instrument = state.instruments.get(event.instrument);
  if (instrument === undefined) return;
  const market = followerMarket(state, follower, instrument);
  market.describeAgainAtMs = 0;
  market.leverageHundredths = leverageHundredths(event.leverage) ?? market.leverageHundredths;
  state.dirty.add(market);
  if (market.mode === event.mode) return;
  market.mode = event.mode;
  for (const leg of legsOf(event.mode)) followerLeg(market, leg);
  for (const copy of market.copies) changeMode(state, copy, event.mode);
}

export function applyLeverage(
  state: State,
  follower: FollowerState,
  event: EventOf<"leverage-set" | "leverage-refused">,
): void {
  const market = follower.markets.get(event.instrument);
  if (market === undefined) return;
  market.leverageAgainAtMs = 0;
  const hundredths = leverageHundredths(event.leverage);
  if (event.kind === "leverage-set") market.leverageHundredths = hundredths;
  else market.leverageRefusedHundredths = hundredths;
  state.dirty.add(market);
}

/** The process starts anew: whatever had no outcome is unknown, whatever was known is to be confirmed. */
export function forgetRun(state: State, follower: FollowerState): void {
  follower.confirmedAtMs = 0;
  forgetClock(state, follower);
  follower.connected = false;
  for (const market of follower.markets.values()) {
    market.describeAgainAtMs = 0;
    market.leverageAgainAtMs = 0;
    market.leverageRefusedHundredths = null;
    market.leverageCeilingHundredths = null;
    for (const leg of market.legs) forgetRunOfLeg(state, leg);
    for (const copy of market.copies) {
      const delayedMax = state.nowMs + copy.allocation.delayMs;
      copy.increaseNotBeforeMs = Math.min(copy.increaseNotBeforeMs, delayedMax);
    }
    state.dirty.add(market);
  }
}

function forgetRunOfLeg(state: State, leg: FollowerLeg): void {
  leg.retryAtMs = 0;
  leg.failures = 0;
  leg.restAgainAtMs = 0;
  leg.restFailures = 0;
  leg.entryAgainAtMs = 0;
  leg.sliceAgainAtMs = 0;
  leg.missedCap = 0;
  leg.remainderRefused = false;
  restartWork(leg, state.nowMs);
  // What a lost tail of the journal did is told after the start: a difference counts from then on.
  if (leg.mismatchSinceMs !== null) leg.mismatchSinceMs = state.nowMs;
  for (const order of leg.working.values()) {
    order.closedAtMs = Math.min(order.closedAtMs, state.nowMs);
    if (!isOpen(order)) continue;
    order.status = "unknown";
    order.lookUpAtMs = state.nowMs;
    order.lookUps = 0;
    order.firstAbsenceMs = null;
    order.acceptedAtMs = 0;
    order.listedAtMs = 0;
    order.change = null;
  }
}

function legOfRow(state: State, follower: FollowerState, row: PositionRow): FollowerLeg | undefined {
  const instrument = state.instruments.get(row.instrument);
  if (instrument === undefined) return undefined;
  return followerLeg(followerMarket(state, follower, instrument), row.leg);
}

function noteLeverage(market: FollowerMarket, leverage: string): void {
  market.leverageHundredths = leverageHundredths(leverage) ?? market.leverageHundredths;
}

/** What waited for a dispute is looked at again once it is over, whatever came of it. */
function fold(
  state: State,
  { venue, market }: FollowerLeg,
  apply: (holding: Holding) => FoldResult,
): FoldResult {
  const { disputed } = venue;
  const result = apply(venue);
  if (result === "disputed") state.snapshotsWanted.add(market.follower.account);
  if (disputed && !venue.disputed) state.dirty.add(market);
  return result;
}
