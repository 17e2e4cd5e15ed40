/** What a private stream says about each thing that can happen, in order: the choreography of the protocol notes. */
import { describe, expect, it } from "vitest";
import { type Json, LIMIT_BUY, MARKET_BUY, rowsOf, SECRET } from "./clients.ts";
import { World } from "./world.ts";

interface Told {
  readonly topic: unknown;
  readonly row: Record<string, unknown>;
}

/** What is told about the last of some requests, after a moment for what follows by itself. */
function told(steps: readonly (readonly [path: string, body: Json] | { readonly last: string })[]): Told[] {
  const world = new World(5, { limits: "off", liquidity: { kind: "flat" } });
  world.http("PUT", "/control/accounts/alice-key", { apiSecret: SECRET, balances: { USDT: "10000" } });
  world.http("PUT", "/control/prices/BTCUSDT", { last: "60000" });
  const socket = world.socket("/v5/private");
  world.authenticate(socket.send);
  socket.send({ op: "subscribe", args: ["order", "execution", "position", "wallet"] });
  let from = 0;
  for (const step of steps) {
    from = socket.heard.length;
    if ("last" in step) world.http("PUT", "/control/prices/BTCUSDT", { last: step.last });
    else expect(world.signed(step[0], step[1])).toMatchObject({ retCode: 0 });
    world.time.run(100);
  }
  return socket.heard
    .slice(from)
    .flatMap((message) => rowsOf(message.data).map((row) => ({ topic: message.topic, row })));
}

function short({ topic, row }: Told): string {
  switch (topic) {
    case "order": {
      const ended = row.orderStatus === "Cancelled" || row.orderStatus === "Deactivated";
      return [`order ${row.orderStatus}`, ...(ended ? [row.cancelType, row.rejectReason] : [])].join(" ");
    }
    case "execution":
      return `execution ${row.side} ${row.execQty} closes ${row.closedSize}`;
    case "position":
      return `position ${row.side || "flat"} ${row.size}`;
    default:
      return String(topic);
  }
}

const CREATE = "/v5/order/create";
const BUY = [CREATE, MARKET_BUY] as const;
const REST = [CREATE, { ...LIMIT_BUY, orderLinkId: "resting" }] as const;
const resting = { category: "linear", symbol: "BTCUSDT", orderLinkId: "resting" };

describe("the stream tells of", () => {
  it.each([
    [
      "a market order",
      [BUY],
      ["order New", "execution Buy 0.01 closes 0", "order Filled", "position Buy 0.01", "wallet"],
    ],
    ["a resting order", [REST], ["order New", "position flat 0", "wallet"]],
    [
      "its cancellation",
      [REST, ["/v5/order/cancel", resting]],
      ["order Cancelled CancelByUser EC_NoError", "position flat 0", "wallet"],
    ],
    [
      "its amendment",
      [REST, ["/v5/order/amend", { ...resting, qty: "0.02" }]],
      ["order New", "position flat 0", "wallet"],
    ],
    [
      "its fill when the price comes",
      [REST, { last: "49900" }],
      ["execution Buy 0.01 closes 0", "order Filled", "position Buy 0.01", "wallet"],
    ],
    [
      "a flip by one order",
      [BUY, [CREATE, { ...MARKET_BUY, side: "Sell", qty: "0.03" }]],
      ["order New", "execution Sell 0.03 closes 0.01", "order Filled", "position Sell 0.02", "wallet"],
    ],
    [
      "a post-only order that would take",
      [[CREATE, { ...LIMIT_BUY, price: "60500", timeInForce: "PostOnly" }]],
      ["order New", "order Cancelled UNKNOWN EC_PostOnlyWillTakeLiquidity", "position flat 0"],
    ],
    [
      "an IOC order that finds nothing",
      [[CREATE, { ...LIMIT_BUY, timeInForce: "IOC" }]],
      ["order New", "order Cancelled UNKNOWN EC_NoImmediateQtyToFill", "position flat 0"],
    ],
    [
      "a conditional order",
      [[CREATE, { ...MARKET_BUY, triggerPrice: "61000", triggerDirection: 1 }]],
      ["order Untriggered", "position flat 0"],
    ],
    [
      "its triggering",
      [[CREATE, { ...MARKET_BUY, triggerPrice: "61000", triggerDirection: 1 }], { last: "61000" }],
      [
        "order Triggered",
        "order New",
        "execution Buy 0.01 closes 0",
        "order Filled",
        "position Buy 0.01",
        "wallet",
      ],
    ],
  ] as const)("%s", (_name, steps, expected) => {
    expect(told(steps).map(short)).toEqual(expected);
  });

  it("a stop loss that closes a position, and the end of its sibling", () => {
    const stops = { ...MARKET_BUY, takeProfit: "66000", stopLoss: "57000" };
    const lines = told([[CREATE, stops], { last: "56900" }]).map(short);
    expect(lines).toContain("execution Sell 0.01 closes 0.01");
    expect(lines).toContain("position flat 0");
    expect(lines.filter((line) => line.startsWith("order Deactivated"))).toHaveLength(1);
  });

  it("orders with the words of the documentation: types after triggering, parents, reasons to exist", () => {
    const stops = { ...MARKET_BUY, orderLinkId: "parent", takeProfit: "66000" };
    const stop = told([[CREATE, stops]]).find(({ row }) => row.stopOrderType === "TakeProfit");
    expect(stop?.row).toMatchObject({
      orderStatus: "Untriggered",
      orderType: "Market",
      reduceOnly: true,
      createType: "CreateByTakeProfit",
      parentOrderLinkId: "parent",
      side: "Sell",
      triggerPrice: "66000",
    });
  });
});
