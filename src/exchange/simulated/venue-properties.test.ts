/**
 * What must hold after any sequence of operations: money is conserved and explained by the executions, positions are the
 * sum of their fills, the book is never crossed, orders that reduce never flip, and the same inputs give the same events.
 */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { expectBalanced, type Fixture, makeFixture } from "../../../test/venue-fixture.ts";
import { Decimal } from "../../core/model/decimal.ts";
import type { OrderRequest, PositionIndex, PositionMode, VenueOptions } from "./venue-types.ts";

const ACCOUNTS = ["a", "b", "c"] as const;
const SYMBOLS = ["BTCUSDT", "1000PEPEUSDT"] as const;
const TICK = { BTCUSDT: 0.1, "1000PEPEUSDT": 0.000001 };
const PLACES = { BTCUSDT: 1, "1000PEPEUSDT": 6 };
const STEP = { BTCUSDT: 0.001, "1000PEPEUSDT": 100 };

const account = fc.constantFrom(...ACCOUNTS);
const symbol = fc.constantFrom(...SYMBOLS);

/** Undefined most of the time. */
function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

const order = fc.record({
  kind: fc.constant("order" as const),
  account,
  symbol,
  side: fc.constantFrom("Buy" as const, "Sell" as const),
  /** Mostly small, at times more than the margin carries for long. */
  steps: fc.oneof(fc.integer({ min: 1, max: 4000 }), fc.integer({ min: 1, max: 16_000 })),
  /** Ticks from the last price; undefined is a market order. */
  ticks: fc.option(fc.integer({ min: -100, max: 100 }), { nil: undefined }),
  timeInForce: fc.constantFrom(
    "GTC" as const,
    "GTC" as const,
    "IOC" as const,
    "FOK" as const,
    "PostOnly" as const,
  ),
  reduceOnly: rarely(fc.constant(true)).map((value) => value === true),
  leg: fc.constantFrom(1 as const, 2 as const),
  smpType: fc.constantFrom("None" as const, "None" as const, "CancelMaker" as const, "CancelBoth" as const),
  stops: rarely(fc.record({ distance: fc.integer({ min: 1, max: 400 }), partial: fc.boolean() })),
  trigger: rarely(fc.integer({ min: -200, max: 200 })),
});
const operation = fc.oneof(
  { weight: 8, arbitrary: order },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("amend" as const),
      account,
      pick: fc.nat(20),
      steps: fc.integer({ min: 1, max: 4000 }),
      ticks: fc.integer({ min: -100, max: 100 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("cancel" as const), account, pick: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("price" as const),
      symbol,
      permille: fc.integer({ min: -60, max: 60 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("time" as const), ms: fc.integer({ min: 1, max: 10_000_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("transfer" as const),
      account,
      amount: fc.integer({ min: -50_000, max: 50_000 }),
    }),
  },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;
type Order = typeof order extends fc.Arbitrary<infer T> ? T : never;
type Symbol = (typeof SYMBOLS)[number];

function priceText(symbol: Symbol, price: number): string {
  return (Math.max(1, Math.round(price / TICK[symbol])) * TICK[symbol]).toFixed(PLACES[symbol]);
}

function quantityText(symbol: Symbol, steps: number): string {
  return symbol === "BTCUSDT" ? (steps * STEP.BTCUSDT).toFixed(3) : String(steps * STEP[symbol]);
}

function requestOf(fixture: Fixture, wanted: Order, mode: PositionMode): OrderRequest {
  const last = Number(fixture.venue.ticker(wanted.symbol)?.lastPrice);
  const at = (ticks: number) => priceText(wanted.symbol, last + ticks * TICK[wanted.symbol]);
  const sign = wanted.side === "Buy" ? 1 : -1;
  const positionIdx: PositionIndex = mode === "hedge" ? wanted.leg : 0;
  return {
    symbol: wanted.symbol,
    side: wanted.side,
    orderType: wanted.ticks === undefined ? "Market" : "Limit",
    qty: quantityText(wanted.symbol, wanted.steps),
    timeInForce: wanted.timeInForce,
    reduceOnly: wanted.reduceOnly,
    positionIdx,
    smpType: wanted.smpType,
    ...(wanted.ticks === undefined ? {} : { price: at(wanted.ticks) }),
    ...(wanted.trigger === undefined ? {} : { triggerPrice: at(wanted.trigger) }),
    ...(wanted.stops === undefined || wanted.reduceOnly
      ? {}
      : {
          takeProfit: at((wanted.ticks ?? 0) + sign * wanted.stops.distance),
          stopLoss: at((wanted.ticks ?? 0) - sign * wanted.stops.distance),
          tpslMode: wanted.stops.partial ? ("Partial" as const) : ("Full" as const),
        }),
  };
}

function run(fixture: Fixture, step: Operation, mode: PositionMode): void {
  const { venue } = fixture;
  switch (step.kind) {
    case "order":
      venue.placeOrder(step.account, requestOf(fixture, step, mode));
      return;
    case "amend":
    case "cancel": {
      const open = venue.openOrders(step.account);
      const chosen = open[step.pick % Math.max(1, open.length)];
      if (chosen === undefined) return;
      const reference = { symbol: chosen.symbol, orderId: chosen.orderId };
      if (step.kind === "cancel") venue.cancelOrder(step.account, reference);
      else {
        const market: Symbol = chosen.symbol === "BTCUSDT" ? "BTCUSDT" : "1000PEPEUSDT";
        const last = Number(venue.ticker(market)?.lastPrice);
        const price = priceText(market, last + step.ticks * TICK[market]);
        venue.amendOrder(step.account, { ...reference, qty: quantityText(market, step.steps), price });
      }
      return;
    }
    case "price": {
      const last = Number(venue.ticker(step.symbol)?.lastPrice);
      venue.setPrice(step.symbol, priceText(step.symbol, last * (1 + step.permille / 1000)));
      return;
    }
    case "time":
      fixture.advance(step.ms);
      return;
    case "transfer":
      venue.transfer(step.account, "USDT", String(step.amount));
  }
}

function expectExplained(fixture: Fixture, key: string): void {
  const { venue } = fixture;
  let wallet = Decimal.zero;
  for (const row of venue.transactionLog(key)) wallet = wallet.plus(Decimal.parse(row.change));
  const sizes = new Map<string, Decimal>();
  for (const row of venue.executions(key)) {
    if (row.execType === "Funding") continue;
    const leg = `${row.symbol} ${row.positionIdx}`;
    const signed = Decimal.parse(row.side === "Buy" ? row.execQty : `-${row.execQty}`);
    sizes.set(leg, (sizes.get(leg) ?? Decimal.zero).plus(signed));
  }
  const held = venue.positions(key).map((row) => {
    return [`${row.symbol} ${row.positionIdx}`, `${row.side === "Sell" ? "-" : ""}${row.size}`];
  });
  const filled = [...sizes].filter(([, size]) => !size.isZero).map(([leg, size]) => [leg, size.toString()]);
  expect(held.sort()).toEqual(filled.sort());
  // An account that was liquidated may have been topped up by the insurance fund.
  const liquidated = venue.transactionLog(key).some((row) => row.type === "LIQUIDATION");
  if (!liquidated) expect(venue.wallet(key)?.totalWalletBalance).toBe(wallet.toString());
}

function expectSound(fixture: Fixture): void {
  expectBalanced(fixture);
  for (const market of SYMBOLS) {
    const book = fixture.venue.book(market, 3);
    expect(Number(book?.bids[0]?.[0])).toBeLessThan(Number(book?.asks[0]?.[0]));
  }
  for (const key of ACCOUNTS) {
    expectExplained(fixture, key);
    expectOrdersFit(fixture, key);
  }
}

/** Resting orders that only reduce are never larger than what they reduce; without orders no margin is reserved. */
function expectOrdersFit(fixture: Fixture, key: string): void {
  const open = fixture.venue.openOrders(key);
  const size = new Map(fixture.venue.positions(key).map((row) => [`${row.symbol} ${row.positionIdx}`, row]));
  for (const row of open) {
    if (!row.reduceOnly || row.orderStatus === "Untriggered") continue;
    const held = size.get(`${row.symbol} ${row.positionIdx}`);
    expect(held?.side).not.toBe(row.side);
    expect(Number(row.leavesQty)).toBeLessThanOrEqual(Number(held?.size));
  }
  const reserving = open.some((row) => row.orderStatus !== "Untriggered" && !row.reduceOnly);
  if (!reserving) expect(fixture.venue.wallet(key)?.coins[0]?.totalOrderIM).toBe("0");
}

function expectReducersOnlyClose(fixture: Fixture): void {
  for (const event of fixture.events) {
    if (event.kind !== "executed" || event.row.execType === "Funding") continue;
    const found = fixture.venue.order(event.account, { orderId: event.row.orderId });
    if (found?.reduceOnly === true) expect(event.row.closedSize).toBe(event.row.execQty);
    if (event.row.positionIdx === 1 && event.row.side === "Sell")
      expect(event.row.closedSize).toBe(event.row.execQty);
    if (event.row.positionIdx === 2 && event.row.side === "Buy")
      expect(event.row.closedSize).toBe(event.row.execQty);
  }
}

test.each(["one-way", "hedge"] as const)(
  "any trading in %s mode leaves sound books",
  (mode) => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 5, maxLength: 60, size: "max" }), (steps) => {
        const fixture = makeFixture({}, mode);
        for (const step of steps) {
          run(fixture, step, mode);
          expectBalanced(fixture);
        }
        expectSound(fixture);
        expectReducersOnlyClose(fixture);
      }),
      { numRuns: 80 },
    );
  },
  60_000,
);

test("the legs of hedge mode do not touch each other", () => {
  fc.assert(
    fc.property(fc.array(order, { maxLength: 30 }), (orders) => {
      const both = makeFixture({}, "hedge");
      const longOnly = makeFixture({}, "hedge");
      const plain = orders.map((one) => ({
        ...one,
        ticks: undefined,
        account: "a" as const,
        steps: 1 + (one.steps % 50),
      }));
      for (const one of plain) {
        run(both, one, "hedge");
        if (one.leg === 1) run(longOnly, one, "hedge");
      }
      const longs = (fixture: Fixture) => fixture.venue.positions("a").filter((row) => row.positionIdx === 1);
      const shape = (fixture: Fixture) =>
        longs(fixture).map((row) => [row.symbol, row.size, row.avgPrice, row.cumRealisedPnl]);
      expect(shape(both).sort()).toEqual(shape(longOnly).sort());
    }),
    { numRuns: 60 },
  );
});

function eventHash(steps: readonly Operation[], options: Partial<VenueOptions>): string {
  const fixture = makeFixture(options);
  for (const step of steps) run(fixture, step, "one-way");
  fixture.advance(5000);
  return createHash("sha256").update(JSON.stringify(fixture.events)).digest("hex");
}

test("the same seed and inputs give the same events, another seed others", () => {
  fc.assert(
    fc.property(fc.array(operation, { minLength: 3, maxLength: 20 }), (steps) => {
      const short = steps.map((step) => (step.kind === "time" ? { ...step, ms: step.ms % 20_000 } : step));
      const moving = { liquidity: { kind: "moving" as const }, seed: 7 };
      expect(eventHash(short, moving)).toBe(eventHash(short, moving));
      expect(eventHash(short, { ...moving, seed: 8 })).not.toBe(eventHash(short, moving));
    }),
    { numRuns: 15 },
  );
});

test("trading in a moving market leaves sound books too", () => {
  fc.assert(
    fc.property(
      fc.array(operation, { minLength: 10, maxLength: 40, size: "max" }),
      fc.nat(1000),
      (steps, seed) => {
        const fixture = makeFixture({ liquidity: { kind: "moving" }, seed });
        for (const step of steps) {
          run(fixture, step.kind === "time" ? { ...step, ms: step.ms % 30_000 } : step, "one-way");
          expectBalanced(fixture);
        }
        expectSound(fixture);
      },
    ),
    { numRuns: 25 },
  );
});
