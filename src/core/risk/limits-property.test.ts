/**
 * No sequence of events passes a limit known at the decision, whatever the order in which fills arrive; and what its leaders
 * close, a follower closes. The venue of these stories keeps its own books, and what the core sent is judged by them alone.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Portfolio } from "../../../test/core/portfolio.ts";
import { FOLLOWER, VENUE } from "../../../test/core/story.ts";
import type { Decision } from "../decision.ts";
import type { Event } from "../event.ts";
import { type ClientOrderId, InstrumentId, TradeId, VenueOrderId } from "../model/identifiers.ts";
import type { ApprovedOrder } from "../order.ts";

const SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT"] as const;
const LEADERS = ["leader", "second"] as const;
/** Value of a lot at a tick, in USDT, is a ten-thousandth. */
const LOT_TICKS_PER_USDT = 10_000;
const EQUITY = 10_000;
const RATE = 25;

interface Sent {
  readonly order: ApprovedOrder;
  readonly symbol: string;
  filled: number;
  done: boolean;
}

/** Held on the venue and what may still fill there; messages about it wait until they are delivered. */
class Books {
  readonly story: Portfolio;
  readonly held = new Map<string, number>();
  readonly sent = new Map<ClientOrderId, Sent>();
  readonly increasesAtMs: number[] = [];
  readonly breaches: string[] = [];
  readonly #share: number;
  readonly #messages: (() => Event)[] = [];
  #sequence = 1_000_000;
  equity = EQUITY;

  constructor(share: number) {
    this.#share = share;
    const limits = {
      portfolioExposure: { share: String(share), measure: "gross" },
      symbolExposure: { share: String(share / 2), measure: "gross" },
      freeMarginReserve: "0.05",
      ordersPerMinute: RATE,
    } as const;
    this.story = new Portfolio({ limits, leaders: LEADERS });
  }

  take(decision: Decision): void {
    for (const { order, market } of decision.orders) {
      const { symbol } = market.instrument.spec;
      this.sent.set(order.clientOrderId, { order, symbol, filled: 0, done: false });
      if (!order.reduceOnly) this.#judge(symbol);
      this.#judgeReduction(order, symbol);
    }
  }

  /** After an increase: at the furthest that open orders can take it, nothing is past a limit. */
  #judge(symbol: string): void {
    const gross = SYMBOLS.reduce((sum, one) => sum + this.#furthest(one), 0);
    if (gross > this.#share * this.equity * LOT_TICKS_PER_USDT) this.breaches.push(`gross ${gross}`);
    const one = this.#furthest(symbol);
    if (one * 2 > this.#share * this.equity * LOT_TICKS_PER_USDT) this.breaches.push(`${symbol} ${one}`);
    // Ten times leverage: a tenth is tied up.
    if (gross > 9.5 * this.equity * LOT_TICKS_PER_USDT) this.breaches.push(`margin of ${gross}`);
    const { nowMs } = this.story;
    this.increasesAtMs.push(nowMs);
    const recent = this.increasesAtMs.filter((atMs) => atMs > nowMs - 60_000).length;
    if (recent > RATE) this.breaches.push(`${recent} orders in a minute`);
  }

  #judgeReduction(order: ApprovedOrder, symbol: string): void {
    const held = this.held.get(symbol) ?? 0;
    if (order.reduceOnly && Math.sign(order.lots) === Math.sign(held)) this.breaches.push(`${symbol} grows`);
  }

  #furthest(symbol: string): number {
    let [most, least] = [this.held.get(symbol) ?? 0, this.held.get(symbol) ?? 0];
    for (const { order, symbol: of, filled, done } of this.sent.values()) {
      if (of !== symbol || done) continue;
      const rest = Math.abs(order.lots) - filled;
      if (order.lots > 0) most += rest;
      else least -= rest;
    }
    const ticks = this.story.state.quotes.get(InstrumentId(symbol, VENUE))?.mark ?? 0;
    return Math.max(Math.abs(most), Math.abs(least)) * ticks;
  }

  /** The venue fills a part of an open order; the rest is cancelled with it, or stays. */
  fills(which: number, share: number, ends: boolean): void {
    const open = [...this.sent.values()].filter(({ done }) => !done);
    const sent = open[which % Math.max(open.length, 1)];
    if (sent === undefined) return;
    const rest = Math.abs(sent.order.lots) - sent.filled;
    const lots = ends && share === 0 ? 0 : Math.max(1, Math.floor(rest * share));
    this.#fill(sent, lots, ends || lots === rest);
  }

  #fill(sent: Sent, lots: number, done: boolean): void {
    const { order, symbol } = sent;
    const side = order.lots > 0 ? ("buy" as const) : ("sell" as const);
    sent.filled += lots;
    sent.done = done;
    this.held.set(symbol, (this.held.get(symbol) ?? 0) + (side === "buy" ? lots : -lots));
    this.#sequence += 1;
    const [sequence, filled] = [this.#sequence, sent.filled];
    const { nowMs } = this.story;
    const { clientOrderId, instrument, leg, reduceOnly } = order;
    const place = { instrument, leg, clientOrderId, venueOrderId: VenueOrderId(`v${clientOrderId}`), side };
    const quantity = (size: number) => String(size / 1_000);
    const holds = quantity(this.held.get(symbol) ?? 0);
    const whole = { status: "filled", venueReason: "" } as const;
    const cut = { status: "cancelled", venueReason: "no liquidity" } as const;
    const status = !done
      ? ({ status: "working", venueReason: "" } as const)
      : filled === Math.abs(order.lots)
        ? whole
        : cut;
    if (lots > 0)
      this.#messages.push(() => ({
        kind: "follower-filled",
        account: FOLLOWER,
        ...place,
        tradeId: TradeId(`f${sequence}`),
        quantity: quantity(lots),
        price: "1",
        fee: "0",
        sequence,
        venueTimeMs: nowMs,
        receivedAtMs: this.story.nowMs,
      }));
    this.#messages.push(
      () => ({
        kind: "order-reported",
        account: FOLLOWER,
        atMs: this.story.nowMs,
        order: {
          ...place,
          ...status,
          quantity: quantity(Math.abs(order.lots)),
          filledQuantity: quantity(filled),
          averagePrice: "1",
          reduceOnly,
          venueTimeMs: nowMs,
        },
      }),
      () => ({
        kind: "follower-position-reported",
        account: FOLLOWER,
        receivedAtMs: this.story.nowMs,
        position: {
          instrument,
          leg,
          quantity: holds,
          entryPrice: holds === "0" ? "" : "1",
          leverage: "10",
          sequence,
          venueTimeMs: nowMs,
        },
      }),
    );
  }

  /** One of the waiting messages arrives, in whatever order. */
  delivers(which: number): void {
    const [message] = this.#messages.splice(which % Math.max(this.#messages.length, 1), 1);
    this.story.nowMs += 1;
    if (message !== undefined) this.take(this.story.feed(message()));
  }

  /** Everything fills and arrives, and what follows of it. */
  settles(): void {
    for (let round = 0; round < 200; round += 1) {
      for (const sent of this.sent.values())
        if (!sent.done) this.#fill(sent, Math.abs(sent.order.lots) - sent.filled, true);
      while (this.#messages.length > 0) this.delivers(0);
      this.waits(400);
      if ([...this.sent.values()].every(({ done }) => done) && this.#messages.length === 0 && round > 20)
        return;
    }
    throw new Error("it did not come to rest");
  }

  waits(ms: number): void {
    this.story.nowMs += ms;
    this.take(this.story.feed({ kind: "clock-ticked", atMs: this.story.nowMs }));
  }
}

const STEP = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("lead" as const),
      symbol: fc.constantFrom(...SYMBOLS),
      leader: fc.constantFrom(...LEADERS),
      side: fc.constantFrom("buy" as const, "sell" as const),
      usdt: fc.integer({ min: 10, max: 30_000 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("fill" as const),
      which: fc.nat(5),
      share: fc.constantFrom(0, 0.3, 1),
      ends: fc.boolean(),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("deliver" as const), which: fc.nat(9) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("price" as const),
      symbol: fc.constantFrom(...SYMBOLS),
      percent: fc.integer({ min: 80, max: 125 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("equity" as const),
      equity: fc.integer({ min: 500, max: 20_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
  },
);
type StepOf = typeof STEP extends fc.Arbitrary<infer One> ? One : never;

function take(books: Books, step: StepOf): void {
  const { story } = books;
  const ticksOf = (symbol: string) => story.state.quotes.get(InstrumentId(symbol, VENUE))?.mark ?? 1;
  switch (step.kind) {
    case "lead": {
      const lots = Math.max(1, Math.floor((step.usdt * LOT_TICKS_PER_USDT) / ticksOf(step.symbol)));
      return books.take(story.leads(step.symbol, step.side, String(lots / 1_000), step.leader));
    }
    case "fill":
      return books.fills(step.which, step.share, step.ends);
    case "deliver":
      return books.delivers(step.which);
    case "price": {
      const ticks = Math.max(10, Math.round((ticksOf(step.symbol) * step.percent) / 100));
      return books.take(story.price(step.symbol, String(ticks / 10)));
    }
    case "equity":
      books.equity = step.equity;
      return books.take(story.figures(String(step.equity)));
    case "wait":
      return books.waits(step.ms);
  }
}

describe("limits before an order", () => {
  it("are not passed by any sequence of events, in whatever order fills arrive (pain 27)", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0.5, 2, 10, 20),
        fc.array(STEP, { minLength: 20, maxLength: 120 }),
        (share, steps) => {
          const books = new Books(share);
          for (const step of steps) take(books, step);
          expect(books.breaches).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("never keep a follower from closing what its leaders close", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0.5, 10),
        fc.array(STEP, { minLength: 5, maxLength: 60 }),
        (share, steps) => {
          const books = new Books(share);
          for (const step of steps) take(books, step);
          books.story.figures("1");
          for (const { account, holdings } of books.story.state.leaders.values()) {
            for (const [id, legs] of holdings) {
              const lots = legs.get("net")?.lots ?? 0;
              if (lots === 0) continue;
              const side = lots > 0 ? "sell" : "buy";
              const symbol = id.split("@")[0] ?? "";
              books.take(books.story.leads(symbol, side, String(Math.abs(lots) / 1_000), account));
            }
          }
          books.settles();
          expect([...books.held.values()].every((lots) => lots === 0)).toBe(true);
          expect(books.breaches).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });
});
