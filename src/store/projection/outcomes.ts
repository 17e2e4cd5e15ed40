/**
 * "What happened and why": for each leader change and each allocation exactly one row. It is pending (no order, no reason)
 * while the change waits, and is written again, complete, by the decision that explains it. Statements that were refused
 * at the door are rows too, with no follower (a leader's) or no leader (a follower's).
 */
import type { Decision } from "../../core/decision.ts";
import type { Event, Leg } from "../../core/event.ts";
import { copiesOf } from "../../core/explanation.ts";
import type { Lots } from "../../core/model/amounts.ts";
import type { AccountId, InstrumentId } from "../../core/model/identifiers.ts";
import { quantityText } from "../../core/model/instrument.ts";
import type { Copy, LeaderChange, State } from "../../core/state.ts";
import type { FoldedStep } from "../../journal/fold.ts";
import type { OutcomeRecord } from "../store.ts";
import { symbolOf } from "./facts.ts";

type Ending = Pick<OutcomeRecord, "orders" | "reason" | "detail">;

const PENDING: Ending = { orders: [], reason: "", detail: "{}" };

/** To be called while the changes that the decision explains still wait at their copies. */
export function decidedOutcomes({ event, decision }: FoldedStep, state: State): OutcomeRecord[] {
  if (decision.refusal !== null) return refused(event, decision, state);
  const rows = new Map<string, OutcomeRecord>();
  const put = (row: OutcomeRecord) => rows.set(keyOf(row), row);
  for (const { change, follower } of waiting(state)) put(rowOf(state, change, follower, PENDING));
  for (const { reason, detail, changes, follower } of decision.denials) {
    const ending = { orders: [], reason, detail: JSON.stringify(detail) };
    for (const change of changes) put(rowOf(state, change, follower, ending));
  }
  for (const [copy, orders] of ordersByCopy(decision)) {
    for (const change of copy.pendingChanges)
      put(rowOf(state, change, copy.market.follower.account, { orders, reason: "", detail: "{}" }));
  }
  return [...rows.values()];
}

function keyOf({ change, leader, follower, symbol, leg }: OutcomeRecord): string {
  return JSON.stringify([change, leader, follower, symbol, leg]);
}

/** Changes of this very event, for each allocation that copies them. */
function* waiting(state: State): Generator<{ readonly change: LeaderChange; readonly follower: AccountId }> {
  for (const change of state.changes) {
    const market = state.leaders.get(change.leader)?.copies.get(change.instrument);
    for (const copy of market?.copies ?? []) yield { change, follower: copy.market.follower.account };
  }
}

function ordersByCopy(decision: Decision): ReadonlyMap<Copy, readonly string[]> {
  const found = new Map<Copy, string[]>();
  for (const planned of decision.orders) {
    for (const copy of copiesOf(planned))
      found.set(copy, [...(found.get(copy) ?? []), planned.order.clientOrderId]);
  }
  return found;
}

function rowOf(state: State, change: LeaderChange, follower: AccountId, ending: Ending): OutcomeRecord {
  return {
    change: change.change,
    leader: change.leader,
    follower,
    symbol: symbolOf(state, change.instrument),
    leg: change.leg,
    changedBy: amount(state, change.instrument, change.byLots),
    leaderHolds: amount(state, change.instrument, change.holdsLots),
    atMs: change.receivedAtMs,
    ...ending,
  };
}

function amount(state: State, id: InstrumentId, lots: Lots): string {
  const instrument = state.instruments.get(id);
  return instrument === undefined ? `${lots} steps` : quantityText(instrument, lots);
}

interface Refused {
  readonly isLeader: boolean;
  readonly account: AccountId;
  readonly instrument: InstrumentId;
  readonly leg: Leg;
  readonly changedBy: string;
  readonly leaderHolds: string;
  readonly atMs: number;
}

function refused(event: Event, { refusal }: Decision, state: State): OutcomeRecord[] {
  const statement = statementOf(event);
  if (statement === undefined || refusal === null) return [];
  const { isLeader, account, instrument, leg, changedBy, leaderHolds, atMs } = statement;
  return [
    {
      change: state.eventSequence,
      leader: isLeader ? account : "",
      follower: isLeader ? "" : account,
      symbol: symbolOf(state, instrument),
      leg,
      changedBy,
      leaderHolds: isLeader ? leaderHolds : "",
      atMs,
      orders: [],
      reason: refusal.kind,
      detail: JSON.stringify(refusal.detail),
    },
  ];
}

/** What a refused event claimed. */
function statementOf(event: Event): Refused | undefined {
  switch (event.kind) {
    case "leader-filled":
    case "follower-filled":
      return {
        isLeader: event.kind === "leader-filled",
        account: event.account,
        instrument: event.instrument,
        leg: event.leg,
        changedBy: event.side === "buy" ? event.quantity : `-${event.quantity}`,
        leaderHolds: "",
        atMs: event.receivedAtMs,
      };
    case "leader-position-reported":
    case "follower-position-reported": {
      const { instrument, leg, quantity } = event.position;
      const { account, receivedAtMs: atMs } = event;
      const isLeader = event.kind === "leader-position-reported";
      return { isLeader, account, instrument, leg, changedBy: "", leaderHolds: quantity, atMs };
    }
    default:
      return undefined;
  }
}
