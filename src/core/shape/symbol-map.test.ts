/** Instruments that the two venues name or count differently. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { BTC_SPEC, FOLLOWER, orderTexts, reasonsOf, Story, VENUE } from "../../../test/core/story.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";
import type { Decision } from "../decision.ts";
import { Lots } from "../model/amounts.ts";
import { Decimal } from "../model/decimal.ts";
import { InstrumentId, VenueId } from "../model/identifiers.ts";
import { makeInstrument } from "../model/instrument.ts";
import { type Allocation, plainAllocation } from "../settings.ts";
import { scaleLots } from "../sizing/ratio.ts";
import { sizingTerms } from "../sizing/sizing.ts";
import { mapSymbol } from "./symbol-map.ts";
import { filterSymbol } from "./symbols.ts";

const THOUSANDTH = InstrumentId("1MBTCUSDT", VENUE);
const THOUSANDTH_SPEC = {
  ...BTC_SPEC,
  symbol: "1MBTCUSDT",
  quantityStep: "1",
  minQuantity: "1",
  maxMarketQuantity: "100000",
};
const whole: Partial<Allocation> = { sizing: { kind: "multiplier", multiplier: "1" } };
const mapped = { ...whole, symbolMap: { BTCUSDT: { symbol: "1MBTCUSDT", units: "1000" } } };

/** The leader trades BTCUSDT, the follower thousandths of it. */
function mapping(allocation: Partial<Allocation> = mapped): Story {
  const story = new Story({ allocation, bare: true });
  const { nowMs: atMs } = story;
  story.feed({ kind: "instruments-listed", instruments: [THOUSANDTH_SPEC], atMs });
  story.leaderSnapshot([]);
  story.followerSnapshot([]);
  story.feed({ kind: "price-updated", instrument: THOUSANDTH, bid: "60", ask: "60", mark: "60", atMs });
  return story;
}

function described(story: Story): Decision {
  return story.feed({
    kind: "market-described",
    account: FOLLOWER,
    instrument: THOUSANDTH,
    mode: "one-way",
    leverage: "10",
    atMs: story.nowMs,
  });
}

describe("a mapped symbol", () => {
  it("is traded under its own name and in its own units", () => {
    const story = mapping();
    story.leaderFill("buy", "1.5");
    const decision = described(story);
    expect(decision.orders.map(({ order }) => [order.instrument, order.lots])).toEqual([[THOUSANDTH, 1_500]]);
  });

  it("that the follower's venue does not list is a reason with its name", () => {
    const story = mapping({ symbolMap: { BTCUSDT: { symbol: "XBTUSDT", units: "1" } } });
    const decision = story.leaderFill("buy", "1");
    expect(reasonsOf(decision)).toEqual(["instrument-not-listed"]);
    expect(decision.denials[0]?.detail).toEqual({ symbol: "XBTUSDT" });
  });

  it("is filtered by the leader's name of it", () => {
    const story = mapping({ ...mapped, symbolsDenied: ["1M*"] });
    story.leaderFill("buy", "1");
    expect(orderTexts(described(story))).toEqual(["+1000"]);
  });

  it("survives a checkpoint", () => {
    const story = mapping();
    story.leaderFill("buy", "1");
    const restored = decodeCheckpoint(encodeCheckpoint(story.state));
    expect(restored.markets[0]?.copies[0]?.ratio).toEqual(story.state.markets[0]?.copies[0]?.ratio);
  });
});

test("a map that changes ends the copy in one instrument and begins it in the other", () => {
  const story = new Story({ allocation: whole });
  story.feed({ kind: "instruments-listed", instruments: [THOUSANDTH_SPEC], atMs: story.nowMs });
  const [planned] = story.leaderFill("buy", "1").orders;
  if (planned !== undefined) story.fill(planned.order, "1", "1");
  expect(orderTexts(story.allocate(mapped))).toEqual(["-1000 reduce"]);
  expect(story.state.markets.map(({ instrument }) => instrument.spec.symbol)).toEqual([
    "BTCUSDT",
    "1MBTCUSDT",
  ]);
});

test("sizes are exact under any factor, towards zero", () => {
  const units = fc.constantFrom("1000", "0.001", "10", "0.0001", "1");
  fc.assert(
    fc.property(units, fc.integer({ min: -1_000_000, max: 1_000_000 }), (factor, lots) => {
      const allocation = {
        ...plainAllocation(FOLLOWER, FOLLOWER),
        symbolMap: { BTCUSDT: { symbol: "X", units: factor } },
      };
      const [leader, follower] = [makeInstrument(BTC_SPEC), makeInstrument(THOUSANDTH_SPEC)];
      const exact = Decimal.of(BigInt(lots), 3).times(Decimal.parse(factor));
      const expected = Number(exact.dividedBy(Decimal.one, 0, lots < 0 ? "ceiling" : "floor").units);
      expect(scaleLots(Lots(lots), sizingTerms(allocation, leader, follower).ratio) + 0).toBe(expected + 0);
    }),
  );
});

test("what the map does not name keeps its name, whatever an object inherits", () => {
  const odd = makeInstrument({ ...BTC_SPEC, symbol: "constructor" });
  expect(mapSymbol(plainAllocation(FOLLOWER, FOLLOWER), odd, VenueId("elsewhere"), new Set())).toEqual({
    symbol: "constructor",
    units: "1",
  });
});

/** The leader's venue calls a coin BTC, and knows two names that other venues have for it. */
describe("names that the leader's venue knows of elsewhere", () => {
  const COIN = {
    ...BTC_SPEC,
    venue: VenueId("coins"),
    symbol: "BTC",
    elsewhere: [
      { symbol: "BTCPERP", units: "1" },
      { symbol: "1MBTCUSDT", units: "1000" },
      { symbol: "BTCUSDT", units: "1" },
    ],
  };
  const plain = plainAllocation(FOLLOWER, FOLLOWER);
  const listing = (...symbols: readonly string[]) => new Set(symbols.map((one) => InstrumentId(one, VENUE)));
  const leader = makeInstrument(COIN);

  it("are tried in their order against what the follower's venue lists", () => {
    const both = listing("BTCUSDT", "1MBTCUSDT");
    expect(mapSymbol(plain, leader, VENUE, both)).toEqual({ symbol: "1MBTCUSDT", units: "1000" });
    expect(mapSymbol(plain, leader, VENUE, listing("BTCUSDT"))).toEqual({ symbol: "BTCUSDT", units: "1" });
    expect(mapSymbol(plain, leader, VENUE, listing())).toEqual({ symbol: "BTC", units: "1" });
  });

  it("are not used between accounts of the same venue", () => {
    const own = new Set([InstrumentId("BTCUSDT", COIN.venue)]);
    expect(mapSymbol(plain, leader, COIN.venue, own)).toEqual({ symbol: "BTC", units: "1" });
  });

  it("give way to what the owner says", () => {
    const allocation = { ...plain, symbolMap: { BTC: { symbol: "BTCUSDT", units: "1" } } };
    expect(mapSymbol(allocation, leader, VENUE, listing("1MBTCUSDT")).symbol).toBe("BTCUSDT");
  });

  it("size in the follower's units", () => {
    const thousandths = makeInstrument(THOUSANDTH_SPEC);
    expect(scaleLots(Lots(1_500), sizingTerms(plain, leader, thousandths).ratio)).toBe(1_500);
    expect(scaleLots(Lots(1_500), sizingTerms(plain, leader, makeInstrument(BTC_SPEC)).ratio)).toBe(1_500);
  });

  it("count in lists of symbols beside the leader's own", () => {
    const spec = { symbol: "BTC", elsewhere: COIN.elsewhere };
    expect(filterSymbol({ ...plain, symbols: ["BTCUSDT"] }, spec, "BTCUSDT")).toBeNull();
    expect(filterSymbol({ ...plain, symbols: ["BTC"] }, spec, "BTCUSDT")).toBeNull();
    expect(filterSymbol({ ...plain, symbolsDenied: ["BTCUSDT"] }, spec, "BTCUSDT")).not.toBeNull();
    expect(filterSymbol({ ...plain, symbols: ["ETHUSDT"] }, spec, "BTCUSDT")).not.toBeNull();
  });
});
