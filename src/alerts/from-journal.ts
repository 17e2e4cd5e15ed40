/**
 * What of a journaled event and its decision the owner is told. Pure: the same step gives the same reports, so that those of a
 * process that died before it could tell are made again when the journal is read at the next start.
 */
import { parseClientOrderId } from "../core/client-order-id.ts";
import type { Decision, Denial, PlannedOrder, Proposed } from "../core/decision.ts";
import type { Event, EventOf, RejectionClass } from "../core/event.ts";
import type { AccountId, ClientOrderId } from "../core/model/identifiers.ts";
import { quantityText } from "../core/model/instrument.ts";
import { isFault, type ReasonKind } from "../core/reason.ts";
import type { State } from "../core/state.ts";
import { targetLots } from "../core/target.ts";
import { isOwnHalt } from "../engine/halts.ts";
import { DISK_IS_FULL } from "../engine/observer.ts";
import type { AlertReport } from "./alert.ts";
import { fromStopEvent, fromVerdict } from "./from-stops.ts";
import type { Severity } from "./kinds.ts";

/** `state` is that after the decision was committed. */
export function alertsOf(event: Event, decision: Decision, state: State): readonly AlertReport[] {
  const own = fromEvent(event, state) ?? fromStopEvent(event, state);
  const slipped = decision.orders.flatMap(fromOrder);
  if (own === null && slipped.length === 0 && isQuiet(decision)) return NONE;
  const denied = decision.denials.filter(isImportant).map(fromDenial);
  const refused = decision.refusal === null ? [] : fromRefusal(event, decision.refusal);
  const stopped = decision.stops.map(fromVerdict);
  const asked = decision.proposals.filter(({ lots }) => lots !== 0).map(fromProposal);
  const reports = [...(own === null ? [] : [own]), ...stopped, ...slipped, ...asked, ...denied, ...refused];
  return reports.map((report) => ({ ...report, atMs: state.nowMs, event: state.eventSequence }));
}

const NONE: readonly AlertReport[] = [];

function isQuiet({ denials, stops, proposals, refusal }: Decision): boolean {
  return denials.length === 0 && stops.length === 0 && proposals.length === 0 && refusal === null;
}

function fromOrder({ order }: PlannedOrder): readonly AlertReport[] {
  const { exitSlippage } = order.context;
  if (exitSlippage === undefined) return NONE;
  const { leader, ...numbers } = exitSlippage;
  const { account: follower, instrument, clientOrderId } = order;
  return [
    { kind: "exit-slippage", leader, follower, instrument, numbers: { ...numbers, order: clientOrderId } },
  ];
}

function fromEvent(event: Event, state: State): AlertReport | null {
  switch (event.kind) {
    case "account-refused":
      if (event.cause === DISK_IS_FULL) return { kind: "disk-full" };
      if (isOwnHalt(event.cause)) return { kind: "openings-stopped", cause: event.cause, topic: event.cause };
      return { kind: "account-halted", ...whose(event.account, state), cause: event.cause };
    case "halts-released":
      return { kind: "halt-ended", cause: event.cause };
    case "order-rejected":
      return rejected(event, state);
    case "order-outcome-unknown":
      return {
        kind: "order-outcome-unknown",
        ...whose(event.account, state),
        ...where(event.clientOrderId, state),
        cause: event.cause,
        numbers: { order: event.clientOrderId },
      };
    case "leverage-refused":
      return {
        kind: "leverage-refused",
        ...whose(event.account, state),
        instrument: event.instrument,
        cause: event.rejection.text,
        numbers: { leverage: event.leverage, code: event.rejection.code },
      };
    case "margin-mode-set":
      return {
        kind: "margin-mode-set",
        ...whose(event.account, state),
        numbers: { marginMode: event.marginMode },
      };
    case "margin-mode-refused":
      return {
        kind: "margin-mode-refused",
        ...whose(event.account, state),
        cause: event.rejection.text,
        numbers: { marginMode: event.marginMode, code: event.rejection.code },
      };
    default:
      return null;
  }
}

function rejected(event: EventOf<"order-rejected">, state: State): AlertReport {
  const { account, clientOrderId, rejection } = event;
  const severity = severityOf(rejection.class, clientOrderId, state);
  return {
    kind: "order-rejected",
    severity,
    ...whose(account, state),
    ...where(clientOrderId, state),
    cause: rejection.text,
    numbers: { class: rejection.class, code: rejection.code, order: clientOrderId },
    topic: `${rejection.class} ${severity}`,
  };
}

/** What passes by itself is a remark; a reduction that the venue does not take is the worst. */
function severityOf(rejection: RejectionClass, order: ClientOrderId, state: State): Severity {
  if (rejection === "rate-limited" || rejection === "try-again") return "info";
  if (rejection === "reduce-only-violation") return "warning";
  return holdsTooMuch(order, state) ? "critical" : "warning";
}

/** Whether the leg of the order is to be reduced: the rejected order itself is forgotten already. */
function holdsTooMuch(order: ClientOrderId, state: State): boolean {
  const identity = parseClientOrderId(order);
  const market = state.markets[identity?.market ?? -1];
  const leg = market?.legs.find(({ leg: name }) => name === identity?.leg);
  if (market === undefined || leg === undefined) return false;
  const target = targetLots(market, leg.leg);
  return Math.abs(target) < Math.abs(leg.ownedLots) || target * leg.ownedLots < 0;
}

function where(order: ClientOrderId, state: State): Pick<AlertReport, "instrument"> {
  const market = state.markets[parseClientOrderId(order)?.market ?? -1];
  return market === undefined ? {} : { instrument: market.instrument.id };
}

function whose(account: AccountId, state: State): Pick<AlertReport, "leader" | "follower"> {
  return state.leaders.has(account) ? { leader: account } : { follower: account };
}

/**
 * Reasons of everyday copying: what the owner chose, or what the next change makes up for. Any other reason why a leader's
 * change was not copied is told, also one that is added later.
 */
const EVERYDAY: ReadonlySet<ReasonKind> = new Set<ReasonKind>([
  "at-target",
  "below-step",
  "below-minimum-quantity",
  "below-minimum-notional",
  "symbol-filtered",
  "paused",
  "execution-paced",
  "working",
  "stopped",
  "cut",
  "waived",
  "not-approved",
  "allocation-ended",
  "account-removed",
]);

/** The limit that fails is told once, instead of each order that it keeps. */
const HAS_ITS_OWN: ReasonKind = "extension-failed";

/** A standing reason repeats itself at every look; only what became of a leader's change counts. */
function isImportant({ reason, changes }: Denial): boolean {
  return changes.length > 0 && !EVERYDAY.has(reason) && reason !== HAS_ITS_OWN;
}

function fromDenial({ leader, follower, instrument, reason, detail }: Denial): AlertReport {
  return { kind: "not-copied", leader, follower, instrument, cause: reason, numbers: detail, topic: reason };
}

/** More that joins a proposal is the same case, so it is counted and not told again at once. */
function fromProposal({ copy, leg, lots }: Proposed): AlertReport {
  const { market, leader } = copy;
  const id = copy.legs.find((part) => part.leg === leg)?.proposal?.id ?? 0;
  return {
    kind: "approval-asked",
    leader: leader.account,
    follower: market.follower.account,
    instrument: market.instrument.id,
    numbers: { proposal: id, target: quantityText(market.instrument, lots) },
    topic: String(id),
  };
}

function fromRefusal(event: Event, refusal: NonNullable<Decision["refusal"]>): readonly AlertReport[] {
  if (!isFault(refusal)) return NONE;
  const account = "account" in event ? String(event.account) : "";
  return [
    {
      kind: "statement-refused",
      cause: `${event.kind}, ${refusal.kind}`,
      numbers: { account, ...refusal.detail },
      topic: `${account} ${event.kind} ${refusal.kind}`,
    },
  ];
}
