/** What waits for its turn at the limits, while the account is halted: increases are held back, reductions go. */
import { describe, expect, test } from "vitest";
import { approvedChange, approvedOrder } from "../../../test/conformance/order-fixture.ts";
import { ACCOUNT, ScriptedBybit, VENUE } from "../../../test/conformance/scripted-bybit.ts";
import { Lots } from "../../core/model/amounts.ts";
import { ClientOrderId, InstrumentId } from "../../core/model/identifiers.ts";
import type { Capabilities } from "../exchange.ts";

const BITCOIN = InstrumentId("BTCUSDT", VENUE);
const STREAM: Capabilities = { orderEntryStream: true, hedgeMode: true };
const order = (clientOrderId: string, reduceOnly = false) =>
  approvedOrder({ account: ACCOUNT, instrument: BITCOIN, lots: 100, clientOrderId, reduceOnly });

function opened(capabilities: Capabilities) {
  const bybit = new ScriptedBybit({ ordersPerSecond: 1 });
  for (const action of ["create", "amend"])
    bybit.answers.set(`/v5/order/${action}`, () => ({ orderId: "venue-1", orderLinkId: "" }));
  const connection = bybit.connect("follower", {}, capabilities);
  connection.open();
  bybit.outside.clock.advance(200);
  bybit.events.length = 0;
  bybit.outside.http.requests.length = 0;
  return { bybit, connection };
}

/** Of orders and amendments, in the order in which they left. */
function left({ outside }: ScriptedBybit): readonly string[] {
  const texts = [
    ...outside.sockets.opened.flatMap(({ sent }) => sent),
    ...outside.http.requests.map(({ body = "" }) => body),
  ];
  return texts.flatMap((text) => [...text.matchAll(/"orderLinkId":"([^"]+)"/g)].map(([, id]) => String(id)));
}

/** So many turns, a second apart, at a venue that takes whatever comes. */
function pass(bybit: ScriptedBybit, turns: number): void {
  for (let turn = 1; turn <= turns; turn += 1) {
    const socket = bybit.outside.sockets.last("/v5/trade");
    socket?.say({ reqId: String(turn), op: "order.create", retCode: 0, data: { orderId: "venue-1" } });
    bybit.outside.clock.advance(1_100);
  }
}

describe.each([
  ["by the order-entry stream", STREAM],
  ["by REST", { ...STREAM, orderEntryStream: false }],
])("orders that wait for their turn %s", (_, capabilities) => {
  test("go when it comes", () => {
    const { bybit, connection } = opened(capabilities);
    connection.submit([order("ct-1"), order("ct-2")]);
    expect(left(bybit)).toEqual(["ct-1"]);
    pass(bybit, 3);
    expect(left(bybit)).toEqual(["ct-1", "ct-2"]);
  });

  test("are held back where they increase and the account takes no more risk, and reductions go", () => {
    const { bybit, connection } = opened(capabilities);
    connection.submit([order("ct-1"), order("ct-2"), order("ct-3", true)]);
    bybit.mayAdd = false;
    pass(bybit, 3);
    expect(left(bybit)).toEqual(["ct-1", "ct-3"]);
    expect(bybit.events).toContainEqual(
      expect.objectContaining({
        kind: "order-rejected",
        clientOrderId: "ct-2",
        rejection: { class: "try-again", code: 0, text: expect.stringContaining("never sent") },
      }),
    );
    bybit.mayAdd = true;
    pass(bybit, 3);
    expect(left(bybit)).toEqual(["ct-1", "ct-3"]);
  });
});

test("a change that increases, and waits for its turn, is held back like an order", () => {
  const { bybit, connection } = opened(STREAM);
  const change = approvedChange({ quantity: Lots(200) });
  connection.amend(ClientOrderId("ct-1"), BITCOIN, change);
  connection.amend(ClientOrderId("ct-2"), BITCOIN, change);
  bybit.mayAdd = false;
  pass(bybit, 3);
  expect(left(bybit)).toEqual(["ct-1"]);
  expect(bybit.events).toContainEqual(
    expect.objectContaining({
      kind: "order-amend-refused",
      clientOrderId: "ct-2",
      refusal: expect.objectContaining({ class: "try-again" }),
    }),
  );
});
