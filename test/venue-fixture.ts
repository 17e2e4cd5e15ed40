/** A small venue for the tests of the simulated venue: a virtual clock, three markets, accounts "a", "b", "c", recorded events. */
import { expect } from "vitest";
import { Decimal } from "../src/core/model/decimal.ts";
import { instrumentSettings } from "../src/exchange/simulated/instruments.ts";
import { SimulatedVenue } from "../src/exchange/simulated/simulated-venue.ts";
import type {
  AccountKey,
  OrderRequest,
  OrderRow,
  PositionMode,
  VenueEvent,
  VenueOptions,
} from "../src/exchange/simulated/venue-types.ts";

export const START_MS = Date.UTC(2025, 7, 1, 7, 0, 0);

const MARKETS = [
  instrumentSettings({
    symbol: "BTCUSDT",
    tickSize: "0.1",
    qtyStep: "0.001",
    maxOrderQty: "1190",
    maxMktOrderQty: "500",
    maxLeverage: "100",
    basePrice: "60000",
  }),
  instrumentSettings({
    symbol: "ETHUSDT",
    tickSize: "0.01",
    qtyStep: "0.01",
    maxOrderQty: "7240",
    maxLeverage: "100",
    basePrice: "3000",
  }),
  instrumentSettings({
    symbol: "1000PEPEUSDT",
    tickSize: "0.000001",
    qtyStep: "100",
    maxOrderQty: "350000000",
    maxLeverage: "50",
    basePrice: "0.012",
  }),
];

export interface Fixture {
  readonly venue: SimulatedVenue;
  readonly events: VenueEvent[];
  readonly clock: { nowMs: number };
  /** Moves the clock and the venue with it. */
  advance(ms: number): void;
  place(account: AccountKey, order: Partial<OrderRequest>): string;
}

export function makeFixture(options: Partial<VenueOptions> = {}, mode: PositionMode = "one-way"): Fixture {
  const clock = { nowMs: START_MS };
  const events: VenueEvent[] = [];
  const venue = new SimulatedVenue({
    instruments: MARKETS,
    nowMs: () => clock.nowMs,
    onEvent: (event) => events.push(event),
    ...options,
  });
  for (const key of ["a", "b", "c"]) {
    venue.createAccount(key, { balances: { USDT: "100000" }, positionMode: mode });
  }
  events.length = 0;
  const advance = (ms: number) => {
    clock.nowMs += ms;
    venue.advanceTo(clock.nowMs);
  };
  const place = (account: AccountKey, order: Partial<OrderRequest>) => {
    const outcome = venue.placeOrder(account, orderOf(order));
    return outcome.kind === "accepted" ? outcome.orderId : outcome.reason;
  };
  return { venue, events, clock, advance, place };
}

/** A market buy of 0.1 BTC unless told otherwise. */
export function orderOf(order: Partial<OrderRequest>): OrderRequest {
  return { symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "0.1", ...order };
}

export function limit(side: "Buy" | "Sell", price: string, more: Partial<OrderRequest> = {}) {
  return orderOf({ side, orderType: "Limit", price, ...more });
}

/** The order's end in one line: status, filled quantity, cancel type, reject reason. */
export function endOf(fixture: Fixture, account: AccountKey, orderId: string): string {
  const row = fixture.venue.order(account, { orderId });
  return row === undefined ? "no such order" : summary(row);
}

function summary(row: OrderRow): string {
  const words: string[] = [row.orderStatus, row.cumExecQty];
  if (row.cancelType !== "") words.push(row.cancelType);
  if (row.rejectReason !== "EC_NoError") words.push(row.rejectReason);
  return words.join(" ");
}

/** Positions as `symbol idx side size@average`. */
export function positionsOf(fixture: Fixture, account: AccountKey): string[] {
  return fixture.venue
    .positions(account)
    .map((row) => `${row.symbol} ${row.positionIdx} ${row.side} ${row.size}@${row.avgPrice}`);
}

/** Every unit is in a wallet or one of the venue's own accounts. */
export function expectBalanced(fixture: Fixture): void {
  const { total, deposits, withdrawals } = fixture.venue.ledger();
  expect(total).toBe(Decimal.parse(deposits).minus(Decimal.parse(withdrawals)).toString());
}
