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
/** The field of leg and purpose keeps what it said when there were two purposes; those that came later follow, by leg. */
const FIRST_PURPOSES: readonly OrderPurpose[] = ["rebalance", "close"];
const LATER_PURPOSES: readonly OrderPurpose[] = ["entry-rest", "take-profit", "stop", "rested-exit", "slice"];
/** A block of its own for what came after these, so that no earlier id means anything else. */
const LATEST_PURPOSES: readonly OrderPurpose[] = ["pending-entry"];
/** By place, as journals name them; new ones are added at the end. */
export const PURPOSES: readonly OrderPurpose[] = [...FIRST_PURPOSES, ...LATER_PURPOSES, ...LATEST_PURPOSES];
const BLOCKS = [FIRST_PURPOSES, LATER_PURPOSES, LATEST_PURPOSES];

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
  return ClientOrderId(
    ORDER_MARK +
      identity.epoch +
      field(identity.market, MARKET_LENGTH) +
      kindOf(identity.leg, identity.purpose) +
      decisionField(identity.decision) +
      field(identity.part, PART_LENGTH),
  );
}

/** The identity behind one of our ids; undefined when the text does not carry our mark and form. */
export function parseClientOrderId(text: string): OrderIdentity | undefined {
  const match = /^ct([0-9a-z]{8})([0-9a-z]{4})([0-9a-n])([0-9a-z]{8})([0-9a-z])$/.exec(text);
  if (match === null) return undefined;
  const [, epoch = "", market = "", kind = "", decision = "", part = ""] = match;
  const { leg, purpose } = ofKind(Number.parseInt(kind, 36));
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

function kindOf(leg: Leg, purpose: OrderPurpose): string {
  const place = LEGS.indexOf(leg);
  let from = 0;
  for (const purposes of BLOCKS) {
    const known = purposes.indexOf(purpose);
    if (known >= 0) return (from + place * purposes.length + known).toString(36);
    from += LEGS.length * purposes.length;
  }
  throw new RangeError(`no id has the purpose ${purpose}`);
}

function ofKind(kind: number): { readonly leg: Leg | undefined; readonly purpose: OrderPurpose | undefined } {
  let rest = kind;
  for (const purposes of BLOCKS) {
    if (rest < LEGS.length * purposes.length)
      return { leg: LEGS[Math.floor(rest / purposes.length)], purpose: purposes[rest % purposes.length] };
    rest -= LEGS.length * purposes.length;
  }
  return { leg: undefined, purpose: undefined };
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
