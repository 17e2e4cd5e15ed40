/** A journal gives back every form of order, cancellation and amendment exactly, and reads older records as at market. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { at, limitAt, stopAt } from "../../test/core/resting-orders.ts";
import { onlyOrder, Story } from "../../test/core/story.ts";
import { emptyDraft } from "./decision.ts";
import { decodeDecision, encodeDecision } from "./decision-codec.ts";
import { Lots, Ticks } from "./model/amounts.ts";
import { ClientOrderId } from "./model/identifiers.ts";
import { type LimitForm, MARKET, type OrderForm } from "./order.ts";
import { decodeForm, encodeForm } from "./order-form-codec.ts";
import { requestOf } from "./reconcile.ts";
import { restoreApproved, restoreChange } from "./risk/check-risk.ts";

const ticks = fc.integer({ min: 1, max: 1_000_000 }).map(Ticks);
const limits: fc.Arbitrary<LimitForm> = fc.record({
  kind: fc.constant("limit" as const),
  price: ticks,
  timeInForce: fc.constantFrom("GTC" as const, "IOC" as const, "FOK" as const, "PostOnly" as const),
});
const forms: fc.Arbitrary<OrderForm> = fc.oneof(
  fc.constant(MARKET),
  limits,
  fc.record({
    kind: fc.constant("conditional" as const),
    trigger: ticks,
    by: fc.constantFrom("last" as const, "mark" as const),
    direction: fc.constantFrom("rises" as const, "falls" as const),
    becomes: fc.oneof(fc.constant(MARKET), limits),
  }),
);

it("every form is given back", () => {
  fc.assert(
    fc.property(forms, (form) => {
      expect(decodeForm(encodeForm(form))).toEqual(form);
    }),
  );
});

it.each([[[]], [[7]], [[1]], [[1, 5]], [[1, 5, 9]], [[2, 5, 0]], [[2, 5, 0, 0]], [[2, 5, 0, 7, 0]]])(
  "%j is no form",
  (numbers) => {
    expect(() => decodeForm(numbers)).toThrow("order form");
  },
);

it("a decision is given back with its orders of all forms and purposes, its cancellations and its amendments", () => {
  const story = new Story();
  const leg = story.leg();
  const { market } = leg;
  const wishes = [
    { purpose: "rebalance", form: MARKET, part: 0, lots: 5, reduceOnly: false },
    { purpose: "take-profit", form: limitAt(70_000), part: 0, lots: -2, reduceOnly: true },
    { purpose: "take-profit", form: limitAt(80_000), part: 1, lots: -3, reduceOnly: true },
    { purpose: "stop", form: stopAt(50_000), part: 0, lots: -5, reduceOnly: true },
    {
      purpose: "rebalance",
      form: { ...limitAt(60_100), timeInForce: "IOC" } as OrderForm,
      part: 0,
      lots: 1,
      reduceOnly: false,
    },
  ] as const;
  const orders = wishes.map((wish) => {
    const request = requestOf(story.state, leg, { ...wish, lots: Lots(wish.lots) }, null);
    return { market, order: restoreApproved(request), shares: null };
  });
  const id = ClientOrderId("ctabcdefgh000000000000010");
  const changes = [
    { price: at(60_000), reduceOnly: false },
    { quantity: Lots(7), triggerPrice: at(50_500), reduceOnly: true },
  ];
  const decision = {
    ...emptyDraft(),
    orders,
    cancels: [{ market, clientOrderId: id }],
    amends: changes.map((change) => ({ market, clientOrderId: id, change: restoreChange(change) })),
  };
  const text = encodeDecision(story.state, decision);
  const read = decodeDecision(story.state, text);
  expect(read.orders).toEqual(orders);
  expect([read.cancels, read.amends]).toEqual([decision.cancels, decision.amends]);
});

it("an order at market is recorded as ever, and a record of an earlier version is one", () => {
  const story = new Story();
  const order = onlyOrder(story.leaderFill("buy", "0.020"));
  expect(order).toMatchObject({ purpose: "rebalance", form: { kind: "market" }, part: 0 });
  const [read] = decodeDecision(story.state, '{"o":[0,0,10,0]}').orders;
  expect(read?.order).toMatchObject({ lots: 10, purpose: "rebalance", form: { kind: "market" } });
});
