/** The fault layer: what each fault does to requests and messages, whom it meets, and that seeds repeat it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  addAccount,
  authMessage,
  type Json,
  KEY,
  LIMIT_BUY,
  MARKET_BUY,
  open,
  orderMessage,
  privateSocket,
  rowsOf,
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

beforeAll(async () => {
  exchange = await startTestExchange();
});

afterAll(() => exchange.close());

beforeEach(async () => {
  await addAccount(exchange);
});

afterEach(async () => {
  await exchange.control("PUT", "faults", {});
  for (const socket of sockets) socket.close();
  sockets = [];
});

async function faults(set: Json): Promise<void> {
  expect((await exchange.control("PUT", "faults", set)).status).toBe(200);
}

async function requests(key = KEY): Promise<[outcome: unknown, retCode: unknown][]> {
  const { body } = await exchange.control("GET", `accounts/${key}`);
  return rowsOf(body.orderRequests).map((row) => [row.outcome, row.retCode]);
}

async function openOrders(): Promise<number> {
  const { body } = await exchange.control("GET", `accounts/${KEY}`);
  return rowsOf(body.openOrders).length;
}

/** "answered" with code or status, "broken", or "hung" after a moment. */
async function attempt(body: Json = LIMIT_BUY, key = KEY): Promise<string> {
  const answer = signed(exchange.rest, "/v5/order/create", body, { key }).then(
    ({ status, code }) => `answered ${status === 200 ? code : status >= 500 ? "5xx" : status}`,
    () => "broken",
  );
  const hang = new Promise<string>((resolve) => setTimeout(() => resolve("hung"), 150));
  return await Promise.race([answer, hang]);
}

async function attempts(count: number): Promise<string[]> {
  const seen: string[] = [];
  for (let index = 0; index < count; index += 1) seen.push(await attempt());
  return seen;
}

describe("requests over REST", () => {
  it("are lost half by a hang, half by a break, never processed, and shown as lost", async () => {
    await faults({ seed: 3, requestLost: 1 });
    const seen = await attempts(10);
    expect(new Set(seen)).toEqual(new Set(["hung", "broken"]));
    await faults({});
    expect(await openOrders()).toBe(0);
    expect(await requests()).toEqual(Array<unknown>(10).fill(["lost", 0]));
  });

  it("are processed before the response is lost", async () => {
    await faults({ responseLost: 1 });
    expect(await attempt()).toBe("broken");
    await faults({});
    expect(await openOrders()).toBe(1);
    expect(await requests()).toEqual([["accepted", 0]]);
  });

  it("meet 5xx half before and half after processing", async () => {
    await faults({ seed: 5, http5xx: 1 });
    expect(await attempts(12)).toEqual(Array<string>(12).fill("answered 5xx"));
    await faults({});
    const outcomes = (await requests()).map(([outcome]) => outcome);
    const accepted = outcomes.filter((outcome) => outcome === "accepted").length;
    expect(accepted).toBeGreaterThan(1);
    expect(outcomes.filter((outcome) => outcome === "rejected").length).toBe(12 - accepted);
    expect(await openOrders()).toBe(accepted);
  });

  it("meet 10016 half before and half after processing", async () => {
    await faults({ seed: 6, retCode10016: 1 });
    expect(await attempts(12)).toEqual(Array<string>(12).fill("answered 10016"));
    await faults({});
    const accepted = (await requests()).filter(([outcome]) => outcome === "accepted").length;
    expect(await openOrders()).toBe(accepted);
    expect(accepted).toBeGreaterThan(1);
    expect(accepted).toBeLessThan(11);
  });

  it("meet 10006 without being processed", async () => {
    await faults({ retCode10006: 1 });
    expect(await attempt()).toBe("answered 10006");
    await faults({});
    expect(await requests()).toEqual([["rejected", 10006]]);
  });

  it("repeat with the seed", async () => {
    const set = { seed: 11, requestLost: 0.3, responseLost: 0.3, http5xx: 0.2 };
    await faults(set);
    const first = await attempts(8);
    await faults(set);
    const second = await attempts(8);
    await faults({ ...set, seed: 12 });
    const other = await attempts(8);
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it("take their time under latency", async () => {
    await faults({ latencyMs: [60, 80] });
    const start = performance.now();
    expect((await signed(exchange.rest, "/v5/order/create", LIMIT_BUY)).code).toBe(0);
    expect(performance.now() - start).toBeGreaterThanOrEqual(58);
  });

  it("meet only the accounts that are named, and never the control interface", async () => {
    await addAccount(exchange, "spared");
    await faults({ http5xx: 1, accounts: [KEY] });
    expect(await attempt()).toBe("answered 5xx");
    expect(await attempt(LIMIT_BUY, "spared")).toBe("answered 0");
    expect((await open(exchange.rest, "/v5/market/time")).status).toBe(200);
    await faults({ http5xx: 1, requestLost: 1 });
    expect((await exchange.control("GET", "faults")).body).toMatchObject({ http5xx: 1, requestLost: 1 });
  });

  it("are judged by the skewed clock", async () => {
    await faults({ clockSkewMs: 60_000 });
    const { body } = await open(exchange.rest, "/v5/market/time");
    expect(Number(body.time) - Date.now()).toBeGreaterThan(59_000);
    expect(await attempt()).toBe("answered 10002");
    const timestamp = String(Date.now() + 60_000);
    expect((await signed(exchange.rest, "/v5/order/create", LIMIT_BUY, { timestamp })).code).toBe(0);
    await faults({ clockSkewMs: -60_000, accounts: ["someone-else"] });
    expect(await attempt()).toBe("answered 0");
  });
});

describe("order entry", () => {
  it("loses requests by silence or a break", async () => {
    await faults({ seed: 2, requestLost: 1 });
    const seen = new Set<string>();
    for (let index = 0; index < 8; index += 1) {
      const socket = track(await tradeSocket(exchange));
      socket.send(orderMessage("order.create", LIMIT_BUY, "1"));
      socket.send({ op: "ping" });
      const outcome = await Promise.race([
        socket.closed().then(() => "broken"),
        socket
          .next((message) => message.op === "pong")
          .then(
            () => "hung",
            () => "broken",
          ),
      ]);
      seen.add(outcome);
      expect(socket.texts.some((text) => text.includes("order.create"))).toBe(false);
    }
    expect(seen).toEqual(new Set(["hung", "broken"]));
    await faults({});
    expect(await requests()).toEqual(Array<unknown>(8).fill(["lost", 0]));
  });

  it("processes and then breaks when the response is lost", async () => {
    await faults({ responseLost: 1 });
    const socket = track(await tradeSocket(exchange));
    socket.send(orderMessage("order.create", LIMIT_BUY, "1"));
    await socket.closed();
    expect(await requests()).toEqual([["accepted", 0]]);
    expect(await openOrders()).toBe(1);
  });

  it("answers 10006 and 10016 with the request's id", async () => {
    const socket = track(await tradeSocket(exchange));
    await faults({ retCode10006: 1 });
    expect(await socket.request(orderMessage("order.create", LIMIT_BUY, "1"))).toMatchObject({
      retCode: 10006,
      reqId: "1",
    });
    await faults({ retCode10016: 1 });
    expect(await socket.request(orderMessage("order.create", LIMIT_BUY, "2"))).toMatchObject({
      retCode: 10016,
      reqId: "2",
    });
  });
});

const PLAIN_TOPICS = ["order"];

async function trade(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    expect(
      (await signed(exchange.rest, "/v5/order/create", { ...LIMIT_BUY, orderLinkId: `t-${index}` })).code,
    ).toBe(0);
  }
}

/** Link ids of the `order` messages, in order of arrival. */
function heard(socket: TestSocket): unknown[] {
  return socket.received
    .filter((message) => message.topic === "order")
    .flatMap((message) => rowsOf(message.data).map((row) => row.orderLinkId));
}

describe("streams", () => {
  const all = Array.from({ length: 20 }, (_, index) => `t-${index}`);

  async function listen(set: Json): Promise<TestSocket> {
    const socket = track(await privateSocket(exchange, PLAIN_TOPICS));
    await faults(set);
    await trade(20);
    return socket;
  }

  it("say everything once and in order without faults", async () => {
    const socket = await listen({});
    await expect.poll(() => heard(socket)).toEqual(all);
  });

  it("drop some messages", async () => {
    const socket = await listen({ seed: 1, streamDropped: 0.5 });
    await expect.poll(() => heard(socket).length).toBeGreaterThan(3);
    await socket.request({ op: "ping" });
    expect(heard(socket).length).toBeLessThan(17);
  });

  it("double some messages", async () => {
    const socket = await listen({ seed: 1, streamDuplicated: 0.5 });
    await socket.request({ op: "ping" });
    expect(heard(socket).length).toBeGreaterThan(22);
    expect(new Set(heard(socket)).size).toBe(20);
  });

  it("change the order of some messages and lose none", async () => {
    const socket = await listen({ seed: 1, streamReordered: 0.5 });
    await expect.poll(() => heard(socket).length).toBe(20);
    expect(heard(socket)).not.toEqual(all);
    expect(new Set(heard(socket))).toEqual(new Set(all));
  });

  it("delay messages and keep their order", async () => {
    const socket = await listen({ seed: 1, streamDelayMs: [80, 120] });
    expect(heard(socket).length).toBeLessThan(20);
    await expect.poll(() => heard(socket)).toEqual(all);
  });

  it("fall silent for topics only", async () => {
    const socket = await listen({ streamSilent: true });
    expect(await socket.request({ op: "ping", req_id: "1" })).toMatchObject({ op: "pong" });
    expect(await socket.request({ op: "subscribe", args: ["wallet"] })).toMatchObject({ success: true });
    const entry = track(await tradeSocket(exchange));
    expect(await entry.request(orderMessage("order.create", MARKET_BUY, "1"))).toMatchObject({ retCode: 0 });
    expect(socket.received.some((message) => message.topic !== undefined)).toBe(false);
  });

  it("close and refuse everybody until cleared", async () => {
    const one = track(await privateSocket(exchange, PLAIN_TOPICS));
    const two = track(await TestSocket.open(`${exchange.stream}/v5/public/linear`));
    await faults({ streamDisconnect: true });
    await Promise.all([one.closed(), two.closed()]);
    const refused = track(new TestSocket(`${exchange.stream}/v5/private`));
    await refused.closed();
    await faults({});
    const again = track(await privateSocket(exchange, PLAIN_TOPICS));
    await trade(1);
    await again.topic("order");
  });

  it("close and refuse one account", async () => {
    await addAccount(exchange, "spared");
    const spared = track(await privateSocket(exchange, PLAIN_TOPICS, "spared"));
    const met = track(await privateSocket(exchange, PLAIN_TOPICS));
    await faults({ streamDisconnect: true, accounts: [KEY] });
    await met.closed();
    const refused = track(await TestSocket.open(`${exchange.stream}/v5/private`));
    refused.send(authMessage());
    await refused.closed();
    expect(await spared.request({ op: "ping" })).toMatchObject({ op: "pong" });
  });
});

describe("partial fills", () => {
  it("leave a market order filled in part, its rest cancelled", async () => {
    await faults({ seed: 4, partialFills: 1 });
    const socket = track(await privateSocket(exchange, ["order"]));
    await signed(exchange.rest, "/v5/order/create", { ...MARKET_BUY, qty: "0.1", orderLinkId: "part" });
    const { body } = await exchange.control("GET", `accounts/${KEY}`);
    const held = Number(rowsOf(body.positions)[0]?.size);
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(0.1);
    const last = await socket.next(
      (message) => message.topic === "order" && rowsOf(message.data)[0]?.orderStatus === "Cancelled",
    );
    expect(Number(rowsOf(last.data)[0]?.cumExecQty)).toBe(held);
  });
});
