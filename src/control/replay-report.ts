/**
 * What one recorded decision was, for people and programs: its event, and everything that it led to as plain data with a line of
 * words each. Amounts are decimal strings, signed; times UTC milliseconds.
 */
import type {
  Adjustment,
  Decision,
  Denial,
  PlannedAmend,
  PlannedCancel,
  PlannedOrder,
  Proposed,
  Question,
  WorkMove,
} from "../core/decision.ts";
import { type Event, type Leg, timeOf } from "../core/event.ts";
import { copiesOf } from "../core/explanation.ts";
import type { Lots, Ticks } from "../core/model/amounts.ts";
import type { InstrumentId } from "../core/model/identifiers.ts";
import { type Instrument, priceText, quantityText } from "../core/model/instrument.ts";
import { type OrderForm, restText } from "../core/order.ts";
import { clampText } from "../core/risk/leverage-cap.ts";
import type { Copy, FollowerLeg, FollowerMarket, State } from "../core/state.ts";
import { NO_COPY } from "../core/virtual.ts";
import type { FoldedStep } from "../journal/fold.ts";
import type { Difference } from "../journal/replay.ts";
import { explanationOf } from "./journal-report.ts";

export interface ReplayedItem {
  readonly kind:
    | "cancel"
    | "order"
    | "amend"
    | "denial"
    | "question"
    | "given-up"
    | "rounded-up"
    | "crossing"
    | "proposal"
    | "own-limit"
    | "own-style"
    | "work"
    | "stop"
    | "order-adopted"
    | "wait"
    | "refusal";
  /** Whom it concerns; absent: the account of the event, or nobody. */
  readonly follower?: string;
  readonly symbol?: string;
  readonly leg?: Leg;
  /** Without kind and follower. */
  readonly text: string;
  readonly [detail: string]: unknown;
}

export interface ReplayedDecision {
  /** Of the event's record. */
  readonly sequence: number;
  readonly at: number;
  readonly event: Event;
  readonly items: readonly ReplayedItem[];
}

/** What today's code would decide otherwise. */
export interface ReplayedDifference {
  readonly recorded: ReplayedDecision;
  /** Null where today's code fails on the event. */
  readonly now: readonly ReplayedItem[] | null;
  /** As the journal would have both. */
  readonly recordedText: string;
  readonly nowText: string;
}

/** `state` is the one that the decision was made on. */
export function replayedDecision({ sequence, event, decision }: FoldedStep, state: State): ReplayedDecision {
  return { sequence, at: timeOf(event), event, items: itemsOf(decision, state) };
}

export function replayedDifference(difference: Difference): ReplayedDifference {
  const { state, now, recordedText, nowText } = difference;
  return {
    recorded: replayedDecision(difference, state),
    now: now === null ? null : itemsOf(now.decision, now.state),
    recordedText,
    nowText,
  };
}

/** Only what concerns the follower; null where nothing does. */
export function concerning(replayed: ReplayedDecision, follower: string): ReplayedDecision | null {
  const account = "account" in replayed.event ? replayed.event.account : null;
  const items = replayed.items.filter((item) => (item.follower ?? account) === follower);
  return items.length === 0 && account !== follower ? null : { ...replayed, items };
}

function itemsOf(decision: Decision, state: State): readonly ReplayedItem[] {
  return [
    ...(decision.refusal === null ? [] : [refusalItem(decision.refusal)]),
    ...decision.stops.map(({ follower, leader, instrument, guard, action, detail }) => ({
      kind: "stop" as const,
      follower,
      ...(leader === null ? {} : { leader }),
      ...(instrument === null ? {} : { symbol: symbolOf(state, instrument) }),
      guard,
      action,
      detail,
      text: `${guard}: ${action}${leader === null ? "" : ` of ${leader}`}${numbersText(detail)}`,
    })),
    ...decision.adopted.map(({ market, clientOrderId }) => ({
      kind: "order-adopted" as const,
      ...placeOf(market, null),
      clientOrderId,
      text: `${clientOrderId}, whose record was lost`,
    })),
    ...decision.cancels.map(cancelItem),
    ...decision.works.map(workItem),
    ...decision.orders.map(orderItem),
    ...decision.amends.map(amendItem),
    ...decision.crossings.map(({ leg, moves }) => ({
      kind: "crossing" as const,
      ...placeOf(leg.market, leg.leg),
      moves: moves.map(({ copy, lots }) => ({
        leader: leaderAt(leg.market, copy),
        quantity: quantityText(leg.market.instrument, lots),
      })),
      text: moves
        .map(
          ({ copy, lots }) =>
            `${leaderAt(leg.market, copy) ?? "nobody's"} ${signed(leg.market.instrument, lots)}`,
        )
        .join(", "),
    })),
    ...decision.adjustments.map(adjustmentItem),
    ...decision.denials.map((denial) => denialItem(denial, state)),
    ...decision.proposals.map(proposalItem),
    ...decision.verdicts.map(({ leg, verdict }) => ownItem("own-limit", leg, verdict.limit, verdict)),
    ...decision.styleVerdicts.map(({ leg, verdict }) => ownItem("own-style", leg, verdict.style, verdict)),
    ...decision.questions.map((question) => questionItem(question, state)),
    ...decision.waits.map(({ market, untilMs }) => ({
      kind: "wait" as const,
      ...placeOf(market, null),
      untilMs,
      text: `until ${new Date(untilMs).toISOString()}`,
    })),
  ];
}

function refusalItem({ kind, detail }: NonNullable<Decision["refusal"]>): ReplayedItem {
  const why = explanationOf(kind);
  return {
    kind: "refusal",
    reason: kind,
    detail,
    text: `${kind}${numbersText(detail)}${why === "" ? "" : `: ${why}`}`,
  };
}

function cancelItem({ market, clientOrderId }: PlannedCancel): ReplayedItem {
  return { kind: "cancel", ...placeOf(market, null), clientOrderId, text: clientOrderId };
}

function orderItem(planned: PlannedOrder): ReplayedItem {
  const { market, order, shares } = planned;
  const { instrument } = market;
  const { context, form, purpose, reduceOnly, clientOrderId } = order;
  const quantity = quantityText(instrument, order.lots);
  const leaders = copiesOf(planned).map(({ leader }) => leader.account);
  const how = [purpose, formText(instrument, form), ...(reduceOnly ? ["reduces only"] : [])].join(", ");
  return {
    kind: "order",
    ...placeOf(market, order.leg),
    leaders,
    quantity,
    purpose,
    reduceOnly,
    form: form.kind,
    clientOrderId,
    ...(shares === null
      ? {}
      : {
          shares: shares.map(({ copy, lots }) => ({
            leader: leaderAt(market, copy),
            quantity: quantityText(instrument, lots),
          })),
        }),
    leaderPrice: priceOrNull(instrument, context.leaderPrice),
    bid: priceOrNull(instrument, context.bid),
    ask: priceOrNull(instrument, context.ask),
    mark: priceOrNull(instrument, context.mark),
    text: `${signed(instrument, order.lots)} ${how}, for ${leaders.join(", ")} (${clientOrderId}${pricesText(instrument, context)})`,
  };
}

function pricesText(instrument: Instrument, context: PlannedOrder["order"]["context"]): string {
  const { leaderPrice, bid, ask, mark } = context;
  return Object.entries({ "leader at": leaderPrice, bid, ask, mark })
    .flatMap(([name, ticks]) => (ticks === null ? [] : `; ${name} ${priceText(instrument, ticks)}`))
    .join("");
}

function formText(instrument: Instrument, form: OrderForm): string {
  if (form.kind === "market") return "at market";
  const rests = restText(form, (ticks) => priceText(instrument, ticks));
  if (rests !== "") return rests;
  return form.kind === "limit" ? `${form.timeInForce} at ${priceText(instrument, form.price)}` : form.kind;
}

function amendItem({ market, clientOrderId, change }: PlannedAmend): ReplayedItem {
  const { instrument } = market;
  const { price = null, quantity = null, triggerPrice = null } = change;
  const terms = {
    ...(price === null ? {} : { price: priceText(instrument, price) }),
    ...(quantity === null ? {} : { quantity: quantityText(instrument, quantity) }),
    ...(triggerPrice === null ? {} : { trigger: priceText(instrument, triggerPrice) }),
  };
  const text = Object.entries(terms).map(([name, value]) => `${name} ${value}`);
  return {
    kind: "amend",
    ...placeOf(market, null),
    clientOrderId,
    ...terms,
    text: `${clientOrderId} to ${text.join(", ")}`,
  };
}

function adjustmentItem({ copy, leg, kind, lots, reason }: Adjustment): ReplayedItem {
  const { instrument } = copy.market;
  return {
    kind: kind === "waive" ? "given-up" : "rounded-up",
    ...placeOf(copy.market, leg),
    leader: copy.leader.account,
    quantity: quantityText(instrument, lots),
    ...(reason === undefined ? {} : { reason }),
    text: `${signed(instrument, lots)} of ${copy.leader.account}${reason === undefined ? "" : `: ${reason}`}`,
  };
}

function denialItem(
  { market, leg, leader, follower, instrument, reason, detail, changes }: Denial,
  state: State,
): ReplayedItem {
  const symbol = market?.instrument.spec.symbol ?? symbolOf(state, instrument);
  const answers = changes.map(({ change }) => change);
  const about = answers.length === 0 ? "" : `, explains change ${answers.join(", ")}`;
  return {
    kind: "denial",
    follower,
    symbol,
    ...(leg === null ? {} : { leg }),
    leader,
    reason,
    explanation: explanationOf(reason),
    detail,
    changes: answers,
    text: `of ${leader}: ${reason}${numbersText(detail)}${about}`,
  };
}

function proposalItem({ copy, leg, lots, expiresAtMs }: Proposed): ReplayedItem {
  const quantity = quantityText(copy.market.instrument, lots);
  const leader = copy.leader.account;
  const until = new Date(expiresAtMs).toISOString();
  const text = lots === 0 ? `of ${leader}: withdrawn` : `of ${leader}: ${quantity}, until ${until}`;
  return { kind: "proposal", ...placeOf(copy.market, leg), leader, quantity, expiresAtMs, text };
}

function ownItem(
  kind: "own-limit" | "own-style",
  { market, leg }: FollowerLeg,
  name: string,
  verdict: object,
): ReplayedItem {
  return { kind, ...placeOf(market, leg), verdict, text: `${name} ${JSON.stringify(verdict)}` };
}

function workItem({ leg: { market, leg }, work, done }: WorkMove): ReplayedItem {
  const parts = [
    ...(done === null ? [] : [`ended after ${done.slices} slices, ${done.saved} saved against crossing`]),
    ...(work === null ? [] : [`slice ${work.slice} of ${work.slices}`]),
  ];
  return { kind: "work", ...placeOf(market, leg), work, done, text: parts.join("; ") || "ended" };
}

function questionItem(question: Question, state: State): ReplayedItem {
  const { kind, account } = question;
  const symbol = "instrument" in question ? { symbol: symbolOf(state, question.instrument) } : {};
  const about = kind === "look-up" ? ` ${question.clientOrderId}` : "";
  const leverage = kind === "set-leverage" ? leverageText(question) : "";
  const marginMode = kind === "set-margin-mode" ? ` to ${question.marginMode}` : "";
  return {
    kind: "question",
    follower: account,
    ...symbol,
    question: kind,
    text: `${kind}${about}${leverage}${marginMode}`,
  };
}

function leverageText({
  leverageHundredths,
  clamp,
}: Extract<Question, { readonly kind: "set-leverage" }>): string {
  const why = clamp === undefined ? "" : `, ${clampText(clamp)}`;
  return ` to ${leverageHundredths / 100}${why}`;
}

function placeOf({ follower, instrument }: FollowerMarket, leg: Leg | null) {
  return {
    follower: follower.account,
    symbol: instrument.spec.symbol,
    ...(leg === null || leg === "net" ? {} : { leg }),
  };
}

function leaderAt({ copies }: FollowerMarket, index: number): string | null {
  const copy: Copy | undefined = index === NO_COPY ? undefined : copies[index];
  return copy?.leader.account ?? null;
}

function symbolOf(state: State, instrument: InstrumentId): string {
  return state.instruments.get(instrument)?.spec.symbol ?? instrument;
}

function signed(instrument: Instrument, lots: Lots): string {
  return `${lots > 0 ? "+" : ""}${quantityText(instrument, lots)}`;
}

function priceOrNull(instrument: Instrument, ticks: Ticks | null): string | null {
  return ticks === null ? null : priceText(instrument, ticks);
}

function numbersText(detail: Readonly<Record<string, unknown>>): string {
  const numbers = Object.entries(detail).map(([name, value]) => `${name} ${String(value)}`);
  return numbers.length === 0 ? "" : ` (${numbers.join(", ")})`;
}
