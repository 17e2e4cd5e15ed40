/**
 * A connection to /v5/trade: authentication once, then orders. The answer only says "accepted"; what becomes of an
 * order is told on /v5/private.
 */
import type { Account } from "../accounts.ts";
import { authenticateSocket, checkTimestamp } from "../authentication.ts";
import { badParameter, refusal } from "../error-table.ts";
import type { RequestPlan } from "../faults.ts";
import { logUnprocessed, type OrderCall, performBatch, performOrder } from "../order-actions.ts";
import type { OrderAction } from "../order-request-log.ts";
import { isRecord, ParameterError, Parameters } from "../parameters.ts";
import type { LimitHeaders } from "../rate-limits.ts";
import { rateLimited, takeBudget } from "../request-budget.ts";
import { type Answer, jsonText, refused } from "../wire.ts";
import { type Operation, parseOperation } from "./operation.ts";
import type { Session, SessionOpening } from "./session.ts";

const REQUEST_ID_LENGTH_MAX = 36;
const REQUEST_IDS_KEPT = 50_000;

interface TradeOperation {
  readonly action: OrderAction;
  readonly batch: boolean;
  readonly bucket: string;
}

const OPERATIONS: ReadonlyMap<string, TradeOperation> = new Map(
  (["create", "amend", "cancel"] as const).flatMap((action): [string, TradeOperation][] => [
    [`order.${action}`, { action, batch: false, bucket: `order.${action}` }],
    [`order.${action}-batch`, { action, batch: true, bucket: `order.${action}-batch` }],
  ]),
);

interface TradeRequest {
  readonly operation: Operation;
  readonly what: TradeOperation;
  readonly call: OrderCall;
  readonly plan: RequestPlan;
}

export class TradeSession implements Session {
  readonly kind = "trade";
  readonly address: string;
  lastActiveMs: number;
  #account: Account | undefined;
  #requestIds = new Set<string>();
  #closed = false;
  readonly #opening: SessionOpening;

  constructor(opening: SessionOpening) {
    this.#opening = opening;
    this.address = opening.address;
    this.lastActiveMs = opening.host.state.environment.nowMs();
  }

  get account(): Account | undefined {
    return this.#account;
  }

  disconnect(reason: string): void {
    this.#opening.sink.close(1001, reason);
  }

  closed(): void {
    this.#closed = true;
  }

  receive(text: string): void {
    this.lastActiveMs = this.#opening.host.state.environment.nowMs();
    const operation = parseOperation(text, "reqId");
    if (operation === undefined) return this.#plain(badParameter("Params Error"), "", undefined);
    if (operation.op === "ping") return this.#pong();
    if (operation.op === "auth") return this.#authenticate(operation);
    const what = OPERATIONS.get(operation.op);
    if (what === undefined) return this.#plain(refusal(10404), operation.op, operation.requestId);
    if (this.#account === undefined) {
      return this.#plain(refusal(10004, "Request not authorized"), operation.op, operation.requestId);
    }
    this.#order(operation, what, this.#account, text);
  }

  #nowMs(): number {
    const { state } = this.#opening.host;
    return state.environment.nowMs() + state.faults.skewMs(this.#account?.apiKey);
  }

  #pong(): void {
    const { sink, connectionId } = this.#opening;
    sink.send(
      `{"retCode":0,"retMsg":"OK","op":"pong","data":["${this.#nowMs()}"],"connId":"${connectionId}"}`,
    );
  }

  #plain(answer: { readonly code: number; readonly text: string }, op: string, id: string | undefined): void {
    const reqId = id === undefined ? "" : `"reqId":${id},`;
    this.#opening.sink.send(
      `{${reqId}"retCode":${answer.code},"retMsg":${jsonText(answer.text)},"op":${jsonText(op)},` +
        `"connId":"${this.#opening.connectionId}"}`,
    );
  }

  #authenticate(operation: Operation): void {
    if (this.#account !== undefined) return this.#plain(refusal(20001), "auth", operation.requestId);
    const { host, sink } = this.#opening;
    const { state } = host;
    const key: unknown = Array.isArray(operation.args) ? operation.args[0] : undefined;
    const result = authenticateSocket(operation.args, {
      accounts: state.accounts,
      address: this.address,
      nowMs: state.environment.nowMs() + state.faults.skewMs(typeof key === "string" ? key : undefined),
      checkOrder: state.behaviour.checkOrder,
    });
    if (result.kind === "refused") return this.#plain(result.refusal, "auth", operation.requestId);
    if (result.kind === "absent") return this.#plain(refusal(10001), "auth", operation.requestId);
    if (state.faults.disconnects(result.account.apiKey)) return sink.terminate();
    this.#account = result.account;
    this.#plain({ code: 0, text: "OK" }, "auth", operation.requestId);
  }

  #order(operation: Operation, what: TradeOperation, account: Account, text: string): void {
    const { state } = this.#opening.host;
    const call: OrderCall = { account, via: "ws", source: text, arrivedAtMs: state.environment.nowMs() };
    const plan = state.faults.planRequest(account.apiKey, "ws");
    const request = { operation, what, call, plan };
    if (plan.fate === "lost-hang" || plan.fate === "lost-break") {
      logUnprocessed(call, what.action, membersOf(request), { outcome: "lost", retCode: 0 });
      if (plan.fate === "lost-break") this.#opening.sink.terminate();
      return;
    }
    if (plan.delayBeforeMs === 0) return this.#process(request);
    state.environment.schedule(plan.delayBeforeMs, () => this.#process(request));
  }

  /** A request that has arrived is processed even if its connection is gone by now. */
  #process(request: TradeRequest): void {
    const { host, sink } = this.#opening;
    let limits: LimitHeaders | undefined;
    const answer = this.#answerTo(request, (headers) => {
      limits = headers;
    });
    const send = (): void => {
      if (!this.#closed) this.#respond(request.operation, answer, limits);
    };
    if (host.state.behaviour.answerOrder === "stream-first") host.flush();
    if (request.plan.fate === "response-lost") sink.terminate();
    else if (request.plan.delayAfterMs > 0) host.state.environment.schedule(request.plan.delayAfterMs, send);
    else send();
    host.flush();
  }

  #answerTo(request: TradeRequest, setLimits: (headers: LimitHeaders) => void): Answer {
    const { operation, what, call, plan } = request;
    const { state } = this.#opening.host;
    const refuse = (reason: { readonly code: number; readonly text: string }): Answer => {
      logUnprocessed(call, what.action, membersOf(request), { outcome: "rejected", retCode: reason.code });
      return refused(reason);
    };
    if (plan.fate === "code-10006") return refuse(rateLimited(state));
    if (plan.fate === "code-10016-before") return refuse(refusal(10016));
    const problem = this.#problemOf(operation, call.account);
    if (problem !== undefined) return refuse(problem);
    const units = what.batch ? Math.max(1, membersOf(request)) : 1;
    const granted = takeBudget(state, call.account, what.bucket, units);
    setLimits(granted.headers);
    if (granted.units === 0) return refuse(rateLimited(state));
    try {
      const answer = this.#perform(request, granted.units);
      return plan.fate === "code-10016-after" ? refused(refusal(10016)) : answer;
    } catch (error) {
      if (error instanceof ParameterError) return refuse(error.refusal);
      throw error;
    }
  }

  #perform(request: TradeRequest, granted: number): Answer {
    const { operation, what, call } = request;
    const { state } = this.#opening.host;
    const [body]: unknown[] = Array.isArray(operation.args) ? operation.args : [];
    const parameters = Parameters.ofValue(body, state.behaviour.integersAsText === "accept");
    if (!what.batch) return performOrder(state, call, what.action, parameters);
    const members = parameters.list("request");
    const max = state.behaviour.batchSizeMax;
    if (members.length === 0 || members.length > max) {
      throw new ParameterError(`params error: a batch holds 1 to ${max} orders`);
    }
    return performBatch(state, call, what.action, { parameters, members, granted });
  }

  #problemOf(operation: Operation, account: Account): { code: number; text: string } | undefined {
    const { state } = this.#opening.host;
    if (!state.addressLimits.admitOrderMessage(this.address, state.environment.nowMs()))
      return refusal(10403);
    const stamp = operation.header["X-BAPI-TIMESTAMP"];
    const window = operation.header["X-BAPI-RECV-WINDOW"];
    const late = checkTimestamp(textOf(stamp), textOf(window), this.#nowMs());
    if (late !== undefined) return late;
    if (operation.requestId !== undefined) {
      if (operation.requestId.length - 2 > REQUEST_ID_LENGTH_MAX)
        return badParameter("params error: reqId invalid");
      if (!this.#remember(operation.requestId)) return refusal(20006);
    }
    if (!Array.isArray(operation.args) || operation.args.length !== 1)
      return badParameter("params error: args invalid");
    return account.mayTrade ? undefined : refusal(10005);
  }

  #remember(requestId: string): boolean {
    if (this.#requestIds.has(requestId)) return false;
    if (this.#requestIds.size >= REQUEST_IDS_KEPT) this.#requestIds = new Set();
    this.#requestIds.add(requestId);
    return true;
  }

  #respond(operation: Operation, answer: Answer, limits: LimitHeaders | undefined): void {
    const { host, sink, connectionId } = this.#opening;
    const reqId = operation.requestId === undefined ? "" : `"reqId":${operation.requestId},`;
    const budget =
      limits === undefined
        ? ""
        : `"X-Bapi-Limit":"${limits.limit}","X-Bapi-Limit-Status":"${limits.remaining}",` +
          `"X-Bapi-Limit-Reset-Timestamp":"${limits.resetAt + host.state.faults.skewMs(this.#account?.apiKey)}",`;
    sink.send(
      `{${reqId}"retCode":${answer.code},"retMsg":${jsonText(answer.text)},"op":"${operation.op}",` +
        `"data":${answer.result},"retExtInfo":${answer.extra},"header":{${budget}` +
        `"Traceid":"${host.state.traceIds.next()}","Timenow":"${this.#nowMs()}"},"connId":"${connectionId}"}`,
    );
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** How many orders a batch request holds; 0 outside of batches. */
function membersOf(request: { readonly what: TradeOperation; readonly operation: Operation }): number {
  if (!request.what.batch) return 0;
  const [body]: unknown[] = Array.isArray(request.operation.args) ? request.operation.args : [];
  const members = isRecord(body) ? body.request : undefined;
  return Array.isArray(members) ? members.length : 0;
}
