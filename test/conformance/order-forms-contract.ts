/**
 * The part of every connection's contract that is about orders which rest: each form, cancelling and amending, and the loss
 * of each answer. The market stands at 60,000 before each test.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { OrderRow } from "../../src/core/event.ts";
import { Lots, Ticks } from "../../src/core/model/amounts.ts";
import { ClientOrderId } from "../../src/core/model/identifiers.ts";
import type { ConditionalForm, LimitForm, OrderForm, TimeInForce } from "../../src/core/order.ts";
import type { ContractAccount, ContractWorld } from "./exchange-contract.ts";
import { approvedChange, approvedOrder } from "./order-fixture.ts";

/** Whole units of the settle coin as ticks of 0.1. */
const at = (price: number): Ticks => Ticks(price * 10);
const limit = (price: number, timeInForce: TimeInForce = "GTC"): LimitForm => ({
  kind: "limit",
  price: at(price),
  timeInForce,
});
const when = (
  direction: "rises" | "falls",
  trigger: number,
  more: Partial<ConditionalForm> = {},
): ConditionalForm => ({
  kind: "conditional",
  trigger: at(trigger),
  by: "last",
  direction,
  becomes: { kind: "market" },
  ...more,
});

let idCount = 0;

export function describeOrderForms(name: string, makeWorld: () => Promise<ContractWorld>): void {
  describe(`${name}: orders that rest`, () => {
    let world: ContractWorld;
    beforeAll(async () => {
      world = await makeWorld();
    });
    afterAll(() => world.close());
    beforeEach(() => world.setPrice("60000"));

    async function opened(): Promise<ContractAccount> {
      const account = await world.account("follower", "one-way");
      account.connection.open();
      await account.next("follower-snapshot-taken");
      return account;
    }

    function submit(
      account: ContractAccount,
      lots: number,
      form: OrderForm,
      more: { readonly reduceOnly?: boolean } = {},
    ): ClientOrderId {
      const clientOrderId = ClientOrderId(`ct-form-${Date.now().toString(36)}-${++idCount}`);
      const wish = { account: account.connection.account, instrument: world.instrument, clientOrderId };
      account.connection.submit([approvedOrder({ ...wish, lots, form, ...more })]);
      return clientOrderId;
    }

    /** The first report of the order in this state. */
    async function reported(
      account: ContractAccount,
      id: ClientOrderId,
      status: OrderRow["status"],
      matches: (order: OrderRow) => boolean = () => true,
    ): Promise<OrderRow> {
      const { order } = await account.next(
        "order-reported",
        (event) => event.order.clientOrderId === id && event.order.status === status && matches(event.order),
      );
      return order;
    }

    async function holding(account: ContractAccount, lots: number): Promise<void> {
      const id = submit(account, lots, { kind: "market" });
      await reported(account, id, "filled");
      await account.until(() => account.held("net") === lots / 1_000);
    }

    async function listed(account: ContractAccount): Promise<readonly OrderRow[]> {
      account.events.length = 0;
      account.connection.requestSnapshot();
      return (await account.next("follower-snapshot-taken")).orders;
    }

    test("a limit order rests, is listed by snapshots, and fills at its price when that comes", async () => {
      const account = await opened();
      const id = submit(account, 20, limit(59_000));
      expect(await reported(account, id, "working")).toMatchObject({
        orderType: "limit",
        price: "59000",
        triggerPrice: "",
        quantity: "0.02",
        filledQuantity: "0",
      });
      expect(await listed(account)).toMatchObject([{ clientOrderId: id, status: "working", price: "59000" }]);
      await world.setPrice("58500");
      expect(await reported(account, id, "filled")).toMatchObject({ filledQuantity: "0.02" });
      const fill = await account.next("follower-filled", (event) => event.clientOrderId === id);
      expect(Number(fill.price)).toBe(59_000);
      expect(await listed(account)).toEqual([]);
      account.connection.close();
    });

    test.each([
      ["IOC", 59_000],
      ["FOK", 59_000],
      ["PostOnly", 60_400],
    ] as const)("%s at %d finds nobody and ends without a fill", async (timeInForce, price) => {
      const account = await opened();
      const id = submit(account, 10, limit(price, timeInForce));
      expect(await reported(account, id, "cancelled")).toMatchObject({ filledQuantity: "0" });
      expect(account.filled(id)).toBe(0);
      account.connection.close();
    });

    test.each(["GTC", "IOC", "FOK"] as const)("%s across the book is filled at once", async (timeInForce) => {
      const account = await opened();
      const id = submit(account, 10, limit(60_500, timeInForce));
      await reported(account, id, "filled");
      await account.until(() => account.filled(id) === 0.01);
      account.connection.close();
    });

    test("a resting exit only reduces", async () => {
      const account = await opened();
      await holding(account, 20);
      const id = submit(account, -20, limit(61_000, "PostOnly"), { reduceOnly: true });
      expect(await reported(account, id, "working")).toMatchObject({ reduceOnly: true, side: "sell" });
      await world.setPrice("61500");
      await reported(account, id, "filled");
      await account.until(() => account.held("net") === 0);
      account.connection.close();
    });

    test("a conditional order waits, is listed as untriggered, and goes to market when its price comes", async () => {
      const account = await opened();
      const id = submit(account, 10, when("rises", 61_000));
      expect(await reported(account, id, "untriggered")).toMatchObject({
        orderType: "market",
        price: "",
        triggerPrice: "61000",
      });
      expect(await listed(account)).toMatchObject([{ clientOrderId: id, status: "untriggered" }]);
      await world.setPrice("61200");
      await reported(account, id, "filled");
      await account.until(() => account.filled(id) === 0.01);
      account.connection.close();
    });

    test("a stop by the mark price becomes a limit order that reduces", async () => {
      const account = await opened();
      await holding(account, 10);
      const form = when("falls", 59_000, { by: "mark", becomes: limit(58_900) });
      const id = submit(account, -10, form, { reduceOnly: true });
      expect(await reported(account, id, "untriggered")).toMatchObject({
        orderType: "limit",
        price: "58900",
        triggerPrice: "59000",
        reduceOnly: true,
      });
      await world.setPrice("58950");
      await reported(account, id, "filled");
      await account.until(() => account.held("net") === 0);
      account.connection.close();
    });

    test("a trigger that was passed already is refused", async () => {
      const account = await opened();
      const id = submit(account, 10, when("rises", 59_000));
      const rejected = await account.next("order-rejected", (event) => event.clientOrderId === id);
      expect(rejected.rejection.class).toBe("trigger-passed");
      account.connection.close();
    });

    test.each([
      ["a limit order", limit(59_000), "working"],
      ["a conditional order", when("rises", 61_000), "untriggered"],
    ] as const)("%s is cancelled, once", async (_name, form, status) => {
      const account = await opened();
      const id = submit(account, 10, form);
      await reported(account, id, status);
      account.connection.cancel(id, world.instrument);
      await reported(account, id, "cancelled");
      account.connection.cancel(id, world.instrument);
      const refused = await account.next("order-cancel-refused");
      expect(refused).toMatchObject({ clientOrderId: id, refusal: { class: "already-gone" } });
      expect(await listed(account)).toEqual([]);
      account.connection.close();
    });

    test("cancelling and amending what the venue never had are told as gone", async () => {
      const account = await opened();
      const id = ClientOrderId("ct-form-never");
      account.connection.cancel(id, world.instrument);
      account.connection.amend(id, world.instrument, approvedChange({ price: at(59_000) }));
      const kinds = ["order-cancel-refused", "order-amend-refused"] as const;
      for (const kind of kinds)
        expect((await account.next(kind)).refusal).toMatchObject({ class: "already-gone" });
      account.connection.close();
    });

    test("a limit order keeps its id through new prices and quantities, until it meets the book", async () => {
      const account = await opened();
      const id = submit(account, 10, limit(59_000));
      await reported(account, id, "working");
      const change = { price: at(59_500), quantity: Lots(15) };
      account.connection.amend(id, world.instrument, approvedChange(change));
      await reported(account, id, "working", (row) => row.price === "59500" && row.quantity === "0.015");
      account.connection.amend(id, world.instrument, approvedChange({ price: at(60_500) }));
      await reported(account, id, "filled", (row) => row.filledQuantity === "0.015");
      account.connection.amend(id, world.instrument, approvedChange({ price: at(60_400) }));
      expect((await account.next("order-amend-refused")).refusal.class).toBe("already-gone");
      account.connection.close();
    });

    test("a conditional order's trigger is moved", async () => {
      const account = await opened();
      const id = submit(account, 10, when("rises", 62_000));
      await reported(account, id, "untriggered");
      account.connection.amend(id, world.instrument, approvedChange({ triggerPrice: at(61_000) }));
      await reported(account, id, "untriggered", (row) => row.triggerPrice === "61000");
      await world.setPrice("61100");
      await reported(account, id, "filled");
      account.connection.close();
    });

    test("an amendment that cannot be is refused, and the order stands as it was", async () => {
      const account = await opened();
      const id = submit(account, 10, limit(59_000));
      await reported(account, id, "working");
      account.connection.amend(id, world.instrument, approvedChange({ quantity: Lots(0) }));
      const { refusal } = await account.next("order-amend-refused");
      expect(["bad-request", "below-minimum"]).toContain(refusal.class);
      expect(await listed(account)).toMatchObject([{ price: "59000", quantity: "0.01" }]);
      account.connection.close();
    });

    test("the owner's resting orders are counted and not told", async () => {
      const account = await opened();
      await account.trade({ side: "buy", quantity: "0.01", price: "58000" });
      account.connection.requestSnapshot();
      const snapshot = await account.next("follower-snapshot-taken", (event) => event.foreignOrders === 1);
      expect(snapshot.orders).toEqual([]);
      account.connection.close();
    });

    test("a lost answer to an order that rests is unknown; the look-up finds it resting", async () => {
      const account = await opened();
      if (account.loseAnswers === undefined) return;
      await account.loseAnswers(true);
      const id = submit(account, 10, limit(59_000));
      await account.next("order-outcome-unknown", (event) => event.clientOrderId === id);
      await account.loseAnswers(false);
      account.events.length = 0;
      account.connection.lookUp(id, world.instrument);
      await reported(account, id, "working");
      account.connection.close();
    });

    test("a lost answer to a cancellation is unknown; the look-up says that it was carried out", async () => {
      const account = await opened();
      if (account.loseAnswers === undefined) return;
      const id = submit(account, 10, when("rises", 61_000));
      await reported(account, id, "untriggered");
      await account.loseAnswers(true);
      account.connection.cancel(id, world.instrument);
      const { refusal } = await account.next("order-cancel-refused");
      expect(refusal.class).toBe("unknown");
      await account.loseAnswers(false);
      account.events.length = 0;
      account.connection.lookUp(id, world.instrument);
      await reported(account, id, "cancelled");
      account.connection.close();
    });

    test("a lost answer to an amendment is unknown; the look-up tells the new terms", async () => {
      const account = await opened();
      if (account.loseAnswers === undefined) return;
      const id = submit(account, 10, limit(59_000));
      await reported(account, id, "working");
      await account.loseAnswers(true);
      account.connection.amend(id, world.instrument, approvedChange({ price: at(59_500) }));
      const { refusal } = await account.next("order-amend-refused");
      expect(refusal.class).toBe("unknown");
      await account.loseAnswers(false);
      account.events.length = 0;
      account.connection.lookUp(id, world.instrument);
      expect(await reported(account, id, "working")).toMatchObject({ price: "59500" });
      account.connection.close();
    });
  });
}
