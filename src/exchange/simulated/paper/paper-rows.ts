/**
 * Rows of the simulated venue as the core's records. Ids carry the run's name: the venue counts anew after each restart,
 * and an id that comes twice would be taken for one that is known.
 */
import type {
  EquityReport,
  FillReport,
  FundingSettled,
  Leg,
  OrderRow,
  OrderStatus,
  PositionRow,
  Side,
} from "../../../core/event.ts";
import { Decimal } from "../../../core/model/decimal.ts";
import {
  type AccountId,
  ClientOrderId,
  InstrumentId,
  TradeId,
  type VenueId,
  VenueOrderId,
} from "../../../core/model/identifiers.ts";
import type * as simulated from "../venue-types.ts";

/** Of which venue and run. */
export interface PaperOrigin {
  readonly venue: VenueId;
  readonly run: string;
}

const LEGS: Readonly<Record<simulated.PositionIndex, Leg>> = { 0: "net", 1: "long", 2: "short" };
export const POSITION_INDEX: Readonly<Record<Leg, simulated.PositionIndex>> = { net: 0, long: 1, short: 2 };

const STATUSES: Readonly<Record<simulated.OrderStatus, OrderStatus>> = {
  New: "working",
  PartiallyFilled: "working",
  Untriggered: "untriggered",
  Triggered: "working",
  Filled: "filled",
  Cancelled: "cancelled",
  Deactivated: "cancelled",
  Rejected: "rejected",
};

export function fillReport(
  origin: PaperOrigin,
  account: AccountId,
  row: simulated.ExecutionRow,
  receivedAtMs: number,
): FillReport {
  const report = {
    account,
    instrument: InstrumentId(row.symbol, origin.venue),
    leg: LEGS[row.positionIdx],
    tradeId: TradeId(`${origin.run}-${row.execId}`),
    venueOrderId: venueOrderId(origin, row.orderId),
    side: sideOf(row.side),
    quantity: row.execQty,
    price: row.execPrice,
    fee: row.execFee,
    sequence: row.seq,
    venueTimeMs: row.execTime,
    receivedAtMs,
  };
  return row.orderLinkId === "" ? report : { ...report, clientOrderId: ClientOrderId(row.orderLinkId) };
}

/** A row of type `Funding`, whose fee is what was paid. */
export function fundingReport(
  origin: PaperOrigin,
  account: AccountId,
  row: simulated.ExecutionRow,
  atMs: number,
): FundingSettled {
  return {
    kind: "funding-settled",
    account,
    instrument: InstrumentId(row.symbol, origin.venue),
    leg: LEGS[row.positionIdx],
    tradeId: TradeId(`${origin.run}-${row.execId}`),
    payment: Decimal.parse(row.execFee).negated().toString(),
    venueTimeMs: row.execTime,
    atMs,
  };
}

export function positionRow(origin: PaperOrigin, row: simulated.PositionRow): PositionRow {
  const isFlat = row.side === "";
  return {
    instrument: InstrumentId(row.symbol, origin.venue),
    leg: LEGS[row.positionIdx],
    quantity: row.side === "Sell" ? `-${row.size}` : row.size,
    entryPrice: isFlat ? "" : row.avgPrice,
    leverage: row.leverage,
    ...(row.liqPrice === "" ? {} : { liquidationPrice: row.liqPrice }),
    sequence: row.seq,
    venueTimeMs: row.updatedTime,
  };
}

export function orderRow(origin: PaperOrigin, row: simulated.OrderRow): OrderRow {
  return {
    instrument: InstrumentId(row.symbol, origin.venue),
    leg: LEGS[row.positionIdx],
    clientOrderId: ClientOrderId(row.orderLinkId),
    venueOrderId: venueOrderId(origin, row.orderId),
    side: sideOf(row.side),
    status: STATUSES[row.orderStatus],
    orderType: row.orderType === "Limit" ? "limit" : "market",
    price: row.orderType === "Limit" ? row.price : "",
    triggerPrice: row.triggerPrice === "0" ? "" : row.triggerPrice,
    quantity: row.qty,
    filledQuantity: row.cumExecQty,
    averagePrice: row.avgPrice,
    ...(row.avgPrice === "" ? {} : { filledValue: row.cumExecValue }),
    fee: row.cumExecFee,
    reduceOnly: row.reduceOnly,
    venueReason: row.rejectReason === "EC_NoError" ? row.cancelType : row.rejectReason,
    venueTimeMs: row.updatedTime,
  };
}

export function equityReport(row: simulated.WalletRow): EquityReport {
  return {
    equity: row.totalEquity,
    available: row.totalAvailableBalance,
    balance: row.totalWalletBalance,
  };
}

export function venueOrderId(origin: PaperOrigin, orderId: string): VenueOrderId {
  return VenueOrderId(`${origin.run}-${orderId}`);
}

function sideOf(side: simulated.Side): Side {
  return side === "Buy" ? "buy" : "sell";
}
