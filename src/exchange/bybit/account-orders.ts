/**
 * The orders of one account, and their changes, on their way to the venue: over the order-entry stream where it stands, else
 * by REST within the budget. Each order is answered for exactly once: accepted, rejected or unknown. A change is answered for
 * when it was not taken, or when nobody knows; cancellations go before openings, as reductions do.
 */
import type { AccountId, ClientOrderId, InstrumentId } from "../../core/model/identifiers.ts";
import type { Instrument } from "../../core/model/instrument.ts";
import type { ApprovedChange, ApprovedOrder } from "../../core/order.ts";
import type { ConnectionEvent } from "../exchange.ts";
import type { Scope } from "../scope.ts";
import type { StreamSurroundings } from "../stream-session.ts";
import type { AccountAccess } from "./account-reads.ts";
import type { RequestBudget } from "./budget.ts";
import { amendBody, cancelBody, orderBody } from "./format.ts";
import { endpointOf, OrderEntry, type OrderEntryListener, type Submission } from "./order-entry.ts";
import {
  changeOutcomeOfAnswer,
  changeOutcomeOfCode,
  changeRefused,
  type OutcomeOf,
  outcomeOfAnswer,
  outcomeOfCode,
  rejectedOutcome,
  unknownOutcome,
} from "./order-outcomes.ts";
import { type RestAnswer, STAMP_REFUSED } from "./rest.ts";

export interface AccountOrdersParts {
  readonly account: AccountId;
  readonly instruments: { get(id: InstrumentId): Instrument | undefined };
  readonly access: AccountAccess;
  /** Validity of an order at the venue, from the moment it was submitted to us. */
  readonly orderWindowMs: number;
  /** How long an answer on the order-entry stream may take. */
  readonly answerTimeoutMs: number;
  /** Of the order-entry stream; null where orders go by REST alone. */
  readonly stream: StreamSurroundings<RequestBudget> | null;
  /** Whether what increases may still go when it has waited for its turn. */
  readonly mayAdd: () => boolean;
}

/** Hears what became of each. */
export interface OrdersHolder {
  emit(event: ConnectionEvent): void;
}

export class AccountOrders implements OrderEntryListener {
  readonly #account: AccountId;
  readonly #instruments: AccountOrdersParts["instruments"];
  readonly #access: AccountAccess;
  readonly #orderWindowMs: number;
  readonly #scope: Scope;
  readonly #holder: OrdersHolder;
  readonly #entry: OrderEntry | null;
  readonly #mayAdd: () => boolean;

  constructor(parts: AccountOrdersParts, holder: OrdersHolder) {
    const { access, stream, answerTimeoutMs, mayAdd } = parts;
    this.#account = parts.account;
    this.#instruments = parts.instruments;
    this.#access = access;
    this.#orderWindowMs = parts.orderWindowMs;
    this.#scope = access.scope;
    this.#holder = holder;
    this.#mayAdd = mayAdd;
    const login = { credentials: access.credentials, clock: access.rest.clock, answerTimeoutMs, mayAdd };
    this.#entry = stream === null ? null : new OrderEntry(stream, login, this);
  }

  start(): void {
    this.#entry?.start();
  }

  stop(): void {
    this.#entry?.stop();
  }

  submit(orders: readonly ApprovedOrder[]): void {
    const nowMs = this.#scope.nowMs();
    for (const order of orders) this.#submitOne(order, nowMs);
  }

  cancel(clientOrderId: ClientOrderId, instrument: InstrumentId): void {
    const about = { action: "cancel", clientOrderId, reduces: true } as const;
    this.#change(about, instrument, (listed) => cancelBody(clientOrderId, listed));
  }

  amend(clientOrderId: ClientOrderId, instrument: InstrumentId, change: ApprovedChange): void {
    const about = { action: "amend", clientOrderId, reduces: change.reduceOnly } as const;
    this.#change(about, instrument, (listed) => amendBody(clientOrderId, listed, change));
  }

  /** For the order-entry stream only, as the next four. */
  answered(submission: Submission, code: number, text: string, venueOrderId: string): void {
    if (code === STAMP_REFUSED) this.#access.rest.clock.doubt();
    const of = this.#outcomeOf(submission);
    if (submission.action === "create") this.#tell(outcomeOfCode(of, code, text, venueOrderId));
    else this.#tell(changeOutcomeOfCode(of, code, text));
  }

  unknown(submission: Submission, cause: string): void {
    const of = this.#outcomeOf(submission);
    const isNew = submission.action === "create";
    this.#tell(isNew ? unknownOutcome(of, cause) : changeRefused(of, "unknown", cause));
  }

  notSent(submission: Submission, cause: string): void {
    this.#tellAnswer(submission, { kind: "not-sent", cause });
  }

  heldBack(submission: Submission): void {
    this.#tellAnswer(submission, { kind: "held-back" });
  }

  notWritten(submission: Submission): void {
    this.#sendByRest(submission);
  }

  #tellAnswer(submission: Submission, answer: RestAnswer): void {
    const of = this.#outcomeOf(submission);
    const isNew = submission.action === "create";
    this.#tell(isNew ? outcomeOfAnswer(of, answer) : changeOutcomeOfAnswer(of, answer));
  }

  /** An answer that says nothing about the order itself is nobody's news. */
  #tell(event: ConnectionEvent | null): void {
    if (event !== null) this.#holder.emit(event);
  }

  #change(
    about: Pick<Submission, "action" | "clientOrderId" | "reduces">,
    id: InstrumentId,
    bodyOf: (instrument: Instrument) => string,
  ): void {
    const nowMs = this.#scope.nowMs();
    const submission = { ...about, body: "", validUntilMs: nowMs + this.#orderWindowMs };
    const refuse = (text: string): void =>
      this.#tell(changeRefused(this.#outcomeOf(submission), "bad-request", `never sent: ${text}`));
    const instrument = this.#instruments.get(id);
    if (instrument === undefined) return refuse(NOT_LISTED);
    const body = tried(() => bodyOf(instrument));
    if (typeof body === "string") this.#send({ ...submission, body }, nowMs);
    else refuse(body.message);
  }

  #submitOne(order: ApprovedOrder, nowMs: number): void {
    const validUntilMs = nowMs + this.#orderWindowMs;
    const { clientOrderId, reduceOnly: reduces } = order;
    const instrument = this.#instruments.get(order.instrument);
    const body = orderText(order, instrument);
    if (typeof body === "string")
      this.#send({ action: "create", clientOrderId, body, reduces, validUntilMs }, nowMs);
    else
      this.#refuseOrder({ action: "create", clientOrderId, body: "", reduces, validUntilMs }, body.message);
  }

  #send(submission: Submission, nowMs: number): void {
    if (this.#entry?.isReady === true) this.#entry.submit(submission, nowMs);
    else this.#sendByRest(submission);
  }

  #sendByRest(submission: Submission): void {
    const { rest, credentials } = this.#access;
    const { body: payload, validUntilMs, reduces } = submission;
    const priority = reduces ? "reduce" : "open";
    const request = {
      method: "POST",
      path: endpointOf(submission.action),
      payload,
      credentials,
      priority,
      validUntilMs,
      ...(reduces ? {} : { mayGo: this.#mayAdd }),
    } as const;
    rest.send(request, (answer) => this.#tellAnswer(submission, answer));
  }

  #refuseOrder(submission: Submission, text: string): void {
    this.#holder.emit(rejectedOutcome(this.#outcomeOf(submission), "bad-request", `never sent: ${text}`));
  }

  #outcomeOf(submission: Submission): OutcomeOf {
    const { clock } = this.#access.rest;
    const expiresAtServerMs = Math.ceil(clock.toServerMs(submission.validUntilMs));
    return { account: this.#account, submission, atMs: this.#scope.nowMs(), expiresAtServerMs };
  }
}

const NOT_LISTED = "the venue does not list this instrument";

/** The body of an order, or why it cannot be made; by itself, as each of a thousand orders comes through here. */
function orderText(order: ApprovedOrder, instrument: Instrument | undefined): string | RangeError {
  if (instrument === undefined) return new RangeError(NOT_LISTED);
  try {
    return orderBody(order, instrument);
  } catch (error) {
    if (error instanceof RangeError) return error;
    throw error;
  }
}

/** The body of a change, or why it cannot be made. */
function tried(make: () => string): string | RangeError {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) return error;
    throw error;
  }
}
