/** Orders in the venue's words: valid JSON of the documented shape, and nothing that needs escaping. */
import { describe, expect, test } from "vitest";
import { approvedOrder, testInstrument } from "../../../test/conformance/order-fixture.ts";
import { Lots } from "../../core/model/amounts.ts";
import { AccountId, ClientOrderId, VenueId } from "../../core/model/identifiers.ts";
import { orderBody, orderFrame, queryText, symbolOf } from "./format.ts";

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
