/** Whatever a client sends, the exchange answers and goes on: nothing a client can say may stop it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Json, SECRET } from "./clients.ts";
import { World } from "./world.ts";

const NASTY = [
  "",
  "0",
  "-0",
  "-1",
  "0.001",
  "1",
  "60000",
  "60000.05",
  "1e5",
  "99999999999999999999",
  "0.00000000000000000001",
  "9007199254740993",
  "NaN",
  "Infinity",
  "constructor",
  "__proto__",
  "BTCUSDT",
  "ETHUSDT",
  "USDT",
  "linear",
  "spot",
  "Buy",
  "Sell",
  "Market",
  "Limit",
  "PostOnly",
  "FOK",
  "Full",
  "Partial",
  "TickSize",
  "Percent",
  "LastPrice",
  "Queue",
  "UNIFIED",
  '\u0000"\\\u20ac',
  "x".repeat(5000),
  0,
  1,
  2,
  3,
  -1,
  0.5,
  1e308,
  true,
  false,
  null,
  [],
  [{}],
  {},
] as const;

const FIELDS = [
  "category",
  "symbol",
  "side",
  "orderType",
  "qty",
  "price",
  "timeInForce",
  "positionIdx",
  "orderLinkId",
  "orderId",
  "reduceOnly",
  "closeOnTrigger",
  "triggerPrice",
  "triggerDirection",
  "triggerBy",
  "takeProfit",
  "stopLoss",
  "tpslMode",
  "tpLimitPrice",
  "slLimitPrice",
  "tpSize",
  "slSize",
  "trailingStop",
  "activePrice",
  "slippageToleranceType",
  "slippageTolerance",
  "smpType",
  "bboSideType",
  "bboLevel",
  "buyLeverage",
  "sellLeverage",
  "mode",
  "coin",
  "settleCoin",
  "baseCoin",
  "request",
  "setMarginMode",
  "orderFilter",
];

const POSTS = [
  "order/create",
  "order/amend",
  "order/cancel",
  "order/cancel-all",
  "order/create-batch",
  "order/amend-batch",
  "order/cancel-batch",
  "position/set-leverage",
  "position/switch-mode",
  "position/trading-stop",
  "position/set-auto-add-margin",
  "position/switch-isolated",
  "account/set-margin-mode",
];

const GETS = [
  "market/instruments-info",
  "market/tickers",
  "market/kline",
  "market/orderbook",
  "market/recent-trade",
  "market/funding/history",
  "market/risk-limit",
  "market/price-limit",
  "order/realtime",
  "order/history",
  "execution/list",
  "position/list",
  "position/closed-pnl",
  "account/wallet-balance",
  "account/transaction-log",
  "account/fee-rate",
];

const QUERY_FIELDS = [
  ...FIELDS,
  "limit",
  "cursor",
  "start",
  "end",
  "interval",
  "startTime",
  "endTime",
  "accountType",
  "openOnly",
];

/** A plausible order with some fields replaced, so that the input gets past the first check. */
const base: Json = {
  category: "linear",
  symbol: "BTCUSDT",
  side: "Buy",
  orderType: "Limit",
  qty: "0.01",
  price: "60000",
};
const changes = (fields: readonly string[]) =>
  fc.dictionary(fc.constantFrom(...fields), fc.constantFrom<unknown>(...NASTY), { maxKeys: 5 });

function worldWithAccount(): World {
  const world = new World(1, { limits: "off" });
  world.http("PUT", "/control/accounts/alice-key", { apiSecret: SECRET, balances: { USDT: "10000" } });
  return world;
}

describe("anything a client sends", () => {
  const world = worldWithAccount();
  const streams = world.socket("/v5/private");
  world.authenticate(streams.send);
  streams.send({ op: "subscribe", args: ["order", "execution", "position", "wallet"] });

  it("that is kept and told again is escaped", () => {
    for (const more of [{}, { slippageToleranceType: "TickSize" }]) {
      for (const orderType of ["Market", "Limit"]) {
        const body = { ...base, ...more, orderType, price: "50000", slippageTolerance: '\u0000"\\' };
        expect(world.signed("/v5/order/create", body).retCode).toBeTypeOf("number");
        world.time.run(20);
      }
    }
    expect(world.signed("/v5/order/realtime?category=linear&symbol=BTCUSDT").retCode).toBe(0);
  });

  it("over REST is answered with a retCode", () => {
    fc.assert(
      fc.property(fc.constantFrom(...POSTS), changes(FIELDS), (path, change) => {
        const body = { ...base, ...change };
        expect(world.signed(`/v5/${path}`, body).retCode).toBeTypeOf("number");
        world.time.run(20);
      }),
      { numRuns: 3000 },
    );
  });

  it("in a query is answered with a retCode", () => {
    fc.assert(
      fc.property(fc.constantFrom(...GETS), changes(QUERY_FIELDS), (path, change) => {
        const query = new URLSearchParams({ category: "linear", symbol: "BTCUSDT" });
        for (const [key, value] of Object.entries(change)) query.set(key, String(value));
        expect(world.signed(`/v5/${path}?${query}`).retCode).toBeTypeOf("number");
      }),
      { numRuns: 2000 },
    );
  });

  it("to order entry or a stream is answered", () => {
    const trade = world.socket("/v5/trade");
    world.authenticate(trade.send);
    const market = world.socket("/v5/public/linear");
    const op = fc.constantFrom(
      "order.create",
      "order.amend",
      "order.cancel",
      "order.create-batch",
      "auth",
      "ping",
      "subscribe",
      "unsubscribe",
      "x",
    );
    fc.assert(
      fc.property(op, changes(FIELDS), fc.constantFrom<unknown>(...NASTY), (name, change, other) => {
        const header = { "X-BAPI-TIMESTAMP": String(world.time.nowMs) };
        for (const socket of [trade, streams, market]) {
          const before = socket.heard.length;
          socket.send({ op: name, header, args: [{ ...base, ...change }] });
          socket.send({ op: name, args: other, reqId: other, req_id: other, header: other });
          expect(socket.state.closed === "" ? socket.heard.length : before + 1).toBeGreaterThan(before);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("to the control interface is answered", () => {
    const resource = fc.constantFrom(
      "accounts",
      "prices",
      "faults",
      "transfers",
      "funding",
      "instruments",
      "x",
      "",
    );
    const name = fc.constantFrom("alice-key", "BTCUSDT", "", "%", "%ff", "..", "a/b");
    const key = fc.constantFrom(
      "last",
      "apiSecret",
      "balances",
      "seed",
      "latencyMs",
      "amount",
      "coin",
      "fundingRate",
      "qtyStep",
      "tickSize",
      "status",
    );
    const body = fc.dictionary(key, fc.constantFrom<unknown>(...NASTY), { maxKeys: 3 });
    fc.assert(
      fc.property(
        fc.constantFrom("GET", "PUT", "POST", "DELETE"),
        resource,
        name,
        body,
        (method, what, which, sent) => {
          world.http(method, `/control/${what}/${which}`, method === "GET" ? undefined : sent);
        },
      ),
      { numRuns: 1500 },
    );
  });
});
