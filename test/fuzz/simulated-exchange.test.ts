/** Texts of any kind to the simulated exchange, by REST, stream and control: answered each, and the exchange goes on. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { KEY, SECRET, sign } from "../conformance/bybit-server/clients.ts";
import { World } from "../conformance/bybit-server/world.ts";
import { damagedText, runs } from "./hostile.ts";

const order = {
  category: "linear",
  symbol: "BTCUSDT",
  side: "Buy",
  orderType: "Limit",
  qty: "0.01",
  price: "60000",
};
const bodies = damagedText([
  order,
  { category: "linear", request: [order, order] },
  { category: "linear", symbol: "BTCUSDT", buyLeverage: "5", sellLeverage: "5" },
  { category: "linear", symbol: "BTCUSDT", takeProfit: "70000", tpslMode: "Full", positionIdx: 0 },
]);
const paths = fc.constantFrom(
  "/v5/order/create",
  "/v5/order/create-batch",
  "/v5/order/amend",
  "/v5/position/set-leverage",
  "/v5/position/trading-stop",
);
const controls = damagedText([
  { apiSecret: SECRET, balances: { USDT: "10000" } },
  { last: "60000" },
  { amount: "5", coin: "USDT" },
  { latencyMs: 1, seed: 2 },
  { status: "Closed", tickSize: "0.1", qtyStep: "0.001" },
]);
const resources = fc.constantFrom(
  "accounts/x",
  "prices/BTCUSDT",
  "transfers/alice-key",
  "faults/",
  "instruments/SOLUSDT",
);

it("answers whatever it is told", () => {
  const world = new World(1, { limits: "off" });
  world.http("PUT", `/control/accounts/${KEY}`, { apiSecret: SECRET, balances: { USDT: "10000" } });
  const ask = (
    method: string,
    path: string,
    body: string,
    headers: readonly (readonly [string, string])[],
  ) => {
    let answers = 0;
    const request = {
      method,
      path,
      query: "",
      headers: new Map([["host", "127.0.0.1"], ["content-type", "application/json"], ...headers]),
      body: Buffer.from(body),
      keepAlive: true,
      upgrade: false,
    };
    world.protocol.handleHttp(request, "127.0.0.1", (outcome) => {
      if (outcome.kind === "answer") JSON.parse(outcome.answer.body);
      answers += 1;
    });
    world.time.run(1_000);
    expect(answers).toBe(1);
  };
  const heard: string[] = [];
  const sink = { send: (text: string) => heard.push(text), close: () => {}, terminate: () => {} };
  fc.assert(
    fc.property(paths, bodies, resources, controls, (path, body, resource, control) => {
      const stamp = String(world.time.nowMs);
      ask("POST", path, body, [
        ["x-bapi-api-key", KEY],
        ["x-bapi-timestamp", stamp],
        ["x-bapi-sign", sign(SECRET, stamp + KEY + body)],
      ]);
      // Faults are what they say: without an answer, by order.
      if (!resource.startsWith("faults"))
        ask(resource.startsWith("transfers") ? "POST" : "PUT", `/control/${resource}`, control, []);
      for (const stream of ["/v5/trade", "/v5/private", "/v5/public/linear"]) {
        const opened = world.protocol.openSocket({ path: stream, query: "", address: "127.0.0.1" }, sink);
        if (opened.kind === "session") for (const text of [body, control]) opened.session.receive(text);
      }
      for (const text of heard.splice(0)) JSON.parse(text);
    }),
    runs(300),
  );
});
