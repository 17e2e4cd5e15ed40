/**
 * What the venue's answer to an order means: accepted, rejected (certainly not taken) or unknown; and the answer to a change
 * of one: nothing yet (its report tells), gone already, unknown or refused. The one place where that is decided, for both
 * ways a request can go.
 */

import type { ChangeRefusal } from "../../core/event.ts";
import { type AccountId, VenueOrderId } from "../../core/model/identifiers.ts";
import type { ConnectionEvent } from "../exchange.ts";
import { isRow } from "../raw.ts";
import { isGone, meaningOf, rejectionOf, SUCCESS } from "./errors.ts";
import type { Submission } from "./order-entry.ts";
import type { RestAnswer } from "./rest.ts";

export type OrderOutcome = Extract<
  ConnectionEvent,
  { readonly kind: "order-accepted" | "order-rejected" | "order-outcome-unknown" }
>;

/** Of which order, and when we learned it. */
export interface OutcomeOf {
  readonly account: AccountId;
  readonly submission: Submission;
  readonly atMs: number;
  /** On the venue's clock: when the request is void. */
  readonly expiresAtServerMs: number;
}

const HELD_BACK = "never sent: the account took no more risk when its turn came";

/** By the venue's code. Success without an order id is still success: the id comes with the order's reports. */
export function outcomeOfCode(of: OutcomeOf, code: number, text: string, venueOrderId: string): OrderOutcome {
  const order = { account: of.account, clientOrderId: of.submission.clientOrderId, atMs: of.atMs };
  if (code === SUCCESS) return { kind: "order-accepted", ...order, venueOrderId: VenueOrderId(venueOrderId) };
  const meaning = meaningOf(code);
  if (meaning.class === "unknown") return unknownOutcome(of, `${meaning.meaning} (${code}: ${text})`);
  return { kind: "order-rejected", ...order, rejection: rejectionOf(code, text) };
}

export function outcomeOfAnswer(of: OutcomeOf, answer: RestAnswer): OrderOutcome {
  switch (answer.kind) {
    case "answered": {
      const orderId = isRow(answer.result) ? answer.result.orderId : undefined;
      return outcomeOfCode(of, answer.code, answer.text, typeof orderId === "string" ? orderId : "");
    }
    case "turned-away": {
      const limited = answer.error.class === "retry";
      return rejectedOutcome(
        of,
        limited ? "rate-limited" : "bad-request",
        answer.error.message,
        answer.status,
      );
    }
    case "failed":
      if (answer.mayHaveArrived) return unknownOutcome(of, answer.cause);
      return rejectedOutcome(of, "try-again", answer.cause);
    case "not-sent":
      return notSentOutcome(of, answer.cause);
    case "held-back":
      return rejectedOutcome(of, "try-again", HELD_BACK);
  }
}

export function unknownOutcome(of: OutcomeOf, cause: string): OrderOutcome {
  const { account, atMs, expiresAtServerMs } = of;
  const { clientOrderId } = of.submission;
  return { kind: "order-outcome-unknown", account, clientOrderId, cause, expiresAtServerMs, atMs };
}

/** Never sent for lack of room in the limits. */
function notSentOutcome(of: OutcomeOf, cause: string): OrderOutcome {
  return rejectedOutcome(of, "rate-limited", `never sent: ${cause}`);
}

export function rejectedOutcome(
  of: OutcomeOf,
  class_: "rate-limited" | "bad-request" | "try-again",
  text: string,
  code = 0,
): OrderOutcome {
  const { clientOrderId } = of.submission;
  const rejection = { class: class_, code, text };
  return { kind: "order-rejected", account: of.account, clientOrderId, rejection, atMs: of.atMs };
}

export type ChangeOutcome = Extract<
  ConnectionEvent,
  { readonly kind: "order-cancel-refused" | "order-amend-refused" }
>;

/** Null when the venue took the request: the order's report says what became of it. */
export function changeOutcomeOfCode(of: OutcomeOf, code: number, text: string): ChangeOutcome | null {
  const meaning = meaningOf(code);
  if (code === SUCCESS || meaning.class === "already-so") return null;
  if (isGone(code)) return changeRefused(of, "already-gone", text, code);
  if (meaning.class === "unknown")
    return changeRefused(of, "unknown", `${meaning.meaning} (${code}: ${text})`, code);
  return changeRefused(of, rejectionOf(code, text).class, text, code);
}

export function changeOutcomeOfAnswer(of: OutcomeOf, answer: RestAnswer): ChangeOutcome | null {
  switch (answer.kind) {
    case "answered":
      return changeOutcomeOfCode(of, answer.code, answer.text);
    case "turned-away": {
      const limited = answer.error.class === "retry";
      const { message } = answer.error;
      return changeRefused(of, limited ? "rate-limited" : "bad-request", message, answer.status);
    }
    case "failed":
      return changeRefused(of, answer.mayHaveArrived ? "unknown" : "try-again", answer.cause);
    case "not-sent":
      return changeRefused(of, "rate-limited", `never sent: ${answer.cause}`);
    case "held-back":
      return changeRefused(of, "try-again", HELD_BACK);
  }
}

export function changeRefused(
  of: OutcomeOf,
  class_: ChangeRefusal["class"],
  text: string,
  code = 0,
): ChangeOutcome {
  const { action, clientOrderId } = of.submission;
  const kind = action === "cancel" ? "order-cancel-refused" : "order-amend-refused";
  return { kind, account: of.account, clientOrderId, refusal: { class: class_, code, text }, atMs: of.atMs };
}
