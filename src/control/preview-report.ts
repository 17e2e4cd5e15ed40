/** What a command would lead to, as the owner reads it before it is done. */
import type { Denial, PlannedOrder, Proposed } from "../core/decision.ts";
import type { Stop } from "../core/guard/stop.ts";
import { Lots } from "../core/model/amounts.ts";
import { AccountId, type InstrumentId } from "../core/model/identifiers.ts";
import { priceText, quantityText } from "../core/model/instrument.ts";
import { restText } from "../core/order.ts";
import type { OwnCode } from "../core/own-code.ts";
import { preview } from "../core/preview.ts";
import { REASONS } from "../core/reason.ts";
import type { State } from "../core/state.ts";
import { type CommandPlan, eventsOf } from "./command-plan.ts";
import type { EngineStatus } from "./control.ts";
import { excludedRows, positionIdx } from "./instrument-rows.ts";
import type {
  PreviewDenial,
  PreviewOrder,
  PreviewProposal,
  PreviewReport,
  PreviewStop,
} from "./owner-commands.ts";
import { exposuresOf } from "./preview-exposure.ts";
import { worthOf } from "./queries.ts";
import { stopStatus } from "./stop-report.ts";

export function previewReport(
  state: State,
  plan: CommandPlan,
  engine: EngineStatus,
  own?: OwnCode,
): PreviewReport {
  const { command, followers, leader, revision } = plan.report;
  const found = preview(state, new Set(followers.map(AccountId)), eventsOf(plan, engine.asOf), own);
  const excluded = leader === undefined ? [] : excludedOf(found.state, followers, leader);
  return {
    command,
    followers,
    engine,
    changes: plan.changes ?? [],
    ...(revision === undefined ? {} : { revision }),
    ...(plan.ended === undefined || plan.ended.length === 0 ? {} : { ended: plan.ended }),
    ...pausesOf(state, found.state, followers),
    lifted: followers.flatMap((name) => liftedOf(state, found.state, AccountId(name))),
    ...begunOf(state, found.state, followers),
    orders: found.orders.map((planned) => orderOf(found.state, planned)),
    denied: [...found.denials.map((denial) => denialOf(found.state, denial)), ...excluded],
    proposals: found.proposals.map(proposalOf),
    exposures: exposuresOf(state, found.state, concerned(plan, found.orders)),
    isCutOff: found.isCutOff,
  };
}

/** Whose exposure or limits may become others by it; those on which something is sent come first. */
function concerned(
  { report, changes = [] }: CommandPlan,
  orders: readonly PlannedOrder[],
): ReadonlySet<string> {
  const traded = orders.map(({ market }) => market.follower.account);
  return new Set([...traded, ...(changes.length === 0 ? [] : report.followers)]);
}

/** Whose pause begins or ends. */
function pausesOf(
  before: State,
  after: State,
  followers: readonly string[],
): Pick<PreviewReport, "paused" | "resumed"> {
  const isPaused = (state: State, name: string) => state.followers.get(AccountId(name))?.paused === true;
  const changed = followers.filter((name) => isPaused(before, name) !== isPaused(after, name));
  const paused = changed.filter((name) => isPaused(after, name));
  const resumed = changed.filter((name) => !isPaused(after, name));
  return { ...(paused.length === 0 ? {} : { paused }), ...(resumed.length === 0 ? {} : { resumed }) };
}

/** The stops of a follower that do not stand any more after the command. */
function liftedOf(before: State, after: State, account: AccountId): readonly PreviewStop[] {
  const left = after.followers.get(account)?.stops ?? [];
  const ended = before.followers.get(account)?.stops.filter(({ id }) => left.every((one) => one.id !== id));
  return (ended ?? []).map((stop) => ({ follower: account, ...stopStatus(before, stop) }));
}

/** What stands after the command and did not before it, or not so far. */
function begunOf(
  before: State,
  after: State,
  followers: readonly string[],
): { readonly begun?: readonly PreviewStop[] } {
  const begun = followers.flatMap((name) => {
    const known = before.followers.get(AccountId(name))?.stops ?? [];
    const stops = after.followers.get(AccountId(name))?.stops ?? [];
    return stops
      .filter((stop) => known.every((one) => !isSameStop(one, stop)))
      .map((stop) => ({ follower: name, ...stopStatus(after, stop) }));
  });
  return begun.length === 0 ? {} : { begun };
}

function isSameStop(one: Stop, other: Stop): boolean {
  return one.id === other.id && JSON.stringify(one) === JSON.stringify(other);
}

function orderOf(state: State, { market, order }: PlannedOrder): PreviewOrder {
  const { instrument } = market;
  return {
    follower: market.follower.account,
    symbol: instrument.spec.symbol,
    ...positionIdx(order.leg),
    side: order.lots > 0 ? "buy" : "sell",
    quantity: quantityText(instrument, Lots(Math.abs(order.lots))),
    reduceOnly: order.reduceOnly,
    ...restsOf(market, order),
    value: worthOf(state, instrument, order.lots),
  };
}

function restsOf({ instrument }: PlannedOrder["market"], { form }: PlannedOrder["order"]) {
  const rests = restText(form, (ticks) => priceText(instrument, ticks));
  return rests === "" ? {} : { rests };
}

function denialOf(
  state: State,
  { follower, leader, instrument, leg, reason, detail, market }: Denial,
): PreviewDenial {
  const { symbol } = market?.instrument.spec ?? { symbol: symbolOf(state, instrument) };
  return {
    follower,
    leader,
    symbol,
    ...(leg === null ? {} : positionIdx(leg)),
    reason,
    explanation: REASONS[reason],
    detail,
  };
}

function symbolOf(state: State, id: InstrumentId): string {
  return state.instruments.get(id)?.spec.symbol ?? id;
}

function proposalOf({ copy, leg, lots }: Proposed): PreviewProposal {
  const { market, leader } = copy;
  return {
    follower: market.follower.account,
    leader: leader.account,
    symbol: market.instrument.spec.symbol,
    ...positionIdx(leg),
    target: quantityText(market.instrument, lots),
  };
}

/** What the leader holds and the relation leaves out. */
function excludedOf(state: State, followers: readonly string[], leader: string): readonly PreviewDenial[] {
  return followers.flatMap((name) => {
    const follower = state.followers.get(AccountId(name));
    if (follower === undefined) return [];
    return excludedRows(state, follower)
      .filter((row) => row.of === leader)
      .map(({ symbol, reason }) => ({
        follower: name,
        leader,
        symbol,
        reason,
        explanation: REASONS[reason],
        detail: {},
      }));
  });
}
