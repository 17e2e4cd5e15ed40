/** The shell of sockets: pipelining, garbage, upgrades, slow readers, idle streams, and an orderly end. */
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  addAccount,
  KEY,
  LIMIT_BUY,
  open,
  orderMessage,
  privateSocket,
  SECRET,
  sign,
  signed,
  startTestExchange,
  type TestExchange,
  TestSocket,
  tradeSocket,
} from "./clients.ts";

let exchange: TestExchange;
const raws: Socket[] = [];

beforeEach(async () => {
  exchange = await startTestExchange();
  await addAccount(exchange);
});

afterEach(async () => {
  for (const socket of raws.splice(0)) socket.destroy();
  await exchange.close();
});

/** Everything a connection answers until `done` or the end. */
function talk(bytes: string | Buffer, done: (text: string) => boolean = () => false): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(exchange.port, "127.0.0.1", () => socket.write(bytes));
    raws.push(socket);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (done(text)) resolve(text);
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

function rawOrder(index: number): string {
  const timestamp = String(Date.now());
  const body = JSON.stringify({ ...LIMIT_BUY, qty: "0.001", orderLinkId: `raw-${index}` });
  return (
    `POST /v5/order/create HTTP/1.1\r\nHost: x\r\nX-BAPI-API-KEY: ${KEY}\r\nX-BAPI-TIMESTAMP: ${timestamp}\r\n` +
    `X-BAPI-SIGN: ${sign(SECRET, timestamp + KEY + body)}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}

describe("HTTP", () => {
  it("answers pipelined requests in their order, many more than fit its queue", async () => {
    const requests = Array.from({ length: 300 }, (_, index) => rawOrder(index)).join("");
    const text = await talk(
      requests,
      (answer) => count(answer, "HTTP/1.1 200") === 300 && answer.endsWith("}"),
    );
    const ids = [...text.matchAll(/"orderLinkId":"raw-(\d+)"/g)].map((match) => Number(match[1]));
    expect(ids).toEqual(Array.from({ length: 300 }, (_, index) => index));
  });

  it("keeps the order under latency too", async () => {
    await exchange.control("PUT", "faults", { seed: 9, latencyMs: [0, 40] });
    const requests = Array.from({ length: 20 }, (_, index) => rawOrder(index)).join("");
    const text = await talk(
      requests,
      (answer) => count(answer, "HTTP/1.1 200") === 20 && answer.endsWith("}"),
    );
    const ids = [...text.matchAll(/"orderLinkId":"raw-(\d+)"/g)].map((match) => Number(match[1]));
    expect(ids).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it.each([
    ["garbage", "\u0016\u0003\u0001\u0002 nonsense", "400 Bad Request"],
    ["a body past the limit", "POST / HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", "413 Payload Too Large"],
    [
      "a handshake without a key",
      "GET /v5/private HTTP/1.1\r\nUpgrade: websocket\r\n\r\n",
      "400 Bad Request",
    ],
  ])("refuses %s and hangs up", async (_name, bytes, status) => {
    const text = await talk(bytes);
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\n`));
    expect(text).toContain("Connection: close");
  });

  it("closes after the answer when asked to", async () => {
    const text = await talk("GET /v5/market/time HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(text).toContain('"retCode":0');
  });

  it("lets a client wait before it sends its body", async () => {
    const text = await talk(
      "PUT /control/faults HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
      (answer) => answer.includes("100 Continue"),
    );
    expect(text).toBe("HTTP/1.1 100 Continue\r\n\r\n");
  });

  it("counts bytes, not characters", async () => {
    const answer = await signed(exchange.rest, "/v5/order/create", { ...LIMIT_BUY, side: "Käufer" });
    expect(answer.code).toBe(10001);
    const query = await open(exchange.rest, "/v5/market/instruments-info?category=%E2%82%AC");
    expect(query.code).toBe(10001);
  });
});

describe("WebSocket", () => {
  it("reads fragmented and batched messages, and answers pings of the protocol", async () => {
    const socket = await tradeSocket(exchange);
    const [first, second] = ["a", "b"].map((id) =>
      JSON.stringify(orderMessage("order.create", LIMIT_BUY, id)),
    );
    socket.socket.send((first ?? "").slice(0, 40), { fin: false });
    socket.socket.send((first ?? "").slice(40), { fin: true });
    socket.send(second);
    const pong = new Promise((resolve) => socket.socket.once("pong", (data) => resolve(String(data))));
    socket.socket.ping("beat");
    expect(await socket.next((message) => message.reqId === "a")).toMatchObject({ retCode: 0 });
    expect(await socket.next((message) => message.reqId === "b")).toMatchObject({ retCode: 0 });
    expect(await pong).toBe("beat");
    socket.close();
  });

  it("answers nonsense and goes on", async () => {
    const socket = await tradeSocket(exchange);
    for (const text of ["{", "[]", '{"op":5}', '{"op":"order.create","args":"x","header":{}}'])
      socket.send(text);
    await socket.next((message) => message.op === "order.create");
    expect(await socket.request({ op: "ping" })).toMatchObject({ op: "pong" });
    socket.close();
  });

  it("closes with the standard's code on a broken frame", async () => {
    const socket = await TestSocket.open(`${exchange.stream}/v5/private`);
    const code = new Promise((resolve) => socket.socket.once("close", resolve));
    socket.socket.send(Buffer.from([1]), { binary: true });
    expect(await code).toBe(1003);
  });

  it("cuts off a reader that does not read", async () => {
    const socket = await privateSocket(exchange, ["order"]);
    const cut = new Promise((resolve) => socket.socket.once("close", resolve));
    socket.socket.pause();
    const { venue, protocol } = exchange;
    // Each round of a thousand pushes fills the socket's buffers a little more; the turn in between lets them be written.
    for (let round = 0; round < 60 && protocol.feedListeners(KEY) > 0; round += 1) {
      for (let index = 0; index < 500; index += 1) {
        const placed = venue.placeOrder(KEY, {
          symbol: "BTCUSDT",
          side: "Buy",
          orderType: "Limit",
          qty: "0.001",
          price: "50000",
          timeInForce: "IOC",
        });
        expect(placed.kind).toBe("accepted");
      }
      protocol.flush();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(protocol.feedListeners(KEY)).toBe(0);
    socket.socket.resume();
    await cut;
  }, 20_000);

  it("says goodbye to every stream when the exchange closes", async () => {
    const own = await startTestExchange();
    const socket = await TestSocket.open(`${own.stream}/v5/public/linear`);
    const code = new Promise((resolve) => socket.socket.once("close", resolve));
    await own.close();
    expect(await code).toBe(1001);
  });
});
