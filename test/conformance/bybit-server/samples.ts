/**
 * The simulated exchange's own messages, gathered by a short trading day: every endpoint asked, every topic heard, at
 * least one row in every list that can have one.
 */
import {
  addAccount,
  type Json,
  LIMIT_BUY,
  MARKET_BUY,
  open,
  orderMessage,
  privateSocket,
  signed,
  type TestExchange,
  TestSocket,
  tradeSocket,
} from "./clients.ts";
import { type MessageName, topicName } from "./references.ts";

const BTC = "category=linear&symbol=BTCUSDT";

const PUBLIC_READS = [
  "/v5/market/time",
  `/v5/market/instruments-info?${BTC}`,
  `/v5/market/tickers?${BTC}`,
  `/v5/market/kline?${BTC}&interval=1`,
  `/v5/market/mark-price-kline?${BTC}&interval=1`,
  `/v5/market/index-price-kline?${BTC}&interval=1`,
  `/v5/market/orderbook?${BTC}`,
  `/v5/market/recent-trade?${BTC}`,
  `/v5/market/risk-limit?${BTC}`,
  `/v5/market/price-limit?${BTC}`,
];

const PRIVATE_READS = [
  "/v5/order/realtime?category=linear&settleCoin=USDT",
  "/v5/order/history?category=linear",
  "/v5/execution/list?category=linear",
  `/v5/position/list?${BTC}`,
  "/v5/position/closed-pnl?category=linear",
  "/v5/account/wallet-balance?accountType=UNIFIED",
  "/v5/account/info",
  "/v5/account/collateral-info",
  `/v5/account/fee-rate?${BTC}`,
  "/v5/account/transaction-log?accountType=UNIFIED",
  `/v5/account/instruments-info?${BTC}`,
  "/v5/user/query-api",
];

const PUBLIC_TOPICS = [
  "orderbook.50.BTCUSDT",
  "publicTrade.BTCUSDT",
  "tickers.BTCUSDT",
  "kline.1.BTCUSDT",
  "priceLimit.BTCUSDT",
  "allLiquidation.BTCUSDT",
];

export async function gatherSamples(exchange: TestExchange): Promise<Map<MessageName, unknown[]>> {
  const samples = new Map<MessageName, unknown[]>();
  const add = (name: MessageName, sample: unknown): void => {
    samples.set(name, [...(samples.get(name) ?? []), sample]);
  };
  await addAccount(exchange);
  await addAccount(exchange, "gambler", { balances: { USDT: "1000" } });
  const streams = await privateSocket(exchange, [
    "order",
    "execution",
    "execution.fast",
    "position",
    "wallet",
  ]);
  const market = await TestSocket.open(`${exchange.stream}/v5/public/linear`);
  await market.request({ op: "subscribe", args: PUBLIC_TOPICS, req_id: "public" });
  await market.request({ op: "ping", req_id: "p" });
  await streams.request({ op: "ping", req_id: "p" });
  await tradeByRest(exchange, add);
  const trade = await tradeSocket(exchange);
  await tradeBySocket(trade);
  await liquidate(exchange);
  await market.topic("allLiquidation.BTCUSDT");
  await market.next((message) => message.topic === "orderbook.50.BTCUSDT" && message.type === "delta");
  await market.topic("priceLimit.BTCUSDT");
  for (const target of PUBLIC_READS) add(nameOf("GET", target), (await open(exchange.rest, target)).body);
  for (const target of PRIVATE_READS) add(nameOf("GET", target), (await signed(exchange.rest, target)).body);
  for (const socket of [streams, market, trade]) collectSocket(socket, socket === trade, add);
  for (const socket of [streams, market, trade]) socket.close();
  return samples;
}

type Add = (name: MessageName, sample: unknown) => void;

function nameOf(method: string, target: string): MessageName {
  return `${method} ${target.split("?")[0]}`;
}

/** Everything that can be posted, with the outcome that documentation shows. */
async function tradeByRest(exchange: TestExchange, add: Add): Promise<void> {
  const post = async (path: string, body: Json): Promise<void> => {
    const answer = await signed(exchange.rest, path, { category: "linear", ...body });
    if (answer.code !== 0) throw new Error(`${path}: ${answer.text}`);
    add(`POST ${path}`, answer.body);
  };
  const btc = { symbol: "BTCUSDT" };
  await post("/v5/position/set-leverage", { ...btc, buyLeverage: "8", sellLeverage: "8" });
  await post("/v5/order/create", { ...LIMIT_BUY, orderLinkId: "rest-1" });
  await post("/v5/order/amend", { ...btc, orderLinkId: "rest-1", qty: "0.02" });
  await post("/v5/order/cancel", { ...btc, orderLinkId: "rest-1" });
  await post("/v5/order/create", { ...MARKET_BUY, qty: "0.05", takeProfit: "90000", stopLoss: "40000" });
  await post("/v5/position/trading-stop", { ...btc, tpslMode: "Full", positionIdx: 0, stopLoss: "41000" });
  await post("/v5/order/create", { ...MARKET_BUY, side: "Sell", qty: "0.02", reduceOnly: true });
  const members = [1, 2].map((index) => ({
    ...btc,
    side: "Buy",
    orderType: "Limit",
    qty: "0.01",
    price: `${50_000 + index}`,
    orderLinkId: `batch-${index}`,
  }));
  await post("/v5/order/create-batch", { request: members });
  await post("/v5/order/amend-batch", { request: [{ ...btc, orderLinkId: "batch-1", qty: "0.03" }] });
  await post("/v5/order/cancel-batch", { request: [{ ...btc, orderLinkId: "batch-1" }] });
  await post("/v5/order/cancel-all", btc);
  await post("/v5/order/create", { ...LIMIT_BUY, orderLinkId: "resting" });
  await post("/v5/position/switch-mode", { symbol: "ETHUSDT", mode: 3 });
  await post("/v5/position/confirm-pending-mmr", btc);
}

async function tradeBySocket(trade: TestSocket): Promise<void> {
  await trade.request(orderMessage("order.create", { ...LIMIT_BUY, orderLinkId: "ws-1" }, "w1"));
  await trade.request(
    orderMessage(
      "order.amend",
      { category: "linear", symbol: "BTCUSDT", orderLinkId: "ws-1", qty: "0.02" },
      "w2",
    ),
  );
  const request = [{ symbol: "BTCUSDT", side: "Buy", orderType: "Market", qty: "0.01" }];
  await trade.request(orderMessage("order.create-batch", { category: "linear", request }, "w3"));
  await trade.request({ op: "ping" });
}

/** An account that bets everything and loses it, for the liquidation topic. */
async function liquidate(exchange: TestExchange): Promise<void> {
  const body = { category: "linear", symbol: "BTCUSDT", buyLeverage: "100", sellLeverage: "100" };
  await signed(exchange.rest, "/v5/position/set-leverage", body, { key: "gambler" });
  const bet = await signed(
    exchange.rest,
    "/v5/order/create",
    { ...MARKET_BUY, qty: "1" },
    { key: "gambler" },
  );
  if (bet.code !== 0) throw new Error(bet.text);
  const { body: ticker } = await exchange.control("GET", "prices/BTCUSDT");
  const fallen = String(Math.round(Number(ticker.lastPrice) * 0.95));
  await exchange.control("PUT", "prices/BTCUSDT", { last: fallen });
}

function collectSocket(socket: TestSocket, isTrade: boolean, add: Add): void {
  for (const message of socket.received) {
    if (typeof message.topic === "string") add(`topic ${topicName(message.topic)}`, message);
    else add(`${isTrade ? "trade answer" : "answer"} ${message.op}`, message);
  }
}
