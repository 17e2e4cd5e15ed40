/** Who takes part: one leader, one or two followers that copy it at its own size, one instrument at a price that stands still. */
import type { Event, FillReport, OrderRow, PositionRow } from "../../src/core/event.ts";
import {
  AccountId,
  ClientOrderId,
  InstrumentId,
  TradeId,
  VenueId,
  VenueOrderId,
} from "../../src/core/model/identifiers.ts";
import type { InstrumentSpec } from "../../src/core/model/instrument.ts";
import { plainAllocation, type Settings } from "../../src/core/settings.ts";
import { text } from "../simulation/model-venue.ts";
import { tradeIdOf } from "./frame.ts";
import { type Account, holdsAfter, LEADER, type Message, type Position, type VenueOrder } from "./world.ts";

const VENUE = VenueId("model");
export const INSTRUMENT = InstrumentId("BTCUSDT", VENUE);
const PRICE = "60000";
const EQUITY = { equity: "1000000", available: "1000000" };

export const SPEC: InstrumentSpec = {
  venue: VENUE,
  symbol: "BTCUSDT",
  baseCoin: "BTC",
  settleCoin: "USDT",
  status: "trading",
  tickSize: "0.1",
  quantityStep: "0.001",
  minQuantity: "0.001",
  maxMarketQuantity: "100",
  maxLimitQuantity: "100",
  minNotional: "5",
  minPrice: "0.1",
  maxPrice: "9999999",
  maxLeverage: "50",
  leverageStep: "0.01",
  fundingIntervalMinutes: 480,
};

export function nameOf(account: Account): AccountId {
  return AccountId(account === LEADER ? "leader" : `follower${account}`);
}

export function settingsFor(followers: number): Settings {
  const names = Array.from({ length: followers }, (_, index) => nameOf(index + 1));
  return {
    accounts: [
      { account: nameOf(LEADER), venue: VENUE, role: "leader" },
      ...names.map((account) => ({ account, venue: VENUE, role: "follower" }) as const),
    ],
    allocations: names.map((name) => ({
      ...plainAllocation(nameOf(LEADER), name),
      leverage: { kind: "leave" },
    })),
    leaderStaleAfterMs: 60_000,
    followerStaleAfterMs: 60_000,
    snapshotIntervalMs: 15_000,
    orderWindowMs: 5_000,
  };
}

export function priceAt(atMs: number): Event {
  return { kind: "price-updated", instrument: INSTRUMENT, bid: PRICE, ask: PRICE, mark: PRICE, atMs };
}

export function connected(account: Account, atMs: number): Event {
  return { kind: "connection-changed", account: nameOf(account), state: "up", cause: "", atMs };
}

/** What the core reads when `told` arrives at `atMs`. */
export function eventOf(told: Message, atMs: number): Event {
  switch (told.kind) {
    case "leader-fill":
      return { kind: "leader-filled", account: nameOf(LEADER), ...leaderFill(told.step, told.timeMs, atMs) };
    case "leader-position": {
      const position = { lots: holdsAfter(told.step), sequence: told.step, timeMs: told.timeMs };
      return {
        kind: "leader-position-reported",
        account: nameOf(LEADER),
        position: rowOf(position),
        receivedAtMs: atMs,
      };
    }
    case "snapshot":
      return {
        kind: told.to === LEADER ? "leader-snapshot-taken" : "follower-snapshot-taken",
        account: nameOf(told.to),
        positions: told.position.lots === 0 ? [] : [rowOf(told.position)],
        orders: [],
        equity: EQUITY,
        serverTimeMs: told.timeMs,
        requestedAtMs: told.requestedMs,
        receivedAtMs: atMs,
      };
    case "snapshot-failed":
      return failed(told.to, "snapshot", "", atMs);
    default:
      return followerEvent(told, atMs);
  }
}

type ToFollower = Exclude<
  Message,
  { readonly kind: "leader-fill" | "leader-position" | "snapshot" | "snapshot-failed" }
>;

function followerEvent(told: ToFollower, atMs: number): Event {
  const account = nameOf(told.to);
  switch (told.kind) {
    case "fill":
      return {
        kind: "follower-filled",
        account,
        venueOrderId: VenueOrderId(`order of ${told.id}`),
        clientOrderId: ClientOrderId(told.id),
        ...executed(told, atMs),
      };
    case "order":
      return { kind: "order-reported", account, order: orderRow(told.id, told.order), atMs };
    case "position":
      return {
        kind: "follower-position-reported",
        account,
        position: rowOf(told.position),
        receivedAtMs: atMs,
      };
    case "described":
      return {
        kind: "market-described",
        account,
        instrument: INSTRUMENT,
        mode: "one-way",
        leverage: "10",
        atMs,
      };
    default:
      return answerOf(told, atMs);
  }
}

type Answer = Extract<
  Message,
  { readonly kind: "accepted" | "rejected" | "unknown" | "not-found" | "look-up-failed" }
>;

function answerOf(told: Answer, atMs: number): Event {
  const account = nameOf(told.to);
  const clientOrderId = ClientOrderId(told.id);
  const head = { account, clientOrderId };
  // biome-ignore lint/nursery/useExhaustiveSwitchCases: every kind of the narrowed union is here
  switch (told.kind) {
    case "accepted":
      return { kind: "order-accepted", ...head, venueOrderId: VenueOrderId(`order of ${told.id}`), atMs };
    case "rejected":
      return { kind: "order-rejected", ...head, rejection: { class: told.class, code: 0, text: "" }, atMs };
    case "unknown":
      return { kind: "order-outcome-unknown", ...head, cause: "no answer in time", atMs };
    case "not-found":
      return { kind: "order-not-found", ...head, serverTimeMs: told.timeMs, atMs };
    case "look-up-failed":
      return failed(told.to, "look-up", told.id, atMs);
  }
}

function failed(account: Account, question: "look-up" | "snapshot", subject: string, atMs: number): Event {
  return { kind: "question-failed", account: nameOf(account), question, subject, cause: "lost", atMs };
}

type Execution = Omit<FillReport, "account" | "venueOrderId" | "clientOrderId">;

function leaderFill(
  step: number,
  timeMs: number,
  atMs: number,
): Execution & Pick<FillReport, "venueOrderId"> {
  const lots = holdsAfter(step) - holdsAfter(step - 1);
  return { venueOrderId: VenueOrderId(`order ${step}`), ...executed({ lots, sequence: step, timeMs }, atMs) };
}

function executed(
  { lots, sequence, timeMs }: { readonly lots: number; readonly sequence: number; readonly timeMs: number },
  atMs: number,
): Execution {
  return {
    instrument: INSTRUMENT,
    leg: "net",
    tradeId: TradeId(tradeIdOf(sequence)),
    side: lots > 0 ? "buy" : "sell",
    quantity: quantityOf(lots),
    price: PRICE,
    fee: "0",
    sequence,
    venueTimeMs: timeMs,
    receivedAtMs: atMs,
  };
}

function rowOf({ lots, sequence, timeMs }: Position): PositionRow {
  return {
    instrument: INSTRUMENT,
    leg: "net",
    quantity: lots < 0 ? `-${quantityOf(lots)}` : quantityOf(lots),
    entryPrice: "",
    leverage: "10",
    sequence,
    venueTimeMs: timeMs,
  };
}

function orderRow(id: string, { lots, filled, status, reduceOnly, timeMs }: VenueOrder): OrderRow {
  return {
    instrument: INSTRUMENT,
    leg: "net",
    clientOrderId: ClientOrderId(id),
    venueOrderId: VenueOrderId(`order of ${id}`),
    side: lots > 0 ? "buy" : "sell",
    status,
    orderType: "market",
    price: "",
    triggerPrice: "",
    quantity: quantityOf(lots),
    filledQuantity: quantityOf(filled),
    averagePrice: "",
    reduceOnly,
    venueReason: status === "cancelled" ? "no counterpart" : "",
    venueTimeMs: timeMs,
  };
}

function quantityOf(lots: number): string {
  return text(Math.abs(lots), SPEC.quantityStep);
}
