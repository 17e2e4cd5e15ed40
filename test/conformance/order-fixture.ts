/**
 * Instruments and orders for connector tests. An ApprovedOrder can only be made by `core/risk`; tests of what comes
 * after it make theirs here, in the one place that casts.
 */

import type { Leg } from "../../src/core/event.ts";
import { Lots } from "../../src/core/model/amounts.ts";
import {
  type AccountId,
  ClientOrderId,
  type InstrumentId,
  type VenueId,
} from "../../src/core/model/identifiers.ts";
import { type Instrument, makeInstrument } from "../../src/core/model/instrument.ts";
import {
  type ApprovedChange,
  type ApprovedOrder,
  MARKET,
  type OrderChange,
  type OrderForm,
  type OrderPurpose,
  type OrderRequest,
} from "../../src/core/order.ts";

export function testInstrument(symbol: string, venue: VenueId): Instrument {
  return makeInstrument({
    venue,
    symbol,
    baseCoin: symbol.replace(/USDT$/, ""),
    settleCoin: "USDT",
    status: "trading",
    tickSize: "0.10",
    quantityStep: "0.001",
    minQuantity: "0.001",
    maxLimitQuantity: "1190",
    maxMarketQuantity: "500",
    minNotional: "5",
    minPrice: "0.10",
    maxPrice: "1999999.80",
    maxLeverage: "100",
    leverageStep: "0.01",
    fundingIntervalMinutes: 480,
  });
}

export interface OrderWish {
  readonly account: AccountId;
  readonly instrument: InstrumentId;
  /** Signed: + buys. */
  readonly lots: number;
  readonly clientOrderId: string;
  readonly leg?: Leg;
  readonly reduceOnly?: boolean;
  readonly purpose?: OrderPurpose;
  /** Default: at market. */
  readonly form?: OrderForm;
}

export function approvedOrder(wish: OrderWish): ApprovedOrder {
  const request: OrderRequest = {
    clientOrderId: ClientOrderId(wish.clientOrderId),
    account: wish.account,
    instrument: wish.instrument,
    leg: wish.leg ?? "net",
    lots: Lots(wish.lots),
    reduceOnly: wish.reduceOnly ?? false,
    purpose: wish.purpose ?? "rebalance",
    form: wish.form ?? MARKET,
    part: 0,
    context: {
      leaderPrice: null,
      leaderTimeMs: 0,
      leaderReceivedAtMs: 0,
      decidedAtMs: 0,
      bid: null,
      ask: null,
      mark: null,
    },
  };
  return request as ApprovedOrder;
}

export function approvedChange(change: Partial<OrderChange>): ApprovedChange {
  return { reduceOnly: false, ...change } as ApprovedChange;
}
