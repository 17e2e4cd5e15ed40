/**
 * Room 2's check, before anything is folded: a statement that cannot be true is refused with its reason, and the account
 * is read again, so that a bad message never becomes a trade. Rows of a snapshot are skipped one by one. Follower fills
 * are refused only when they make no sense at all: money that moved must be booked, however late it is learned.
 */
import type { Event, EventOf, FillReport, LeaderFillReport, LeaderOrderRow, PositionRow } from "./event.ts";
import { checkEvidence } from "./evidence.ts";
import { Decimal } from "./model/decimal.ts";
import { type Instrument, lotsFrom, ticksFrom } from "./model/instrument.ts";
import type { ReasonDetail, Refusal, RefusalKind } from "./reason.ts";
import { POSITION_FACTOR_MAX } from "./sizing/size.ts";
import type { State } from "./state.ts";

/** A venue's clock may be this far ahead of ours. */
const AHEAD_MAX_MS = 60_000;
/** A leader's fill older than this is history, not a signal: the next snapshot says what still holds. */
const AGE_MAX_MS = 15 * 60_000;
/** A fill further from the mark than this factor, either way, is an error of the source. */
const PRICE_FACTOR_MAX = 2;

export function validate(state: State, event: Event): Refusal | null {
  const stranger = checkAccount(state, event);
  if (stranger !== null) return stranger;
  switch (event.kind) {
    case "leader-filled":
      return checkFill(state, event) ?? checkTime(event) ?? checkPrice(state, event);
    case "follower-filled":
      return checkFill(state, event);
    case "leader-position-reported":
    case "follower-position-reported":
      return checkRow(state, event.position);
    case "leader-order-reported":
      return checkLeaderOrder(state, event.order);
    case "evidence-updated":
      return checkEvidence(event) ?? checkMeasured(event);
    default:
      return null;
  }
}

/** Statements about an account that no settings ever named, or in the other role. */
function checkAccount(state: State, event: Event): Refusal | null {
  if (!("account" in event)) return null;
  const { kind, account } = event;
  const known = kind.startsWith("leader-")
    ? state.leaders.has(account)
    : kind.startsWith("follower-")
      ? state.followers.has(account)
      : state.leaders.has(account) || state.followers.has(account);
  return known ? null : refusal("unknown-account", { account });
}

function checkFill(state: State, fill: FillReport): Refusal | null {
  const instrument = state.instruments.get(fill.instrument);
  if (instrument === undefined) return refusal("unknown-instrument", { instrument: fill.instrument });
  const lots = lotsFrom(instrument, fill.quantity);
  if (lots === undefined) return unreadable("quantity", fill.quantity, instrument.spec.quantityStep);
  if (lots <= 0 || lots > instrument.maxMarketLots * POSITION_FACTOR_MAX) {
    return refusal("impossible-size", { quantity: fill.quantity });
  }
  return null;
}

/** Judged on the venue's clock, where it is known. */
function checkTime({ venueTimeMs, receivedAtMs, receivedAtServerMs }: LeaderFillReport): Refusal | null {
  const ageMs = (receivedAtServerMs ?? receivedAtMs) - venueTimeMs;
  if (ageMs < -AHEAD_MAX_MS) return refusal("stamp-in-the-future", { aheadMs: -ageMs });
  return ageMs > AGE_MAX_MS ? refusal("stamp-too-old", { ageMs }) : null;
}

function checkMeasured({ evidence, atMs }: EventOf<"evidence-updated">): Refusal | null {
  const aheadMs = evidence.measuredAtMs - atMs;
  return aheadMs > AHEAD_MAX_MS ? refusal("stamp-in-the-future", { aheadMs }) : null;
}

function checkPrice(state: State, fill: FillReport): Refusal | null {
  const instrument = state.instruments.get(fill.instrument);
  if (instrument === undefined) return null;
  const ticks = ticksFrom(instrument, fill.price);
  if (ticks === undefined) return unreadable("price", fill.price, instrument.spec.tickSize);
  const mark = state.quotes.get(fill.instrument)?.mark ?? null;
  const outside = mark !== null && (ticks > mark * PRICE_FACTOR_MAX || ticks * PRICE_FACTOR_MAX < mark);
  if (ticks <= 0 || outside)
    return refusal("price-out-of-bounds", { price: fill.price, markTicks: mark ?? "" });
  return null;
}

/** Of a stop that follows its position the venue may state no quantity. */
function checkLeaderOrder(state: State, order: LeaderOrderRow): Refusal | null {
  const instrument = state.instruments.get(order.instrument);
  if (instrument === undefined) return refusal("unknown-instrument", { instrument: order.instrument });
  for (const price of [order.price, order.triggerPrice])
    if (price !== "" && ticksFrom(instrument, price) === undefined)
      return unreadable("price", price, instrument.spec.tickSize);
  return checkRowSize(instrument, order);
}

function checkRow(state: State, row: PositionRow): Refusal | null {
  const instrument = state.instruments.get(row.instrument);
  if (instrument === undefined) return refusal("unknown-instrument", { instrument: row.instrument });
  return checkRowSize(instrument, row);
}

function checkRowSize(instrument: Instrument, row: Pick<PositionRow, "quantity">): Refusal | null {
  const lots = lotsFrom(instrument, row.quantity);
  if (lots === undefined) return unreadable("quantity", row.quantity, instrument.spec.quantityStep);
  if (Math.abs(lots) > instrument.maxMarketLots * POSITION_FACTOR_MAX) {
    return refusal("impossible-size", { quantity: row.quantity });
  }
  return null;
}

function unreadable(what: "quantity" | "price", text: string, step: string): Refusal {
  const kind = Decimal.tryParse(text) === undefined ? "not-a-number" : "wrong-step";
  return refusal(kind, { [what]: text, step });
}

function refusal(kind: RefusalKind, detail: ReasonDetail): Refusal {
  return { kind, detail };
}
