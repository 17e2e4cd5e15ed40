/**
 * The REST side: routing, authentication, permissions, budgets, faults, and the envelope round what an endpoint
 * answers. The order of the checks follows docs/exchanges/bybit.md.
 */
import type { Account } from "./accounts.ts";
import { authenticateRequest } from "./authentication.ts";
import { ACCOUNT_ENDPOINTS } from "./endpoints/account.ts";
import type { PrivateEndpoint, PublicEndpoint } from "./endpoints/endpoint.ts";
import { MARKET_ENDPOINTS } from "./endpoints/market.ts";
import { POSITION_ENDPOINTS } from "./endpoints/position.ts";
import { TRADE_ENDPOINTS } from "./endpoints/trade.ts";
import { type Refusal, refusal } from "./error-table.ts";
import type { ExchangeState } from "./exchange-state.ts";
import type { RequestPlan } from "./faults.ts";
import type { HttpRequest } from "./http-parser.ts";
import { logUnprocessed, type OrderCall, performBatch, performOrder } from "./order-actions.ts";
import type { OrderAction } from "./order-request-log.ts";
import { isRecord, ParameterError, Parameters } from "./parameters.ts";
import type { LimitHeaders } from "./rate-limits.ts";
import { rateLimited, takeBudget } from "./request-budget.ts";
import { type Answer, envelope, type HttpAnswer, type HttpOutcome, refused } from "./wire.ts";

interface OrderEndpoint {
  readonly kind: "order";
  readonly method: "POST";
  readonly path: string;
  readonly bucket: string;
  readonly action: OrderAction;
  readonly batch: boolean;
}

type Endpoint = PublicEndpoint | PrivateEndpoint | OrderEndpoint;

const ORDER_ENDPOINTS: readonly OrderEndpoint[] = (["create", "amend", "cancel"] as const).flatMap(
  (action) => [
    {
      kind: "order",
      method: "POST",
      path: `/v5/order/${action}`,
      bucket: `order.${action}`,
      action,
      batch: false,
    },
    {
      kind: "order",
      method: "POST",
      path: `/v5/order/${action}-batch`,
      bucket: `order.${action}-batch`,
      action,
      batch: true,
    },
  ],
);

const ROUTES: ReadonlyMap<string, Endpoint> = new Map(
  [
    ...ORDER_ENDPOINTS,
    ...MARKET_ENDPOINTS,
    ...TRADE_ENDPOINTS,
    ...POSITION_ENDPOINTS,
    ...ACCOUNT_ENDPOINTS,
  ].map((endpoint): [string, Endpoint] => [endpoint.path, endpoint]),
);

/** Every path that is served, for the documentation test. */
export const REST_PATHS: readonly string[] = [...ROUTES.keys()];

export interface RestRequest {
  readonly request: HttpRequest;
  readonly address: string;
  readonly reply: (outcome: HttpOutcome) => void;
  /** Sends the stream messages that processing has caused. */
  readonly flush: () => void;
}

interface Arrived {
  readonly request: HttpRequest;
  readonly address: string;
  readonly plan: RequestPlan;
  readonly arrivedAtMs: number;
  /** The server's clock as this key sees it. */
  readonly skewMs: number;
}

/** Takes a request in; the outcome comes through `reply`, at once unless a fault delays it. */
export function handleRest(state: ExchangeState, incoming: RestRequest): void {
  const { request, address, reply } = incoming;
  const apiKey = request.headers.get("x-bapi-api-key");
  const plan = state.faults.planRequest(apiKey, "rest");
  const arrivedAtMs = state.environment.nowMs();
  const arrived = { request, address, plan, arrivedAtMs, skewMs: state.faults.skewMs(apiKey) };
  if (plan.fate === "lost-hang" || plan.fate === "lost-break") {
    logFate(state, arrived, { outcome: "lost", retCode: 0 });
    return reply({ kind: plan.fate === "lost-hang" ? "hang" : "break" });
  }
  if (plan.delayBeforeMs === 0) return process(state, arrived, incoming);
  state.environment.schedule(plan.delayBeforeMs, () => process(state, arrived, incoming));
}

function process(state: ExchangeState, arrived: Arrived, incoming: RestRequest): void {
  const answer = answerTo(state, arrived);
  const lagMs = arrived.request.method === "GET" ? state.behaviour.readLagMs : 0;
  const delayMs = arrived.plan.delayAfterMs + lagMs;
  if (state.behaviour.answerOrder === "stream-first") incoming.flush();
  const outcome: HttpOutcome =
    arrived.plan.fate === "response-lost" ? { kind: "break" } : { kind: "answer", answer };
  if (delayMs === 0) incoming.reply(outcome);
  else state.environment.schedule(delayMs, () => incoming.reply(outcome));
  incoming.flush();
}

function answerTo(state: ExchangeState, arrived: Arrived): HttpAnswer {
  const { request, plan } = arrived;
  if (plan.fate === "http-5xx-before") {
    const status = state.faults.status5xx();
    logFate(state, arrived, { outcome: "rejected", retCode: status });
    return serverError(status);
  }
  const endpoint = ROUTES.get(request.path);
  if (endpoint === undefined) return json(404, refused(refusal(10017)), arrived);
  if (!state.addressLimits.admitRequest(arrived.address, arrived.arrivedAtMs)) return banned();
  if (request.method !== endpoint.method) return json(404, refused(refusal(10017)), arrived);
  if (request.method === "GET" && request.body.length > 0) return forbiddenBody();
  const answer =
    endpoint.kind === "public"
      ? answerPublic(state, arrived, endpoint)
      : answerPrivate(state, arrived, endpoint);
  return plan.fate === "http-5xx-after" ? serverError(state.faults.status5xx()) : answer;
}

function banned(): HttpAnswer {
  return { status: 403, headers: "", body: "access too frequent", contentType: "text/plain; charset=utf-8" };
}

function forbiddenBody(): HttpAnswer {
  return { status: 403, headers: "", body: "Forbidden", contentType: "text/plain; charset=utf-8" };
}

function serverError(status: number): HttpAnswer {
  return { status, headers: "", body: "<html><body>server error</body></html>", contentType: "text/html" };
}

function json(status: number, answer: Answer, arrived: Arrived, limits?: LimitHeaders): HttpAnswer {
  const nowMs = arrived.arrivedAtMs + arrived.skewMs;
  const headers =
    limits === undefined
      ? ""
      : `X-Bapi-Limit: ${limits.limit}\r\nX-Bapi-Limit-Status: ${limits.remaining}\r\n` +
        `X-Bapi-Limit-Reset-Timestamp: ${limits.resetAt + arrived.skewMs}\r\n`;
  return { status, headers, body: envelope(answer, nowMs) };
}

/** The answer of a function that may find its parameters wrong. */
function guarded(answer: () => Answer): Answer {
  try {
    return answer();
  } catch (error) {
    if (error instanceof ParameterError) return refused(error.refusal);
    throw error;
  }
}

/** The faults that replace the answer of any endpoint. */
function replacedBefore(state: ExchangeState, plan: RequestPlan): Refusal | undefined {
  if (plan.fate === "code-10006") return rateLimited(state);
  return plan.fate === "code-10016-before" ? refusal(10016) : undefined;
}

function replacedAfter(plan: RequestPlan, answer: Answer): Answer {
  return plan.fate === "code-10016-after" ? refused(refusal(10016)) : answer;
}

function answerPublic(state: ExchangeState, arrived: Arrived, endpoint: PublicEndpoint): HttpAnswer {
  const instead = replacedBefore(state, arrived.plan);
  if (instead !== undefined) return json(200, refused(instead), arrived);
  const nowMs = arrived.arrivedAtMs + arrived.skewMs;
  const answer = guarded(() =>
    endpoint.answer({
      state,
      parameters: Parameters.ofQuery(arrived.request.query),
      nowMs,
      skewMs: arrived.skewMs,
    }),
  );
  return json(200, replacedAfter(arrived.plan, answer), arrived);
}

function answerPrivate(
  state: ExchangeState,
  arrived: Arrived,
  endpoint: PrivateEndpoint | OrderEndpoint,
): HttpAnswer {
  const instead = replacedBefore(state, arrived.plan);
  if (instead !== undefined) return refuseLogged(state, arrived, instead);
  const who = authenticateRequest(arrived.request, {
    accounts: state.accounts,
    address: arrived.address,
    nowMs: arrived.arrivedAtMs + arrived.skewMs,
    checkOrder: state.behaviour.checkOrder,
  });
  if (who.kind === "absent") return unauthenticated(state, arrived);
  if (who.kind === "refused") return refuseLogged(state, arrived, who.refusal);
  const { account } = who;
  if (!allowed(account, endpoint)) return refuseLogged(state, arrived, refusal(10005));
  return endpoint.kind === "order"
    ? answerOrder(state, arrived, endpoint, account)
    : answerPlain(state, arrived, endpoint, account);
}

function unauthenticated(state: ExchangeState, arrived: Arrived): HttpAnswer {
  const status = state.behaviour.missingAuthentication === "http-401" ? 401 : 200;
  const text = "empty value: apiTimestamp[] apiKey[] apiSignature[]";
  return json(status, refused(refusal(10001, text)), arrived);
}

function allowed(account: Account, endpoint: PrivateEndpoint | OrderEndpoint): boolean {
  if (endpoint.kind === "order") return account.mayTrade;
  switch (endpoint.needs) {
    case "nothing":
      return true;
    case "trade":
      return account.mayTrade;
    case "positions":
      return account.mayManagePositions;
  }
}

function refuseLogged(state: ExchangeState, arrived: Arrived, reason: Refusal): HttpAnswer {
  logFate(state, arrived, { outcome: "rejected", retCode: reason.code });
  return json(200, refused(reason), arrived);
}

function answerPlain(
  state: ExchangeState,
  arrived: Arrived,
  endpoint: PrivateEndpoint,
  account: Account,
): HttpAnswer {
  const granted = takeBudget(state, account, endpoint.bucket, 1);
  if (granted.units === 0) {
    logFate(state, arrived, { outcome: "rejected", retCode: 10006 });
    return json(200, refused(rateLimited(state)), arrived, granted.headers);
  }
  const { request, skewMs } = arrived;
  const body = request.method === "POST" ? request.body.toString("utf8") : "";
  const answer = guarded(() => {
    const parameters =
      request.method === "GET"
        ? Parameters.ofQuery(request.query)
        : Parameters.ofBody(body, state.behaviour.integersAsText === "accept");
    return endpoint.answer({ state, parameters, account, body, nowMs: arrived.arrivedAtMs + skewMs, skewMs });
  });
  if (endpoint.path === CANCEL_ALL) logCancelAll(account, arrived, body, answer);
  return json(200, replacedAfter(arrived.plan, answer), arrived, granted.headers);
}

const CANCEL_ALL = "/v5/order/cancel-all";

function logCancelAll(account: Account, arrived: Arrived, source: string, answer: Answer): void {
  account.requests.add({
    action: "cancel",
    via: "rest",
    arrivedAt: arrived.arrivedAtMs,
    source,
    member: -1,
    outcome: answer.code === 0 ? "accepted" : "rejected",
    retCode: answer.code,
    orderId: "",
  });
}

function answerOrder(
  state: ExchangeState,
  arrived: Arrived,
  endpoint: OrderEndpoint,
  account: Account,
): HttpAnswer {
  const source = arrived.request.body.toString("utf8");
  const call: OrderCall = { account, via: "rest", source, arrivedAtMs: arrived.arrivedAtMs };
  const parsed = guardedParse(state, source);
  if (!(parsed instanceof Parameters)) return refuseLogged(state, arrived, parsed);
  const members = endpoint.batch ? guardedMembers(state, parsed) : [];
  if ("code" in members) return refuseLogged(state, arrived, members);
  const granted = takeBudget(state, account, endpoint.bucket, Math.max(1, members.length));
  if (granted.units === 0) {
    logFate(state, arrived, { outcome: "rejected", retCode: 10006 });
    return json(200, refused(rateLimited(state)), arrived, granted.headers);
  }
  const answer = guarded(() =>
    endpoint.batch
      ? performBatch(state, call, endpoint.action, { parameters: parsed, members, granted: granted.units })
      : performOrder(state, call, endpoint.action, parsed),
  );
  return json(200, replacedAfter(arrived.plan, answer), arrived, granted.headers);
}

function guardedParse(state: ExchangeState, source: string): Parameters | Refusal {
  try {
    return Parameters.ofBody(source, state.behaviour.integersAsText === "accept");
  } catch (error) {
    if (error instanceof ParameterError) return error.refusal;
    throw error;
  }
}

function guardedMembers(state: ExchangeState, parameters: Parameters): readonly unknown[] | Refusal {
  const max = state.behaviour.batchSizeMax;
  try {
    parameters.requiredText("category");
    const members = parameters.list("request");
    if (members.length >= 1 && members.length <= max) return members;
    return refusal(10001, `params error: a batch holds 1 to ${max} orders`);
  } catch (error) {
    if (error instanceof ParameterError) return error.refusal;
    throw error;
  }
}

/** Puts an order request that was not processed into the log of the account it names, if there is one. */
function logFate(
  state: ExchangeState,
  arrived: Arrived,
  fate: { readonly outcome: "rejected" | "lost"; readonly retCode: number },
): void {
  const { request } = arrived;
  const endpoint = ROUTES.get(request.path);
  const account = state.accounts.get(request.headers.get("x-bapi-api-key") ?? "");
  if (account === undefined || endpoint === undefined) return;
  if (endpoint.kind !== "order" && endpoint.path !== CANCEL_ALL) return;
  const source = request.body.toString("utf8");
  const call: OrderCall = { account, via: "rest", source, arrivedAtMs: arrived.arrivedAtMs };
  const action = endpoint.kind === "order" ? endpoint.action : "cancel";
  const members = endpoint.kind === "order" && endpoint.batch ? countMembers(source) : 0;
  logUnprocessed(call, action, members, fate);
}

function countMembers(source: string): number {
  try {
    const body: unknown = JSON.parse(source);
    const members = isRecord(body) ? body.request : undefined;
    return Array.isArray(members) ? members.length : 0;
  } catch (error) {
    if (error instanceof SyntaxError) return 0;
    throw error;
  }
}
