/**
 * What the documentation leaves open, both ways: each switch changes exactly what it says. A switch without an
 * observation here, or without a line in docs/exchanges/bybit.md, fails.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  BEHAVIOUR_NOTES,
  type Behaviour,
  DEFAULT_BEHAVIOUR,
} from "../../../src/exchange/simulated/bybit-server/behaviours.ts";
import { REST_PATHS } from "../../../src/exchange/simulated/bybit-server/rest.ts";
import { DEFAULT_BEHAVIOUR as VENUE_BEHAVIOUR } from "../../../src/exchange/simulated/world.ts";
import {
  addAccount,
  authMessage,
  type Json,
  KEY,
  LIMIT_BUY,
  MARKET_BUY,
  open,
  privateSocket,
  rowsOf,
  SECRET,
  sign,
  signed,
  startTestExchange,
  type TestExchange,
  TestSocket,
} from "./clients.ts";

type Observe = (exchange: TestExchange) => Promise<unknown>;

async function create(exchange: TestExchange, body: Json) {
  return await signed(exchange.rest, "/v5/order/create", body);
}

async function codeOf(exchange: TestExchange, path: string, body: Json): Promise<number> {
  return (await signed(exchange.rest, path, { category: "linear", symbol: "BTCUSDT", ...body })).code;
}

/** Topics (with the order's status) of what an account hears while something happens. */
async function topicsDuring(
  exchange: TestExchange,
  topics: string[],
  action: () => Promise<unknown>,
): Promise<string[]> {
  const socket = await privateSocket(exchange, topics);
  const from = socket.received.length;
  await action();
  await socket.request({ op: "ping" });
  socket.close();
  return socket.received.slice(from).flatMap((message) => {
    if (typeof message.topic !== "string") return [];
    const row = rowsOf(message.data)[0] ?? {};
    return [message.topic === "order" ? `order ${row.orderStatus}` : message.topic];
  });
}

async function firstRow(exchange: TestExchange, target: string): Promise<Record<string, unknown>> {
  const answer = await signed(exchange.rest, target);
  return rowsOf(answer.result.list)[0] ?? {};
}

async function lastOrder(exchange: TestExchange): Promise<Record<string, unknown>> {
  return await firstRow(exchange, "/v5/order/history?category=linear");
}

const OBSERVATIONS: Readonly<Record<string, readonly [observe: Observe, expected: readonly unknown[]]>> = {
  cursors: [
    async (exchange) => {
      const { result } = await open(exchange.rest, "/v5/market/instruments-info?category=linear&limit=1");
      return /^[A-Za-z0-9_-]+$/.test(String(result.nextPageCursor));
    },
    [true, false],
  ],
  partlyBadSubscribe: [
    async (exchange) => {
      const heard = await topicsDuring(exchange, ["order", "nonsense"], () => create(exchange, LIMIT_BUY));
      return heard;
    },
    [[], ["order New"]],
  ],
  batchSizeMax: [
    (exchange) => {
      const request = Array.from({ length: 11 }, () => ({
        symbol: "BTCUSDT",
        side: "Buy",
        orderType: "Limit",
        qty: "0.001",
        price: "50000",
      }));
      return codeOf(exchange, "/v5/order/create-batch", { request });
    },
    [0, 10001],
  ],
  missingAuthentication: [
    async (exchange) => {
      const answer = await open(exchange.rest, "/v5/account/info");
      return [answer.status, answer.code];
    },
    [
      [401, 10001],
      [200, 10001],
    ],
  ],
  rateLimitText: [
    async (exchange) => {
      await exchange.control("PUT", "faults", { retCode10006: 1 });
      return (await create(exchange, LIMIT_BUY)).body.retMsg;
    },
    ["Too many visits!", "Too many visits. Exceeded the API Rate Limit."],
  ],
  addressBanMinutes: [async (exchange) => exchange.protocol.state.behaviour.addressBanMinutes, [10, 30]],
  positionUpdateKey: [
    async (exchange) => {
      const row = await firstRow(exchange, "/v5/position/list?category=linear&symbol=BTCUSDT");
      return ["mmrSysUpdatedTime", "mmrSysUpdateTime"].filter((key) => key in row);
    },
    [["mmrSysUpdatedTime"], ["mmrSysUpdateTime"]],
  ],
  integersAsText: [
    async (exchange) => (await create(exchange, { ...LIMIT_BUY, positionIdx: "0" })).code,
    [0, 10001],
  ],
  restEmptyValues: [
    async (exchange) => {
      await create(exchange, LIMIT_BUY);
      const row = await firstRow(exchange, "/v5/order/realtime?category=linear&symbol=BTCUSDT");
      return [row.takeProfit, row.triggerBy, row.stopOrderType];
    },
    [
      ["0.00", "UNKNOWN", "UNKNOWN"],
      ["", "", ""],
    ],
  ],
  topicOrder: [
    (exchange) =>
      topicsDuring(exchange, ["order", "execution", "position", "wallet"], () =>
        create(exchange, MARKET_BUY),
      ),
    [
      ["order New", "execution", "order Filled", "position", "wallet"],
      ["execution", "order New", "order Filled", "position", "wallet"],
      ["position", "wallet", "order New", "order Filled", "execution"],
    ],
  ],
  answerOrder: [
    async (exchange) => {
      const order: string[] = [];
      const { protocol } = exchange;
      const sink = {
        send: (text: string) => text.includes('"topic"') && order.push("stream"),
        close: () => undefined,
        terminate: () => undefined,
      };
      const opened = protocol.openSocket({ path: "/v5/private", query: "", address: "127.0.0.1" }, sink);
      if (opened.kind !== "session") throw new Error("refused");
      opened.session.receive(JSON.stringify(authMessage()));
      opened.session.receive(JSON.stringify({ op: "subscribe", args: ["order"] }));
      protocol.handleHttp(inMemory(JSON.stringify(LIMIT_BUY)), "127.0.0.1", () => order.push("answer"));
      return order;
    },
    [
      ["answer", "stream"],
      ["stream", "answer"],
    ],
  ],
  readLagMs: [
    async (exchange) => {
      const read = signed(exchange.rest, "/v5/order/realtime?category=linear&symbol=BTCUSDT");
      const lagging = await Promise.race([
        read.then(() => false),
        new Promise((resolve) => setTimeout(() => resolve(true), 35)),
      ]);
      await read;
      return lagging;
    },
    [false, true],
  ],
  switchIsolated: [
    (exchange) =>
      codeOf(exchange, "/v5/position/switch-isolated", { tradeMode: 0, buyLeverage: "5", sellLeverage: "5" }),
    [100028, 110026],
  ],
  authenticationFailureText: [
    async (exchange) => {
      const socket = await TestSocket.open(`${exchange.stream}/v5/private`);
      const answer = await socket.request(authMessage(KEY, SECRET, 1));
      socket.close();
      return answer.ret_msg;
    },
    ["Params Error", "Request expired"],
  ],
  riskRatesType: [
    async (exchange) => {
      const { result } = await open(exchange.rest, "/v5/market/risk-limit?category=linear&symbol=BTCUSDT");
      return typeof rowsOf(result.list)[0]?.maintenanceMargin;
    },
    ["string", "number"],
  ],
  priceBandCode: [
    async (exchange) => [
      (await create(exchange, { ...LIMIT_BUY, price: "900000" })).code,
      (await create(exchange, { ...LIMIT_BUY, side: "Sell", price: "900" })).code,
    ],
    [
      [110003, 110003],
      [110121, 110120],
    ],
  ],
  fastExecutionMakerLinkId: [
    async (exchange) => {
      const socket = await privateSocket(exchange, ["execution.fast"]);
      await create(exchange, { ...LIMIT_BUY, price: "59900", orderLinkId: "maker" });
      await exchange.control("PUT", "prices/BTCUSDT", { last: "59800" });
      const message = await socket.topic("execution.fast");
      socket.close();
      return rowsOf(message.data)[0]?.orderLinkId;
    },
    ["", "maker"],
  ],
  orderEntrySocket: [
    async (exchange) => {
      const socket = new TestSocket(`${exchange.stream}/v5/trade`);
      const opened = await Promise.race([
        socket.closed().then(() => "closed"),
        new Promise((resolve) => socket.socket.once("open", () => resolve("open"))),
      ]);
      socket.close();
      return opened;
    },
    ["open", "closed"],
  ],
  feeRateEndpoint: [
    async (exchange) =>
      (await signed(exchange.rest, "/v5/account/fee-rate?category=linear&symbol=BTCUSDT")).code,
    [0, 10017],
  ],
  queryApiEndpoint: [
    async (exchange) => (await signed(exchange.rest, "/v5/user/query-api")).code,
    [0, 10017],
  ],
  defaultFees: [
    async (exchange) => {
      const row = await firstRow(exchange, "/v5/account/fee-rate?category=linear&symbol=BTCUSDT");
      return [row.makerFeeRate, row.takerFeeRate];
    },
    [
      ["0.0002", "0.00055"],
      ["0.0001", "0.0006"],
    ],
  ],
  checkOrder: [
    async (exchange) =>
      (await signed(exchange.rest, "/v5/account/info", undefined, { key: "nobody", timestamp: "1" })).code,
    [10002, 10003],
  ],
  orderLinkIdBound: [
    async (exchange) => (await create(exchange, { ...LIMIT_BUY, orderLinkId: "x".repeat(45) })).code,
    [10001, 0],
  ],
  orderLinkIdReserved: [
    async (exchange) => {
      await create(exchange, { ...MARKET_BUY, orderLinkId: "again" });
      return (await create(exchange, { ...MARKET_BUY, orderLinkId: "again" })).code;
    },
    [110072, 0],
  ],
  newForImmediateOrders: [
    (exchange) => topicsDuring(exchange, ["order"], () => create(exchange, MARKET_BUY)),
    [["order New", "order Filled"], ["order Filled"]],
  ],
  reduceOnlyExcess: [
    async (exchange) => {
      await create(exchange, MARKET_BUY);
      return (await create(exchange, { ...MARKET_BUY, side: "Sell", qty: "0.5", reduceOnly: true })).code;
    },
    [0, 110017],
  ],
  fillOrKillReason: [
    async (exchange) => {
      await create(exchange, { ...LIMIT_BUY, timeInForce: "FOK", price: "59000" });
      return (await lastOrder(exchange)).rejectReason;
    },
    ["EC_CancelForNoFullFill", "EC_NoEnoughQtyToFill"],
  ],
  positionPushOnEveryOrder: [
    (exchange) => topicsDuring(exchange, ["position"], () => create(exchange, LIMIT_BUY)),
    [["position"], []],
  ],
  emptyAmend: [
    async (exchange) => {
      const { result } = await create(exchange, LIMIT_BUY);
      return await codeOf(exchange, "/v5/order/amend", { orderId: result.orderId, qty: LIMIT_BUY.qty });
    },
    [10001, 0],
  ],
  passedTrigger: [
    async (exchange) =>
      (await create(exchange, { ...MARKET_BUY, triggerPrice: "50000", triggerDirection: 1 })).code,
    [110092, 0],
  ],
  priceBeyondBand: [
    async (exchange) => (await create(exchange, { ...LIMIT_BUY, price: "900000" })).code,
    [110003, 0],
  ],
};

function inMemory(body: string) {
  const timestamp = String(Date.now());
  const headers = new Map([
    ["x-bapi-api-key", KEY],
    ["x-bapi-timestamp", timestamp],
    ["x-bapi-sign", sign(SECRET, timestamp + KEY + body)],
  ]);
  const base = { method: "POST", path: "/v5/order/create", query: "", keepAlive: true, upgrade: false };
  return { ...base, headers, body: Buffer.from(body) };
}

describe("behaviours", () => {
  const cases = BEHAVIOUR_NOTES.flatMap(({ name, choices }) =>
    choices.map((choice, index): [string, string | number | boolean, number] => [name, choice, index]),
  );

  it.each(cases)("%s: %s", async (name, choice, index) => {
    const behaviour = { [name]: choice } as Behaviour;
    const exchange = await startTestExchange({ behaviour });
    await exchange.control("PUT", "prices/BTCUSDT", { last: "60000" });
    await addAccount(exchange);
    try {
      const [observe, expected] = OBSERVATIONS[name] ?? [() => Promise.resolve("no observation"), []];
      expect(await observe(exchange)).toEqual(expected[index]);
    } finally {
      await exchange.close();
    }
  });

  it("all have a note, with the default first, and a line in the documentation", () => {
    const defaults: Readonly<Record<string, unknown>> = { ...DEFAULT_BEHAVIOUR, ...VENUE_BEHAVIOUR };
    const noted = new Map(BEHAVIOUR_NOTES.map((note): [string, unknown] => [note.name, note.choices[0]]));
    expect(Object.fromEntries(noted)).toEqual(defaults);
    const page = readFileSync(new URL("../../../docs/exchanges/bybit.md", import.meta.url), "utf8");
    const missing = BEHAVIOUR_NOTES.filter(
      ({ name, choices }) => ![name, ...choices.map(String)].every((word) => page.includes(`\`${word}\``)),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
    const served = REST_PATHS.map((path) => path.split("/").slice(3).join("/"));
    expect(served.filter((path) => !page.includes(path))).toEqual([]);
  });
});
