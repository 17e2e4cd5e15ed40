/** Orders in the venue's words: valid JSON of the documented shape, and nothing that needs escaping. */
import { describe, expect, test } from "vitest";
import { approvedOrder, testInstrument } from "../../../test/conformance/order-fixture.ts";
import { Lots, Ticks } from "../../core/model/amounts.ts";
import { AccountId, ClientOrderId, VenueId } from "../../core/model/identifiers.ts";
import { amendBody, cancelBody, orderBody, orderFrame, queryText, symbolOf } from "./format.ts";

const instrument = testInstrument("BTCUSDT", VenueId("venue"));
const account = AccountId("follower");
const order = approvedOrder({ account, instrument: instrument.id, lots: 25, clientOrderId: "ct-abc_1" });

describe("an order", () => {
  test("is a market order of whole steps on its leg", () => {
    expect(JSON.parse(orderBody(order, instrument))).toEqual({
      category: "linear",
      symbol: "BTCUSDT",
      side: "Buy",
      orderType: "Market",
      qty: "0.025",
      positionIdx: 0,
      reduceOnly: false,
      orderLinkId: "ct-abc_1",
    });
  });

  test.each([
    ["net", 0],
    ["long", 1],
    ["short", 2],
  ] as const)("on leg %s has index %i", (leg, index) => {
    const reducing = { ...order, leg, lots: Lots(-5), reduceOnly: true };
    expect(JSON.parse(orderBody(reducing, instrument))).toMatchObject({
      side: "Sell",
      qty: "0.005",
      positionIdx: index,
      reduceOnly: true,
    });
  });

  test.each([
    ["an id with a quote", { clientOrderId: ClientOrderId('ct"') }],
    ["an id that is too long", { clientOrderId: ClientOrderId("c".repeat(37)) }],
    ["no quantity", { lots: Lots(0) }],
  ])("with %s is refused", (_name, change) => {
    expect(() => orderBody({ ...order, ...change }, instrument)).toThrow(RangeError);
  });

  test.each([
    [
      "a limit",
      { kind: "limit", price: Ticks(600_005), timeInForce: "PostOnly" },
      { orderType: "Limit", price: "60000.5", timeInForce: "PostOnly" },
    ],
    [
      "a trigger that goes to market",
      {
        kind: "conditional",
        trigger: Ticks(590_000),
        by: "mark",
        direction: "falls",
        becomes: { kind: "market" },
      },
      { orderType: "Market", triggerPrice: "59000", triggerDirection: 2, triggerBy: "MarkPrice" },
    ],
    [
      "a trigger that becomes a limit",
      {
        kind: "conditional",
        trigger: Ticks(610_000),
        by: "last",
        direction: "rises",
        becomes: { kind: "limit", price: Ticks(611_000), timeInForce: "GTC" },
      },
      {
        orderType: "Limit",
        price: "61100",
        timeInForce: "GTC",
        triggerPrice: "61000",
        triggerDirection: 1,
        triggerBy: "LastPrice",
      },
    ],
  ] as const)("%s is stated beside what every order states", (_name, form, fields) => {
    const { orderType: _, ...common } = JSON.parse(orderBody(order, instrument));
    expect(JSON.parse(orderBody({ ...order, form }, instrument))).toEqual({ ...common, ...fields });
  });

  test("a price that is not above zero is refused", () => {
    const form = { kind: "limit", price: Ticks(0), timeInForce: "GTC" } as const;
    expect(() => orderBody({ ...order, form }, instrument)).toThrow(RangeError);
  });

  test("a change names the order and what is new, a cancellation the order alone", () => {
    const id = ClientOrderId("ct-1");
    const reference = { category: "linear", symbol: "BTCUSDT", orderLinkId: "ct-1" };
    const change = {
      price: Ticks(600_000),
      quantity: Lots(25),
      triggerPrice: Ticks(590_000),
      reduceOnly: true,
    };
    expect(JSON.parse(amendBody(id, instrument, change))).toEqual({
      ...reference,
      qty: "0.025",
      price: "60000",
      triggerPrice: "59000",
    });
    expect(JSON.parse(amendBody(id, instrument, { price: Ticks(1), reduceOnly: false }))).toEqual({
      ...reference,
      price: "0.1",
    });
    expect(JSON.parse(cancelBody(id, instrument))).toEqual(reference);
    expect(() => amendBody(id, instrument, { quantity: Lots(0), reduceOnly: true })).toThrow(RangeError);
    expect(() => cancelBody(ClientOrderId('ct"'), instrument)).toThrow(RangeError);
  });

  test("goes out in the documented frame, exactly the body that REST would send", () => {
    const body = orderBody(order, instrument);
    expect(
      JSON.parse(orderFrame("create", 7, { stampMs: 1_711_001_595_207, windowMs: 4_990 }, body)),
    ).toEqual({
      reqId: "7",
      header: { "X-BAPI-TIMESTAMP": "1711001595207", "X-BAPI-RECV-WINDOW": "4990" },
      op: "order.create",
      args: [JSON.parse(body)],
    });
  });
});

test("a query keeps its order, encodes once and leaves out what is absent", () => {
  expect(
    queryText({ category: "linear", cursor: "a%3D1", symbol: undefined, settleCoin: "", limit: 5 }),
  ).toBe("category=linear&cursor=a%253D1&limit=5");
});

test("the symbol of an instrument", () => {
  expect(symbolOf(instrument.id)).toBe("BTCUSDT");
});
