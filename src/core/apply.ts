/**
 * What each event does to the state, without deciding anything. Marks the markets that are to be reconciled. Rooms 3 and 4
 * and the followers' bookkeeping; recovery runs exactly this.
 */

import { applyInstruments } from "./apply-instruments.ts";
import { applySettings } from "./apply-settings.ts";
import { answerProposal } from "./approval.ts";
import { type Command, type Event, type EventOf, timeOf } from "./event.ts";
import { applyEvidence } from "./evidence.ts";
import {
  applyFollowerFill,
  applyFollowerReport,
  applyFollowerSnapshot,
  applyFunding,
  applyLeverage,
  applyMarketDescribed,
  forgetRun,
} from "./follower.ts";
import { observeMoved, observeNow } from "./guard/judge.ts";
import { stopCopies } from "./guard/monitoring.ts";
import { endPanic, panic, releaseStops } from "./guard/panic.ts";
import { noteReplacement } from "./guard/replacement.ts";
import { endElapsed } from "./guard/stop.ts";
import { emptyWatch, noteEquity } from "./guard/watch.ts";
import { applyLeaderFill, applyLeaderReport, applyLeaderSnapshot } from "./leader.ts";
import { applyMarginAnswer, emptyMargin, noteFollowerMargin } from "./margin-mode.ts";
import { leaveFinished } from "./markets.ts";
import { applyLeaderOrder } from "./mirror/leader-orders.ts";
import { ZERO_LOTS } from "./model/amounts.ts";
import type { AccountId } from "./model/identifiers.ts";
import type { Instrument } from "./model/instrument.ts";
import {
  applyAccepted,
  applyChangeRefused,
  applyNotFound,
  applyOrderRow,
  applyRejected,
  applyUnknown,
} from "./order-fates.ts";
import { settlePending } from "./pending/ahead.ts";
import { giveUpAhead } from "./pending/ahead-lots.ts";
import { applyPrice } from "./quotes.ts";
import { noteFigures } from "./reservation.ts";
import { lookAtRests, lookAtRestsIn } from "./risk/standing.ts";
import { applyRiskTiers } from "./risk-tiers.ts";
import { PAPER_PLACE } from "./settings.ts";
import { handOver } from "./shape/hand-over.ts";
import type { Copy, CopyLeg, FollowerState, LeaderState, State } from "./state.ts";
import { followFigures, legTarget, waive } from "./target.ts";
import { noteStarted } from "./unread.ts";

/** Orders of runs before the last so many are not looked for any more. */
const EPOCHS_MAX = 256;

export function apply(state: State, event: Event): void {
  state.eventSequence += 1;
  state.nowMs = Math.max(state.nowMs, timeOf(event));
  forgetLast(state);
  applyKind(state, event);
  for (const market of state.dirty) {
    settlePending(state, market);
    handOver(state, market);
  }
}

/** What the last event led to. Clearing a set makes a new table, also where it is empty: it mostly is. */
function forgetLast(state: State): void {
  if (state.dirty.size > 0) state.dirty.clear();
  if (state.changes.length > 0) state.changes = [];
  if (state.snapshotsWanted.size > 0) state.snapshotsWanted.clear();
  if (state.orphans.length > 0) state.orphans = [];
  if (state.adopted.length > 0) state.adopted = [];
  if (state.finished.length > 0) leaveFinished(state);
  if (state.marginsSeen.size > 0) state.marginsSeen.clear();
  if (state.observed.size > 0) state.observed.clear();
}

function applyKind(state: State, event: Event): void {
  switch (event.kind) {
    case "engine-started":
      return startRun(state, event);
    case "settings-changed":
      applySettings(state, event.settings);
      return observeAll(state);
    case "instruments-listed":
      return applyInstruments(state, event.instruments);
    case "risk-tiers-listed":
      return applyRiskTiers(state, event);
    case "leader-filled": {
      const leader = state.leaders.get(event.account);
      const instrument = state.instruments.get(event.instrument);
      if (leader !== undefined && instrument !== undefined) applyLeaderFill(state, leader, event, instrument);
      return;
    }
    case "leader-position-reported": {
      const leader = state.leaders.get(event.account);
      if (leader !== undefined) applyLeaderReport(state, leader, event.position, event.receivedAtMs);
      return;
    }
    case "leader-snapshot-taken": {
      const leader = state.leaders.get(event.account);
      if (leader !== undefined) applyLeaderSnapshot(state, leader, event);
      return;
    }
    case "price-updated": {
      const instrument = state.instruments.get(event.instrument);
      if (instrument === undefined) return;
      applyPrice(state, event, instrument);
      return followPrice(state, instrument);
    }
    case "clock-ticked":
      wakeDue(state);
      observeMoved(state);
      return endElapsed(state);
    case "command-issued":
      return applyCommand(state, event.command);
    case "question-failed":
      return;
    // Told only where they are asked for.
    case "leader-order-reported": {
      const leader = state.leaders.get(event.account);
      if (leader !== undefined) applyLeaderOrder(state, leader, event);
      return;
    }
    case "halts-released":
      return releaseHalts(state, event.cause);
    case "equity-reported":
      return applyEquity(state, event);
    case "evidence-updated": {
      const leader = state.leaders.get(event.account);
      if (leader !== undefined) applyEvidence(leader, event);
      return followLeader(state, leader);
    }
    case "connection-changed":
      return applyConnection(state, event.account, event.state === "up");
    case "follower-filled":
    case "follower-position-reported":
    case "funding-settled":
    case "follower-snapshot-taken":
    case "market-described":
    case "order-accepted":
    case "order-rejected":
    case "order-outcome-unknown":
    case "order-reported":
    case "order-not-found":
    case "order-cancel-refused":
    case "order-amend-refused":
    case "leverage-set":
    case "leverage-refused":
    case "margin-mode-set":
    case "margin-mode-refused":
    case "account-refused": {
      const follower = state.followers.get(event.account);
      if (follower !== undefined) applyToFollower(state, follower, event);
      return;
    }
  }
}

type FollowerEvent = Extract<
  Event,
  {
    readonly kind:
      | "follower-filled"
      | "follower-position-reported"
      | "funding-settled"
      | "follower-snapshot-taken"
      | "market-described"
      | "order-accepted"
      | "order-rejected"
      | "order-outcome-unknown"
      | "order-reported"
      | "order-not-found"
      | "order-cancel-refused"
      | "order-amend-refused"
      | "leverage-set"
      | "leverage-refused"
      | "margin-mode-set"
      | "margin-mode-refused"
      | "account-refused";
  }
>;

function applyToFollower(state: State, follower: FollowerState, event: FollowerEvent): void {
  // biome-ignore lint/nursery/useExhaustiveSwitchCases: every kind of the narrowed union is here
  switch (event.kind) {
    case "follower-filled": {
      const instrument = state.instruments.get(event.instrument);
      if (instrument !== undefined) applyFollowerFill(state, follower, event, instrument);
      return;
    }
    case "follower-position-reported":
      return applyFollowerReport(state, follower, event.position);
    case "funding-settled":
      return applyFunding(follower, event);
    case "follower-snapshot-taken":
      applyFollowerSnapshot(state, follower, event);
      noteFollowerMargin(state, follower, event);
      lookAtRests(state, follower);
      noteEquity(state, follower);
      observeNow(state, follower);
      return endElapsed(state);
    case "market-described":
      return applyMarketDescribed(state, follower, event);
    case "order-accepted":
      return applyAccepted(state, event.clientOrderId);
    case "order-rejected":
      return applyRejected(state, event.clientOrderId, event.rejection);
    case "order-outcome-unknown":
      return applyUnknown(state, event);
    case "order-reported":
      return applyOrderRow(state, follower, event.order);
    case "order-not-found":
      return applyNotFound(state, event);
    case "order-cancel-refused":
    case "order-amend-refused":
      return applyChangeRefused(state, event);
    case "leverage-set":
    case "leverage-refused":
      return applyLeverage(state, follower, event);
    case "margin-mode-set":
    case "margin-mode-refused":
      applyMarginAnswer(follower, event);
      return markAll(state, follower);
    case "account-refused":
      follower.halted = event.cause;
      return markAll(state, follower);
  }
}

/** The clock may have been set back since the last run: what was to wait by the old one waits by the new. */
function startRun(state: State, { epoch, atMs }: EventOf<"engine-started">): void {
  state.nowMs = atMs;
  state.agenda.clear();
  state.epoch = epoch;
  state.epochs.set(epoch, state.decisionSequence);
  for (const old of [...state.epochs.keys()].slice(0, -EPOCHS_MAX)) state.epochs.delete(old);
  // Prices of an earlier run say nothing about the present; the last trade may still value an order.
  for (const quote of state.quotes.values()) Object.assign(quote, { bid: null, ask: null, mark: null });
  for (const leader of state.leaders.values()) {
    leader.confirmedAtMs = 0;
    leader.listedAtServerMs = 0;
    leader.connected = false;
    leader.marginMode = null;
    noteStarted(leader, atMs);
    leader.untold.clear();
  }
  for (const follower of state.followers.values()) {
    follower.halted = null;
    follower.margin = emptyMargin();
    forgetRun(state, follower);
    if (isPaper(follower)) follower.watch = emptyWatch();
  }
}

/** A paper account begins each run with its balance: what it had won or lost before is no loss now. */
function isPaper({ place }: FollowerState): boolean {
  return place?.startsWith(PAPER_PLACE) === true;
}

function wakeDue(state: State): void {
  for (const [index, dueMs] of state.agenda) {
    if (dueMs > state.nowMs) continue;
    state.agenda.delete(index);
    const market = state.markets[index];
    if (market !== undefined) state.dirty.add(market);
  }
}

function applyCommand(state: State, command: Command): void {
  for (const follower of state.followers.values()) {
    if (command.account !== undefined && command.account !== follower.account) continue;
    applyCommandTo(state, follower, command);
    markAll(state, follower);
  }
}

function applyCommandTo(state: State, follower: FollowerState, command: Command): void {
  switch (command.kind) {
    case "pause":
      follower.paused = true;
      return;
    case "resume":
      follower.paused = false;
      return endPanic(state, follower);
    case "close":
      return waiveHeld(follower, command.symbol);
    case "release":
      releaseStops(state, follower, command);
      return releaseWaived(follower, command);
    case "stop":
      return stopCopies(state, follower, command);
    case "replace":
      return noteReplacement(follower, command);
    case "panic":
      return panic(state, follower, command);
    case "approve":
    case "decline":
      return answerProposal(state, command);
  }
}

/** Everything that is wanted now is given up, so that the target is nothing until the leader adds. */
function waiveHeld(follower: FollowerState, symbol: string | undefined): void {
  for (const market of follower.markets.values()) {
    if (symbol !== undefined && market.instrument.spec.symbol !== symbol) continue;
    for (const copy of market.copies) {
      for (const leg of copy.legs) {
        leg.excessLots = ZERO_LOTS;
        giveUpAhead(leg, leg.heldLots);
        waive(leg, leg.wantedLots);
      }
    }
  }
}

/** What was given up is wanted again; where increases ask first, this is the owner's approval of it. */
function releaseWaived(
  follower: FollowerState,
  { leader, symbol }: Extract<Command, { readonly kind: "release" }>,
): void {
  for (const market of follower.markets.values()) {
    if (symbol !== undefined && market.instrument.spec.symbol !== symbol) continue;
    for (const copy of market.copies) {
      if (!copy.active || copy.ending !== null) continue;
      if (leader !== undefined && copy.leader.account !== leader) continue;
      copy.lateNext = false;
      for (const leg of copy.legs) if (leg.waivedLots !== 0 || leg.stoppedLots !== 0) unwaive(leg);
    }
  }
}

function unwaive(leg: CopyLeg): void {
  leg.waivedLots = ZERO_LOTS;
  leg.stoppedLots = ZERO_LOTS;
  leg.waivedFor = null;
  leg.lateLots = ZERO_LOTS;
  leg.trades = [];
  leg.lastReason = null;
  leg.approvedLots = legTarget(leg);
}

function applyEquity(state: State, event: EventOf<"equity-reported">): void {
  const { account, equity, available, balance = null } = event;
  const leader = state.leaders.get(account);
  if (leader !== undefined) Object.assign(leader, { equity, balance });
  const follower = state.followers.get(account);
  if (follower !== undefined) {
    Object.assign(follower, { equity, available, balance });
    noteFigures(state, follower, event.atMs);
  }
  followLeader(state, leader);
  if (follower === undefined) return;
  for (const market of follower.markets.values()) follow(state, market.copies);
  lookAtRests(state, follower);
  noteEquity(state, follower);
  observeNow(state, follower);
}

function followLeader(state: State, leader: LeaderState | undefined): void {
  for (const market of leader?.copies.values() ?? []) follow(state, market.copies);
}

function follow(state: State, copies: readonly Copy[]): void {
  for (const copy of copies) if (followFigures(state, copy)) state.dirty.add(copy.market);
}

/** A price is also what a fixed value waits for, what an order waits for that could not be valued, and what may take a limit along. */
function followPrice(state: State, instrument: Instrument): void {
  for (const market of state.markets) {
    if (market.instrument !== instrument) continue;
    for (const copy of market.copies) {
      if (copy.legs.some(({ unsized }) => unsized === "no-price")) follow(state, [copy]);
    }
    if (market.lastReason === "no-price") state.dirty.add(market);
    lookAtRestsIn(state, market);
  }
}

function applyConnection(state: State, account: AccountId, connected: boolean): void {
  const leader = state.leaders.get(account);
  if (leader !== undefined) leader.connected = connected;
  const follower = state.followers.get(account);
  if (follower !== undefined) follower.connected = connected;
}

function releaseHalts(state: State, cause: string): void {
  for (const follower of state.followers.values()) {
    if (follower.halted !== cause) continue;
    follower.halted = null;
    markAll(state, follower);
  }
}

function observeAll(state: State): void {
  for (const follower of state.followers.values()) observeNow(state, follower);
}

function markAll(state: State, follower: FollowerState): void {
  for (const market of follower.markets.values()) state.dirty.add(market);
}
