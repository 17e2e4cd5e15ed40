/** Which prices reach the core before an event that may need them. */
import { expect, test } from "vitest";
import { BTC, BTC_SPEC, Story, VENUE } from "../../test/core/story.ts";
import { InstrumentId } from "../core/model/identifiers.ts";
import type { MarketFeed } from "../exchange/exchange.ts";
import { Prices } from "./prices.ts";

const feed: MarketFeed = { venue: VENUE, loadInstruments: () => {}, follow: () => {}, close: () => {} };

test("a leader's fill takes the price of the follower's instrument along, also where it has another name", () => {
  const story = new Story({ allocation: { symbolMap: { BTCUSDT: { symbol: "XBTUSDT", units: "1" } } } });
  const instruments = [{ ...BTC_SPEC, symbol: "XBTUSDT" }];
  story.feed({ kind: "instruments-listed", instruments, atMs: story.nowMs });
  story.leaderFill("buy", "1");
  const prices = new Prices(new Map([[VENUE, feed]]));
  const mapped = InstrumentId("XBTUSDT", VENUE);
  for (const instrument of [BTC, mapped, InstrumentId("ETHUSDT", VENUE)])
    prices.note({ kind: "price-updated", instrument, bid: "1", ask: "1", mark: "1", atMs: story.nowMs });
  const fill = story.events.findLast(({ kind }) => kind === "leader-filled");
  if (fill === undefined) throw new Error("the leader did not trade");
  expect(prices.dueBefore(fill, story.state).map(({ instrument }) => instrument)).toEqual([BTC, mapped]);
  expect(prices.dueBefore(fill, story.state)).toEqual([]);
});
