/**
 * The interface of the simulated exchange's venue: what can be asked of it, what it answers, the rows it keeps and the
 * events it emits. Types only. The venue is synchronous and deterministic; a server formats these rows for a wire.
 * Conventions: amounts, prices and rates are decimal strings without trailing zeros ("0" for nothing, "" for "does not
 * apply"); times are milliseconds since 1970; descriptive values use the words of Bybit V5, refusals our own words.
 */
import type {
  Candle,
  InstrumentRow,
  InstrumentSettings,
  LiquiditySource,
  MarketPast,
} from "./market-types.ts";

export type * from "./market-types.ts";

/** Names an account inside the venue. Any text; the server may use its API key. */
export type AccountKey = string;

export type Side = "Buy" | "Sell";
export type OrderType = "Market" | "Limit";
export type TimeInForce = "GTC" | "IOC" | "FOK" | "PostOnly";
/** 0 one-way, 1 long leg of hedge mode, 2 short leg of hedge mode. */
export type PositionIndex = 0 | 1 | 2;
export type PositionMode = "one-way" | "hedge";
/** Of a whole account; what is charged and liquidated is reckoned as cross in both. */
export type MarginMode = "cross" | "isolated";
export type TriggerBy = "LastPrice" | "IndexPrice" | "MarkPrice";
/** 1 triggers when the price rises to the trigger, 2 when it falls to it. */
export type TriggerDirection = 1 | 2;
export type StopMode = "Full" | "Partial";
export type SelfMatchPolicy = "None" | "CancelMaker" | "CancelTaker" | "CancelBoth";
export type SlippageToleranceType = "TickSize" | "Percent";

export type OrderStatus =
  | "New"
  | "PartiallyFilled"
  | "Untriggered"
  | "Rejected"
  | "Filled"
  | "Cancelled"
  | "Triggered"
  | "Deactivated";

export type CreateType =
  | "CreateByUser"
  | "CreateByClosing"
  | "CreateByStopOrder"
  | "CreateByTakeProfit"
  | "CreateByPartialTakeProfit"
  | "CreateByStopLoss"
  | "CreateByPartialStopLoss"
  | "CreateByTrailingStop"
  | "CreateByLiq"
  | "CreateByTakeOver_PassThrough";

export type CancelType =
  | "UNKNOWN"
  | "CancelByUser"
  | "CancelByReduceOnly"
  | "CancelByPrepareLiq"
  | "CancelAllBeforeLiq"
  | "CancelByAdmin"
  | "CancelByTpSlTsClear"
  | "CancelBySmp"
  | "CancelByDCP"
  | "CancelByOCOTpCanceledBySlTriggered"
  | "CancelByOCOSlCanceledByTpTriggered";

export type RejectReason =
  | "EC_NoError"
  | "EC_PostOnlyWillTakeLiquidity"
  | "EC_NoImmediateQtyToFill"
  | "EC_CancelForNoFullFill"
  | "EC_NoEnoughQtyToFill"
  | "EC_ReachMarketPriceLimit"
  | "EC_ReachRiskPriceLimit"
  | "EC_PerCancelRequest"
  | "EC_Others";

export type StopOrderType =
  | ""
  | "Stop"
  | "TakeProfit"
  | "StopLoss"
  | "PartialTakeProfit"
  | "PartialStopLoss"
  | "TrailingStop";

export type ExecType = "Trade" | "Funding" | "BustTrade";

/** Everything the venue can refuse synchronously; when it does, nothing has changed. */
export type RefusalReason =
  | "unknown-account"
  | "unknown-symbol"
  | "symbol-not-trading"
  | "symbol-reduce-only"
  | "invalid-quantity"
  | "quantity-below-minimum"
  | "quantity-above-maximum"
  | "invalid-price"
  | "price-missing"
  | "price-above-limit"
  | "price-below-limit"
  | "notional-below-minimum"
  | "position-index-mismatch"
  | "reduce-only-flat"
  | "reduce-only-same-side"
  | "reduce-only-excess"
  | "insufficient-balance"
  | "position-limit-exceeded"
  | "position-in-liquidation"
  | "invalid-order-link-id"
  | "duplicate-order-link-id"
  | "too-many-active-orders"
  | "too-many-conditional-orders"
  | "too-many-partial-stops"
  | "invalid-trigger"
  | "trigger-already-passed-rising"
  | "trigger-already-passed-falling"
  | "take-profit-wrong-side"
  | "stop-loss-wrong-side"
  | "stops-not-with-reduce-only"
  | "stop-limit-requires-partial"
  | "stops-need-position"
  | "stops-not-modified"
  | "stop-quantity-invalid"
  | "trailing-stop-invalid"
  | "slippage-ticks-out-of-range"
  | "slippage-percent-out-of-range"
  | "slippage-not-allowed"
  | "order-not-found"
  | "order-not-modified"
  | "order-not-amendable"
  | "quantity-not-above-filled"
  | "leverage-not-modified"
  | "leverage-out-of-range"
  | "leverage-sides-differ"
  | "position-mode-not-modified"
  | "position-exists"
  | "orders-exist"
  | "margin-positions-exist"
  | "margin-orders-exist"
  | "invalid-amount"
  | "withdrawal-exceeds-available";

/** `detail` says the numbers in plain words, for a log or a message; never parse it. */
export interface Refused {
  readonly kind: "refused";
  readonly reason: RefusalReason;
  readonly detail?: string;
}

interface OrderAccepted {
  readonly kind: "accepted";
  readonly orderId: string;
  /** "" when the order has none. */
  readonly orderLinkId: string;
}

interface Done {
  readonly kind: "done";
}

export type OrderOutcome = OrderAccepted | Refused;
export type SettingOutcome = Done | Refused;

/** Take profit and stop loss attached to an order or a position. "0" removes a leg where it exists. */
export interface StopSettings {
  readonly takeProfit?: string;
  readonly stopLoss?: string;
  readonly tpTriggerBy?: TriggerBy;
  readonly slTriggerBy?: TriggerBy;
  readonly tpslMode?: StopMode;
  readonly tpLimitPrice?: string;
  readonly slLimitPrice?: string;
  readonly tpOrderType?: OrderType;
  readonly slOrderType?: OrderType;
}

export interface OrderRequest extends StopSettings {
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: OrderType;
  /** Base units. "0" with reduceOnly and closeOnTrigger closes up to the maximum order size. */
  readonly qty: string;
  /** Required for Limit, ignored for Market. */
  readonly price?: string;
  /** Default GTC; Market always acts as IOC. */
  readonly timeInForce?: TimeInForce;
  /** Default 0. */
  readonly positionIdx?: PositionIndex;
  readonly orderLinkId?: string;
  readonly reduceOnly?: boolean;
  readonly closeOnTrigger?: boolean;
  /** Its presence makes the order conditional. */
  readonly triggerPrice?: string;
  readonly triggerDirection?: TriggerDirection;
  readonly triggerBy?: TriggerBy;
  readonly slippageToleranceType?: SlippageToleranceType;
  readonly slippageTolerance?: string;
  readonly smpType?: SelfMatchPolicy;
}

/** Which order; when both ids are given orderId wins. */
export interface OrderReference {
  readonly symbol: string;
  readonly orderId?: string;
  readonly orderLinkId?: string;
}

/** `qty` is the new total, not the remainder. */
export interface AmendRequest extends OrderReference, StopSettings {
  readonly qty?: string;
  readonly price?: string;
  readonly triggerPrice?: string;
  readonly triggerBy?: TriggerBy;
}

export type OrderKindFilter = "all" | "active" | "conditional" | "stop-entry";

/**
 * `active` is what rests in the book, `conditional` everything untriggered (TP/SL included), `stop-entry` untriggered
 * orders that are not TP/SL. No symbol means all symbols.
 */
export interface CancelAllRequest {
  readonly symbol?: string;
  readonly filter?: OrderKindFilter;
  /** What the orders are to show as their end, for example CancelByDCP. Default CancelByUser. */
  readonly cancelType?: CancelType;
}

export interface CancelledOrder {
  readonly orderId: string;
  readonly orderLinkId: string;
}

export interface TradingStopRequest extends StopSettings {
  readonly symbol: string;
  readonly positionIdx: PositionIndex;
  readonly tpslMode: StopMode;
  /** Partial only: base units. */
  readonly tpSize?: string;
  readonly slSize?: string;
  /** Price distance; "0" removes. */
  readonly trailingStop?: string;
  readonly activePrice?: string;
}

export interface LeverageRequest {
  readonly symbol: string;
  readonly buyLeverage: string;
  readonly sellLeverage: string;
}

/** With a symbol: that one (refused when it has a position or orders). Without: every idle one and the default. */
export interface PositionModeRequest {
  readonly symbol?: string;
  readonly mode: PositionMode;
}

export interface FeeRates {
  readonly maker: string;
  readonly taker: string;
}

export interface AccountSettings {
  /** Coin to amount. Only USDT is collateral; other coins are kept and shown. */
  readonly balances: Readonly<Record<string, string>>;
  readonly positionMode: PositionMode;
  /** Defaults to the venue's rates. */
  readonly feeRates?: FeeRates;
}

/** An order as it stands, open or finished. */
export interface OrderRow {
  readonly account: AccountKey;
  readonly orderId: string;
  readonly orderLinkId: string;
  readonly parentOrderLinkId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly positionIdx: PositionIndex;
  readonly orderType: OrderType;
  readonly timeInForce: TimeInForce;
  readonly orderStatus: OrderStatus;
  readonly createType: CreateType;
  /** "" while the order is open and after a complete fill. */
  readonly cancelType: CancelType | "";
  readonly rejectReason: RejectReason;
  /** For a market order the protective price once it was matched; "0" for an untriggered market order. */
  readonly price: string;
  readonly qty: string;
  /** "" before the first fill. */
  readonly avgPrice: string;
  readonly leavesQty: string;
  readonly leavesValue: string;
  readonly cumExecQty: string;
  readonly cumExecValue: string;
  readonly cumExecFee: string;
  readonly stopOrderType: StopOrderType;
  readonly triggerPrice: string;
  readonly triggerDirection: TriggerDirection | 0;
  readonly triggerBy: TriggerBy | "";
  readonly takeProfit: string;
  readonly stopLoss: string;
  readonly tpslMode: StopMode | "";
  readonly tpLimitPrice: string;
  readonly slLimitPrice: string;
  readonly tpTriggerBy: TriggerBy | "";
  readonly slTriggerBy: TriggerBy | "";
  readonly lastPriceOnCreated: string;
  readonly reduceOnly: boolean;
  readonly closeOnTrigger: boolean;
  readonly smpType: SelfMatchPolicy;
  readonly smpOrderId: string;
  readonly slippageToleranceType: SlippageToleranceType | "UNKNOWN";
  readonly slippageTolerance: string;
  /** Realised by this order's closing fills, before fees; "0" when it closed nothing. */
  readonly closedPnl: string;
  readonly createdTime: number;
  readonly updatedTime: number;
}

export interface ExecutionRow {
  readonly account: AccountKey;
  readonly execId: string;
  readonly symbol: string;
  readonly orderId: string;
  readonly orderLinkId: string;
  readonly side: Side;
  readonly positionIdx: PositionIndex;
  readonly orderPrice: string;
  readonly orderQty: string;
  readonly leavesQty: string;
  readonly createType: CreateType | "";
  readonly orderType: OrderType | "UNKNOWN";
  readonly stopOrderType: StopOrderType | "UNKNOWN";
  readonly execType: ExecType;
  readonly execPrice: string;
  readonly execQty: string;
  readonly execValue: string;
  /** Positive = paid. */
  readonly execFee: string;
  readonly feeRate: string;
  readonly feeCurrency: string;
  readonly isMaker: boolean;
  readonly closedSize: string;
  /** Realised by the closed part, before the fee. */
  readonly execPnl: string;
  readonly markPrice: string;
  readonly indexPrice: string;
  readonly seq: number;
  readonly execTime: number;
}

export interface PositionRow {
  readonly account: AccountKey;
  readonly symbol: string;
  readonly positionIdx: PositionIndex;
  /** "" when flat. */
  readonly side: Side | "";
  /** Never negative. */
  readonly size: string;
  readonly avgPrice: string;
  readonly positionValue: string;
  readonly positionStatus: "Normal" | "Liq" | "Adl";
  readonly leverage: string;
  readonly breakEvenPrice: string;
  readonly markPrice: string;
  /** "" when there is none inside the instrument's price range. */
  readonly liqPrice: string;
  readonly positionIM: string;
  readonly positionMM: string;
  readonly takeProfit: string;
  readonly stopLoss: string;
  readonly trailingStop: string;
  readonly sessionAvgPrice: string;
  readonly unrealisedPnl: string;
  /** Realised by the present position (fees and funding included), reset when a new one opens. */
  readonly curRealisedPnl: string;
  readonly cumRealisedPnl: string;
  readonly riskId: number;
  readonly riskLimitValue: string;
  readonly adlRankIndicator: 0 | 1 | 2 | 3 | 4 | 5;
  readonly isReduceOnly: boolean;
  readonly createdTime: number;
  readonly updatedTime: number;
  /** 0 when flat. */
  readonly openTime: number;
  /** Of the last fill; -1 if it never traded. */
  readonly seq: number;
}

export interface CoinRow {
  readonly coin: string;
  readonly equity: string;
  readonly usdValue: string;
  readonly walletBalance: string;
  readonly totalOrderIM: string;
  readonly totalPositionIM: string;
  readonly totalPositionMM: string;
  readonly unrealisedPnl: string;
  readonly cumRealisedPnl: string;
  readonly marginCollateral: boolean;
}

export interface WalletRow {
  readonly account: AccountKey;
  readonly marginMode: MarginMode;
  readonly totalEquity: string;
  readonly totalWalletBalance: string;
  readonly totalMarginBalance: string;
  readonly totalAvailableBalance: string;
  readonly totalPerpUPL: string;
  readonly totalInitialMargin: string;
  readonly totalMaintenanceMargin: string;
  readonly accountIMRate: string;
  readonly accountMMRate: string;
  readonly coins: readonly CoinRow[];
}

/** One row per order that closed something; grows with each closing fill of that order. */
export interface ClosedPnlRow {
  readonly account: AccountKey;
  readonly symbol: string;
  readonly orderId: string;
  /** Side of the closing order. */
  readonly side: Side;
  readonly positionIdx: PositionIndex;
  readonly qty: string;
  readonly orderPrice: string;
  readonly orderType: OrderType;
  readonly execType: ExecType;
  readonly closedSize: string;
  readonly cumEntryValue: string;
  readonly avgEntryPrice: string;
  readonly cumExitValue: string;
  readonly avgExitPrice: string;
  /** Net of the opening and closing fee. */
  readonly closedPnl: string;
  readonly fillCount: number;
  readonly leverage: string;
  readonly openFee: string;
  readonly closeFee: string;
  readonly createdTime: number;
  readonly updatedTime: number;
}

type TransactionType = "TRADE" | "SETTLEMENT" | "LIQUIDATION" | "TRANSFER_IN" | "TRANSFER_OUT";

/** change = cashFlow + funding - fee. */
export interface TransactionRow {
  readonly account: AccountKey;
  readonly id: string;
  /** "" for transfers. */
  readonly symbol: string;
  readonly side: Side | "None";
  readonly transactionTime: number;
  readonly type: TransactionType;
  readonly transSubType: string;
  readonly qty: string;
  /** Signed position left. */
  readonly size: string;
  readonly currency: string;
  readonly tradePrice: string;
  /** Positive = received. */
  readonly funding: string;
  /** Positive = paid. */
  readonly fee: string;
  readonly cashFlow: string;
  readonly change: string;
  readonly cashBalance: string;
  readonly feeRate: string;
  readonly tradeId: string;
  readonly orderId: string;
  readonly orderLinkId: string;
}

export interface PublicTradeRow {
  readonly symbol: string;
  readonly execId: string;
  /** The taker's. */
  readonly side: Side;
  readonly price: string;
  readonly size: string;
  readonly seq: number;
  readonly time: number;
  readonly tickDirection: "PlusTick" | "ZeroPlusTick" | "MinusTick" | "ZeroMinusTick";
}

/** Prices and sizes from the best outwards. */
export interface BookRow {
  readonly symbol: string;
  readonly bids: readonly (readonly [price: string, size: string])[];
  readonly asks: readonly (readonly [price: string, size: string])[];
  readonly seq: number;
  /** Grows by one with each change of the book. */
  readonly updateId: number;
  readonly time: number;
}

export interface TickerRow {
  readonly symbol: string;
  readonly lastPrice: string;
  readonly indexPrice: string;
  readonly markPrice: string;
  readonly prevPrice24h: string;
  readonly price24hPcnt: string;
  readonly highPrice24h: string;
  readonly lowPrice24h: string;
  readonly prevPrice1h: string;
  readonly openInterest: string;
  readonly openInterestValue: string;
  readonly turnover24h: string;
  readonly volume24h: string;
  readonly fundingRate: string;
  readonly nextFundingTime: number;
  readonly bid1Price: string;
  readonly bid1Size: string;
  readonly ask1Price: string;
  readonly ask1Size: string;
  readonly fundingIntervalMinutes: number;
  readonly fundingCap: string;
  readonly seq: number;
}

export interface PriceLimitRow {
  readonly symbol: string;
  readonly buyLimit: string;
  readonly sellLimit: string;
  readonly time: number;
}

export interface RiskTierRow {
  readonly id: number;
  readonly symbol: string;
  /** Position value up to which the tier holds, USDT. */
  readonly riskLimitValue: string;
  readonly maintenanceMarginRate: string;
  readonly initialMarginRate: string;
  readonly maxLeverage: string;
  readonly maintenanceDeduction: string;
}

export interface FundingRateRow {
  readonly symbol: string;
  readonly fundingRate: string;
  readonly time: number;
}

/** Where every unit of USDT is. `total` = `deposits` - `withdrawals`, exactly, at all times. */
export interface LedgerSummary {
  readonly wallets: string;
  /** The clearing account: counterpart of everything realised, house liquidity included. */
  readonly clearing: string;
  readonly fees: string;
  readonly insurance: string;
  readonly total: string;
  readonly deposits: string;
  readonly withdrawals: string;
}

/**
 * Delivered synchronously through `onEvent`, in the order in which they occur; the venue may be queried inside the
 * callback, but not changed. Account events come only for accounts for which `isWatched` says yes. The events of
 * one match come as: order-changed (New), executed..., order-changed, position-changed, wallet-changed.
 */
export type VenueEvent =
  | {
      readonly kind: "order-changed";
      readonly atMs: number;
      readonly account: AccountKey;
      readonly row: OrderRow;
    }
  | {
      readonly kind: "executed";
      readonly atMs: number;
      readonly account: AccountKey;
      readonly row: ExecutionRow;
    }
  | {
      readonly kind: "position-changed";
      readonly atMs: number;
      readonly account: AccountKey;
      readonly row: PositionRow;
    }
  | {
      readonly kind: "wallet-changed";
      readonly atMs: number;
      readonly account: AccountKey;
      readonly row: WalletRow;
    }
  | {
      readonly kind: "public-trade";
      readonly atMs: number;
      readonly symbol: string;
      readonly row: PublicTradeRow;
    }
  /** Only says that it changed; read `book(symbol, depth)` when a frame is due. */
  | { readonly kind: "book-changed"; readonly atMs: number; readonly symbol: string; readonly seq: number }
  /** Only says that prices moved; read `ticker(symbol)` and `priceLimit(symbol)` when a frame is due. */
  | { readonly kind: "ticker-changed"; readonly atMs: number; readonly symbol: string }
  | {
      readonly kind: "liquidated";
      readonly atMs: number;
      readonly symbol: string;
      readonly account: AccountKey;
      /** Buy = a long was liquidated. */
      readonly side: Side;
      readonly size: string;
      readonly bankruptcyPrice: string;
    }
  | {
      readonly kind: "funding-settled";
      readonly atMs: number;
      readonly symbol: string;
      readonly fundingRate: string;
    }
  | { readonly kind: "instrument-changed"; readonly atMs: number; readonly row: InstrumentRow };

/** Events of one account that are made only when somebody listens. */
export type AccountEventKind = "order-changed" | "executed" | "position-changed" | "wallet-changed";

/** What the documentation leaves open, each way selectable. The defaults stand behind each line. */
export interface VenueBehaviour {
  /** strict: ids of at most 36 characters; lenient: 45. Default strict. */
  readonly orderLinkIdBound: "strict" | "lenient";
  /** Whether an immediately matched order first shows as New. Default true. */
  readonly newForImmediateOrders: boolean;
  /** A reduce-only quantity above the position. Default cut. */
  readonly reduceOnlyExcess: "cut" | "refuse";
  /** rejectReason of a FOK order that cannot fill. Default EC_CancelForNoFullFill. */
  readonly fillOrKillReason: "EC_CancelForNoFullFill" | "EC_NoEnoughQtyToFill";
  /** Whether the position is also pushed on orders that do not change it. Default true. */
  readonly positionPushOnEveryOrder: boolean;
  /** An amendment that changes nothing. Default refuse. */
  readonly emptyAmend: "refuse" | "accept";
  /** An order whose trigger price is already passed. Default refuse. */
  readonly passedTrigger: "refuse" | "trigger-at-once";
  /** A limit price beyond the price band. Default refuse. */
  readonly priceBeyondBand: "refuse" | "clamp";
  /** How long an orderLinkId stays reserved. Default forever, within `linkIdsKept`. */
  readonly orderLinkIdReserved: "forever" | "while-open";
}

export interface VenueOptions {
  /** Default: the shipped list of several hundred. */
  readonly instruments?: readonly InstrumentSettings[];
  /** Default 1. */
  readonly seed?: number;
  /** The venue's only clock. Must not go backwards. */
  readonly nowMs: () => number;
  /** Default flat. */
  readonly liquidity?: LiquiditySource;
  /** Default maker 0.0002, taker 0.00055. */
  readonly feeRates?: FeeRates;
  readonly behaviour?: Partial<VenueBehaviour>;
  readonly onEvent?: (event: VenueEvent) => void;
  /** Whether anybody listens to events of a kind of an account; without listeners no rows are made. Default: yes. */
  readonly isWatched?: (account: AccountKey, kind: AccountEventKind) => boolean;
  /** The same for public events of a symbol. */
  readonly isSymbolWatched?: (symbol: string) => boolean;
  readonly limits?: Partial<VenueLimits>;
}

/** All have a decided behaviour when reached: refusal for orders, forgetting the oldest for records. */
export interface VenueLimits {
  /** Default 500. */
  readonly activeOrdersPerSymbol: number;
  /** Default 10. */
  readonly conditionalOrdersPerSymbol: number;
  /** Default 20. */
  readonly partialStopsPerPosition: number;
  /** Finished orders kept per account for `orderHistory`. Default 20,000. */
  readonly finishedOrdersKept: number;
  /** The newest orderLinkIds that stay taken per account, at least. Default 500,000. */
  readonly linkIdsKept: number;
  /** Default 100,000 per account. */
  readonly executionsKept: number;
  /** Default 20,000 per account; closed PnL likewise. */
  readonly transactionsKept: number;
  /** Default 1,000 per symbol. */
  readonly publicTradesKept: number;
  /** One-minute candles kept per symbol. Default 3,000. */
  readonly candlesKept: number;
}

export interface OrderQuery {
  readonly symbol?: string;
  readonly orderId?: string;
  readonly orderLinkId?: string;
}

/** Says how many lots of an incoming order may match at once; undefined for all. For injecting partial fills. */
export type FillLimiter = (account: AccountKey, symbol: string, lots: number) => number | undefined;

export interface Venue {
  createAccount(account: AccountKey, settings: AccountSettings): void;
  /** Forgets positions, orders and history, and starts anew; the same as create for an unknown account. */
  resetAccount(account: AccountKey, settings: AccountSettings): void;
  hasAccount(account: AccountKey): boolean;
  accountKeys(): readonly AccountKey[];

  placeOrder(account: AccountKey, request: OrderRequest): OrderOutcome;
  amendOrder(account: AccountKey, request: AmendRequest): OrderOutcome;
  cancelOrder(account: AccountKey, reference: OrderReference): OrderOutcome;
  cancelAll(account: AccountKey, request: CancelAllRequest): readonly CancelledOrder[];

  setLeverage(account: AccountKey, request: LeverageRequest): SettingOutcome;
  switchMode(account: AccountKey, request: PositionModeRequest): SettingOutcome;
  /** Refused while the account holds a position or has an open order; setting what is set already is done. */
  setMarginMode(account: AccountKey, mode: MarginMode): SettingOutcome;
  marginModeOf(account: AccountKey): MarginMode;
  setTradingStop(account: AccountKey, request: TradingStopRequest): SettingOutcome;
  /** Positive deposits, negative withdraws. */
  transfer(account: AccountKey, coin: string, amount: string): SettingOutcome;
  positionModeOf(account: AccountKey, symbol: string): PositionMode;
  feeRatesOf(account: AccountKey): FeeRates;

  /**
   * Moves last, mark, index, book and bands together and fires what that triggers. A price between two
   * ticks goes to the nearer one; throws on a bad price.
   */
  setPrice(symbol: string, last: string): void;
  /** The rate of the next settlement. */
  setFundingRate(symbol: string, rate: string): void;
  /** Creates the instrument when it is unknown. Throws a RangeError on filters that make no sense. */
  setInstrument(settings: Partial<InstrumentSettings> & { readonly symbol: string }): void;
  /** Bars, mark bars and funding rates of before this venue began; see past.ts. */
  addPast(symbol: string, past: MarketPast): void;
  /** Replaces house liquidity by a real venue's book, best first (see the external source). */
  applyExternalBook(update: ExternalBook): void;
  setFillLimiter(limiter: FillLimiter | undefined): void;
  /** Runs what falls due up to `nowMs`: market movement, triggers, funding, liquidation. Call it often. */
  advanceTo(nowMs: number): void;

  instruments(): readonly InstrumentRow[];
  instrument(symbol: string): InstrumentRow | undefined;
  riskLimits(symbol: string): readonly RiskTierRow[];
  book(symbol: string, depth: number): BookRow | undefined;
  ticker(symbol: string): TickerRow | undefined;
  priceLimit(symbol: string): PriceLimitRow | undefined;
  /**
   * Newest first. `intervalMs` is a whole number of minutes; the newest candle is unfinished. Those of the index are those of
   * the mark.
   */
  klines(symbol: string, query: KlineQuery): readonly Candle[];
  /** Newest first. */
  recentTrades(symbol: string, limit: number): readonly PublicTradeRow[];
  /** Newest first. */
  fundingHistory(symbol: string): readonly FundingRateRow[];

  /** With a symbol: its rows even when flat (one, or two in hedge mode). Without: all that are not flat. */
  positions(account: AccountKey, symbol?: string): readonly PositionRow[];
  /** Newest first. */
  openOrders(account: AccountKey, query?: OrderQuery): readonly OrderRow[];
  /** Finished orders, newest first. */
  orderHistory(account: AccountKey, query?: OrderQuery): readonly OrderRow[];
  /** By id, open or finished. */
  order(account: AccountKey, query: OrderQuery): OrderRow | undefined;
  /** Newest first; the same for the next two. */
  executions(account: AccountKey, query?: OrderQuery): readonly ExecutionRow[];
  closedPnl(account: AccountKey, symbol?: string): readonly ClosedPnlRow[];
  transactionLog(account: AccountKey): readonly TransactionRow[];
  wallet(account: AccountKey): WalletRow | undefined;
  ledger(): LedgerSummary;
}

export interface KlineQuery {
  readonly intervalMs: number;
  readonly price?: "last" | "mark" | "index";
  readonly startMs?: number;
  readonly endMs?: number;
  readonly limit: number;
}

/** Prices best first, as decimal text. */
export interface ExternalBook {
  readonly symbol: string;
  readonly bids: readonly (readonly [price: string, size: string])[];
  readonly asks: readonly (readonly [price: string, size: string])[];
  readonly mark?: string;
  readonly index?: string;
  readonly last?: string;
}
