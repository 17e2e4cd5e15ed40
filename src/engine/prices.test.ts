/** Which prices reach the core before an event that may need them. */
import { expect, test } from "vitest";
import { guarded, held } from "../../test/core/guarded.ts";
import { BTC, BTC_SPEC, FOLLOWER, LEADER, Story, VENUE } from "../../test/core/story.ts";
import type { Event } from "../core/event.ts";
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

test("figures and commands take the prices of the markets that they concern along, at most once a second", () => {
  const story = new Story();
  story.leaderFill("buy", "1");
  const prices = new Prices(new Map([[VENUE, feed]]));
  const other = InstrumentId("ETHUSDT", VENUE);
  const note = () => {
    for (const instrument of [BTC, other])
      prices.note({ kind: "price-updated", instrument, bid: "1", ask: "1", mark: "1", atMs: story.nowMs });
  };
  const due = (event: Event) => prices.dueBefore(event, story.state).map(({ instrument }) => instrument);
  const equity = { equity: "1", available: "1" };
  const evidence = { measuredAtMs: 0, annualVolatility: "0.5" };
  const read = { positions: [], orders: [], equity, serverTimeMs: 0, requestedAtMs: 0 };
  const concerning = (atMs: number): readonly Event[] => [
    { kind: "equity-reported", account: LEADER, ...equity, atMs },
    { kind: "equity-reported", account: FOLLOWER, ...equity, atMs },
    { kind: "evidence-updated", account: LEADER, evidence, atMs },
    { kind: "leader-snapshot-taken", account: LEADER, ...read, receivedAtMs: atMs },
    { kind: "follower-snapshot-taken", account: FOLLOWER, ...read, receivedAtMs: atMs },
    { kind: "command-issued", command: { kind: "close", account: FOLLOWER }, atMs },
  ];
  for (const [index, event] of concerning(10_000).entries()) {
    note();
    expect(due(event)).toEqual(index === 0 ? [BTC] : []);
  }
  for (const [index] of concerning(0).entries()) {
    const event = concerning(20_000 + index * 1_000)[index];
    if (event === undefined) throw new Error("no event");
    note();
    expect(due(event)).toEqual([BTC]);
  }
  note();
  expect(due({ kind: "clock-ticked", atMs: 90_000 })).toEqual([]);
});

test("what is held under a guard is told when its mark moved by a thousandth, and after ten seconds", () => {
  const story = guarded({
    drawdown: { limit: { kind: "share", value: "0.5" }, action: "pause", coolOffMs: null },
  });
  const prices = new Prices(new Map([[VENUE, feed]]));
  const note = (mark: string) =>
    prices.note({ kind: "price-updated", instrument: BTC, bid: mark, ask: mark, mark, atMs: story.nowMs });
  const due = (atMs: number) => prices.dueUnderGuard(atMs, story.state).map(({ mark }) => mark);
  note("60000");
  expect(due(20_000)).toEqual([]);
  held(story, "1");
  expect(due(20_000)).toEqual(["60000"]);
  note("60059");
  expect(due(21_000)).toEqual([]);
  note("60060");
  expect(due(20_999)).toEqual([]);
  expect(due(21_000)).toEqual(["60060"]);
  note("60061");
  expect(due(30_999)).toEqual([]);
  expect(due(31_000)).toEqual(["60061"]);
  expect(due(99_000)).toEqual([]);
});

test("without a guard nothing is told by itself", () => {
  const story = new Story();
  held(story, "1");
  const prices = new Prices(new Map([[VENUE, feed]]));
  const mark = "50000";
  prices.note({ kind: "price-updated", instrument: BTC, bid: mark, ask: mark, mark, atMs: story.nowMs });
  expect(prices.dueUnderGuard(90_000, story.state)).toEqual([]);
});
