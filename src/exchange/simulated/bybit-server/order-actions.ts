/**
 * Creating, amending and cancelling orders, alone or in batches, as REST and order entry both do it: parameters to the
 * venue's request, the venue's outcome to an answer, and each request into the account's log.
 */
import type {
  AmendRequest,
  OrderOutcome,
  OrderReference,
  OrderRequest,
  PositionIndex,
  TriggerBy,
} from "../venue-types.ts";
import type { Account } from "./accounts.ts";
import { badParameter, type Refusal, refusal } from "./error-table.ts";
import type { ExchangeState } from "./exchange-state.ts";
import type { OrderAction } from "./order-request-log.ts";
import { ParameterError, Parameters } from "./parameters.ts";
import { refusalOf } from "./refusals.ts";
import { type Answer, jsonText, ok, refused } from "./wire.ts";

const SIDES = ["Buy", "Sell"] as const;
const ORDER_TYPES = ["Market", "Limit"] as const;
const TIMES_IN_FORCE = ["GTC", "IOC", "FOK", "PostOnly"] as const;
const TRIGGERS: readonly TriggerBy[] = ["LastPrice", "IndexPrice", "MarkPrice"];
const STOP_MODES = ["Full", "Partial"] as const;
const SELF_MATCH = ["None", "CancelMaker", "CancelTaker", "CancelBoth"] as const;
const SLIPPAGE_TYPES = ["TickSize", "Percent"] as const;

type Mutable<Record> = { -readonly [Key in keyof Record]: Record[Key] };

/** One order request on its way: who, how it came, and the text it came as. */
export interface OrderCall {
  readonly account: Account;
  readonly via: "rest" | "ws";
  readonly source: string;
  readonly arrivedAtMs: number;
}

interface OrderResult {
  readonly code: number;
  readonly text: string;
  readonly orderId: string;
  readonly orderLinkId: string;
}

/** A single order; throws a ParameterError only out of `parameters` that are no object. */
export function performOrder(
  state: ExchangeState,
  call: OrderCall,
  action: OrderAction,
  parameters: Parameters,
): Answer {
  const result = attempt(state, call.account, action, parameters, undefined);
  logResult(call, action, -1, result);
  if (result.code !== 0) return refused({ code: result.code, text: result.text });
  return ok(`{"orderId":"${result.orderId}","orderLinkId":"${result.orderLinkId}"}`);
}

/** Writes a request that got no further than a refusal, or was lost, into the log; `members` is 0 outside a batch. */
export function logUnprocessed(
  call: OrderCall,
  action: OrderAction,
  members: number,
  fate: { readonly outcome: "rejected" | "lost"; readonly retCode: number },
): void {
  const { account, via, source, arrivedAtMs: arrivedAt } = call;
  const first = members === 0 ? -1 : 0;
  for (let member = first; member < Math.max(members, first + 1); member += 1) {
    account.requests.add({ action, via, arrivedAt, source, member, ...fate, orderId: "" });
  }
}

/** A batch: each member by itself, those past `granted` refused by the rate limit. */
export function performBatch(
  state: ExchangeState,
  call: OrderCall,
  action: OrderAction,
  batch: { readonly parameters: Parameters; readonly members: readonly unknown[]; readonly granted: number },
): Answer {
  const category = batch.parameters.requiredText("category");
  const results = batch.members.map((member, index) => {
    const result =
      index < batch.granted
        ? attemptMember(state, call.account, action, member, category)
        : failure(refusal(10006), member);
    logResult(call, action, index, result);
    return result;
  });
  const nowMs = state.environment.nowMs() + state.faults.skewMs(call.account.apiKey);
  const rows = results.map((result, index) =>
    batchRow(result, batch.members[index], action, category, nowMs),
  );
  const codes = results.map(
    (result) => `{"code":${result.code},"msg":${jsonText(result.code === 0 ? "OK" : result.text)}}`,
  );
  return ok(`{"list":[${rows.join(",")}]}`, "OK", `{"list":[${codes.join(",")}]}`);
}

function batchRow(
  result: OrderResult,
  member: unknown,
  action: OrderAction,
  category: string,
  nowMs: number,
): string {
  const symbol = memberText(member, "symbol");
  const created = action === "create" ? `,"createAt":"${result.code === 0 ? nowMs : ""}"` : "";
  return (
    `{"category":${jsonText(category)},"symbol":${jsonText(symbol)},"orderId":"${result.orderId}",` +
    `"orderLinkId":${jsonText(result.orderLinkId)}${created}}`
  );
}

function memberText(member: unknown, name: string): string {
  if (typeof member !== "object" || member === null) return "";
  const value: unknown = Reflect.get(member, name);
  return typeof value === "string" ? value : "";
}

function attemptMember(
  state: ExchangeState,
  account: Account,
  action: OrderAction,
  member: unknown,
  category: string,
): OrderResult {
  try {
    const parameters = Parameters.ofValue(member, state.behaviour.integersAsText === "accept");
    if (action === "amend" && isConditional(state, account, parameters)) {
      return failure(badParameter("conditional order is not supported in batch amend"), member);
    }
    return attempt(state, account, action, parameters, category);
  } catch (error) {
    if (error instanceof ParameterError) return failure(error.refusal, member);
    throw error;
  }
}

function failure(reason: Refusal, member: unknown): OrderResult {
  return {
    code: reason.code,
    text: reason.text,
    orderId: "",
    orderLinkId: memberText(member, "orderLinkId"),
  };
}

function isConditional(state: ExchangeState, account: Account, parameters: Parameters): boolean {
  return state.venue.order(account.apiKey, referenceOf(parameters))?.orderStatus === "Untriggered";
}

/** Asks the venue; parameter errors and refusals become results. */
function attempt(
  state: ExchangeState,
  account: Account,
  action: OrderAction,
  parameters: Parameters,
  batchCategory: string | undefined,
): OrderResult {
  try {
    checkCategory(batchCategory ?? parameters.requiredText("category"));
    const outcome = askVenue(state, account, action, parameters);
    if (outcome.kind === "accepted") {
      return { code: 0, text: "OK", orderId: outcome.orderId, orderLinkId: outcome.orderLinkId };
    }
    const reason = refusalOf(outcome, state.behaviour);
    const text =
      action === "amend" && reason.code === 110001 ? "order not exists or too late to replace" : reason.text;
    return { code: reason.code, text, orderId: "", orderLinkId: parameters.text("orderLinkId") ?? "" };
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    return { code: error.refusal.code, text: error.refusal.text, orderId: "", orderLinkId: "" };
  }
}

function checkCategory(category: string): void {
  if (category === "linear") return;
  const known = category === "spot" || category === "inverse" || category === "option";
  throw new ParameterError(known ? "Not supported symbols" : "params error: Category is invalid");
}

function askVenue(
  state: ExchangeState,
  account: Account,
  action: OrderAction,
  parameters: Parameters,
): OrderOutcome {
  switch (action) {
    case "create":
      return state.venue.placeOrder(account.apiKey, orderRequestOf(state, parameters));
    case "amend":
      return state.venue.amendOrder(account.apiKey, amendRequestOf(parameters));
    case "cancel":
      return state.venue.cancelOrder(account.apiKey, referenceOf(parameters));
  }
}

function logResult(call: OrderCall, action: OrderAction, member: number, result: OrderResult): void {
  call.account.requests.add({
    action,
    via: call.via,
    arrivedAt: call.arrivedAtMs,
    source: call.source,
    member,
    outcome: result.code === 0 ? "accepted" : "rejected",
    retCode: result.code,
    orderId: result.orderId,
  });
}

/** Which order a body names; one of the two ids is required. */
function referenceOf(parameters: Parameters): OrderReference {
  const reference: Mutable<OrderReference> = { symbol: parameters.requiredText("symbol") };
  const orderId = parameters.text("orderId");
  const orderLinkId = parameters.text("orderLinkId");
  if (orderId !== undefined) reference.orderId = orderId;
  if (orderLinkId !== undefined) reference.orderLinkId = orderLinkId;
  if (orderId === undefined && orderLinkId === undefined) {
    throw new ParameterError("params error: OrderId or orderLinkId is required");
  }
  return reference;
}

function orderRequestOf(state: ExchangeState, parameters: Parameters): OrderRequest {
  const order: Mutable<OrderRequest> = {
    symbol: parameters.requiredText("symbol"),
    side: parameters.requiredOneOf("side", SIDES),
    orderType: parameters.requiredOneOf("orderType", ORDER_TYPES),
    qty: parameters.requiredText("qty"),
  };
  copyText(parameters, order, "price");
  const timeInForce = parameters.oneOf("timeInForce", TIMES_IN_FORCE);
  if (timeInForce !== undefined) order.timeInForce = timeInForce;
  if (parameters.has("positionIdx")) order.positionIdx = positionIndexOf(parameters);
  copyText(parameters, order, "orderLinkId");
  if (parameters.flag("reduceOnly")) order.reduceOnly = true;
  if (parameters.flag("closeOnTrigger")) order.closeOnTrigger = true;
  readTrigger(parameters, order);
  readSlippage(parameters, order);
  readStops(parameters, order);
  readBookPrice(state, parameters, order);
  return order;
}

export function positionIndexOf(parameters: Parameters): PositionIndex {
  const value = parameters.integer("positionIdx") ?? 0;
  if (value !== 0 && value !== 1 && value !== 2)
    throw new ParameterError("params error: positionIdx invalid");
  return value;
}

function readTrigger(parameters: Parameters, order: Mutable<OrderRequest>): void {
  copyText(parameters, order, "triggerPrice");
  const direction = parameters.integer("triggerDirection");
  if (direction === 1 || direction === 2) order.triggerDirection = direction;
  else if (direction !== undefined && direction !== 0)
    throw new ParameterError("params error: triggerDirection invalid");
  const triggerBy = parameters.oneOf("triggerBy", TRIGGERS);
  if (triggerBy !== undefined) order.triggerBy = triggerBy;
}

function readSlippage(parameters: Parameters, order: Mutable<OrderRequest>): void {
  const kind = parameters.oneOf("slippageToleranceType", SLIPPAGE_TYPES);
  // Without its type a tolerance says nothing: it is left out, not kept unchecked.
  if (kind !== undefined) {
    order.slippageToleranceType = kind;
    copyText(parameters, order, "slippageTolerance");
  }
  const selfMatch = parameters.oneOf("smpType", SELF_MATCH);
  if (selfMatch !== undefined) order.smpType = selfMatch;
}

/** The attached or amended TP/SL fields that a body carries. */
export function readStops(parameters: Parameters, into: Mutable<AmendRequest> | Mutable<OrderRequest>): void {
  copyText(parameters, into, "takeProfit");
  copyText(parameters, into, "stopLoss");
  copyText(parameters, into, "tpLimitPrice");
  copyText(parameters, into, "slLimitPrice");
  const takeProfitBy = parameters.oneOf("tpTriggerBy", TRIGGERS);
  const stopLossBy = parameters.oneOf("slTriggerBy", TRIGGERS);
  const mode = parameters.oneOf("tpslMode", STOP_MODES);
  const takeProfitType = parameters.oneOf("tpOrderType", ORDER_TYPES);
  const stopLossType = parameters.oneOf("slOrderType", ORDER_TYPES);
  if (takeProfitBy !== undefined) into.tpTriggerBy = takeProfitBy;
  if (stopLossBy !== undefined) into.slTriggerBy = stopLossBy;
  if (mode !== undefined) into.tpslMode = mode;
  if (takeProfitType !== undefined) into.tpOrderType = takeProfitType;
  if (stopLossType !== undefined) into.slOrderType = stopLossType;
}

/** bboSideType and bboLevel: the limit price is taken from the book. */
function readBookPrice(state: ExchangeState, parameters: Parameters, order: Mutable<OrderRequest>): void {
  const side = parameters.oneOf("bboSideType", ["Queue", "Counterparty"]);
  if (side === undefined) return;
  const level = Number(parameters.oneOf("bboLevel", ["1", "2", "3", "4", "5"]) ?? "1");
  const book = state.venue.book(order.symbol, level);
  const bids = (side === "Queue") === (order.side === "Buy");
  const price = (bids ? book?.bids : book?.asks)?.[level - 1]?.[0];
  if (price === undefined) throw new ParameterError("params error: bboLevel has no price");
  order.price = price;
}

function amendRequestOf(parameters: Parameters): AmendRequest {
  const amend: Mutable<AmendRequest> = referenceOf(parameters);
  copyText(parameters, amend, "qty");
  copyText(parameters, amend, "price");
  copyText(parameters, amend, "triggerPrice");
  const triggerBy = parameters.oneOf("triggerBy", TRIGGERS);
  if (triggerBy !== undefined) amend.triggerBy = triggerBy;
  readStops(parameters, amend);
  return amend;
}

export function copyText<Name extends string>(
  parameters: Parameters,
  into: { [Key in Name]?: string },
  name: Name,
): void {
  const value = parameters.text(name);
  if (value !== undefined) into[name] = value;
}
