/**
 * Our order ids: a pure function of the journal's epoch, the market (follower and instrument), the leg, the purpose and
 * the decision. Sending the same decision twice gives the same id, which the venue takes once. The prefix is our mark:
 * an order without it is never touched. 24 characters, 118 bits at most.
 */
import type { Leg } from "./event.ts";
import { ClientOrderId } from "./model/identifiers.ts";
import type { OrderPurpose } from "./order.ts";

export const ORDER_MARK = "ct";
export const EPOCH_LENGTH = 8;

const MARKET_LENGTH = 4;
const DECISION_LENGTH = 8;
const PART_LENGTH = 1;
const LEGS: readonly Leg[] = ["net", "long", "short"];
const PURPOSES: readonly OrderPurpose[] = ["rebalance", "close"];

export interface OrderIdentity {
  /** `EPOCH_LENGTH` characters of 0-9 and a-z. */
  readonly epoch: string;
  readonly market: number;
  readonly leg: Leg;
  readonly purpose: OrderPurpose;
  readonly decision: number;
  readonly part: number;
}

/** Throws a RangeError when a part of the identity does not fit its field. */
export function makeClientOrderId(identity: OrderIdentity): ClientOrderId {
  const kind = LEGS.indexOf(identity.leg) * PURPOSES.length + PURPOSES.indexOf(identity.purpose);
  return ClientOrderId(
    ORDER_MARK +
      identity.epoch +
      field(identity.market, MARKET_LENGTH) +
      kind +
      decisionField(identity.decision) +
      field(identity.part, PART_LENGTH),
  );
}

/** The identity behind one of our ids; undefined when the text does not carry our mark and form. */
export function parseClientOrderId(text: string): OrderIdentity | undefined {
  const match = /^ct([0-9a-z]{8})([0-9a-z]{4})([0-5])([0-9a-z]{8})([0-9a-z])$/.exec(text);
  if (match === null) return undefined;
  const [, epoch = "", market = "", kind = "", decision = "", part = ""] = match;
  const leg = LEGS[Math.floor(Number(kind) / PURPOSES.length)];
  const purpose = PURPOSES[Number(kind) % PURPOSES.length];
  if (leg === undefined || purpose === undefined) return undefined;
  return {
    epoch,
    market: Number.parseInt(market, 36),
    leg,
    purpose,
    decision: Number.parseInt(decision, 36),
    part: Number.parseInt(part, 36),
  };
}

/** The orders of one decision follow one another, so its field is written once. */
let lastDecision = -1;
let lastDecisionField = "";

function decisionField(decision: number): string {
  if (decision !== lastDecision) {
    lastDecisionField = field(decision, DECISION_LENGTH);
    lastDecision = decision;
  }
  return lastDecisionField;
}

function field(value: number, length: number): string {
  const text = value.toString(36);
  if (value < 0 || text.length > length) throw new RangeError(`${value} does not fit ${length} characters`);
  return text.padStart(length, "0");
}
