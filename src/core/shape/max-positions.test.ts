/** How many positions may be open, of one allocation and of a follower. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { BTC_SPEC, FOLLOWER, LEADER, Story, VENUE } from "../../../test/core/story.ts";
import type { Decision } from "../decision.ts";
import { InstrumentId, TradeId, VenueOrderId } from "../model/identifiers.ts";
import type { ApprovedOrder } from "../order.ts";
import type { Allocation } from "../settings.ts";

const SYMBOLS = ["AUSDT", "BUSDT", "CUSDT", "DUSDT"] as const;
type Symbol = (typeof SYMBOLS)[number];
const id = (symbol: string) => InstrumentId(symbol, VENUE);

/** A follower of four instruments, copied one to one. */
class Markets {
  readonly story: Story;
  #sequence = 1_000;

  constructor(allocation: Partial<Allocation>) {
    const sizing = { kind: "multiplier", multiplier: "1" } as const;
    this.story = new Story({ allocation: { sizing, ...allocation } });
    const instruments = SYMBOLS.map((symbol) => ({ ...BTC_SPEC, symbol }));
    this.story.feed({ kind: "instruments-listed", instruments, atMs: this.story.nowMs });
    this.story.nowMs += 1_000;
    this.story.leaderSnapshot([]);
    const { nowMs: atMs } = this.story;
    for (const symbol of SYMBOLS) {
      const instrument = id(symbol);
      this.story.feed({ kind: "price-updated", instrument, bid: "60000", ask: "60000", mark: "60000", atMs });
      this.story.feed({
        kind: "market-described",
        account: FOLLOWER,
        instrument,
        mode: "one-way",
        leverage: "10",
        atMs,
      });
    }
  }

  trade(symbol: Symbol, lots: number): Decision {
    this.story.nowMs += 1;
    this.#sequence += 1;
    return this.story.feed({
      kind: "leader-filled",
      account: LEADER,
      instrument: id(symbol),
      leg: "net",
      tradeId: TradeId(`t${this.#sequence}`),
      venueOrderId: VenueOrderId(`o${this.#sequence}`),
      side: lots > 0 ? "buy" : "sell",
      quantity: String(Math.abs(lots) / 1_000),
      price: "60000",
      fee: "0",
      sequence: this.#sequence,
      venueTimeMs: this.story.nowMs,
      receivedAtMs: this.story.nowMs,
    });
  }

  /** The orders of a decision, and those that they lead to, fill. */
  fill({ orders }: Decision): void {
    for (const { order } of orders) this.fill(this.#fillOne(order));
  }

  #fillOne(order: ApprovedOrder): Decision {
    this.#sequence += 1;
    this.story.nowMs += 1;
    const { nowMs: receivedAtMs } = this.story;
    const { instrument, lots, leg, clientOrderId } = order;
    const market = this.story.state.followers.get(FOLLOWER)?.markets.get(instrument);
    const quantity = String(((market?.legs[0]?.ownedLots ?? 0) + lots) / 1_000);
    const filledQuantity = String(Math.abs(lots) / 1_000);
    this.story.feed({
      kind: "order-reported",
      account: FOLLOWER,
      atMs: receivedAtMs,
      order: {
        instrument,
        leg,
        clientOrderId,
        venueOrderId: VenueOrderId(clientOrderId),
        side: lots > 0 ? "buy" : "sell",
        status: "filled",
        quantity: filledQuantity,
        filledQuantity,
        averagePrice: "60000",
        reduceOnly: order.reduceOnly,
        venueReason: "",
        venueTimeMs: receivedAtMs,
      },
    });
    const place = { instrument, leg, sequence: this.#sequence, venueTimeMs: receivedAtMs };
    const position = { ...place, quantity, entryPrice: "", leverage: "10" };
    return this.story.feed({ kind: "follower-position-reported", account: FOLLOWER, position, receivedAtMs });
  }

  /** Symbols of the open positions. */
  get open(): string[] {
    const markets = [...(this.story.state.followers.get(FOLLOWER)?.markets.values() ?? [])];
    return markets.flatMap(({ legs, instrument }) =>
      legs.some(({ ownedLots }) => ownedLots !== 0) ? [instrument.spec.symbol] : [],
    );
  }
}

const texts = ({ orders, denials }: Decision) => [
  orders.map(({ order }) => order.lots),
  denials.map(({ reason, detail }) => ({ reason, ...detail })),
];

describe.each([
  ["allocation", { positionsMax: 2 }],
  ["follower", { followerPositionsMax: 2 }],
] as const)("at most two positions of the %s", (of, allocation) => {
  it("lets two open, gives up the third with its numbers, and does not buy it when one closes", () => {
    const markets = new Markets(allocation);
    markets.fill(markets.trade("AUSDT", 100));
    markets.fill(markets.trade("BUSDT", 100));
    expect(texts(markets.trade("CUSDT", 100))).toEqual([
      [],
      [{ reason: "max-positions", of, open: 2, limit: 2 }],
    ]);
    markets.fill(markets.trade("AUSDT", -100));
    expect(markets.open).toEqual(["BUSDT"]);
    expect(texts(markets.trade("CUSDT", 50))).toEqual([[50], []]);
  });

  it("lets what is open grow, and counts an order that is under way", () => {
    const markets = new Markets(allocation);
    markets.fill(markets.trade("AUSDT", 100));
    markets.trade("BUSDT", 100);
    expect(texts(markets.trade("CUSDT", 100))[0]).toEqual([]);
    expect(texts(markets.trade("AUSDT", 100))).toEqual([[100], []]);
  });

  it("holds for positions that would open in one decision", () => {
    const markets = new Markets(allocation);
    const { story } = markets;
    story.nowMs += 10_000;
    const positions = SYMBOLS.map((symbol) => ({ ...story.row("1"), instrument: id(symbol) }));
    const decision = story.leaderSnapshot(positions);
    expect(decision.orders).toHaveLength(2);
    expect(decision.denials.map(({ reason }) => reason)).toEqual(["max-positions", "max-positions"]);
  });
});

test("a position that is wanted and denied takes nobody's place", () => {
  const markets = new Markets({ positionsMax: 1 });
  const { story } = markets;
  story.followerSnapshot([{ ...story.row("1"), instrument: id("AUSDT") }]);
  story.nowMs += 10_000;
  const positions = ["AUSDT", "BUSDT"].map((symbol) => ({ ...story.row("1"), instrument: id(symbol) }));
  const { orders, denials } = story.leaderSnapshot(positions);
  expect(orders.map(({ order }) => order.instrument)).toEqual([id("BUSDT")]);
  expect(denials.map(({ reason }) => reason)).toEqual(["foreign-position"]);
});

test("no sequence of trades passes the limit, and reductions always pass", () => {
  const trade = fc.tuple(fc.constantFrom(...SYMBOLS), fc.integer({ min: -300, max: 300 }));
  const limits = fc.record({
    positionsMax: fc.integer({ min: 1, max: 3 }),
    followerPositionsMax: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(limits, fc.array(trade, { maxLength: 20 }), (limit, trades) => {
      const markets = new Markets(limit);
      for (const [symbol, lots] of trades) {
        if (lots === 0) continue;
        markets.fill(markets.trade(symbol, lots));
        expect(markets.open.length).toBeLessThanOrEqual(
          Math.min(limit.positionsMax, limit.followerPositionsMax),
        );
      }
      const { holdings } = markets.story.state.leaders.get(LEADER) ?? { holdings: new Map() };
      for (const symbol of SYMBOLS) {
        const lots = holdings.get(id(symbol))?.get("net")?.lots ?? 0;
        if (lots !== 0) markets.fill(markets.trade(symbol, -lots));
      }
      expect(markets.open).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
