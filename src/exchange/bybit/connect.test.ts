/** The whole connector under a virtual clock against a scripted venue: connecting, events, questions, troubles. */
import { describe, expect, test } from "vitest";
import { approvedOrder } from "../../../test/conformance/order-fixture.ts";
import {
  ACCOUNT,
  executionRow,
  orderRow,
  positionRow,
  ScriptedBybit,
  SECRET,
  VENUE,
} from "../../../test/conformance/scripted-bybit.ts";
import { ClientOrderId, InstrumentId } from "../../core/model/identifiers.ts";

const BITCOIN = InstrumentId("BTCUSDT", VENUE);
const list = (...rows: readonly object[]): object => ({ list: rows, nextPageCursor: "" });

describe("opening an account", () => {
  test("logs in, subscribes, says up, then reads snapshot and recent executions", () => {
    const bybit = new ScriptedBybit();
    bybit.answers.set("/v5/position/list", () => list(positionRow()));
    bybit.answers.set("/v5/order/realtime", () =>
      list(orderRow({ orderStatus: "New" }), orderRow({ orderLinkId: "own" })),
    );
    bybit.connect("follower", { executionsSinceMs: bybit.outside.clock.nowMs() }).open();
    bybit.outside.clock.advance(200);
    expect(bybit.kinds).toEqual(["connection-changed", "follower-snapshot-taken"]);
    expect(bybit.events[1]).toMatchObject({
      account: ACCOUNT,
      positions: [{ instrument: BITCOIN, leg: "net", quantity: "0.1", sequence: 5 }],
      orders: [{ clientOrderId: "ct-1", status: "working" }],
      equity: { equity: "1000", available: "900" },
    });
    expect(
      bybit.asked.filter((line) => !line.includes("/market/time")).map((line) => line.split("?")[0]),
    ).toEqual([
      "GET /v5/position/list",
      "GET /v5/execution/list",
      "GET /v5/order/realtime",
      "GET /v5/account/wallet-balance",
    ]);
    const subscription = bybit.privateSocket().sent.find((text) => text.includes("subscribe"));
    expect(subscription).toBe('{"op":"subscribe","args":["execution","position","order","wallet"]}');
  });

  test("a follower costs a first start four requests", () => {
    const bybit = new ScriptedBybit();
    bybit.answers.set("/v5/user/query-api", () => ({ userID: 7, uta: 1, readOnly: 0, permissions: {} }));
    const connection = bybit.connect();
    const seen: unknown[] = [];
    connection.inspectKey((result) => seen.push(result));
    bybit.outside.clock.advance(200);
    connection.open();
    bybit.outside.clock.advance(200);
    expect(seen).toMatchObject([{ account: ACCOUNT, userId: "7", readOnly: false }]);
    expect(
      bybit.asked.filter((line) => !line.includes("/market/time")).map((line) => line.split("?")[0]),
    ).toEqual([
      "GET /v5/user/query-api",
      "GET /v5/position/list",
      "GET /v5/order/realtime",
      "GET /v5/account/wallet-balance",
    ]);
    // What may have happened while a stream was away is read after all.
    bybit.outside.http.requests.length = 0;
    bybit.privateSocket().breakOff("reset by peer");
    bybit.outside.clock.advance(2_000);
    expect(bybit.asked.join()).toContain("/v5/execution/list");
  });

  test("a leader has no order entry and asks for no orders", () => {
    const bybit = new ScriptedBybit();
    bybit.connect("leader").open();
    bybit.outside.clock.advance(200);
    expect(bybit.kinds).toEqual(["connection-changed", "leader-snapshot-taken"]);
    expect(bybit.outside.sockets.opened.map((socket) => socket.url)).toEqual([
      "wss://stream.test/v5/private",
    ]);
    expect(bybit.asked.join()).not.toContain("order/realtime");
  });

  test("stamps follow the server's clock, however wrong ours is", () => {
    const bybit = new ScriptedBybit();
    bybit.skewMs = 3_600_000;
    bybit.opened().requestSnapshot();
    bybit.outside.clock.advance(100);
    const [request] = bybit.outside.http.requests;
    const stamp = Number(request?.headers["X-BAPI-TIMESTAMP"]);
    expect(Math.abs(stamp - (bybit.serverNowMs() - 100))).toBeLessThan(10);
  });

  test("all pages of the positions are read", () => {
    const bybit = new ScriptedBybit();
    bybit.answers.set("/v5/position/list", (_request, query) =>
      query.get("cursor") === null
        ? { list: [positionRow()], nextPageCursor: "page%3D2" }
        : { list: [positionRow({ symbol: "ETHUSDT", seq: 9 })], nextPageCursor: "" },
    );
    bybit.connect().open();
    bybit.outside.clock.advance(200);
    expect(bybit.events[1]).toMatchObject({ positions: [{ sequence: 5 }, { sequence: 9 }] });
    expect(bybit.asked.join("\n")).toContain("cursor=page%253D2");
  });

  test("every list of an account names its settle coin or its symbol, on every page (pain 20)", () => {
    const bybit = new ScriptedBybit();
    bybit.answers.set("/v5/position/list", ({ url }) =>
      url.includes("cursor=second")
        ? list(positionRow({ symbol: "ETHUSDT" }))
        : { list: [positionRow()], nextPageCursor: "second" },
    );
    const sinceMs = bybit.outside.clock.nowMs();
    const connection = bybit.connect("follower", { executionsSinceMs: sinceMs });
    connection.open();
    connection.describeMarket(BITCOIN);
    connection.lookUp(ClientOrderId("ct-1"), BITCOIN);
    bybit.outside.clock.advance(1_000);
    const lists = bybit.asked.filter((line) => /\/(position|order|execution)\//.test(line));
    expect(new Set(lists.map((line) => line.split("?")[0]))).toEqual(
      new Set([
        "GET /v5/position/list",
        "GET /v5/order/realtime",
        "GET /v5/order/history",
        "GET /v5/execution/list",
      ]),
    );
    expect(lists.filter((line) => !/[?&](settleCoin=USDT|symbol=BTCUSDT)(&|$)/.test(line))).toEqual([]);
    expect(lists.filter((line) => line.includes("cursor=second"))).not.toEqual([]);
  });

  test("a page of far more rows than were asked for fails the snapshot", () => {
    const bybit = new ScriptedBybit();
    const rows = Array.from({ length: 200_000 }, () => positionRow());
    bybit.answers.set("/v5/position/list", () => ({ list: rows, nextPageCursor: "" }));
    bybit.connect().open();
    bybit.outside.clock.advance(5_000);
    expect(bybit.events.at(-1)).toMatchObject({
      kind: "question-failed",
      cause: expect.stringContaining("holds more than 1000 rows"),
    });
  });

  test("pages without end fail the snapshot instead of reading for ever", () => {
    const bybit = new ScriptedBybit();
    let page = 0;
    bybit.answers.set("/v5/position/list", () => ({
      list: [positionRow()],
      nextPageCursor: `page${page++}`,
    }));
    bybit.connect().open();
    bybit.outside.clock.advance(60_000);
    expect(bybit.events).toContainEqual(
      expect.objectContaining({
        kind: "question-failed",
        question: "snapshot",
        cause: expect.stringContaining("do not end"),
      }),
    );
  });

  test("a refused key is said once, and the account goes on trying slowly", () => {
    const bybit = new ScriptedBybit();
    bybit.loginAnswer = { op: "auth", success: false, retCode: 10003, retMsg: "Invalid apikey" };
    bybit.connect().open();
    bybit.outside.clock.advance(120_000);
    expect(bybit.kinds).toEqual(["account-refused"]);
    expect(bybit.outside.sockets.opened.length).toBeLessThan(60);
    bybit.loginAnswer = { op: "auth", success: true };
    bybit.outside.clock.advance(20_000);
    expect(bybit.kinds.slice(1)).toEqual(["connection-changed", "follower-snapshot-taken"]);
  });
});

describe("events of the stream", () => {
  test("an execution becomes a fill within the same call once the mode is known", () => {
    const bybit = new ScriptedBybit();
    bybit.answers.set("/v5/position/list", () => list(positionRow()));
    bybit.opened("leader");
    bybit.push("execution", executionRow());
    expect(bybit.events).toEqual([
      expect.objectContaining({
        kind: "leader-filled",
        leg: "net",
        tradeId: "trade-1",
        side: "buy",
        quantity: "0.1",
        sequence: 5,
      }),
    ]);
  });

  test("a leader's fill says when it came on the venue's clock, however wrong ours is", () => {
    const bybit = new ScriptedBybit();
    bybit.skewMs = -20 * 60_000;
    bybit.answers.set("/v5/position/list", () => list(positionRow()));
    bybit.opened("leader");
    bybit.push("execution", executionRow());
    const [event] = bybit.events;
    if (event?.kind !== "leader-filled") throw new Error(`${event?.kind}`);
    expect(Math.abs((event.receivedAtServerMs ?? 0) - bybit.serverNowMs())).toBeLessThan(10);
    expect(event.receivedAtMs).toBe(bybit.outside.clock.nowMs());
  });

  test("a leader's fill says when its order had rested, and its funding is told", () => {
    const bybit = new ScriptedBybit();
    bybit.answers.set("/v5/position/list", () => list(positionRow()));
    bybit.opened("leader");
    bybit.push(
      "execution",
      executionRow({ isMaker: true }),
      executionRow({ execId: "trade-2", isMaker: false }),
      executionRow({ execId: "funding-1", execType: "Funding", execFee: "0.75" }),
    );
    const [rested, took, funding] = bybit.events;
    expect(rested).toMatchObject({ kind: "leader-filled", isMaker: true });
    expect(took).not.toHaveProperty("isMaker");
    expect(funding).toMatchObject({ kind: "funding-settled", leg: "net", payment: "-0.75" });
  });

  test("a fill in a symbol of unknown mode waits for the position row and goes out before it", () => {
    const bybit = new ScriptedBybit();
    bybit.opened("leader");
    bybit.push("execution", executionRow(), executionRow({ execId: "trade-2" }));
    expect(bybit.events).toEqual([]);
    bybit.push("position", positionRow({ positionIdx: 1 }));
    expect(bybit.events).toEqual([
      expect.objectContaining({ kind: "leader-filled", leg: "long", tradeId: "trade-1" }),
      expect.objectContaining({ kind: "leader-filled", leg: "long", tradeId: "trade-2" }),
      expect.objectContaining({
        kind: "leader-position-reported",
        receivedAtMs: bybit.outside.clock.nowMs(),
      }),
    ]);
  });

  test("or for the answer to a question, whichever comes first", () => {
    const bybit = new ScriptedBybit();
    bybit.opened("leader");
    bybit.answers.set("/v5/position/list", () =>
      list(positionRow({ positionIdx: 1, side: "", size: "0" }), positionRow({ positionIdx: 2 })),
    );
    bybit.push("execution", executionRow({ side: "Sell" }));
    bybit.outside.clock.advance(10);
    expect(bybit.events).toEqual([expect.objectContaining({ kind: "leader-filled", leg: "short" })]);
    expect(bybit.asked).toEqual(["GET /v5/position/list?category=linear&symbol=BTCUSDT"]);
  });

  test("funding, other categories and other settle coins are no fills; an unknown type asks for a snapshot", () => {
    const bybit = new ScriptedBybit();
    bybit.opened("leader");
    bybit.push(
      "execution",
      executionRow({ execType: "Funding" }),
      executionRow({ category: "spot" }),
      executionRow({ symbol: "BTCPERP" }),
    );
    bybit.outside.clock.advance(100);
    expect(bybit.events).toEqual([]);
    bybit.push("execution", executionRow({ execType: "NewKind" }));
    bybit.outside.clock.advance(100);
    expect(bybit.kinds).toEqual(["leader-snapshot-taken"]);
  });

  test("a follower's own orders are not ours to report", () => {
    const bybit = new ScriptedBybit();
    bybit.opened();
    bybit.push("order", orderRow({ orderLinkId: "own", orderStatus: "Whatever" }), orderRow());
    expect(bybit.events).toEqual([
      expect.objectContaining({
        kind: "order-reported",
        order: expect.objectContaining({ clientOrderId: "ct-1", status: "filled" }),
      }),
    ]);
  });

  test("the wallet gives the equity", () => {
    const bybit = new ScriptedBybit();
    bybit.opened();
    bybit.push("wallet", { accountType: "UNIFIED", totalEquity: "5", totalAvailableBalance: "4", coin: [] });
    expect(bybit.events).toEqual([
      expect.objectContaining({ kind: "equity-reported", equity: "5", available: "4" }),
    ]);
  });

  test("a changed position mode is reported and the whole state read again", () => {
    const bybit = new ScriptedBybit();
    bybit.answers.set("/v5/position/list", () => list(positionRow()));
    bybit.opened("leader");
    bybit.answers.set("/v5/position/list", () => list());
    bybit.push("position", positionRow({ positionIdx: 2, side: "", size: "0" }));
    bybit.outside.clock.advance(100);
    expect(bybit.kinds).toEqual(["market-described", "leader-position-reported", "leader-snapshot-taken"]);
    expect(bybit.events[0]).toMatchObject({ mode: "hedge", instrument: BITCOIN });
  });

  test("a state that nobody knows stops the account loudly, without a crash", () => {
    const bybit = new ScriptedBybit();
    bybit.opened();
    bybit.push("order", orderRow({ orderStatus: "Paused" }));
    expect(bybit.events).toEqual([
      expect.objectContaining({
        kind: "account-refused",
        cause: expect.stringContaining('order status "Paused"'),
      }),
    ]);
  });

  test.each([
    ["no JSON", "{oops"],
    ["rows that are no list", '{"topic":"execution","data":5}'],
    ["an execution without its id", JSON.stringify({ topic: "position", data: [{ symbol: "BTCUSDT" }] })],
  ])("%s reopens the stream and reads everything again", (_name, message) => {
    const bybit = new ScriptedBybit();
    bybit.opened();
    bybit.privateSocket().say(message);
    expect(bybit.kinds).toEqual(["connection-changed"]);
    bybit.outside.clock.advance(1_000);
    expect(bybit.kinds).toEqual(["connection-changed", "connection-changed", "follower-snapshot-taken"]);
  });
});

describe("reconnecting", () => {
  test("says down at once, comes back by itself, and reads what was missed", () => {
    const bybit = new ScriptedBybit();
    bybit.answers.set("/v5/position/list", () => list(positionRow()));
    bybit.opened("leader");
    bybit.push("execution", executionRow({ execTime: "1700000000300" }));
    bybit.events.length = 0;
    bybit.answers.set("/v5/execution/list", () =>
      list(
        executionRow({ execId: "trade-3", execTime: "1700000000500" }),
        executionRow({ execId: "trade-2", execTime: "1700000000400" }),
      ),
    );
    bybit.privateSocket().breakOff("reset by peer");
    expect(bybit.events).toEqual([
      expect.objectContaining({ kind: "connection-changed", state: "down", cause: "reset by peer" }),
    ]);
    bybit.outside.clock.advance(1_000);
    expect(bybit.kinds).toEqual([
      "connection-changed",
      "connection-changed",
      "leader-filled",
      "leader-filled",
      "leader-snapshot-taken",
    ]);
    expect(bybit.events.slice(2, 4)).toMatchObject([{ tradeId: "trade-2" }, { tradeId: "trade-3" }]);
    expect(bybit.asked.find((line) => line.includes("execution"))).toContain("startTime=1699999990300");
  });

  test("after a long absence executions are asked for within the venue's window, and too many pages are cut", () => {
    const bybit = new ScriptedBybit();
    let page = 0;
    bybit.answers.set("/v5/position/list", () => list(positionRow()));
    bybit.answers.set("/v5/execution/list", () => ({
      list: [executionRow({ execId: `trade-${page}` })],
      nextPageCursor: `page-${page++}`,
    }));
    bybit.opened("leader", { executionsSinceMs: 1_000 });
    bybit.outside.clock.advance(2_000);
    expect(page).toBe(50);
    expect(bybit.kinds.filter((kind) => kind === "leader-filled")).toHaveLength(50);
    expect(bybit.kinds).not.toContain("question-failed");
    const week = 7 * 24 * 3_600_000;
    const asked = bybit.outside.http.requests.find((request) => request.url.includes("startTime"));
    const startTime = Number(new URL(asked?.url ?? "").searchParams.get("startTime"));
    expect(bybit.serverNowMs() - startTime).toBeLessThan(week);
  });

  test("executions since the last run are asked for by the venue's clock, however wrong ours is", () => {
    const bybit = new ScriptedBybit();
    bybit.skewMs = -60_000;
    const sinceMs = bybit.serverNowMs() - 20_000;
    bybit.connect("follower", { executionsSinceMs: sinceMs }).open();
    bybit.outside.clock.advance(2_000);
    const asked = bybit.outside.http.requests.find((request) => request.url.includes("startTime"));
    const startTime = Number(new URL(asked?.url ?? "").searchParams.get("startTime"));
    expect(startTime).toBe(sinceMs - 10_000);
  });

  test("executions that could not be read are asked for again, from where they were missed", () => {
    const bybit = new ScriptedBybit();
    const sinceMs = bybit.serverNowMs() - 20_000;
    bybit.answers.set("/v5/position/list", () => list(positionRow()));
    const busy = { kind: "answered", status: 503, headers: {}, body: "" };
    bybit.answers.set("/v5/execution/list", () => busy);
    const connection = bybit.connect("follower", { executionsSinceMs: sinceMs });
    connection.open();
    bybit.outside.clock.advance(20_000);
    expect(bybit.kinds).not.toContain("follower-filled");
    const taken = (): object | undefined =>
      bybit.events.findLast(({ kind }) => kind === "follower-snapshot-taken");
    expect(taken()).toMatchObject({ awaitsExecutions: true, untoldSinceMs: sinceMs - 10_000 });
    bybit.answers.set("/v5/execution/list", () => list(executionRow({ execId: "trade-2" })));
    bybit.outside.clock.advance(30_000);
    expect(bybit.events).toContainEqual(
      expect.objectContaining({ kind: "follower-filled", tradeId: "trade-2" }),
    );
    const asked = bybit.outside.http.requests.filter(({ url }) => url.includes("/execution/list"));
    const starts = new Set(asked.map(({ url }) => new URL(url).searchParams.get("startTime")));
    expect([...starts]).toEqual([String(sinceMs - 10_000)]);
    const count = asked.length;
    connection.requestSnapshot();
    bybit.outside.clock.advance(60_000);
    expect(taken()).not.toHaveProperty("awaitsExecutions");
    expect(taken()).not.toHaveProperty("untoldSinceMs");
    expect(bybit.outside.http.requests.filter(({ url }) => url.includes("/execution/list"))).toHaveLength(
      count,
    );
  });

  test("executions that were read and wait for their symbol's mode are untold until that is known", () => {
    const bybit = new ScriptedBybit();
    const executed = executionRow({ execTime: String(bybit.serverNowMs() - 15_000) });
    bybit.answers.set("/v5/execution/list", () => list(executed));
    bybit.answers.set("/v5/position/list", (_, query) =>
      query.has("symbol") ? { kind: "answered", status: 503, headers: {}, body: "" } : list(),
    );
    const connection = bybit.connect("follower", { executionsSinceMs: bybit.serverNowMs() - 20_000 });
    const taken = (): object | undefined => {
      connection.requestSnapshot();
      bybit.outside.clock.advance(60_000);
      return bybit.events.findLast(({ kind }) => kind === "follower-snapshot-taken");
    };
    const untoldSinceMs = bybit.serverNowMs() - 15_000;
    connection.open();
    bybit.outside.clock.advance(1_000);
    expect(taken()).toMatchObject({ awaitsExecutions: true, untoldSinceMs });
    expect(bybit.kinds).not.toContain("follower-filled");
    bybit.answers.set("/v5/position/list", () => list(positionRow({ side: "", size: "0" })));
    expect(taken()).not.toHaveProperty("awaitsExecutions");
    expect(taken()).not.toHaveProperty("untoldSinceMs");
    expect(bybit.kinds.filter((kind) => kind === "follower-filled")).toHaveLength(1);
  });

  test("executions of before a start are read beside a stream that does not come up, and again once it does", () => {
    const bybit = new ScriptedBybit();
    const sinceMs = bybit.serverNowMs() - 20_000;
    bybit.answers.set("/v5/position/list", () => list(positionRow()));
    bybit.answers.set("/v5/execution/list", () => list(executionRow({ execId: "trade-2" })));
    bybit.outside.sockets.accepts = false;
    const connection = bybit.connect("follower", { executionsSinceMs: sinceMs });
    connection.open();
    const taken = (): object | undefined => {
      connection.requestSnapshot();
      bybit.outside.clock.advance(1_000);
      return bybit.events.findLast(({ kind }) => kind === "follower-snapshot-taken");
    };
    const asked = () => bybit.outside.http.requests.filter(({ url }) => url.includes("/execution/list"));
    expect(taken()).toMatchObject({ awaitsExecutions: true, untoldSinceMs: sinceMs - 10_000 });
    expect(bybit.events).toContainEqual(
      expect.objectContaining({ kind: "follower-filled", tradeId: "trade-2" }),
    );
    expect(taken()).not.toHaveProperty("awaitsExecutions");
    expect(taken()).toMatchObject({ untoldSinceMs: sinceMs - 10_000 });
    expect(asked()).toHaveLength(1);
    bybit.outside.sockets.accepts = true;
    bybit.outside.clock.advance(60_000);
    expect(asked()).toHaveLength(2);
    expect(taken()).not.toHaveProperty("untoldSinceMs");
  });

  test("pauses grow, are capped, and have jitter", () => {
    const bybit = new ScriptedBybit();
    bybit.opened("leader");
    bybit.outside.sockets.accepts = false;
    const startMs = bybit.outside.clock.nowMs();
    bybit.privateSocket().breakOff();
    const tries: number[] = [];
    while (bybit.outside.clock.nowMs() < startMs + 60_000) {
      const before = bybit.outside.sockets.opened.length;
      bybit.outside.clock.advance(1);
      if (bybit.outside.sockets.opened.length > before) tries.push(bybit.outside.clock.nowMs() - startMs);
    }
    const pauses = tries.slice(1).map((atMs, index) => atMs - (tries[index] ?? 0));
    expect(tries[0]).toBe(375);
    expect(pauses.slice(0, 5)).toEqual([751, 1_501, 3_001, 6_001, 7_501]);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(10_001);
  });

  test("a connection that answers nothing at all is given up", () => {
    const bybit = new ScriptedBybit();
    bybit.opened("leader");
    bybit.outside.sockets.onSent = () => {};
    bybit.outside.clock.advance(41_000);
    expect(bybit.events[0]).toMatchObject({
      kind: "connection-changed",
      state: "down",
      cause: expect.stringContaining("nothing was heard"),
    });
  });

  test("pings keep a quiet connection alive", () => {
    const bybit = new ScriptedBybit();
    bybit.opened("leader");
    bybit.outside.clock.advance(300_000);
    expect(bybit.events).toEqual([]);
    expect(
      bybit.privateSocket().sent.filter((text) => text === '{"op":"ping"}').length,
    ).toBeGreaterThanOrEqual(14);
  });

  test("a log-in that is never answered is tried again", () => {
    const bybit = new ScriptedBybit();
    bybit.loginAnswer = null;
    bybit.connect("leader").open();
    bybit.outside.clock.advance(30_000);
    expect(bybit.outside.sockets.opened.length).toBeGreaterThan(1);
    expect(bybit.kinds).toEqual([]);
  });
});

describe("orders by the order-entry stream", () => {
  const order = (clientOrderId = "ct-1") =>
    approvedOrder({ account: ACCOUNT, instrument: BITCOIN, lots: 100, clientOrderId });
  const about = { account: ACCOUNT, clientOrderId: "ct-1" };

  test("are written within the call, in order, one message each", () => {
    const bybit = new ScriptedBybit();
    const connection = bybit.opened();
    const before = bybit.tradeSocket().sent.length;
    connection.submit([order("ct-1"), order("ct-2")]);
    const frames = bybit
      .tradeSocket()
      .sent.slice(before)
      .map((text) => JSON.parse(text));
    expect(frames).toMatchObject([
      { reqId: "1", op: "order.create", args: [{ orderLinkId: "ct-1", qty: "0.1", side: "Buy" }] },
      { reqId: "2", op: "order.create", args: [{ orderLinkId: "ct-2" }] },
    ]);
    expect(frames[0].header["X-BAPI-RECV-WINDOW"]).toBe("5000");
    expect(bybit.asked).toEqual([]);
  });

  test.each([
    [
      { retCode: 0, retMsg: "OK", data: { orderId: "venue-1" } },
      { kind: "order-accepted", venueOrderId: "venue-1" },
    ],
    [
      { retCode: 110007, retMsg: "ab not enough", data: {} },
      {
        kind: "order-rejected",
        rejection: { class: "insufficient-margin", code: 110007, text: "ab not enough" },
      },
    ],
    [
      { retCode: 10006, retMsg: "Too many visits!", data: {} },
      { kind: "order-rejected", rejection: { class: "rate-limited", code: 10006, text: "Too many visits!" } },
    ],
    [
      { retCode: 10016, retMsg: "busy", data: {} },
      { kind: "order-outcome-unknown", cause: expect.stringContaining("10016") },
    ],
    [{ retCode: 10000, retMsg: "", data: {} }, { kind: "order-outcome-unknown" }],
    [{ retCode: 10019, retMsg: "", data: {} }, { kind: "order-outcome-unknown" }],
    [{ retCode: 110072, retMsg: "OrderLinkedID is duplicate", data: {} }, { kind: "order-outcome-unknown" }],
    [{ retCode: 424242, retMsg: "new code", data: {} }, { kind: "order-outcome-unknown" }],
    [{ retMsg: "no code" }, { kind: "order-outcome-unknown" }],
  ])("answer %j", (answer, expected) => {
    const bybit = new ScriptedBybit();
    bybit.opened().submit([order()]);
    bybit.tradeSocket().say({ reqId: "1", op: "order.create", ...answer });
    expect(bybit.events[0]).toMatchObject({ ...about, ...expected });
    expect(bybit.events).toHaveLength(1);
  });

  test("without an answer in time are unknown, and a late answer adds nothing", () => {
    const bybit = new ScriptedBybit();
    bybit.opened().submit([order()]);
    bybit.outside.clock.advance(5_000);
    expect(bybit.events).toEqual([
      expect.objectContaining({ ...about, kind: "order-outcome-unknown", cause: "no answer within 5000 ms" }),
    ]);
    bybit.tradeSocket().say({ reqId: "1", op: "order.create", retCode: 0, data: { orderId: "x" } });
    expect(bybit.events).toHaveLength(1);
  });

  test("are unknown when the stream breaks", () => {
    const bybit = new ScriptedBybit();
    bybit.opened().submit([order("ct-1"), order("ct-2")]);
    bybit.tradeSocket().breakOff("reset");
    expect(bybit.kinds).toEqual(["order-outcome-unknown", "order-outcome-unknown"]);
  });

  test("are all unknown when a refusal names no request", () => {
    const bybit = new ScriptedBybit();
    bybit.opened().submit([order("ct-1"), order("ct-2")]);
    bybit.tradeSocket().say({ op: "order.create", retCode: 10005, retMsg: "Permission denied", data: {} });
    expect(bybit.kinds).toEqual(["order-outcome-unknown", "order-outcome-unknown"]);
  });

  test("go by REST while the stream is away, with the same body", () => {
    const bybit = new ScriptedBybit();
    const connection = bybit.opened();
    bybit.answers.set("/v5/order/create", () => ({ orderId: "venue-1", orderLinkId: "ct-1" }));
    bybit.tradeSocket().breakOff();
    connection.submit([order()]);
    bybit.outside.clock.advance(50);
    expect(bybit.asked).toEqual(["POST /v5/order/create"]);
    expect(bybit.events).toEqual([
      expect.objectContaining({ ...about, kind: "order-accepted", venueOrderId: "venue-1" }),
    ]);
  });

  test("keep to the key's limit: the eleventh in a second waits, and is still valid when it goes", () => {
    const bybit = new ScriptedBybit();
    const connection = bybit.opened();
    const before = bybit.tradeSocket().sent.length;
    connection.submit(Array.from({ length: 11 }, (_, index) => order(`ct-${index}`)));
    expect(bybit.tradeSocket().sent.length - before).toBe(10);
    for (let id = 1; id <= 10; id++)
      bybit.tradeSocket().say({ reqId: String(id), op: "order.create", retCode: 0, data: { orderId: "x" } });
    bybit.outside.clock.advance(1_100);
    expect(bybit.tradeSocket().sent.length - before).toBe(11);
    const late = JSON.parse(bybit.tradeSocket().sent.at(-1) ?? "");
    expect(Number(late.header["X-BAPI-RECV-WINDOW"])).toBe(5_000 - 1_005);
  });

  test("that cannot go before their validity ends are reported as never sent", () => {
    const bybit = new ScriptedBybit({ ordersPerSecond: 1 });
    bybit.opened().submit([order("ct-1"), order("ct-2")]);
    bybit.outside.clock.advance(6_000);
    expect(bybit.events).toContainEqual(
      expect.objectContaining({
        kind: "order-rejected",
        clientOrderId: "ct-2",
        rejection: { class: "rate-limited", code: 0, text: expect.stringContaining("never sent") },
      }),
    );
  });

  test("for an instrument that is not listed are refused, never sent", () => {
    const bybit = new ScriptedBybit();
    const instrument = InstrumentId("NEWUSDT", VENUE);
    bybit.opened().submit([approvedOrder({ account: ACCOUNT, instrument, lots: 1, clientOrderId: "ct-1" })]);
    expect(bybit.events[0]).toMatchObject({ kind: "order-rejected", rejection: { class: "bad-request" } });
  });

  test("a refused time-stamp is certainly no order; the clock is asked again", () => {
    const bybit = new ScriptedBybit();
    const connection = bybit.opened();
    bybit.skewMs = 60_000;
    connection.submit([order()]);
    bybit.tradeSocket().say({ reqId: "1", op: "order.create", retCode: 10002, retMsg: "stamp", data: {} });
    expect(bybit.events[0]).toMatchObject({ kind: "order-rejected", rejection: { class: "try-again" } });
    bybit.outside.clock.advance(100);
    connection.submit([order("ct-2")]);
    const { header } = JSON.parse(bybit.tradeSocket().sent.at(-1) ?? "");
    expect(Math.abs(Number(header["X-BAPI-TIMESTAMP"]) - bybit.serverNowMs())).toBeLessThan(10);
  });
});

describe("orders by REST", () => {
  const order = approvedOrder({ account: ACCOUNT, instrument: BITCOIN, lots: 100, clientOrderId: "ct-1" });
  const demo = { orderEntryStream: false, hedgeMode: true };
  const http = (status: number) => ({ kind: "answered", status, headers: {}, body: "" }) as const;

  test.each([
    ["accepted", () => ({ orderId: "venue-1" }), { kind: "order-accepted" }],
    [
      "refused",
      (bybit: ScriptedBybit) => bybit.refusal(110094),
      { kind: "order-rejected", rejection: { class: "below-minimum" } },
    ],
    ["10016", (bybit: ScriptedBybit) => bybit.refusal(10016), { kind: "order-outcome-unknown" }],
    ["never answered", () => null, { kind: "order-outcome-unknown" }],
    ["HTTP 500", () => http(500), { kind: "order-outcome-unknown" }],
    ["HTTP 502", () => http(502), { kind: "order-outcome-unknown" }],
    ["no JSON", () => http(200), { kind: "order-outcome-unknown" }],
    ["HTTP 403", () => http(403), { kind: "order-rejected", rejection: { class: "rate-limited" } }],
    ["HTTP 408, of a gateway on the way", () => http(408), { kind: "order-outcome-unknown" }],
    ["HTTP 429", () => http(429), { kind: "order-rejected", rejection: { class: "rate-limited" } }],
    [
      "broken",
      () => ({ kind: "failed", mayHaveArrived: true, cause: "reset" }),
      { kind: "order-outcome-unknown" },
    ],
    [
      "not connected",
      () => ({ kind: "failed", mayHaveArrived: false, cause: "refused" }),
      { kind: "order-rejected", rejection: { class: "try-again" } },
    ],
  ])("%s", (_name, answer, expected) => {
    const bybit = new ScriptedBybit();
    const connection = bybit.connect("follower", {}, demo);
    connection.open();
    bybit.outside.clock.advance(200);
    bybit.events.length = 0;
    bybit.answers.set("/v5/order/create", () => answer(bybit));
    connection.submit([order]);
    bybit.outside.clock.advance(15_000);
    expect(bybit.events[0]).toMatchObject(expected);
    expect(bybit.outside.sockets.opened.every((socket) => !socket.url.endsWith("/v5/trade"))).toBe(true);
  });
});

describe("questions", () => {
  const id = ClientOrderId("ct-1");

  test("a look-up that finds the order gives its fills first, then its state", () => {
    const bybit = new ScriptedBybit();
    bybit.answers.set("/v5/position/list", () => list(positionRow()));
    const connection = bybit.opened();
    bybit.answers.set("/v5/order/history", () => list(orderRow()));
    bybit.answers.set("/v5/execution/list", () => list(executionRow({ orderLinkId: "ct-1" })));
    connection.lookUp(id, BITCOIN);
    bybit.outside.clock.advance(100);
    expect(bybit.events).toMatchObject([
      { kind: "follower-filled", clientOrderId: "ct-1", tradeId: "trade-1" },
      { kind: "order-reported", order: { status: "filled" } },
    ]);
  });

  test("a look-up that finds nothing carries the earliest server time of its answers", () => {
    const bybit = new ScriptedBybit();
    const connection = bybit.opened();
    const atMs = bybit.serverNowMs();
    connection.lookUp(id, BITCOIN);
    bybit.outside.clock.advance(100);
    expect(bybit.events).toEqual([
      expect.objectContaining({ kind: "order-not-found", clientOrderId: id, serverTimeMs: atMs }),
    ]);
    expect(bybit.asked.map((line) => line.split("?")[0])).toEqual([
      "GET /v5/order/realtime",
      "GET /v5/order/history",
      "GET /v5/execution/list",
    ]);
  });

  test("fills without an order row are no 'not found'", () => {
    const bybit = new ScriptedBybit();
    bybit.answers.set("/v5/position/list", () => list(positionRow()));
    const connection = bybit.opened();
    bybit.answers.set("/v5/execution/list", () => list(executionRow({ orderLinkId: "ct-1" })));
    connection.lookUp(id, BITCOIN);
    bybit.outside.clock.advance(100);
    expect(bybit.kinds).toEqual(["follower-filled", "question-failed"]);
  });

  test("reads are repeated with growing pauses, so often, then the question has failed", () => {
    const bybit = new ScriptedBybit();
    const connection = bybit.opened();
    bybit.answers.set("/v5/order/realtime", () => bybit.refusal(10016, "busy"));
    connection.lookUp(id, BITCOIN);
    bybit.outside.clock.advance(60_000);
    expect(bybit.asked.filter((line) => line.includes("/order/realtime"))).toHaveLength(5);
    expect(bybit.events).toEqual([
      expect.objectContaining({
        kind: "question-failed",
        question: "look-up",
        subject: "ct-1",
        cause: expect.stringContaining("busy"),
      }),
    ]);
  });

  test("a read that succeeds the second time is answered", () => {
    const bybit = new ScriptedBybit();
    const connection = bybit.opened();
    let tries = 0;
    bybit.answers.set("/v5/position/list", () =>
      tries++ === 0 ? null : list(positionRow({ positionIdx: 1, leverage: "7" })),
    );
    connection.describeMarket(BITCOIN);
    bybit.outside.clock.advance(20_000);
    expect(bybit.events).toEqual([
      expect.objectContaining({
        kind: "market-described",
        instrument: BITCOIN,
        mode: "hedge",
        leverage: "7",
      }),
    ]);
  });

  test("a description that an order waits for does not wait behind the reads, and is not asked twice", () => {
    const bybit = new ScriptedBybit({ readShareMax: 0 });
    const connection = bybit.connect();
    let answer: unknown = null;
    bybit.answers.set("/v5/position/list", () => answer);
    for (let time = 0; time < 5; time += 1) connection.describeMarket(BITCOIN);
    bybit.outside.clock.advance(9_000);
    expect(bybit.asked).toEqual(["GET /v5/position/list?category=linear&symbol=BTCUSDT"]);
    answer = list(positionRow());
    bybit.outside.clock.advance(5_000);
    expect(bybit.kinds).toEqual(["market-described"]);
    connection.describeMarket(BITCOIN);
    bybit.outside.clock.advance(100);
    expect(bybit.kinds).toEqual(["market-described", "market-described"]);
  });

  test("an order that is looked for is not looked for a second time meanwhile, another one is", () => {
    const bybit = new ScriptedBybit();
    const connection = bybit.opened();
    bybit.answers.set("/v5/order/realtime", () => null);
    const asked = () => bybit.asked.filter((line) => line.includes("/order/realtime")).length;
    connection.lookUp(ClientOrderId("ct-1"), BITCOIN);
    connection.lookUp(ClientOrderId("ct-1"), BITCOIN);
    connection.lookUp(ClientOrderId("ct-2"), BITCOIN);
    bybit.outside.clock.advance(60_000);
    expect([asked(), bybit.kinds]).toEqual([10, ["question-failed", "question-failed"]]);
    connection.lookUp(ClientOrderId("ct-1"), BITCOIN);
    bybit.outside.clock.advance(60_000);
    expect([asked(), bybit.kinds.length]).toEqual([15, 3]);
  });

  test("a thousand accounts behind one address learn a new symbol within six seconds", () => {
    // They all have one key here, whose own limit is therefore lifted.
    const bybit = new ScriptedBybit({ readsPerSecond: 10_000 });
    bybit.answers.set("/v5/position/list", () => list(positionRow()));
    for (let account = 0; account < 1_000; account += 1) bybit.connect().describeMarket(BITCOIN);
    bybit.outside.clock.advance(1_000);
    expect(bybit.events.length).toBeGreaterThan(590);
    expect(bybit.events.length).toBeLessThanOrEqual(600);
    bybit.outside.clock.advance(5_000);
    expect(bybit.events).toHaveLength(1_000);
  });

  test("a leverage under way is not asked for twice, another one is", () => {
    const bybit = new ScriptedBybit();
    const connection = bybit.opened();
    bybit.answers.set("/v5/position/set-leverage", () => bybit.refusal(0));
    connection.setLeverage(BITCOIN, "10");
    connection.setLeverage(BITCOIN, "10");
    connection.setLeverage(BITCOIN, "5");
    bybit.outside.clock.advance(100);
    expect(bybit.events).toMatchObject([
      { kind: "leverage-set", leverage: "10" },
      { kind: "leverage-set", leverage: "5" },
    ]);
  });

  test.each([
    [0, { kind: "leverage-set", leverage: "10" }],
    [110043, { kind: "leverage-set", leverage: "10" }],
    [110013, { kind: "leverage-refused", rejection: { class: "leverage-too-high", code: 110013 } }],
    [10006, { kind: "question-failed", question: "set-leverage" }],
  ])("set leverage answered with %i", (code, expected) => {
    const bybit = new ScriptedBybit();
    const connection = bybit.opened();
    bybit.answers.set("/v5/position/set-leverage", () => bybit.refusal(code));
    connection.setLeverage(BITCOIN, "10");
    bybit.outside.clock.advance(60_000);
    expect(bybit.events).toHaveLength(1);
    expect(bybit.events[0]).toMatchObject(expected);
  });

  test("a key that the venue refuses halts the account and fails the question", () => {
    const bybit = new ScriptedBybit();
    const connection = bybit.opened();
    bybit.answers.set("/v5/position/list", () => bybit.refusal(10003, "API key is invalid."));
    connection.requestSnapshot();
    bybit.outside.clock.advance(60_000);
    expect(bybit.kinds).toEqual(["account-refused", "question-failed"]);
  });

  test("snapshots wanted while one is read become one more", () => {
    const bybit = new ScriptedBybit();
    const connection = bybit.opened();
    for (let count = 0; count < 10; count++) connection.requestSnapshot();
    bybit.outside.clock.advance(1_000);
    expect(bybit.kinds).toEqual(["follower-snapshot-taken", "follower-snapshot-taken"]);
  });
});

describe("the end", () => {
  test("after close nothing is heard, sent or left to happen; an order under way is unknown", () => {
    const bybit = new ScriptedBybit();
    const connection = bybit.opened();
    connection.submit([
      approvedOrder({ account: ACCOUNT, instrument: BITCOIN, lots: 1, clientOrderId: "ct-1" }),
    ]);
    connection.close();
    expect(bybit.kinds).toEqual(["order-outcome-unknown"]);
    bybit.outside.clock.advance(60_000);
    expect(bybit.kinds).toEqual(["order-outcome-unknown"]);
    expect(bybit.asked).toEqual([]);
    expect(bybit.outside.clock.plannedCount).toBe(0);
  });

  test("the secret is in no request, message or event", () => {
    const bybit = new ScriptedBybit();
    const connection = bybit.connect();
    connection.open();
    bybit.outside.clock.advance(1_000);
    connection.lookUp(ClientOrderId("ct-1"), BITCOIN);
    bybit.outside.clock.advance(1_000);
    const said = JSON.stringify([
      bybit.events,
      bybit.outside.http.requests,
      bybit.outside.sockets.opened.map((one) => one.sent),
    ]);
    expect(said).not.toContain(SECRET);
    expect(said).toContain("X-BAPI-SIGN");
  });
});

describe("inspection", () => {
  function inspected(bybit: ScriptedBybit): unknown {
    let result: unknown;
    bybit.connect().inspect((found) => {
      result = found;
    });
    bybit.outside.clock.advance(60_000);
    return result;
  }

  test("reads key, modes, clock and balance", () => {
    const bybit = new ScriptedBybit();
    bybit.skewMs = 250;
    bybit.answers.set("/v5/user/query-api", () => ({
      userID: 24617703,
      readOnly: 0,
      permissions: { ContractTrade: ["Order", "Position"], Wallet: ["Withdraw"] },
      expiredAt: "2030-01-01T00:00:00Z",
    }));
    bybit.answers.set("/v5/account/info", () => ({ marginMode: "REGULAR_MARGIN" }));
    bybit.answers.set("/v5/position/list", () =>
      list(positionRow({ positionIdx: 1 }), positionRow({ positionIdx: 2 })),
    );
    expect(inspected(bybit)).toEqual({
      account: ACCOUNT,
      userId: "24617703",
      readOnly: false,
      canTrade: true,
      canWithdraw: true,
      permissions: ["ContractTrade.Order", "ContractTrade.Position", "Wallet.Withdraw"],
      expiresAtMs: Date.parse("2030-01-01T00:00:00Z"),
      equity: "1000",
      available: "900",
      clockOffsetMs: expect.closeTo(250, -1),
      positionMode: "hedge",
      marginMode: "REGULAR_MARGIN",
    });
  });

  function keyInspected(bybit: ScriptedBybit): unknown {
    const seen: unknown[] = [];
    bybit.connect().inspectKey((found) => seen.push(found));
    bybit.outside.clock.advance(60_000);
    expect(seen).toHaveLength(1);
    return seen[0];
  }

  test("of the key alone is one request, also while the reads' share is used up", () => {
    const bybit = new ScriptedBybit({ readShareMax: 4 / 600 });
    bybit.answers.set("/v5/user/query-api", () => ({ uta: 1, readOnly: 0, permissions: {} }));
    const connection = bybit.connect();
    for (let look = 0; look < 10; look += 1) connection.inspectKey(() => {});
    bybit.outside.clock.advance(2_000);
    expect(bybit.asked.filter((line) => line.includes("query-api"))).toHaveLength(10);
    expect(bybit.asked.filter((line) => line.includes("balance"))).toEqual([]);
  });

  test("refuses what is no unified account", () => {
    const bybit = new ScriptedBybit();
    bybit.answers.set("/v5/user/query-api", () => ({ uta: 0, readOnly: 0, permissions: {} }));
    expect(keyInspected(bybit)).toMatchObject({ class: "give-up", message: "there is no unified account" });
  });

  test("without key information it fails where that is required", () => {
    expect(inspected(new ScriptedBybit())).toMatchObject({
      name: "ExchangeError",
      class: "give-up",
      code: 404,
    });
  });
});
