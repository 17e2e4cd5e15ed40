/**
 * The mutable state of the venue: accounts, positions, orders, markets. Only files of this folder touch it; what leaves
 * is a row. Quantities are lots, prices ticks of the market's present units; `sign` is +1 for buy and -1 for sell.
 */
import type { CandleStore } from "./candles.ts";
import type { Filters, Units } from "./instruments.ts";
import type { House } from "./liquidity.ts";
import type { InstrumentRow, InstrumentSettings } from "./market-types.ts";
import type { OrderIndex } from "./order-index.ts";
import type { OrderQueue } from "./order-queue.ts";
import type { Recent } from "./recent.ts";
import type { RiskTier } from "./risk-tiers.ts";
import type {
  AccountKey,
  CancelType,
  CreateType,
  ExecType,
  FundingRateRow,
  MarginMode,
  OrderStatus,
  OrderType,
  PositionIndex,
  PositionMode,
  RejectReason,
  SelfMatchPolicy,
  SlippageToleranceType,
  StopMode,
  StopOrderType,
  TimeInForce,
  TriggerBy,
  TriggerDirection,
} from "./venue-types.ts";

export type Sign = 1 | -1;

/** Stops attached to an order or asked of a position, in ticks; 0 means none. */
export interface Stops {
  takeProfit: number;
  stopLoss: number;
  tpTriggerBy: TriggerBy;
  slTriggerBy: TriggerBy;
  mode: StopMode;
  /** 0 = market. */
  tpLimit: number;
  slLimit: number;
}

export interface Trailing {
  readonly distance: number;
  /** 0 = armed from the start. */
  readonly activation: number;
  /** Best price since armed; 0 until then. */
  extreme: number;
}

export interface Order {
  /** Counts the orders of the venue; part of the id. */
  readonly number: number;
  readonly id: string;
  readonly linkId: string;
  readonly parentLinkId: string;
  readonly holding: Holding;
  readonly position: Position;
  units: Units;
  readonly sign: Sign;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  status: OrderStatus;
  readonly createType: CreateType;
  cancelType: CancelType | "";
  rejectReason: RejectReason;
  /** 0 for a market order that has not been matched. */
  price: number;
  lots: number;
  filled: number;
  /** Sum of lots x ticks of its fills. */
  execLotTicks: number;
  fee: bigint;
  closedPnl: bigint;
  readonly reduceOnly: boolean;
  /** May only reduce: reduceOnly, or the closing side of a hedge leg. */
  readonly reducing: boolean;
  readonly closeOnTrigger: boolean;
  readonly smp: SelfMatchPolicy;
  smpOrderId: string;
  readonly slippageType: SlippageToleranceType | "UNKNOWN";
  readonly slippage: string;
  trigger: number;
  readonly triggerDirection: TriggerDirection | 0;
  triggerBy: TriggerBy | "";
  readonly stopOrderType: StopOrderType;
  stops: Stops | undefined;
  /** The other leg of a TP/SL pair. */
  sibling: Order | undefined;
  /** Partial stops that grow with this order's fills. */
  children: readonly Order[];
  readonly trailing: Trailing | undefined;
  readonly lastPriceOnCreated: number;
  /** What it has closed so far. */
  closing: ClosedPnl | undefined;
  readonly createdMs: number;
  updatedMs: number;
  /** Lots of it that rest in the book and count for margin. */
  resting: boolean;
  next: Order | undefined;
  previous: Order | undefined;
}

/** One leg of one symbol of one account. */
export interface Position {
  readonly index: PositionIndex;
  /** Signed. */
  lots: number;
  /** Signed price paid for `lots`, exact, and as double. */
  cost: bigint;
  costUsdt: number;
  openFee: bigint;
  current: bigint;
  cumulative: bigint;
  createdMs: number;
  updatedMs: number;
  openMs: number;
  seq: number;
  liquidating: boolean;
  takeProfit: Order | undefined;
  stopLoss: Order | undefined;
  trailing: Order | undefined;
  readonly partialStops: Set<Order>;
  /** Resting orders that may increase: lots and lots x ticks, by side. */
  buyLots: number;
  buyLotTicks: number;
  sellLots: number;
  sellLotTicks: number;
  readonly reducers: Set<Order>;
}

/** An account's relation to one symbol. */
export interface Holding {
  readonly account: Account;
  readonly market: Market;
  mode: PositionMode;
  leverageHundredths: number;
  readonly positions: [Position, Position, Position];
  readonly orders: Set<Order>;
  conditionalCount: number;
}

/** A fill or a funding payment; also its own entry in the transaction log. */
export interface Execution {
  readonly kind: "execution";
  readonly id: string;
  readonly units: Units;
  readonly symbol: string;
  /** Undefined for funding. */
  readonly order: Order | undefined;
  readonly orderId: string;
  readonly type: ExecType;
  readonly sign: Sign;
  readonly index: PositionIndex;
  readonly price: number;
  readonly lots: number;
  readonly leaves: number;
  readonly orderPrice: number;
  readonly orderLots: number;
  readonly fee: bigint;
  readonly rateUnits: number;
  readonly maker: boolean;
  readonly closedLots: number;
  readonly pnl: bigint;
  readonly mark: number;
  readonly indexPrice: number;
  readonly seq: number;
  readonly atMs: number;
  /** Wallet and signed position after it. */
  readonly balance: bigint;
  readonly positionLots: number;
}

export interface Transfer {
  readonly kind: "transfer";
  readonly id: string;
  readonly coin: string;
  /** Negative = withdrawn. */
  readonly amount: bigint;
  readonly balance: bigint;
  readonly atMs: number;
}

export interface ClosedPnl {
  readonly order: Order;
  readonly units: Units;
  readonly execType: ExecType;
  readonly leverageHundredths: number;
  closedLots: number;
  entryValue: bigint;
  exitValue: bigint;
  openFee: bigint;
  closeFee: bigint;
  fillCount: number;
  readonly createdMs: number;
  updatedMs: number;
}

export interface Account {
  readonly key: AccountKey;
  wallet: bigint;
  readonly otherCoins: Map<string, bigint>;
  cumulative: bigint;
  mode: PositionMode;
  marginMode: MarginMode;
  readonly makerRate: number;
  readonly takerRate: number;
  readonly holdings: Map<string, Holding>;
  /** Holdings with a position or an order. */
  readonly active: Set<Holding>;
  /** Open ones and those not yet forgotten. */
  readonly orders: OrderIndex;
  readonly openOrders: Set<Order>;
  readonly finished: Recent<Order>;
  readonly executions: Recent<Execution>;
  readonly transactions: Recent<Execution | Transfer>;
  readonly closedPnl: Recent<ClosedPnl>;
}

export interface PublicTrade {
  readonly id: number;
  readonly units: Units;
  readonly sign: Sign;
  readonly price: number;
  readonly lots: number;
  readonly seq: number;
  readonly atMs: number;
  readonly direction: "PlusTick" | "ZeroPlusTick" | "MinusTick" | "ZeroMinusTick";
}

export interface Market {
  readonly symbol: string;
  readonly symbolId: number;
  settings: InstrumentSettings;
  row: InstrumentRow;
  units: Units;
  filters: Filters;
  tiers: readonly RiskTier[];
  last: number;
  mark: number;
  indexPrice: number;
  /** Price and direction of the trade before, for tick directions. */
  tradedPrice: number;
  tradedUp: boolean;
  seq: number;
  updateId: number;
  readonly bids: OrderQueue;
  readonly asks: OrderQueue;
  house: House;
  readonly untriggered: Set<Order>;
  readonly holders: Set<Holding>;
  fundingUnits: number;
  nextFundingMs: number;
  readonly fundingHistory: Recent<FundingRateRow>;
  /** From before this venue began, newest first. */
  readonly pastFunding: FundingRateRow[];
  readonly trades: Recent<PublicTrade>;
  readonly candles: CandleStore;
  /** Of the mark price, without volume. */
  readonly markCandles: CandleStore;
}

export function isOpen(order: Order): boolean {
  return order.status === "New" || order.status === "PartiallyFilled" || order.status === "Untriggered";
}

export function leavesOf(order: Order): number {
  return isOpen(order) || order.status === "Triggered" ? order.lots - order.filled : 0;
}

/** The order that either id means, unless it is forgotten; orderId wins. */
export function findOrder(account: Account, orderId = "", orderLinkId = ""): Order | undefined {
  if (orderId === "") return account.orders.byLinkId(orderLinkId);
  const order = account.orders.byNumber(Number.parseInt(orderId.slice(24), 16));
  return order?.id === orderId ? order : undefined;
}
