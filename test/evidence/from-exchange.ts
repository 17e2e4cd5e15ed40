/** An account's history by the exchange's control interface, as the independent checker reads it. */
import type { BybitProtocol } from "../../src/exchange/simulated/bybit-server/protocol.ts";
import type {
  CheckedAccount,
  CheckedFill,
  CheckedInstrument,
  CheckedLeg,
  CheckedMoney,
  CheckedPosition,
  CheckedRequest,
} from "../checker/evidence.ts";
import { exact, negative, show } from "../checker/exact.ts";

type Row = Readonly<Record<string, unknown>>;

/** The part of `GET /control/accounts/{apiKey}` that is read here. */
export interface ExchangeAccount {
  readonly positions: readonly Row[];
  readonly orderRequests: readonly {
    readonly action: string;
    readonly arrivedAt: number;
    readonly body: Row;
    readonly outcome: "accepted" | "rejected" | "lost";
  }[];
  /** Newest first. */
  readonly fills: readonly Row[];
  readonly balances: Readonly<Record<string, string>>;
}

const LEGS: readonly CheckedLeg[] = ["net", "long", "short"];

export function checkedAccount(
  account: string,
  mode: CheckedAccount["mode"],
  { positions, fills, orderRequests }: Omit<ExchangeAccount, "balances">,
): CheckedAccount {
  return {
    account,
    mode,
    positions: positions.map(positionOf).filter(({ quantity }) => Number(quantity) !== 0),
    held: [],
    fills: fills
      .filter(({ execType }) => execType !== "Funding")
      .map(fillOf)
      .toReversed(),
    requests: orderRequests.filter(({ action }) => action === "create").map(requestOf),
    equities: [],
  };
}

export function checkedMoney(
  deposited: string,
  { positions, fills, balances }: Omit<ExchangeAccount, "orderRequests">,
): CheckedMoney {
  return {
    deposited,
    wallet: balances.USDT ?? "0",
    fundings: fills
      .filter(({ execType }) => execType === "Funding")
      .map((row) => ({ symbol: textOf(row.symbol), payment: show(negative(exact(textOf(row.execFee)))) })),
    open: positions
      .filter(({ size }) => Number(size) !== 0)
      .map((row) => ({
        symbol: textOf(row.symbol),
        mark: textOf(row.markPrice),
        unrealised: textOf(row.unrealisedPnl),
      })),
  };
}

/** From a row of `GET /control/instruments/{symbol}`, which is Bybit's. */
export function checkedInstrument(row: Row): CheckedInstrument {
  const lot = recordOf(row.lotSizeFilter);
  return {
    symbol: textOf(row.symbol),
    quantityStep: textOf(lot.qtyStep),
    minQuantity: textOf(lot.minOrderQty),
    minNotional: textOf(lot.minNotionalValue),
    maxMarketQuantity: textOf(lot.maxMktOrderQty),
    tickSize: textOf(recordOf(row.priceFilter).tickSize),
    trading: row.status === "Trading",
  };
}

function positionOf(row: Row): CheckedPosition {
  const size = textOf(row.size);
  return { symbol: textOf(row.symbol), leg: legOf(row), quantity: row.side === "Sell" ? `-${size}` : size };
}

function fillOf(row: Row): CheckedFill {
  return {
    symbol: textOf(row.symbol),
    leg: legOf(row),
    side: row.side === "Buy" ? "buy" : "sell",
    quantity: textOf(row.execQty),
    price: textOf(row.execPrice),
    atMs: Number(row.execTime),
    clientOrderId: textOf(row.orderLinkId ?? ""),
    fee: textOf(row.execFee),
  };
}

function requestOf({ body, outcome, arrivedAt }: ExchangeAccount["orderRequests"][number]): CheckedRequest {
  return {
    action: "create",
    clientOrderId: textOf(body.orderLinkId ?? ""),
    symbol: textOf(body.symbol),
    leg: legOf(body),
    side: body.side === "Buy" ? "buy" : "sell",
    quantity: textOf(body.qty),
    reduceOnly: body.reduceOnly === true,
    rests: body.orderType === "Limit" && body.timeInForce !== "IOC",
    outcome,
    atMs: arrivedAt,
  };
}

function legOf(row: Row): CheckedLeg {
  const leg = LEGS[Number(row.positionIdx ?? 0)];
  if (leg === undefined) throw new Error(`not a position index: ${JSON.stringify(row.positionIdx)}`);
  return leg;
}

function textOf(value: unknown): string {
  if (typeof value !== "string") throw new Error(`not a text: ${JSON.stringify(value)}`);
  return value;
}

function recordOf(value: unknown): Row {
  if (typeof value !== "object" || value === null) throw new Error(`not an object: ${JSON.stringify(value)}`);
  return { ...value };
}

/** The terms of a symbol as the exchange has them now. */
export function listedInstrument(protocol: BybitProtocol, symbol: string): CheckedInstrument {
  const row = protocol.state.venue.instrument(symbol);
  if (row === undefined) throw new Error(`no instrument ${symbol}`);
  return {
    symbol,
    quantityStep: row.qtyStep,
    minQuantity: row.minOrderQty,
    minNotional: row.minNotionalValue,
    maxMarketQuantity: row.maxMktOrderQty,
    tickSize: row.tickSize,
    trading: row.status === "Trading",
  };
}
