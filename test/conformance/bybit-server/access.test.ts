/** Who gets in: signatures over the raw bytes, the time window, permissions, address binding, rate limits. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  addAccount,
  authMessage,
  KEY,
  LIMIT_BUY,
  MARKET_BUY,
  open,
  orderMessage,
  privateSocket,
  signed,
  startTestExchange,
  type TestExchange,
  TestSocket,
  tradeSocket,
} from "./clients.ts";

let exchange: TestExchange;
let sockets: TestSocket[] = [];

function track(socket: TestSocket): TestSocket {
  sockets.push(socket);
  return socket;
}

beforeEach(async () => {
  exchange = await startTestExchange();
  await addAccount(exchange);
});

afterEach(async () => {
  for (const socket of sockets) socket.close();
  sockets = [];
  await exchange.close();
});

const WALLET = "/v5/account/wallet-balance?accountType=UNIFIED";

describe("REST authentication", () => {
  it("accepts a correct signature", async () => {
    const answer = await signed(exchange.rest, WALLET);
    expect([answer.status, answer.code]).toEqual([200, 0]);
  });

  it("signs the query exactly as it stands, in any order and encoding", async () => {
    const answer = await signed(
      exchange.rest,
      "/v5/order/realtime?settleCoin=USDT&category=linear&cursor=&symbol=%42TCUSDT",
    );
    expect(answer.code).toBe(0);
  });

  it("signs the body exactly as it was sent", async () => {
    const body = `{ "category":"linear",\n "symbol":"BTCUSDT", "side":"Buy","orderType":"Market","qty":"0.01" }`;
    expect((await signed(exchange.rest, "/v5/order/create", body)).code).toBe(0);
  });

  it("accepts a bare question mark behind the path", async () => {
    expect((await signed(exchange.rest, "/v5/user/query-api?")).code).toBe(0);
  });

  it.each([
    ["10004 for a wrong signature", { signature: "00" }, 10004],
    ["10004 for a wrong secret", { secret: "wrong" }, 10004],
    ["10003 for an unknown key", { key: "nobody" }, 10003],
    ["10002 for a stamp behind the window", { timestamp: String(Date.now() - 60_000) }, 10002],
    ["10002 for a stamp more than a second ahead", { timestamp: String(Date.now() + 3_000) }, 10002],
    ["10002 for a stamp that is no number", { timestamp: "soon" }, 10002],
    ["10002 before 10003", { key: "nobody", timestamp: "1" }, 10002],
  ])("answers %s", async (_name, options, code) => {
    const answer = await signed(exchange.rest, WALLET, undefined, options);
    expect([answer.status, answer.code, answer.body.result]).toEqual([200, code, {}]);
  });

  it("honours a wider window", async () => {
    const late = { timestamp: String(Date.now() - 20_000) };
    expect((await signed(exchange.rest, WALLET, undefined, late)).code).toBe(10002);
    expect((await signed(exchange.rest, WALLET, undefined, { ...late, window: "30000" })).code).toBe(0);
  });

  it("names the three numbers of a window that was missed", async () => {
    const answer = await signed(exchange.rest, WALLET, undefined, { timestamp: "5" });
    expect(answer.body.retMsg).toMatch(/req_timestamp\[5\],server_timestamp\[\d{13}\],recv_window\[5000\]/);
  });

  it("answers 401 without authentication headers", async () => {
    expect((await open(exchange.rest, WALLET)).status).toBe(401);
  });

  it("answers 404 for an unknown path and a wrong method", async () => {
    expect((await open(exchange.rest, "/v5/nonsense")).status).toBe(404);
    expect((await signed(exchange.rest, "/v5/order/realtime", {})).status).toBe(404);
  });

  it("binds a key to its addresses", async () => {
    await addAccount(exchange, "bound", { ips: ["10.1.2.3"] });
    expect((await signed(exchange.rest, WALLET, undefined, { key: "bound" })).code).toBe(10010);
    await addAccount(exchange, "bound", { ips: ["127.0.0.1"] });
    expect((await signed(exchange.rest, WALLET, undefined, { key: "bound" })).code).toBe(0);
  });

  it("refuses what a key is not allowed to do", async () => {
    await addAccount(exchange, "reader", { readOnly: true });
    await addAccount(exchange, "orders-only", { permissions: { ContractTrade: ["Order"] } });
    const leverage = { category: "linear", symbol: "BTCUSDT", buyLeverage: "5", sellLeverage: "5" };
    const code = async (key: string, path: string, body: unknown) =>
      (await signed(exchange.rest, path, body, { key })).code;
    expect(await code("reader", "/v5/order/create", MARKET_BUY)).toBe(10005);
    expect(await code("orders-only", "/v5/order/create", MARKET_BUY)).toBe(0);
    expect(await code("orders-only", "/v5/position/set-leverage", leverage)).toBe(10005);
    expect((await signed(exchange.rest, WALLET, undefined, { key: "reader" })).code).toBe(0);
  });

  it("keeps what it says about a key: permissions, read-only, no withdrawal right", async () => {
    await addAccount(exchange, "reader", { readOnly: true });
    const answer = await signed(exchange.rest, "/v5/user/query-api", undefined, { key: "reader" });
    expect(answer.result).toMatchObject({
      readOnly: 1,
      uta: 1,
      secret: "",
      permissions: { ContractTrade: ["Order", "Position"], Wallet: [] },
    });
  });
});

describe("stream authentication", () => {
  it("accepts expires as number and as text", async () => {
    const socket = track(await TestSocket.open(`${exchange.stream}/v5/private`));
    const message = authMessage();
    const args = message.args;
    if (!Array.isArray(args)) throw new Error("args");
    const asText = { op: "auth", args: [args[0], String(args[1]), args[2]] };
    expect(await socket.request(asText)).toMatchObject({ success: true, op: "auth", ret_msg: "" });
    expect(await socket.request({ ...message, req_id: "v5Private-auth" })).toMatchObject({
      success: true,
      req_id: "v5Private-auth",
    });
  });

  it.each([
    ["a wrong secret", () => authMessage(KEY, "wrong")],
    ["an unknown key", () => authMessage("nobody")],
    ["an expired stamp", () => authMessage(KEY, undefined, Date.now() - 1)],
    ["no args", () => ({ op: "auth" })],
  ])("refuses %s and keeps the connection", async (_name, message) => {
    const socket = track(await TestSocket.open(`${exchange.stream}/v5/private`));
    expect(await socket.request(message())).toMatchObject({
      success: false,
      op: "auth",
      ret_msg: "Params Error",
    });
    expect(await socket.request({ op: "subscribe", args: ["order"] })).toMatchObject({ success: false });
    expect(await socket.request(authMessage())).toMatchObject({ success: true });
  });

  it("answers order entry in its own dialect, and a second auth with 20001", async () => {
    const socket = track(await TestSocket.open(`${exchange.stream}/v5/trade`));
    expect(await socket.request(authMessage(KEY, "wrong"))).toMatchObject({ retCode: 10004, op: "auth" });
    expect(await socket.request(orderMessage("order.create", MARKET_BUY, "1"))).toMatchObject({
      retCode: 10004,
    });
    expect(await socket.request(authMessage())).toMatchObject({ retCode: 0, retMsg: "OK", op: "auth" });
    expect(await socket.request(authMessage())).toMatchObject({ retCode: 20001 });
    expect(await socket.request(orderMessage("order.create", MARKET_BUY, "2"))).toMatchObject({
      retCode: 0,
      reqId: "2",
    });
  });

  it("checks the window of each order message", async () => {
    const socket = track(await tradeSocket(exchange));
    const stale = { ...orderMessage("order.create", MARKET_BUY, "1"), header: { "X-BAPI-TIMESTAMP": "1" } };
    expect(await socket.request(stale)).toMatchObject({ retCode: 10002, data: {} });
    expect(await socket.request(orderMessage("order.create", MARKET_BUY, "1"))).toMatchObject({ retCode: 0 });
    expect(await socket.request(orderMessage("order.create", MARKET_BUY, "1"))).toMatchObject({
      retCode: 20006,
    });
    expect(await socket.request(orderMessage("order.dance", MARKET_BUY, "3"))).toMatchObject({
      retCode: 10404,
    });
  });

  it("answers each kind of ping as documented", async () => {
    const answers: unknown[] = [];
    for (const path of ["public/linear", "public/spot", "public/option", "private", "trade"]) {
      const socket = track(await TestSocket.open(`${exchange.stream}/v5/${path}`));
      answers.push(Object.keys(await socket.request({ op: "ping", req_id: 7 })).toSorted());
      expect(socket.texts[0]).toMatch(/"ret_msg":"pong"|"op":"pong"/);
    }
    expect(answers).toEqual([
      ["conn_id", "op", "req_id", "ret_msg", "success"],
      ["conn_id", "op", "ret_msg", "success"],
      ["args", "op"],
      ["args", "conn_id", "op", "req_id"],
      ["connId", "data", "op", "retCode", "retMsg"],
    ]);
  });

  it("refuses streams that do not exist", async () => {
    const socket = track(new TestSocket(`${exchange.stream}/v5/nonsense`));
    await socket.closed();
    expect(socket.received).toEqual([]);
  });
});

describe("rate limits", () => {
  let limited: TestExchange;

  beforeEach(async () => {
    limited = await startTestExchange({ limits: "real" });
    await addAccount(limited);
  });

  afterEach(() => limited.close());

  it("shows the budget in headers and refuses past it with 10006, all of it recorded", async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        signed(limited.rest, "/v5/order/create", { ...LIMIT_BUY, orderLinkId: `order-${index}` }),
      ),
    );
    expect(answers.map((answer) => answer.code).toSorted((left, right) => left - right)).toEqual([
      ...Array<number>(10).fill(0),
      10006,
      10006,
    ]);
    const left = answers
      .filter((answer) => answer.code === 0)
      .map((answer) => answer.headers.get("x-bapi-limit-status"));
    expect(left.toSorted()).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    const refusedAnswer = answers.find((answer) => answer.code === 10006);
    expect(refusedAnswer?.headers.get("x-bapi-limit")).toBe("10");
    expect(Number(refusedAnswer?.headers.get("x-bapi-limit-reset-timestamp"))).toBeGreaterThan(
      Date.now() - 1000,
    );
    const { body } = await limited.control("GET", `accounts/${KEY}`);
    expect(body.orderRequests).toHaveLength(12);
  });

  it("counts each order of a batch and processes as many as are left", async () => {
    const request = Array.from({ length: 12 }, () => ({ ...LIMIT_BUY, category: undefined }));
    const answer = await signed(limited.rest, "/v5/order/create-batch", { category: "linear", request });
    const codes = (answer.body.retExtInfo as { list: { code: number }[] }).list.map((item) => item.code);
    expect(codes).toEqual([...Array<number>(10).fill(0), 10006, 10006]);
    // Single orders have their own budget.
    expect((await signed(limited.rest, "/v5/order/create", LIMIT_BUY)).code).toBe(0);
  });

  it("bans an address past 600 requests in five seconds; the control interface is not counted", async () => {
    const statuses: number[] = [];
    for (let round = 0; round < 13; round += 1) {
      const batch = await Promise.all(
        Array.from({ length: 50 }, () => open(limited.rest, "/v5/market/time")),
      );
      statuses.push(...batch.map((answer) => answer.status));
    }
    expect(statuses.slice(0, 600).every((status) => status === 200)).toBe(true);
    expect(statuses.slice(600).every((status) => status === 403)).toBe(true);
    expect((await open(limited.rest, "/v5/market/time")).text).toBe("access too frequent");
    expect((await limited.control("GET", "faults")).status).toBe(200);
  });
});

describe("keys made anew", () => {
  it("drop the streams of the old key", async () => {
    const socket = track(await privateSocket(exchange, ["order"]));
    await addAccount(exchange);
    await socket.closed();
  });
});
