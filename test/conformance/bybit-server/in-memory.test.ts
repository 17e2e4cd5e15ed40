/**
 * The protocol without sockets under a virtual clock: the same inputs give the same messages, byte for byte, which is
 * what a deterministic simulator builds on. Streams of other categories and idle cuts are checked here as well, because
 * virtual time makes ten minutes short.
 */
import { describe, expect, it } from "vitest";
import { asRecord, LIMIT_BUY, MARKET_BUY, rowsOf, SECRET } from "./clients.ts";
import { World } from "./world.ts";

/** A trading day with faults, as a log of everything that was said. */
function story(seed: number): readonly string[] {
  const world = new World(seed);
  world.http("PUT", "/control/accounts/alice-key", { apiSecret: SECRET, balances: { USDT: "10000" } });
  const faults = {
    seed,
    responseLost: 0.2,
    latencyMs: [1, 30],
    streamDuplicated: 0.3,
    streamReordered: 0.3,
    partialFills: 0.3,
  };
  world.http("PUT", "/control/faults", faults);
  const streams = world.socket("/v5/private");
  world.authenticate(streams.send);
  streams.send({ op: "subscribe", args: ["order", "execution", "position", "wallet"] });
  const market = world.socket("/v5/public/linear");
  market.send({ op: "subscribe", args: ["orderbook.50.BTCUSDT", "tickers.BTCUSDT", "publicTrade.BTCUSDT"] });
  for (let step = 0; step < 30; step += 1) {
    world.signed("/v5/order/create", {
      ...(step % 3 === 0 ? LIMIT_BUY : MARKET_BUY),
      orderLinkId: `s-${step}`,
    });
    world.time.run(250);
  }
  world.signed("/v5/position/list?category=linear&settleCoin=USDT");
  world.time.run(1000);
  return world.log;
}

describe("the protocol in memory", () => {
  it("says the same, byte for byte, for the same seed", () => {
    const first = story(7);
    expect(first.length).toBeGreaterThan(100);
    expect(story(7)).toEqual(first);
    expect(story(8)).not.toEqual(first);
  });

  it("keeps deltas of the book consistent with its snapshots", () => {
    const world = new World(3);
    const early = world.socket("/v5/public/linear");
    early.send({ op: "subscribe", args: ["orderbook.50.BTCUSDT"] });
    for (let second = 0; second < 20; second += 1) world.time.run(1000);
    const late = world.socket("/v5/public/linear");
    late.send({ op: "subscribe", args: ["orderbook.50.BTCUSDT"] });
    world.time.run(3000);
    const one = replay(early.heard);
    expect(early.heard.filter((message) => message.type === "delta").length).toBeGreaterThan(5);
    expect(replay(late.heard)).toEqual(one);
    const answer = world.http("GET", "/v5/market/orderbook?category=linear&symbol=BTCUSDT&limit=50");
    const result = asRecord(answer.result);
    expect(one).toEqual({ b: result.b, a: result.a });
  });

  it("repeats level 1 after three seconds of silence", () => {
    const world = new World(3);
    world.http("PUT", "/control/instruments/BTCUSDT", { status: "Closed" });
    const socket = world.socket("/v5/public/linear");
    socket.send({ op: "subscribe", args: ["orderbook.1.BTCUSDT"] });
    world.time.run(100);
    const before = socket.heard.length;
    world.time.run(3100);
    expect(socket.heard.length).toBeGreaterThan(before);
    expect(
      socket.heard
        .filter((message) => message.topic !== undefined)
        .every((message) => message.type === "snapshot"),
    ).toBe(true);
  });

  it("marks a candle as confirmed when the next begins", () => {
    const world = new World(3);
    const socket = world.socket("/v5/public/linear");
    socket.send({ op: "subscribe", args: ["kline.1.BTCUSDT"] });
    world.time.run(130_000);
    const rows = socket.heard.filter((message) => message.topic).flatMap((message) => rowsOf(message.data));
    const confirmed = rows.filter((row) => row.confirm === true).map((row) => Number(row.start));
    expect(confirmed).toEqual([Date.UTC(2026, 0, 2, 3, 4), Date.UTC(2026, 0, 2, 3, 5)]);
  });

  it("settles funding on the hour: an execution, a transaction, a wallet", () => {
    const world = new World(3, { startMs: Date.UTC(2026, 0, 2, 7, 59, 50) });
    world.http("PUT", "/control/accounts/alice-key", { apiSecret: SECRET, balances: { USDT: "10000" } });
    world.http("PUT", "/control/funding/BTCUSDT", { fundingRate: "0.001" });
    world.signed("/v5/order/create", MARKET_BUY);
    const socket = world.socket("/v5/private");
    world.authenticate(socket.send);
    socket.send({ op: "subscribe", args: ["execution", "wallet"] });
    world.time.run(20_000);
    const executions = socket.heard
      .filter((message) => message.topic === "execution")
      .flatMap((message) => rowsOf(message.data));
    expect(executions).toMatchObject([{ execType: "Funding", orderType: "UNKNOWN", symbol: "BTCUSDT" }]);
    expect(Number(executions[0]?.execFee)).toBeGreaterThan(0);
    const log = world.signed("/v5/account/transaction-log?accountType=UNIFIED&type=SETTLEMENT");
    const [row] = rowsOf(asRecord(log.result).list);
    expect(Number(row?.funding)).toBe(-Number(executions[0]?.execFee));
  });

  it("cuts idle connections after ten minutes, or sooner when asked", () => {
    const world = new World(3);
    const [usual, short, busy] = [
      "/v5/private",
      "/v5/private?max_active_time=60s",
      "/v5/private?max_active_time=60s",
    ].map((path) => world.socket(path));
    for (let minute = 0; minute < 9; minute += 1) {
      world.time.run(50_000);
      busy?.send({ op: "ping" });
    }
    expect([usual?.state.closed, short?.state.closed, busy?.state.closed]).toEqual(["", "1001 idle", ""]);
    world.time.run(200_000);
    expect(usual?.state.closed).toBe("1001 idle");
  });

  it("answers subscriptions in each category's dialect", () => {
    const world = new World(3);
    const answers = ["spot", "inverse", "option", "linear"].map((category) => {
      const socket = world.socket(`/v5/public/${category}`);
      socket.send({ op: "subscribe", req_id: "r", args: ["tickers.NOSUCH"] });
      return socket.heard[0];
    });
    for (const answer of answers) expect(answer).toMatchObject({ success: false });
    expect(answers[3]).toMatchObject({
      ret_msg: "error:handler not found,topic:tickers.NOSUCH",
      req_id: "r",
    });
    const socket = world.socket("/v5/public/linear");
    socket.send({ op: "subscribe", req_id: 5, args: ["tickers.BTCUSDT"] });
    socket.send({ op: "subscribe", args: ["tickers.BTCUSDT"] });
    expect(socket.heard.filter((message) => message.op)).toMatchObject([
      { success: true, ret_msg: "", req_id: 5 },
      { success: false, ret_msg: "error:already subscribed,topic:tickers.BTCUSDT" },
    ]);
  });
});

/** The book that a listener ends up with. */
function replay(messages: readonly Record<string, unknown>[]): { b: unknown; a: unknown } {
  const sides = { b: new Map<string, string>(), a: new Map<string, string>() };
  for (const message of messages) {
    if (message.topic === undefined) continue;
    const data = asRecord(message.data);
    for (const side of ["b", "a"] as const) {
      if (message.type === "snapshot") sides[side].clear();
      for (const [price, size] of data[side] as [string, string][]) {
        if (size === "0") sides[side].delete(price);
        else sides[side].set(price, size);
      }
    }
  }
  const sorted = (side: "a" | "b") =>
    [...sides[side]].toSorted(
      (left, right) => (side === "a" ? 1 : -1) * (Number(left[0]) - Number(right[0])),
    );
  return { b: sorted("b"), a: sorted("a") };
}
