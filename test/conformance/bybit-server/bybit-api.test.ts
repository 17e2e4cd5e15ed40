/** The unmodified bybit-api trades on the simulated exchange: the full life of orders and positions, in both modes. */
import { once } from "node:events";
import {
  type WebsocketClient as BybitStreams,
  DefaultLogger,
  RestClientV5,
  WebsocketAPIClient,
  WebsocketClient,
} from "bybit-api";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  addAccount,
  isRecord,
  KEY,
  rowsOf,
  SECRET,
  startTestExchange,
  type TestExchange,
} from "./clients.ts";

let exchange: TestExchange;
let client: RestClientV5;
const logger = { ...DefaultLogger, trace: () => undefined, info: () => undefined, error: () => undefined };
const BTC = { category: "linear", symbol: "BTCUSDT" } as const;

beforeAll(async () => {
  exchange = await startTestExchange();
  client = new RestClientV5({ baseUrl: exchange.rest, key: KEY, secret: SECRET, parseAPIRateLimits: true });
});

afterAll(() => exchange.close());

beforeEach(async () => {
  await exchange.control("PUT", "prices/BTCUSDT", { last: "60000" });
  await addAccount(exchange);
});

async function position(positionIdx = 0): Promise<[side: string, size: string]> {
  const { result } = await client.getPositionInfo(BTC);
  const row = result.list.find((item) => item.positionIdx === positionIdx);
  return [row?.side ?? "", row?.size ?? ""];
}

async function market(side: "Buy" | "Sell", qty: string, more: object = {}): Promise<number> {
  return (await client.submitOrder({ ...BTC, side, orderType: "Market", qty, ...more })).retCode;
}

describe("the margin mode", () => {
  const info = async () => (await client.getAccountInfo()).result.marginMode;

  it("is cross at first, goes to isolated and back while the account is flat", async () => {
    expect(await info()).toBe("REGULAR_MARGIN");
    for (const mode of ["ISOLATED_MARGIN", "ISOLATED_MARGIN", "REGULAR_MARGIN"] as const) {
      const { retCode, result } = await client.setMarginMode(mode);
      expect({ retCode, result, mode: await info() }).toEqual({ retCode: 0, result: { reasons: [] }, mode });
    }
  });

  it("has empty figures of the whole account in isolated margin", async () => {
    await client.setMarginMode("ISOLATED_MARGIN");
    const [row] = (await client.getWalletBalance({ accountType: "UNIFIED" })).result.list;
    expect([row?.totalAvailableBalance, row?.accountIMRate, row?.totalInitialMargin]).toEqual(["", "", ""]);
    expect(Number(row?.totalEquity)).toBeGreaterThan(0);
  });

  it("stays with a position or an open order, and is never portfolio, with the reason", async () => {
    const refusal = async (mode: "ISOLATED_MARGIN" | "PORTFOLIO_MARGIN") => {
      const { retCode, result } = await client.setMarginMode(mode);
      return [retCode, ...result.reasons.map(({ reasonMsg }) => reasonMsg), await info()];
    };
    expect(await refusal("PORTFOLIO_MARGIN")).toEqual([
      3400045,
      "PORTFOLIO_MARGIN is not available on this exchange",
      "REGULAR_MARGIN",
    ]);
    await market("Buy", "0.1");
    expect(await refusal("ISOLATED_MARGIN")).toEqual([
      3400045,
      "The account has positions",
      "REGULAR_MARGIN",
    ]);
    await market("Sell", "0.1");
    await client.submitOrder({ ...BTC, side: "Buy", orderType: "Limit", qty: "0.1", price: "50000" });
    expect(await refusal("ISOLATED_MARGIN")).toEqual([
      3400045,
      "The account has open orders",
      "REGULAR_MARGIN",
    ]);
  });
});

describe("bybit-api REST", () => {
  it("opens, adds, closes partly, flips and closes in one-way mode", async () => {
    const seen: [string, string][] = [];
    for (const [side, qty] of [
      ["Buy", "0.1"],
      ["Buy", "0.05"],
      ["Sell", "0.03"],
      ["Sell", "0.2"],
    ] as const) {
      expect(await market(side, qty)).toBe(0);
      seen.push(await position());
    }
    expect(await market("Buy", "0.08", { reduceOnly: true })).toBe(0);
    seen.push(await position());
    expect(seen).toEqual([
      ["Buy", "0.1"],
      ["Buy", "0.15"],
      ["Buy", "0.12"],
      ["Sell", "0.08"],
      ["", "0"],
    ]);
    expect(await market("Buy", "0.08", { reduceOnly: true })).toBe(110017);
    const closed = await client.getClosedPnL({ category: "linear" });
    expect(closed.result.list).toHaveLength(3);
    const executions = await client.getExecutionList({ category: "linear" });
    expect(new Set(executions.result.list.map((row) => row.execId)).size).toBe(executions.result.list.length);
    expect(executions.result.list.some((row) => row.closedSize === "0.12")).toBe(true);
  });

  it("keeps both legs in hedge mode", async () => {
    expect((await client.switchPositionMode({ ...BTC, mode: 3 })).retCode).toBe(0);
    expect((await client.switchPositionMode({ ...BTC, mode: 3 })).retCode).toBe(110025);
    expect(await market("Buy", "0.1")).toBe(10001);
    expect(await market("Buy", "0.1", { positionIdx: 1 })).toBe(0);
    expect(await market("Sell", "0.3", { positionIdx: 2 })).toBe(0);
    expect([await position(1), await position(2)]).toEqual([
      ["Buy", "0.1"],
      ["Sell", "0.3"],
    ]);
    expect((await client.switchPositionMode({ ...BTC, mode: 0 })).retCode).toBe(110024);
    expect(await market("Sell", "0.05", { positionIdx: 1 })).toBe(0);
    expect(await market("Buy", "0.3", { positionIdx: 2, reduceOnly: true })).toBe(0);
    expect([await position(1), await position(2)]).toEqual([
      ["Buy", "0.05"],
      ["", "0"],
    ]);
  });

  it("rests, amends and cancels limit orders, by either id", async () => {
    const placed = await client.submitOrder({
      ...BTC,
      side: "Buy",
      orderType: "Limit",
      qty: "0.1",
      price: "55000",
      orderLinkId: "resting-1",
    });
    expect(placed).toMatchObject({ retCode: 0, result: { orderLinkId: "resting-1" } });
    expect(
      await client.amendOrder({ ...BTC, orderLinkId: "resting-1", qty: "0.2", price: "54000" }),
    ).toMatchObject({
      retCode: 0,
      result: placed.result,
    });
    const open = await client.getActiveOrders({ ...BTC, orderId: placed.result.orderId });
    expect(open.result.list[0]).toMatchObject({
      qty: "0.2",
      price: "54000",
      orderStatus: "New",
      leavesQty: "0.2",
    });
    expect((await client.cancelOrder({ ...BTC, orderId: placed.result.orderId })).retCode).toBe(0);
    expect((await client.cancelOrder({ ...BTC, orderId: placed.result.orderId })).retCode).toBe(110001);
    expect((await client.amendOrder({ ...BTC, orderLinkId: "resting-1", qty: "0.3" })).retCode).toBe(110001);
    expect((await client.getActiveOrders({ ...BTC })).result.list).toEqual([]);
    const again = await client.submitOrder({
      ...BTC,
      side: "Buy",
      orderType: "Market",
      qty: "0.1",
      orderLinkId: "resting-1",
    });
    expect(again.retCode).toBe(110072);
    const history = await client.getHistoricOrders({ ...BTC, orderLinkId: "resting-1" });
    expect(history.result.list[0]).toMatchObject({ orderStatus: "Cancelled", cancelType: "CancelByUser" });
  });

  it("works in batches, each order answered by itself", async () => {
    const base = { symbol: "BTCUSDT", side: "Buy", orderType: "Limit", price: "50000" } as const;
    const placed = await client.batchSubmitOrders("linear", [
      { ...base, qty: "0.01", orderLinkId: "b-1" },
      { ...base, qty: "0.00001", orderLinkId: "b-2" },
      { ...base, qty: "0.02", orderLinkId: "b-3" },
    ]);
    expect(placed.retExtInfo.list.map((item) => item.code)).toEqual([0, 10001, 0]);
    expect(placed.result.list.map((item) => [item.orderLinkId, item.orderId !== ""])).toEqual([
      ["b-1", true],
      ["b-2", false],
      ["b-3", true],
    ]);
    const amended = await client.batchAmendOrders("linear", [
      { symbol: "BTCUSDT", orderLinkId: "b-1", qty: "0.03" },
      { symbol: "BTCUSDT", orderLinkId: "no-such", qty: "0.03" },
    ]);
    expect(amended.retExtInfo.list.map((item) => item.code)).toEqual([0, 110001]);
    const cancelled = await client.batchCancelOrders("linear", [{ symbol: "BTCUSDT", orderLinkId: "b-1" }]);
    expect(cancelled.retExtInfo.list.map((item) => item.code)).toEqual([0]);
    const all = await client.cancelAllOrders({ category: "linear", settleCoin: "USDT" });
    expect(all.result.list.map((item) => item.orderLinkId)).toEqual(["b-3"]);
  });

  it("attaches TP/SL and fires it when the price gets there", async () => {
    expect(await market("Buy", "0.1", { takeProfit: "66000", stopLoss: "57000" })).toBe(0);
    const stops = await client.getActiveOrders({ ...BTC });
    expect(stops.result.list.map((row) => [row.stopOrderType, row.orderStatus, row.side]).toSorted()).toEqual(
      [
        ["StopLoss", "Untriggered", "Sell"],
        ["TakeProfit", "Untriggered", "Sell"],
      ],
    );
    const moved = { ...BTC, positionIdx: 0, tpslMode: "Full", stopLoss: "58000" } as const;
    expect((await client.setTradingStop(moved)).retCode).toBe(0);
    expect((await client.setTradingStop(moved)).retCode).toBe(34040);
    await exchange.control("PUT", "prices/BTCUSDT", { last: "57900" });
    expect(await position()).toEqual(["", "0"]);
    expect((await client.getActiveOrders({ ...BTC })).result.list).toEqual([]);
    expect((await client.setTradingStop(moved)).retCode).toBe(10001);
  });

  it("triggers conditional orders and refuses those already passed", async () => {
    const conditional = { triggerPrice: "61000", triggerDirection: 1, triggerBy: "LastPrice" } as const;
    expect(await market("Buy", "0.1", conditional)).toBe(0);
    expect((await client.getActiveOrders({ ...BTC })).result.list[0]).toMatchObject({
      orderStatus: "Untriggered",
    });
    await exchange.control("PUT", "prices/BTCUSDT", { last: "61001" });
    expect(await position()).toEqual(["Buy", "0.1"]);
    expect(await market("Buy", "0.1", { ...conditional, triggerDirection: 1 })).toBe(110092);
  });

  it("sets leverage, and says when it was already so", async () => {
    const leverage = { ...BTC, buyLeverage: "7", sellLeverage: "7" };
    expect((await client.setLeverage(leverage)).retCode).toBe(0);
    expect((await client.setLeverage(leverage)).retCode).toBe(110043);
    expect((await client.setLeverage({ ...BTC, buyLeverage: "5000", sellLeverage: "5000" })).retCode).toBe(
      110013,
    );
  });

  it("refuses what the filters and the balance forbid", async () => {
    expect(await market("Buy", "0.0001")).toBe(10001);
    expect(await market("Buy", "100")).toBe(110007);
    const limit = { ...BTC, side: "Buy", orderType: "Limit", qty: "0.01" } as const;
    expect((await client.submitOrder({ ...limit, price: "600000" })).retCode).toBe(110003);
    expect((await client.submitOrder({ ...limit, symbol: "NOSUCH", price: "1" })).retCode).toBe(10001);
  });

  it("reads every page of instruments with its own encoding of cursors", async () => {
    const symbols: string[] = [];
    let cursor: string | undefined;
    do {
      const { result } = await client.getInstrumentsInfo({
        category: "linear",
        limit: 100,
        ...(cursor ? { cursor } : {}),
      });
      symbols.push(...result.list.map((row) => row.symbol));
      cursor = result.nextPageCursor;
    } while (cursor);
    expect(new Set(symbols).size).toBe(symbols.length);
    expect(symbols.length).toBeGreaterThan(300);
  });

  it("reads account, fees, key and time", async () => {
    expect((await client.getWalletBalance({ accountType: "UNIFIED" })).result.list[0]).toMatchObject({
      accountType: "UNIFIED",
      totalEquity: "10000",
    });
    expect((await client.getFeeRate({ ...BTC })).result.list[0]).toMatchObject({ takerFeeRate: "0.00055" });
    expect((await client.getQueryApiKey()).result.permissions.ContractTrade).toEqual(["Order", "Position"]);
    expect((await client.getAccountInfo()).result.unifiedMarginStatus).toBe(5);
    expect(Math.abs((await client.fetchServerTime()) * 1000 - Date.now())).toBeLessThan(5000);
  });
});

/** The client's own promises resolve before the topics are subscribed. */
async function subscribed(topics: number): Promise<void> {
  await expect.poll(() => exchange.protocol.feedListeners(KEY), { interval: 10 }).toBe(topics);
}

/** Waits for an update of a topic that fits. */
function update(streams: BybitStreams, topic: string, fits: (row: Record<string, unknown>) => boolean) {
  return new Promise<Record<string, unknown>>((resolve) => {
    streams.on("update", (message: unknown) => {
      if (!isRecord(message) || message.topic !== topic) return;
      const data = message.data;
      const rows = Array.isArray(data) ? rowsOf(data) : isRecord(data) ? [data] : [];
      const row = rows.find(fits);
      if (row !== undefined) resolve(row);
    });
  });
}

describe("bybit-api streams", () => {
  it("receives order, execution, position and wallet, and reconnects after a cut", async () => {
    const streams = new WebsocketClient(
      { key: KEY, secret: SECRET, wsUrl: `${exchange.stream}/v5/private`, reconnectTimeout: 50 },
      logger,
    );
    streams.on("exception", () => undefined);
    await Promise.all(
      streams.subscribeV5(["order", "execution", "position", "wallet", "execution.fast"], "linear"),
    );
    await subscribed(5);
    const filled = update(streams, "order", (row) => row.orderStatus === "Filled");
    const executed = update(streams, "execution", (row) => row.execQty === "0.02");
    const fast = update(streams, "execution.fast", (row) => row.execQty === "0.02");
    const moved = update(streams, "position", (row) => row.size === "0.02");
    const paid = update(streams, "wallet", (row) => row.accountType === "UNIFIED");
    expect(await market("Buy", "0.02", { orderLinkId: "streamed" })).toBe(0);
    expect(await filled).toMatchObject({ orderLinkId: "streamed", cumExecQty: "0.02", category: "linear" });
    expect(await moved).toMatchObject({ side: "Buy", symbol: "BTCUSDT" });
    expect((await executed).execId).toBe((await fast).execId);
    await paid;
    const reconnected = once(streams, "reconnected");
    await exchange.control("PUT", "faults", { streamDisconnect: true });
    await exchange.control("PUT", "faults", {});
    await reconnected;
    await subscribed(5);
    const again = update(streams, "position", (row) => row.size === "0.05");
    expect(await market("Buy", "0.03")).toBe(0);
    await again;
    streams.closeAll(true);
  });

  it("receives public topics", async () => {
    const streams = new WebsocketClient({ wsUrl: `${exchange.stream}/v5/public/linear` }, logger);
    const ticker = update(streams, "tickers.BTCUSDT", (row) => row.lastPrice === "60500");
    const book = update(streams, "orderbook.50.BTCUSDT", (row) => row.s === "BTCUSDT");
    const candle = update(streams, "kline.1.BTCUSDT", (row) => row.interval === "1");
    await Promise.all(
      streams.subscribeV5(
        ["tickers.BTCUSDT", "orderbook.50.BTCUSDT", "kline.1.BTCUSDT", "publicTrade.BTCUSDT"],
        "linear",
      ),
    );
    await expect.poll(() => exchange.protocol.publicFeeds.isTopicOpen("publicTrade.BTCUSDT")).toBe(true);
    await exchange.control("PUT", "prices/BTCUSDT", { last: "60500" });
    await Promise.all([ticker, book, candle]);
    const trade = update(streams, "publicTrade.BTCUSDT", (row) => row.S === "Sell");
    expect(await market("Sell", "0.01")).toBe(0);
    expect(await trade).toMatchObject({ s: "BTCUSDT" });
    streams.closeAll(true);
  });

  it("enters, amends and cancels orders by WebSocket", async () => {
    const api = new WebsocketAPIClient(
      { key: KEY, secret: SECRET, wsUrl: `${exchange.stream}/v5/trade`, attachEventListeners: false },
      logger,
    );
    const placed = await api.submitNewOrder({
      ...BTC,
      side: "Buy",
      orderType: "Limit",
      qty: "0.1",
      price: "50000",
    });
    expect(placed).toMatchObject({ retCode: 0, op: "order.create" });
    const { orderId } = placed.data;
    expect(await api.amendOrder({ ...BTC, orderId, qty: "0.2" })).toMatchObject({ retCode: 0 });
    expect(await api.cancelOrder({ ...BTC, orderId })).toMatchObject({ retCode: 0, data: { orderId } });
    await expect(api.cancelOrder({ ...BTC, orderId })).rejects.toMatchObject({ retCode: 110001 });
    const batch = await api.batchSubmitOrders("linear", [
      { symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "0.01" },
    ]);
    expect(batch).toMatchObject({ retCode: 0, retExtInfo: { list: [{ code: 0, msg: "OK" }] } });
    api.getWSClient().closeAll(true);
  });
});
