/** The control interface to the letter: what it takes, what it shows, and whom it refuses. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  addAccount,
  asRecord,
  KEY,
  LIMIT_BUY,
  MARKET_BUY,
  open,
  orderMessage,
  rowsOf,
  signed,
  startTestExchange,
  type TestExchange,
  tradeSocket,
} from "./clients.ts";

let exchange: TestExchange;

beforeAll(async () => {
  exchange = await startTestExchange();
});

afterAll(() => exchange.close());

async function price(symbol: string): Promise<Record<string, unknown>> {
  const answer = await open(exchange.rest, `/v5/market/tickers?category=linear&symbol=${symbol}`);
  return rowsOf(answer.result.list)[0] ?? {};
}

describe("accounts", () => {
  it("appear with balances, mode and default permissions, and vanish on reset", async () => {
    await addAccount(exchange, KEY, { balances: { USDT: "250.5" }, positionMode: "hedge" });
    const created = await signed(exchange.rest, "/v5/order/create", {
      ...MARKET_BUY,
      qty: "0.001",
      positionIdx: 1,
    });
    expect(created.code).toBe(0);
    const { body } = await exchange.control("GET", `accounts/${KEY}`);
    expect(Object.keys(body)).toEqual(["positions", "openOrders", "orderRequests", "fills", "balances"]);
    expect(rowsOf(body.positions)[0]).toMatchObject({
      symbol: "BTCUSDT",
      positionIdx: 1,
      side: "Buy",
      size: "0.001",
    });
    expect(rowsOf(body.fills)[0]).toMatchObject({ symbol: "BTCUSDT", positionIdx: 1, execType: "Trade" });
    await addAccount(exchange);
    const { body: anew } = await exchange.control("GET", `accounts/${KEY}`);
    expect(anew).toEqual({
      positions: [],
      openOrders: [],
      orderRequests: [],
      fills: [],
      balances: { USDT: "10000" },
    });
  });

  it("record every order request, one row per member of a batch, whatever came of it", async () => {
    await addAccount(exchange);
    const before = Date.now();
    const first = await signed(exchange.rest, "/v5/order/create", { ...LIMIT_BUY, orderLinkId: "one" });
    await signed(exchange.rest, "/v5/order/amend", {
      category: "linear",
      symbol: "BTCUSDT",
      orderLinkId: "one",
      qty: "0.02",
    });
    await signed(exchange.rest, "/v5/order/create", { ...LIMIT_BUY, orderLinkId: "one" });
    const trade = await tradeSocket(exchange);
    await trade.request(
      orderMessage("order.cancel", { category: "linear", symbol: "BTCUSDT", orderLinkId: "one" }, "1"),
    );
    const request = [
      { ...LIMIT_BUY, orderLinkId: "two" },
      { ...LIMIT_BUY, qty: "0.0000001", orderLinkId: "three" },
    ].map(({ category: _category, ...rest }: Record<string, unknown>) => rest);
    await trade.request(orderMessage("order.create-batch", { category: "linear", request }, "2"));
    trade.close();
    const { body } = await exchange.control("GET", `accounts/${KEY}`);
    const rows = rowsOf(body.orderRequests);
    expect(
      rows.map((row) => [row.action, row.via, asRecord(row.body).orderLinkId, row.outcome, row.retCode]),
    ).toEqual([
      ["create", "rest", "one", "accepted", 0],
      ["amend", "rest", "one", "accepted", 0],
      ["create", "rest", "one", "rejected", 110072],
      ["cancel", "ws", "one", "accepted", 0],
      ["create", "ws", "two", "accepted", 0],
      ["create", "ws", "three", "rejected", 10001],
    ]);
    expect(Object.keys(rows[0] ?? {}).toSorted()).toEqual(
      ["action", "arrivedAt", "body", "orderId", "outcome", "retCode", "via"].toSorted(),
    );
    expect(rows[0]?.orderId).toBe(first.result.orderId);
    expect(rows[0]?.body).toEqual({ ...LIMIT_BUY, orderLinkId: "one" });
    expect(rows[4]?.body).toMatchObject({ category: "linear", symbol: "BTCUSDT" });
    expect(rows.every((row) => Number(row.arrivedAt) >= before)).toBe(true);
  });

  it("take deposits and withdrawals", async () => {
    await addAccount(exchange);
    expect(
      (await exchange.control("POST", `transfers/${KEY}`, { coin: "USDT", amount: "500" })).body,
    ).toEqual({
      coin: "USDT",
      walletBalance: "10500",
    });
    const out = await exchange.control("POST", `transfers/${KEY}`, {
      coin: "USDT",
      amount: "10000",
      type: "withdrawal",
    });
    expect(out.body.walletBalance).toBe("500");
    expect((await exchange.control("POST", `transfers/${KEY}`, { amount: "-501" })).status).toBe(400);
    const log = await signed(exchange.rest, "/v5/account/transaction-log?accountType=UNIFIED");
    expect(rowsOf(log.result.list).map((row) => row.type)).toEqual(
      expect.arrayContaining(["TRANSFER_OUT", "TRANSFER_IN"]),
    );
  });
});

describe("market", () => {
  it("moves last, mark, index, book and bands together", async () => {
    expect((await exchange.control("PUT", "prices/BTCUSDT", { last: "61234.5" })).status).toBe(200);
    const ticker = await price("BTCUSDT");
    expect(ticker).toMatchObject({ lastPrice: "61234.5", markPrice: "61234.5", indexPrice: "61234.5" });
    expect(Number(ticker.bid1Price)).toBeLessThan(61_234.5 * 1.001);
    expect(Number(ticker.ask1Price)).toBeGreaterThan(61_234.5 * 0.999);
    const limit = await open(exchange.rest, "/v5/market/price-limit?category=linear&symbol=BTCUSDT");
    expect(Number(limit.result.sellLmt)).toBeLessThan(61_234.5);
    expect(Number(limit.result.buyLmt)).toBeGreaterThan(61_234.5);
  });

  it("has at least ten million USDT within ten basis points on each side when flat", async () => {
    for (const symbol of ["BTCUSDT", "ETHUSDT", "SOLUSDT"]) {
      const { result } = await open(
        exchange.rest,
        `/v5/market/orderbook?category=linear&symbol=${symbol}&limit=1000`,
      );
      const last = Number((await price(symbol)).lastPrice);
      for (const side of ["a", "b"]) {
        const levels = result[side] as [string, string][];
        const near = levels.filter(([level]) => Math.abs(Number(level) - last) <= last * 0.001);
        const value = near.reduce((sum, [level, size]) => sum + Number(level) * Number(size), 0);
        expect(value).toBeGreaterThan(9_999_999);
      }
    }
  });

  it("lists a few hundred contracts over more than one page, among them a 1000-unit symbol", async () => {
    const symbols: string[] = [];
    let cursor = "";
    let pages = 0;
    do {
      const { result } = await open(
        exchange.rest,
        `/v5/market/instruments-info?category=linear&cursor=${cursor}`,
      );
      symbols.push(...rowsOf(result.list).map((row) => String(row.symbol)));
      cursor = String(result.nextPageCursor);
      pages += 1;
      expect(cursor).toMatch(/^[A-Za-z0-9_-]*$/);
    } while (cursor !== "");
    expect(pages).toBeGreaterThan(1);
    expect(new Set(symbols).size).toBe(symbols.length);
    expect(symbols.length).toBeGreaterThan(300);
    expect(symbols).toEqual(expect.arrayContaining(["BTCUSDT", "ETHUSDT", "SOLUSDT"]));
    expect(symbols.some((symbol) => symbol.startsWith("1000") || symbol.endsWith("1000USDT"))).toBe(true);
  });

  it("takes a past, which the public endpoints then tell", async () => {
    const openMs = Date.UTC(2024, 0, 1);
    const answer = await exchange.control("POST", "history/SOLUSDT", {
      bars: [[String(openMs), "100", "110", "95", "105", "12"]],
      marks: [[openMs, "100.1", "110.1", "95.1", "105.1"]],
      funding: [[openMs + 1, "0.0002"]],
    });
    expect(answer).toEqual({ status: 200, body: { symbol: "SOLUSDT", bars: 1, marks: 1, funding: 1 } });
    const list = async (path: string) => {
      const { result } = await open(exchange.rest, `/v5/market/${path}&category=linear&symbol=SOLUSDT`);
      return result.list;
    };
    const window = `interval=5&start=${openMs}&end=${openMs}`;
    expect(await list(`kline?${window}`)).toEqual([
      [String(openMs), "100", "110", "95", "105", "12", "1260"],
    ]);
    expect(await list(`mark-price-kline?${window}`)).toEqual([
      [String(openMs), "100.1", "110.1", "95.1", "105.1"],
    ]);
    expect(await list(`funding/history?startTime=${openMs}&endTime=${openMs + 9}`)).toEqual([
      { symbol: "SOLUSDT", fundingRate: "0.0002", fundingRateTimestamp: String(openMs + 1) },
    ]);
    const wrong = await exchange.control("POST", "history/SOLUSDT", { bars: [[1, 2]] });
    expect(wrong).toMatchObject({ status: 400, body: { error: expect.stringContaining("bars[0]") } });
  });

  it("changes funding rates and instruments", async () => {
    expect((await exchange.control("PUT", "funding/ETHUSDT", { fundingRate: "0.001" })).status).toBe(200);
    expect((await price("ETHUSDT")).fundingRate).toBe("0.001");
    const changed = await exchange.control("PUT", "instruments/ETHUSDT", {
      qtyStep: "0.1",
      minOrderQty: "0.1",
    });
    expect(changed.status).toBe(200);
    const { result } = await open(
      exchange.rest,
      "/v5/market/instruments-info?category=linear&symbol=ETHUSDT",
    );
    expect(rowsOf(result.list)[0]?.lotSizeFilter).toMatchObject({ qtyStep: "0.1", minOrderQty: "0.1" });
    await exchange.control("PUT", "instruments/SOLUSDT", { status: "Closed" });
    await addAccount(exchange);
    const order = await signed(exchange.rest, "/v5/order/create", {
      ...MARKET_BUY,
      symbol: "SOLUSDT",
      qty: "1",
    });
    expect(order.code).toBe(110074);
  });
});

describe("refusals", () => {
  it.each([
    ["PUT", "accounts/x", { apiSecret: "s", leverage: 3 }, 400, "leverage"],
    ["PUT", "accounts/x", { balances: {} }, 400, "apiSecret"],
    ["PUT", "accounts/x", { apiSecret: "s", positionMode: "both" }, 400, "positionMode"],
    ["PUT", "accounts/x", { apiSecret: "s", balances: { USDT: "much" } }, 400, "balances.USDT"],
    ["PUT", "faults", { lag: 1 }, 400, "lag"],
    ["PUT", "faults", { requestLost: 2 }, 400, "requestLost"],
    ["PUT", "faults", { latencyMs: [5, 1] }, 400, "latencyMs"],
    ["PUT", "prices/BTCUSDT", { last: "1", mark: "2" }, 400, "mark"],
    ["PUT", "prices/NOSUCH", { last: "1" }, 404, "NOSUCH"],
    ["PUT", "prices/BTCUSDT", { last: "-5" }, 400, ""],
    ["GET", "accounts/nobody", undefined, 404, "nobody"],
    ["PUT", "nonsense/x", {}, 404, "nonsense"],
    ["POST", "accounts/x", {}, 405, "POST"],
  ])("%s %s %j is %i and names %s", async (method, path, body, status, named) => {
    const answer = await exchange.control(method, path, body);
    expect([answer.status, String(answer.body.error)]).toEqual([status, expect.stringContaining(named)]);
  });

  it("keeps web pages out: foreign Host, foreign Origin, forms", async () => {
    const url = `${exchange.rest}/control/faults`;
    const put = (headers: Record<string, string>) => fetch(url, { method: "PUT", body: "{}", headers });
    expect((await put({ "Content-Type": "application/json", Origin: "http://evil.example" })).status).toBe(
      403,
    );
    expect((await put({ "Content-Type": "text/plain" })).status).toBe(415);
    expect((await put({ "Content-Type": "application/json", Origin: exchange.rest })).status).toBe(200);
    const { request } = await import("node:http");
    const status = await new Promise((resolve) => {
      request(url, { headers: { Host: "evil.example" } }, (response) => resolve(response.statusCode)).end();
    });
    expect(status).toBe(403);
  });

  it("does not exist unless asked for", async () => {
    const closed = await startTestExchange({ control: false });
    expect((await closed.control("GET", "faults")).status).toBe(404);
    await closed.close();
  });
});
