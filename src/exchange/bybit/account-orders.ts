/**
 * The orders of one account on their way to the venue: over the order-entry stream where it stands, else by REST within
 * the budget. Each is answered for exactly once: accepted, rejected or unknown.
 */
import type { AccountId, InstrumentId } from "../../core/model/identifiers.ts";
import type { Instrument } from "../../core/model/instrument.ts";
import type { ApprovedOrder } from "../../core/order.ts";
import type { ConnectionEvent } from "../exchange.ts";
import type { Scope } from "../scope.ts";
import type { AccountAccess } from "./account-reads.ts";
import { orderBody } from "./format.ts";
import { OrderEntry, type OrderEntryListener, type Submission } from "./order-entry.ts";
import {
  notSentOutcome,
  type OutcomeOf,
  outcomeOfAnswer,
  outcomeOfCode,
  rejectedOutcome,
  unknownOutcome,
} from "./order-outcomes.ts";
import { STAMP_REFUSED } from "./rest.ts";
import type { StreamSurroundings } from "./stream.ts";

export interface AccountOrdersParts {
  readonly account: AccountId;
  readonly instruments: { get(id: InstrumentId): Instrument | undefined };
  readonly access: AccountAccess;
  /** Validity of an order at the venue, from the moment it was submitted to us. */
  readonly orderWindowMs: number;
  /** How long an answer on the order-entry stream may take. */
  readonly answerTimeoutMs: number;
  /** Of the order-entry stream; null where orders go by REST alone. */
  readonly stream: StreamSurroundings | null;
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

  constructor(parts: AccountOrdersParts, holder: OrdersHolder) {
    const { access, stream, answerTimeoutMs } = parts;
    this.#account = parts.account;
    this.#instruments = parts.instruments;
    this.#access = access;
    this.#orderWindowMs = parts.orderWindowMs;
    this.#scope = access.scope;
    this.#holder = holder;
    const login = { credentials: access.credentials, clock: access.rest.clock, answerTimeoutMs };
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

  /** For the order-entry stream only, as the next three. */
  answered(submission: Submission, code: number, text: string, venueOrderId: string): void {
    if (code === STAMP_REFUSED) this.#access.rest.clock.doubt();
    this.#holder.emit(outcomeOfCode(this.#outcomeOf(submission), code, text, venueOrderId));
  }

  unknown(submission: Submission, cause: string): void {
    this.#holder.emit(unknownOutcome(this.#outcomeOf(submission), cause));
  }

  notSent(submission: Submission, cause: string): void {
    this.#holder.emit(notSentOutcome(this.#outcomeOf(submission), cause));
  }

  notWritten(submission: Submission): void {
    this.#submitByRest(submission);
  }

  #submitOne(order: ApprovedOrder, nowMs: number): void {
    const validUntilMs = nowMs + this.#orderWindowMs;
    const { clientOrderId, reduceOnly: reduces } = order;
    const instrument = this.#instruments.get(order.instrument);
    if (instrument === undefined) {
      this.#refuseOrder(
        { clientOrderId, body: "", reduces, validUntilMs },
        "the venue does not list this instrument",
      );
      return;
    }
    let body: string;
    try {
      body = orderBody(order, instrument);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#refuseOrder({ clientOrderId, body: "", reduces, validUntilMs }, error.message);
      return;
    }
    this.#send({ clientOrderId, body, reduces, validUntilMs }, nowMs);
  }

  #send(submission: Submission, nowMs: number): void {
    if (this.#entry?.isReady === true) this.#entry.submit(submission, nowMs);
    else this.#submitByRest(submission);
  }

  #submitByRest(submission: Submission): void {
    const { rest, credentials } = this.#access;
    const { body: payload, validUntilMs, reduces } = submission;
    const priority = reduces ? "reduce" : "open";
    const request = {
      method: "POST",
      path: "/v5/order/create",
      payload,
      credentials,
      priority,
      validUntilMs,
    } as const;
    rest.send(request, (answer) => this.#holder.emit(outcomeOfAnswer(this.#outcomeOf(submission), answer)));
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
