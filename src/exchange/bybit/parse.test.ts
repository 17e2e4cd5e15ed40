/** Parsing against recorded and documented messages, and against what must not be guessed. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hasShared, sharedNote, sharedPath } from "../../../test/shared.ts";
import { AccountId, VenueId } from "../../core/model/identifiers.ts";
import { isRow, MalformedMessage, type RawRow, rowOf, rowsOf, UnknownState } from "../raw.ts";
import { parseKeyInfo } from "./inspect.ts";
import { parseInstruments } from "./instruments.ts";
import {
  executionEffect,
  type FillContext,
  isUsdtLinear,
  parseEquity,
  parseFill,
  parseOrder,
  parsePage,
  parsePosition,
} from "./parse.ts";

const venue = VenueId("venue");
const context: FillContext = { account: AccountId("leader"), venue, mode: "one-way", receivedAtMs: 7 };

function json(file: string): RawRow {
  const parsed: unknown = JSON.parse(readFileSync(sharedPath(`data/venue/bybit_v5/${file}`), "utf8"));
  return rowOf(parsed, file);
}

/** `data` of a recorded stream message. */
const streamRows = (file: string): readonly RawRow[] => rowsOf(json(`nautilus/${file}`).data, file);
/** Rows of a recorded REST answer. */
const restRows = (file: string): readonly RawRow[] => parsePage(json(`nautilus/${file}`).result).rows;
/** Documented messages of a page. */
const examples = (page: string): readonly RawRow[] => rowsOf(json(`docs/${page}.json`).json_examples, page);
const first = (rows: readonly RawRow[]): RawRow => rowOf(rows[0], "the first row");

describe.skipIf(!hasShared)(`recorded messages${sharedNote}`, () => {
  test("an execution of the stream", () => {
    expect(parseFill(first(streamRows("ws_account_execution.json")), context)).toEqual({
      account: "leader",
      instrument: "BTCUSDT@venue",
      leg: "net",
      tradeId: "0ab1bdf7-4219-438b-b30a-32ec863018f7",
      venueOrderId: "9aac161b-8ed6-450d-9cab-c5cc67c21784",
      side: "sell",
      quantity: "0.5",
      price: "95900.1",
      fee: "26.3725275",
      sequence: 140612148849382,
      venueTimeMs: 1746270400353,
      receivedAtMs: 7,
    });
  });

  test("an auto-deleveraging changes the holding like any fill", () => {
    const row = first(streamRows("ws_account_execution_adl.json"));
    expect(executionEffect(row)).toBe("fill");
    expect(parseFill(row, { ...context, mode: "hedge" }).leg).toBe("long");
  });

  test("executions by REST", () => {
    const rows = restRows("http_get_executions.json").filter(isUsdtLinear);
    expect(rows.map((row) => parseFill(row, context)).map(({ side, quantity }) => [side, quantity])).toEqual([
      ["buy", "0.100"],
      ["sell", "0.500"],
    ]);
  });

  test("a position of the stream", () => {
    expect(parsePosition(first(streamRows("ws_account_position.json")), venue)).toEqual({
      instrument: "ETHUSDT@venue",
      leg: "net",
      quantity: "-0.01",
      entryPrice: "3641.075",
      leverage: "30",
      liquidationPrice: "51764.83003276",
      sequence: 325852190774,
      venueTimeMs: 1762199125472,
    });
  });

  test("positions by REST, flat ones too", () => {
    const rows = restRows("http_get_positions.json").map((row) => parsePosition(row, venue));
    expect(rows.map(({ instrument, quantity, entryPrice }) => [instrument, quantity, entryPrice])).toEqual([
      ["BTCUSDT@venue", "0.5", "50000.00"],
      ["ETHUSDT@venue", "-5.0", "3000.00"],
      ["SOLUSDT@venue", "0", ""],
    ]);
  });

  test("an order of the stream", () => {
    expect(parseOrder(first(streamRows("ws_account_order_filled.json")), venue)).toEqual({
      instrument: "BTCUSDT@venue",
      leg: "net",
      clientOrderId: "test-client-order-001",
      venueOrderId: "5cf98598-39a7-459e-97bf-76ca765ee020",
      side: "buy",
      status: "filled",
      orderType: "limit",
      price: "30000.50",
      triggerPrice: "29500.00",
      quantity: "0.100",
      filledQuantity: "0.100",
      averagePrice: "30000.50",
      filledValue: "3000.05",
      fee: "1.650028",
      reduceOnly: false,
      venueReason: "",
      venueTimeMs: 1672364262457,
    });
  });

  test("open orders by REST, with null where there is nothing", () => {
    for (const row of restRows("http_get_orders_realtime.json")) {
      expect(parseOrder(row, venue)).toMatchObject({
        status: "working",
        averagePrice: "",
        filledQuantity: "0",
      });
    }
  });

  test("a post-only order that would take ends with the venue's reason", () => {
    const [answer] = examples("order_order-list");
    const row = first(parsePage(answer?.result).rows);
    expect(parseOrder(row, venue)).toMatchObject({
      status: "cancelled",
      venueReason: "EC_PostOnlyWillTakeLiquidity",
      leg: "long",
    });
  });

  test("the documented flat row of a hedge leg", () => {
    const message = rowOf(examples("websocket_private_position")[1], "message");
    expect(parsePosition(first(rowsOf(message.data, "data")), venue)).toMatchObject({
      leg: "short",
      quantity: "0",
      entryPrice: "",
      sequence: 8327597863,
    });
  });

  test.each(["ws_account_wallet.json", "ws_account_wallet_small_order.json"])("wallet %s", (file) => {
    expect(parseEquity(streamRows(file).map((row) => ({ accountType: "UNIFIED", ...row })))).toMatchObject({
      equity: expect.stringMatching(/^\d+\.\d+$/),
    });
  });

  test("the documented wallet", () => {
    const message = rowOf(examples("websocket_private_wallet")[1], "message");
    expect(parseEquity(message.data)).toEqual({
      equity: "10262.91335023",
      available: "9556.6056555",
      balance: "9684.46297164",
    });
  });

  test("documented instruments: filters exactly, other settle coins left out", () => {
    const rows = examples("market_instrument")
      .filter((answer) => isRow(answer.result))
      .flatMap((answer) => parsePage(answer.result).rows)
      .filter((row) => row.contractType !== undefined);
    const { instruments, unreadable } = parseInstruments(rows, venue);
    expect(unreadable).toEqual([]);
    const bitcoin = instruments.find((one) => one.spec.symbol === "BTCUSDT");
    expect(bitcoin?.spec).toEqual({
      venue,
      symbol: "BTCUSDT",
      baseCoin: "BTC",
      settleCoin: "USDT",
      status: "trading",
      tickSize: "0.10",
      quantityStep: "0.001",
      minQuantity: "0.001",
      maxLimitQuantity: "1190.000",
      maxMarketQuantity: "500.000",
      minNotional: "5",
      minPrice: "0.10",
      maxPrice: "1999999.80",
      maxLeverage: "100.00",
      leverageStep: "0.01",
      fundingIntervalMinutes: 480,
    });
    expect(instruments.find((one) => one.spec.symbol === "BIOUSDT")?.spec.status).toBe("pre-launch");
  });

  test("the documented key information", () => {
    const [answer] = examples("user_apikey-info");
    expect(parseKeyInfo(answer?.result)).toEqual({
      userId: "1448939",
      readOnly: true,
      canTrade: false,
      canWithdraw: false,
      permissions: expect.arrayContaining([
        "ContractTrade.Order",
        "ContractTrade.Position",
        "Wallet.AccountTransfer",
      ]),
      expiresAtMs: null,
    });
  });
});

const execution: RawRow = {
  category: "linear",
  symbol: "BTCUSDT",
  orderId: "order",
  orderLinkId: "ct1",
  side: "Buy",
  execId: "trade",
  execPrice: "60000",
  execQty: "0.1",
  execType: "Trade",
  execTime: "1700000000000",
  closedSize: "0",
  execFee: "",
  seq: 5,
};

const position: RawRow = {
  category: "linear",
  symbol: "BTCUSDT",
  positionIdx: 0,
  side: "Buy",
  size: "1",
  entryPrice: "60000",
  leverage: "10",
  seq: 5,
  updatedTime: "1700000000000",
  positionStatus: "Normal",
};

const order: RawRow = {
  category: "linear",
  symbol: "BTCUSDT",
  orderId: "order",
  orderLinkId: "ct1",
  side: "Sell",
  positionIdx: 1,
  orderStatus: "Cancelled",
  qty: "1",
  cumExecQty: "0.4",
  avgPrice: "60000",
  reduceOnly: true,
  rejectReason: "EC_NoError",
  cancelType: "CancelByReduceOnly",
  updatedTime: "1700000000000",
};

describe("fills", () => {
  test.each([
    ["Buy", "0", "long"],
    ["Buy", "0.1", "short"],
    ["Sell", "0.1", "long"],
    ["Sell", "0", "short"],
    ["Sell", "", "short"],
  ])("in hedge mode %s closing %j belongs to the %s leg", (side, closedSize, leg) => {
    expect(parseFill({ ...execution, side, closedSize }, { ...context, mode: "hedge" }).leg).toBe(leg);
  });

  test("carry our id only when it is ours", () => {
    expect(parseFill(execution, context).clientOrderId).toBe("ct1");
    expect(parseFill({ ...execution, orderLinkId: "mine" }, context)).not.toHaveProperty("clientOrderId");
  });

  test.each([
    ["Trade", "fill"],
    ["BustTrade", "fill"],
    ["Settle", "fill"],
    ["Delivery", "fill"],
    ["Funding", "funding"],
    ["SomethingNew", "unknown"],
  ])("execType %s: %s", (execType, effect) => {
    expect(executionEffect({ ...execution, execType })).toBe(effect);
  });

  test.each(["symbol", "execId", "orderId", "execQty", "execPrice", "execTime", "seq", "side"])(
    "without %s are malformed",
    (name) => {
      const { [name]: _, ...rest } = execution;
      expect(() => parseFill(rest, context)).toThrow(MalformedMessage);
    },
  );
});

describe("what must not be guessed", () => {
  test("an unknown order status, position status, side or index is loud", () => {
    expect(() => parseOrder({ ...order, orderStatus: "Paused" }, venue)).toThrow(UnknownState);
    expect(() => parsePosition({ ...position, positionStatus: "Frozen" }, venue)).toThrow(UnknownState);
    expect(() => parsePosition({ ...position, side: "Both" }, venue)).toThrow(UnknownState);
    expect(() => parsePosition({ ...position, positionIdx: 3 }, venue)).toThrow(UnknownState);
    expect(() => parseFill({ ...execution, side: "None" }, context)).toThrow(UnknownState);
  });

  test("unknown descriptive words pass through", () => {
    expect(parseOrder({ ...order, rejectReason: "EC_Brand_New" }, venue).venueReason).toBe("EC_Brand_New");
    expect(parseOrder(order, venue)).toMatchObject({
      venueReason: "CancelByReduceOnly",
      filledQuantity: "0.4",
    });
  });

  test.each([
    ["linear", "BTCUSDT", true],
    ["linear", "BTCUSDT-26SEP25", true],
    [undefined, "SHIB1000USDT", true],
    ["linear", "BTCPERP", false],
    ["linear", "BTC-26SEP25", false],
    ["inverse", "BTCUSD", false],
    ["spot", "BTCUSDT", false],
  ])("category %s symbol %s is ours to handle: %s", (category, symbol, expected) => {
    expect(isUsdtLinear(category === undefined ? { symbol } : { category, symbol })).toBe(expected);
  });
});
