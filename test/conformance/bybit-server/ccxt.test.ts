/** The unmodified ccxt, REST and pro, trades on the simulated exchange. */
import ccxt from "ccxt";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addAccount, KEY, SECRET, startTestExchange, type TestExchange } from "./clients.ts";

let exchange: TestExchange;
let client: InstanceType<typeof ccxt.pro.bybit>;
const BTC = "BTC/USDT:USDT";

function connect(key = KEY): InstanceType<typeof ccxt.pro.bybit> {
  const made = new ccxt.pro.bybit({ apiKey: key, secret: SECRET, enableRateLimit: false });
  made.urls.api = {
    public: exchange.rest,
    private: exchange.rest,
    ws: {
      public: {
        spot: `${exchange.stream}/v5/public/spot`,
        linear: `${exchange.stream}/v5/public/linear`,
        inverse: `${exchange.stream}/v5/public/inverse`,
        option: `${exchange.stream}/v5/public/option`,
      },
      private: { contract: `${exchange.stream}/v5/private`, trade: `${exchange.stream}/v5/trade` },
    },
  };
  return made;
}

beforeAll(async () => {
  exchange = await startTestExchange();
  await addAccount(exchange);
  client = connect();
  await client.loadHttpProxyAgent();
  await client.loadMarkets();
}, 30_000);

afterAll(async () => {
  await client.close();
  await exchange.close();
});

beforeEach(async () => {
  await exchange.control("PUT", "prices/BTCUSDT", { last: "60000" });
  await addAccount(exchange);
});

async function holding(): Promise<[side: unknown, contracts: unknown][]> {
  const positions = await client.fetchPositions();
  return positions.map((position) => [position.side, position.contracts]);
}

describe("ccxt REST", () => {
  it("loads markets of every category, over more than one page", () => {
    expect(client.market(BTC)).toMatchObject({ linear: true, settle: "USDT", active: true });
    expect(client.symbols.length).toBeGreaterThan(300);
  });

  it("opens, adds, closes partly, flips and closes", async () => {
    const seen: unknown[] = [];
    for (const [side, amount] of [
      ["buy", 0.1],
      ["buy", 0.05],
      ["sell", 0.03],
      ["sell", 0.2],
    ] as const) {
      await client.createOrder(BTC, "market", side, amount);
      seen.push(await holding());
    }
    await client.createOrder(BTC, "market", "buy", 0.08, undefined, { reduceOnly: true });
    seen.push(await holding());
    expect(seen).toEqual([[["long", 0.1]], [["long", 0.15]], [["long", 0.12]], [["short", 0.08]], []]);
    const trades = await client.fetchMyTrades(BTC);
    expect(trades.map((trade) => [trade.side, trade.amount])).toContainEqual(["buy", 0.08]);
    expect(trades[0]).toMatchObject({ symbol: BTC, takerOrMaker: "taker", fee: { currency: "USDT" } });
  });

  it("closes the right leg in hedge mode without being told reduceOnly", async () => {
    await client.setPositionMode(true, BTC);
    const long = { hedged: true };
    await client.createOrder(BTC, "market", "buy", 0.1, undefined, long);
    await client.createOrder(BTC, "market", "sell", 0.2, undefined, long);
    expect((await holding()).toSorted()).toEqual([
      ["long", 0.1],
      ["short", 0.2],
    ]);
    await client.createOrder(BTC, "market", "sell", 0.04, undefined, { hedged: true, reduceOnly: true });
    expect((await holding()).toSorted()).toEqual([
      ["long", 0.06],
      ["short", 0.2],
    ]);
  });

  it("rests, edits, lists and cancels orders", async () => {
    const order = await client.createOrder(BTC, "limit", "buy", 0.1, 55_000, { clientOrderId: "ccxt-1" });
    await client.editOrder(String(order.id), BTC, "limit", "buy", 0.2, 54_000);
    const open = await client.fetchOpenOrders(BTC);
    expect(open).toMatchObject([
      { id: order.id, symbol: BTC, amount: 0.2, price: 54_000, status: "open", clientOrderId: "ccxt-1" },
    ]);
    await client.cancelOrder(String(order.id), BTC);
    await expect(client.cancelOrder(String(order.id), BTC)).rejects.toBeInstanceOf(ccxt.OrderNotFound);
    await client.createOrder(BTC, "limit", "buy", 0.1, 55_000);
    await client.cancelAllOrders(BTC);
    expect(await client.fetchOpenOrders(BTC)).toEqual([]);
    expect(await client.fetchClosedOrders(BTC)).toEqual([]);
    await client.createOrder(BTC, "market", "buy", 0.01);
    expect(await client.fetchClosedOrders(BTC)).toMatchObject([
      { status: "closed", filled: 0.01, symbol: BTC },
    ]);
  });

  it("places attached and conditional stops", async () => {
    await client.createOrder(BTC, "market", "buy", 0.1, undefined, {
      takeProfit: { triggerPrice: 66_000 },
      stopLoss: { triggerPrice: 57_000 },
    });
    const conditional = { triggerPrice: 65_000, triggerDirection: "ascending" };
    await client.createOrder(BTC, "market", "sell", 0.05, undefined, conditional);
    expect(await client.fetchOpenOrders(BTC)).toHaveLength(3);
    await exchange.control("PUT", "prices/BTCUSDT", { last: "65001" });
    expect(await holding()).toEqual([["long", 0.05]]);
    await exchange.control("PUT", "prices/BTCUSDT", { last: "56000" });
    expect(await holding()).toEqual([]);
  });

  it("maps refusals to its own errors", async () => {
    await client.setLeverage(9, BTC);
    await expect(client.setLeverage(9, BTC)).rejects.toBeInstanceOf(ccxt.BadRequest);
    await expect(client.createOrder(BTC, "market", "buy", 100)).rejects.toBeInstanceOf(
      ccxt.InsufficientFunds,
    );
    await expect(
      client.createOrder(BTC, "market", "buy", 0.01, undefined, { reduceOnly: true }),
    ).rejects.toBeInstanceOf(ccxt.InvalidOrder);
    const stranger = new ccxt.bybit({ apiKey: "nobody", secret: "x", enableRateLimit: false });
    stranger.urls.api = { public: exchange.rest, private: exchange.rest };
    await expect(stranger.fetchBalance()).rejects.toBeInstanceOf(ccxt.AuthenticationError);
  });

  it("reads balance and market data", async () => {
    expect((await client.fetchBalance()).USDT).toMatchObject({ total: 10_000, used: 0, free: 10_000 });
    expect(await client.fetchTicker(BTC)).toMatchObject({ symbol: BTC, last: 60_000 });
    const book = await client.fetchOrderBook(BTC, 5);
    expect([book.bids.length, book.asks.length]).toEqual([5, 5]);
    expect(Number(book.bids[0]?.[0])).toBeLessThan(Number(book.asks[0]?.[0]));
    expect((await client.fetchOHLCV(BTC, "1m", undefined, 3)).length).toBeGreaterThan(0);
    expect(Math.abs(Number(await client.fetchTime()) - Date.now())).toBeLessThan(5000);
  });
});

describe("ccxt pro", () => {
  it("watches orders, trades, positions and balance", async () => {
    const watching = connect();
    await watching.loadHttpProxyAgent();
    await watching.loadMarkets();
    await watching.watchPositions([BTC]);
    const positions = watching.watchPositions([BTC]);
    const orders = watching.watchOrders(BTC);
    const trades = watching.watchMyTrades(BTC);
    const balance = watching.watchBalance();
    // The subscriptions above are sent in order; the answer to a later one says that they are in force.
    await expect.poll(() => exchange.protocol.feedListeners(KEY)).toBe(4);
    await client.createOrder(BTC, "market", "buy", 0.03);
    expect(await positions).toMatchObject([{ symbol: BTC, side: "long", contracts: 0.03 }]);
    expect((await trades)[0]).toMatchObject({ symbol: BTC, side: "buy", amount: 0.03 });
    expect((await orders)[0]).toMatchObject({ symbol: BTC, side: "buy" });
    expect((await balance).USDT).toBeDefined();
    await watching.close();
  }, 20_000);

  it("watches market data", async () => {
    const [ticker, book] = await Promise.all([client.watchTicker(BTC), client.watchOrderBook(BTC)]);
    expect(ticker).toMatchObject({ symbol: BTC, last: 60_000 });
    expect(book.bids.length).toBeGreaterThan(0);
    const trades = client.watchTrades(BTC);
    await expect.poll(() => exchange.protocol.publicFeeds.isTopicOpen("publicTrade.BTCUSDT")).toBe(true);
    await client.createOrder(BTC, "market", "sell", 0.01);
    expect((await trades)[0]).toMatchObject({ symbol: BTC, side: "sell" });
  }, 20_000);

  it("creates, edits and cancels orders by WebSocket", async () => {
    const order = await client.createOrderWs(BTC, "limit", "buy", 0.1, 55_000);
    expect(order.id).toMatch(/^[0-9a-f-]{36}$/);
    await client.editOrderWs(String(order.id), BTC, "limit", "buy", 0.2, 54_000);
    expect(await client.fetchOpenOrders(BTC)).toMatchObject([{ id: order.id, amount: 0.2 }]);
    await client.cancelOrderWs(String(order.id), BTC);
    await expect(client.cancelOrderWs(String(order.id), BTC)).rejects.toBeInstanceOf(ccxt.OrderNotFound);
  }, 20_000);
});
