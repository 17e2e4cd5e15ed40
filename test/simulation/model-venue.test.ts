/** The model venue keeps the promises of real ones about orders that rest: what simulations are judged by is itself judged. */
import { describe, expect, test } from "vitest";
import { Ticks } from "../../src/core/model/amounts.ts";
import { MARKET, type OrderForm } from "../../src/core/order.ts";
import { BTC_SPEC } from "../core/story.ts";
import { ModelVenue, type VenueOrder } from "./model-venue.ts";

const SYMBOL = "BTCUSDT";
const limit = (price: number, timeInForce: "GTC" | "IOC" | "FOK" | "PostOnly" = "GTC"): OrderForm => ({
  kind: "limit",
  price: Ticks(price),
  timeInForce,
});
const stop = (trigger: number): OrderForm => ({
  kind: "conditional",
  trigger: Ticks(trigger),
  by: "mark",
  direction: "falls",
  becomes: MARKET,
});

function world() {
  const venue = new ModelVenue([BTC_SPEC], () => 1);
  const account = venue.addAccount("one", "one-way", 1_000_000);
  let ids = 0;
  const send = (side: "buy" | "sell", steps: number, form: OrderForm, reduceOnly = false): VenueOrder => {
    const clientOrderId = `ct${++ids}`;
    const ticket = { symbol: SYMBOL, leg: "net", side, steps, reduceOnly, clientOrderId, form } as const;
    const answer = venue.place(account, ticket);
    if (answer.kind === "rejected") throw new Error(`refused: ${answer.code}`);
    venue.match(account, answer.order, { share: 1, executions: 1 });
    return answer.order;
  };
  const move = (ticks: number): void => {
    venue.prices.set(SYMBOL, ticks);
    venue.priceMoved(SYMBOL);
  };
  const held = (): number => venue.position(account, SYMBOL, "net").steps;
  move(600_000);
  return { venue, account, send, move, held };
}

describe("orders that rest", () => {
  test("a limit rests until its price comes, and fills at it", () => {
    const { account, send, move, held } = world();
    const order = send("buy", 10, limit(590_000));
    expect([order.status, held()]).toEqual(["working", 0]);
    move(580_000);
    expect([order.status, held()]).toEqual(["filled", 10]);
    expect(account.fills[0]?.price).toBe("59000");
  });

  test.each([
    ["IOC", 590_000, "cancelled"],
    ["FOK", 590_000, "cancelled"],
    ["PostOnly", 610_000, "cancelled"],
    ["PostOnly", 590_000, "working"],
    ["IOC", 610_000, "filled"],
    ["FOK", 610_000, "filled"],
    ["GTC", 610_000, "filled"],
  ] as const)("%s at %d is %s", (timeInForce, price, status) => {
    const { send } = world();
    expect(send("buy", 10, limit(price, timeInForce)).status).toBe(status);
  });

  test("a stop waits, reduces what is held and no more, and ends", () => {
    const { send, move, held } = world();
    send("buy", 10, MARKET);
    const order = send("sell", 25, stop(590_000), true);
    move(595_000);
    expect([order.status, held()]).toEqual(["untriggered", 10]);
    move(590_000);
    expect([order.status, order.filledSteps, held()]).toEqual(["cancelled", 10, 0]);
  });

  test("is cancelled once, and amended while it is open", () => {
    const { venue, account, send, held } = world();
    const order = send("buy", 10, limit(590_000));
    expect(venue.amend(account, order.clientOrderId, { price: 595_000, steps: 15 })).toBe(order);
    expect([order.price, order.steps, order.status]).toEqual([595_000, 15, "working"]);
    expect(venue.amend(account, order.clientOrderId, { trigger: 1 })).toBe("refused");
    expect(venue.amend(account, order.clientOrderId, { price: 605_000 })).toBe(order);
    expect([order.status, held()]).toEqual(["filled", 15]);
    expect(venue.cancel(account, order.clientOrderId)).toBeNull();
    const other = send("sell", 5, stop(590_000), true);
    expect(venue.cancel(account, other.clientOrderId)).toBe(other);
    expect([other.status, venue.cancel(account, other.clientOrderId)]).toEqual(["cancelled", null]);
  });
});
