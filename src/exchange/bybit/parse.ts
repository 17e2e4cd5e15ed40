/**
 * Raw Bybit rows into our words, by hand because the execution frame is the hottest path there is. Rows of REST and
 * of the stream differ in few names (V5 documentation: Execution, Position, Order, Wallet) and are parsed by the same
 * functions. Only linear contracts settled in USDT are ours; all others give null.
 */
import type {
  AccountOrderV5,
  ExecutionV5,
  PositionV5,
  WalletBalanceV5,
  WSAccountOrderV5,
  WSExecutionV5,
  WSPositionV5,
} from "bybit-api";
import type {
  EquityReport,
  FillReport,
  FundingSettled,
  LeaderOrderKind,
  LeaderOrderRow,
  Leg,
  OrderRow,
  OrderStatus,
  PositionMode,
  PositionRow,
  Side,
  StatedTerms,
} from "../../core/event.ts";
import { Decimal } from "../../core/model/decimal.ts";
import {
  type AccountId,
  ClientOrderId,
  InstrumentId,
  TradeId,
  type VenueId,
  VenueOrderId,
} from "../../core/model/identifiers.ts";
import type { TimeInForce } from "../../core/order.ts";
import {
  decimal,
  integer,
  isRow,
  MalformedMessage,
  meant,
  numberIn,
  optionalDecimal,
  optionalText,
  type RawRow,
  rowsOf,
  text,
  UnknownState,
} from "../raw.ts";
import { venueText } from "./errors.ts";

/** Our orders carry this at the start of their id (core/client-order-id.ts). */
export const OUR_MARK = "ct";

export const CATEGORY = "linear";
export const SETTLE_COIN = "USDT";

export function isOurs(orderLinkId: string): boolean {
  return orderLinkId.startsWith(OUR_MARK);
}

/** USDT perpetuals and USDT futures (`BTCUSDT-26SEP25`); USDC contracts end in `PERP` or have no quote coin. */
export function isUsdtLinear(row: RawRow): boolean {
  const { category, symbol } = row;
  if (category !== undefined && category !== CATEGORY) return false;
  return typeof symbol === "string" && (symbol.endsWith(SETTLE_COIN) || symbol.includes(`${SETTLE_COIN}-`));
}

/** What a fill's row does not say itself. */
export interface FillContext {
  readonly account: AccountId;
  readonly venue: VenueId;
  readonly mode: PositionMode;
  readonly receivedAtMs: number;
}

/** How an execution row concerns holdings. Values per "Enums Definitions" (execType). */
export type ExecutionEffect = "fill" | "funding" | "unknown";

const FILLS = new Set([
  "Trade",
  "AdlTrade",
  "BustTrade",
  "Delivery",
  "Settle",
  "BlockTrade",
  "MovePosition",
  "FutureSpread",
]);

/** Funding moves money, not holdings; a type we do not know may do either. */
export function executionEffect(row: RawRow): ExecutionEffect {
  const type = text<ExecutionV5>(row, "execType");
  if (FILLS.has(type)) return "fill";
  return type === "Funding" ? "funding" : "unknown";
}

/** An execution row (stream or REST) of type `fill` and ours to handle. */
export function parseFill(row: RawRow, context: FillContext): FillReport {
  const side = parseSide(text<ExecutionV5>(row, "side"));
  const report = {
    account: context.account,
    instrument: InstrumentId(text<ExecutionV5>(row, "symbol"), context.venue),
    leg: context.mode === "one-way" ? ("net" as const) : hedgeLeg(row, side),
    tradeId: TradeId(text<ExecutionV5>(row, "execId")),
    venueOrderId: VenueOrderId(text<ExecutionV5>(row, "orderId")),
    side,
    quantity: decimal<ExecutionV5>(row, "execQty"),
    price: decimal<ExecutionV5>(row, "execPrice"),
    fee: optionalDecimal<ExecutionV5>(row, "execFee") || "0",
    sequence: integer<WSExecutionV5>(row, "seq"),
    venueTimeMs: integer<ExecutionV5>(row, "execTime"),
    receivedAtMs: context.receivedAtMs,
  };
  const link = optionalText<ExecutionV5>(row, "orderLinkId");
  return isOurs(link) ? { ...report, clientOrderId: ClientOrderId(link) } : report;
}

/** A row of type `Funding`: its side is that of the position, its fee is what was paid. */
export function parseFunding(
  row: RawRow,
  { account, venue, mode, receivedAtMs }: FillContext,
): FundingSettled {
  const held = parseSide(text<ExecutionV5>(row, "side")) === "buy" ? "long" : "short";
  const paid = Decimal.parse(decimal<ExecutionV5>(row, "execFee"));
  return {
    kind: "funding-settled",
    account,
    instrument: InstrumentId(text<ExecutionV5>(row, "symbol"), venue),
    leg: mode === "one-way" ? "net" : held,
    tradeId: TradeId(text<ExecutionV5>(row, "execId")),
    payment: paid.negated().toString(),
    venueTimeMs: integer<ExecutionV5>(row, "execTime"),
    atMs: receivedAtMs,
  };
}

/**
 * Execution rows do not name the leg. In hedge mode a fill either opens or closes one leg, never both, and
 * `closedSize` says which: a buy that closes nothing opens the long, one that closes something closes the short. "" is nothing.
 */
function hedgeLeg(row: RawRow, side: Side): Leg {
  const closes = Number(optionalDecimal<ExecutionV5>(row, "closedSize")) !== 0;
  return (side === "buy") === closes ? "short" : "long";
}

/** The mode that a row's position index belongs to. */
export function modeOf(row: RawRow): PositionMode {
  return legOf(row) === "net" ? "one-way" : "hedge";
}

export function legOf(row: RawRow): Leg {
  const index = integer<PositionV5>(row, "positionIdx");
  if (index === 0) return "net";
  if (index === 1) return "long";
  if (index === 2) return "short";
  throw new UnknownState(`position index ${index}`);
}

const POSITION_STATUSES = new Set(["", "Normal", "Liq", "Adl"]);

/** A position row of the stream (`entryPrice`) or of REST (`avgPrice`). */
export function parsePosition(row: RawRow, venue: VenueId): PositionRow {
  const status = optionalText<PositionV5>(row, "positionStatus");
  if (!POSITION_STATUSES.has(status)) throw new UnknownState(`position status ${JSON.stringify(status)}`);
  const quantity = signedSize(row);
  const entryPrice =
    optionalDecimal<WSPositionV5>(row, "entryPrice") || optionalDecimal<PositionV5>(row, "avgPrice");
  return {
    instrument: InstrumentId(text<PositionV5>(row, "symbol"), venue),
    leg: legOf(row),
    quantity,
    entryPrice: quantity === "0" ? "" : entryPrice,
    leverage: optionalDecimal<PositionV5>(row, "leverage"),
    ...liquidation(row),
    sequence: integer<PositionV5>(row, "seq"),
    venueTimeMs:
      optionalText<PositionV5>(row, "updatedTime") === "" ? 0 : integer<PositionV5>(row, "updatedTime"),
  };
}

/** The position's own exits ("Set Trading Stop", mode Full): only those that there are. */
export function parseExits(row: RawRow): Pick<PositionRow, "takeProfit" | "stopLoss" | "trailingStop"> {
  const [takeProfit, stopLoss, trailingStop] = [
    priceOf(row, "takeProfit"),
    priceOf(row, "stopLoss"),
    priceOf(row, "trailingStop"),
  ];
  return {
    ...(takeProfit === "" ? {} : { takeProfit }),
    ...(stopLoss === "" ? {} : { stopLoss }),
    ...(trailingStop === "" ? {} : { trailingStop }),
  };
}

/** A price that may be absent; the venue writes "", "0" or "0.00" then. */
function priceOf(row: RawRow, name: keyof (AccountOrderV5 & PositionV5) & string): string {
  const price = optionalDecimal<AccountOrderV5 & PositionV5>(row, name);
  return Number(price) === 0 ? "" : price;
}

/** "" where a position cannot be liquidated at any price, or is flat; what is no number says nothing. */
function liquidation(row: RawRow): Pick<PositionRow, "liquidationPrice"> {
  const price = optionalText<PositionV5>(row, "liqPrice");
  const isPrice = Decimal.tryParse(price)?.sign === 1;
  return isPrice ? { liquidationPrice: price } : {};
}

/** `side` is "" for a flat row; documents before 2024 show "None". */
function signedSize(row: RawRow): string {
  const size = decimal<PositionV5>(row, "size");
  const side = text<PositionV5>(row, "side");
  if (Number(size) === 0) return "0";
  if (side === "Buy") return size;
  if (side === "Sell") return `-${size}`;
  throw new UnknownState(`side ${JSON.stringify(side)} of a position`);
}

function parseSide(side: string): Side {
  if (side === "Buy") return "buy";
  if (side === "Sell") return "sell";
  throw new UnknownState(`side ${JSON.stringify(side)}`);
}

/** "Enums Definitions" (orderStatus). */
const ORDER_STATUSES: Readonly<Record<string, OrderStatus>> = {
  Created: "working",
  New: "working",
  PartiallyFilled: "working",
  Untriggered: "untriggered",
  Triggered: "working",
  Filled: "filled",
  Cancelled: "cancelled",
  PartiallyFilledCanceled: "cancelled",
  Deactivated: "cancelled",
  Rejected: "rejected",
};

/** An order of ours (see `isOurs`), from stream or REST. */
export function parseOrder(row: RawRow, venue: VenueId): OrderRow {
  const common = parseAnyOrder(row, venue);
  const clientOrderId = ClientOrderId(text<AccountOrderV5>(row, "orderLinkId"));
  const fee = optionalDecimal<AccountOrderV5>(row, "cumExecFee");
  const filledValue = optionalDecimal<AccountOrderV5>(row, "cumExecValue");
  return {
    ...common,
    clientOrderId,
    ...(Number(filledValue) === 0 ? {} : { filledValue }),
    ...(fee === "" ? {} : { fee }),
  };
}

/** What is told of orders of ours and of a leader's alike. */
function parseAnyOrder(row: RawRow, venue: VenueId): Omit<OrderRow, "clientOrderId"> & Required<StatedTerms> {
  const word = text<AccountOrderV5>(row, "orderStatus");
  const status = meant(ORDER_STATUSES, word);
  if (status === undefined) throw new UnknownState(`order status ${JSON.stringify(word)}`);
  const isLimit = row["orderType" satisfies keyof AccountOrderV5] === "Limit";
  return {
    instrument: InstrumentId(text<AccountOrderV5>(row, "symbol"), venue),
    leg: legOf(row),
    venueOrderId: VenueOrderId(text<AccountOrderV5>(row, "orderId")),
    side: parseSide(text<AccountOrderV5>(row, "side")),
    status,
    orderType: isLimit ? "limit" : "market",
    // At market it is the venue's protection, not a wish.
    price: isLimit ? priceOf(row, "price") : "",
    triggerPrice: priceOf(row, "triggerPrice"),
    quantity: decimal<AccountOrderV5>(row, "qty"),
    filledQuantity: optionalDecimal<AccountOrderV5>(row, "cumExecQty") || "0",
    averagePrice: priceOf(row, "avgPrice"),
    reduceOnly: row["reduceOnly" satisfies keyof AccountOrderV5] === true,
    venueReason: status === "cancelled" || status === "rejected" ? reasonOf(row) : "",
    venueTimeMs: integer<WSAccountOrderV5>(row, "updatedTime"),
  };
}

/** "Enums Definitions" (stopOrderType): exits of the whole position and of a part alike. */
const EXIT_KINDS: Readonly<Record<string, LeaderOrderKind>> = {
  TakeProfit: "take-profit",
  PartialTakeProfit: "take-profit",
  StopLoss: "stop-loss",
  PartialStopLoss: "stop-loss",
  TrailingStop: "trailing-stop",
};

/** Those of "Set Trading Stop", mode Full: the venue fits their quantity to the position, and does not tell each time. */
const WHOLE_EXITS: ReadonlySet<string> = new Set(["TakeProfit", "StopLoss", "TrailingStop"]);

/** "Enums Definitions" (timeInForce): an RPI order rests or is cancelled, too. */
const TIMES_IN_FORCE: Readonly<Record<string, TimeInForce>> = {
  GTC: "GTC",
  IOC: "IOC",
  FOK: "FOK",
  PostOnly: "PostOnly",
  RPI: "PostOnly",
};

const TRIGGERS: Readonly<Record<string, "last" | "mark" | "index">> = {
  LastPrice: "last",
  MarkPrice: "mark",
  IndexPrice: "index",
};

/** Any order of a leader's, from stream or REST. */
export function parseLeaderOrder(row: RawRow, venue: VenueId): LeaderOrderRow {
  const kind = optionalText<AccountOrderV5>(row, "stopOrderType");
  const direction = numberIn(row["triggerDirection" satisfies keyof AccountOrderV5]);
  return {
    ...parseAnyOrder(row, venue),
    orderKind: meant(EXIT_KINDS, kind) ?? "order",
    ...(WHOLE_EXITS.has(kind) ? { whole: true } : {}),
    timeInForce: meant(TIMES_IN_FORCE, optionalText<AccountOrderV5>(row, "timeInForce")) ?? "GTC",
    triggerBy: meant(TRIGGERS, optionalText<AccountOrderV5>(row, "triggerBy")) ?? null,
    triggerDirection: direction === 1 ? "rises" : direction === 2 ? "falls" : null,
  };
}

function reasonOf(row: RawRow): string {
  const rejection = venueText(row["rejectReason" satisfies keyof AccountOrderV5]);
  if (rejection !== "" && rejection !== "EC_NoError") return rejection;
  const cancellation = venueText(row["cancelType" satisfies keyof AccountOrderV5]);
  return cancellation === "UNKNOWN" ? "" : cancellation;
}

/**
 * Equity and wallet balance of a unified account: the account-wide figures in USD where the venue gives them (other coins are
 * collateral too), else those of the settle coin. Null when the rows hold no unified account.
 */
export function parseEquity(accounts: unknown): EquityReport | null {
  const account = rowsOf(accounts, "wallet").find((row) => row.accountType === "UNIFIED");
  if (account === undefined) return null;
  const stated = optionalDecimal<WalletBalanceV5>(account, "totalAvailableBalance");
  const available = stated === "" ? coinAvailable(account) : stated;
  const total = optionalDecimal<WalletBalanceV5>(account, "totalEquity");
  if (total === "")
    return {
      equity: coinFigure(account, "equity"),
      available,
      balance: coinFigure(account, "walletBalance"),
    };
  return {
    equity: total,
    available,
    balance: optionalDecimal<WalletBalanceV5>(account, "totalWalletBalance"),
  };
}

function coinFigure(account: RawRow, name: "equity" | "walletBalance"): string {
  const coin = settleCoinOf(account);
  return coin === undefined ? "" : optionalDecimal(coin, name);
}

function settleCoinOf(account: RawRow): RawRow | undefined {
  const coins: readonly unknown[] = Array.isArray(account.coin) ? account.coin : [];
  return coins.filter(isRow).find((row) => row.coin === SETTLE_COIN);
}

/** What is not available of a coin's balance in isolated margin, where the account as a whole has no figure ("Get Wallet Balance"). */
const SET_ASIDE = ["totalPositionIM", "totalOrderIM", "locked", "bonus"] as const;

/** In isolated margin each position and order has its own margin; what is left of the settle coin is available. */
function coinAvailable(account: RawRow): string {
  const coin = settleCoinOf(account);
  const balance = coin === undefined ? "" : optionalDecimal(coin, "walletBalance");
  if (coin === undefined || balance === "") return "";
  let left = Decimal.parse(balance);
  for (const name of SET_ASIDE) {
    const part = optionalDecimal(coin, name);
    if (part !== "") left = left.minus(Decimal.parse(part));
  }
  return left.toString();
}

/** The rows of a REST list and the cursor of its next page ("" at the end). */
export interface Page {
  readonly rows: readonly RawRow[];
  readonly cursor: string;
}

export function parsePage(result: unknown): Page {
  if (!isRow(result)) throw new MalformedMessage("the result is no object");
  const cursor = result.nextPageCursor;
  return { rows: rowsOf(result.list, "list"), cursor: typeof cursor === "string" ? cursor : "" };
}
