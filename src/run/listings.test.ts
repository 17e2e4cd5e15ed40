import { expect, test } from "vitest";
import { VirtualClock } from "../../test/conformance/scripted-outside.ts";
import { BTC, BTC_SPEC, VENUE } from "../../test/core/story.ts";
import { type Instrument, makeInstrument } from "../core/model/instrument.ts";
import type { MarketFeed } from "../exchange/exchange.ts";
import { silentLog } from "../log.ts";
import { Listings } from "./listings.ts";
import type { InstrumentTable } from "./venues.ts";

const CHANGED = makeInstrument({ ...BTC_SPEC, minQuantity: "0.01" });

function world() {
  const clock = new VirtualClock();
  const asked: (string | undefined)[] = [];
  const listed: Instrument[] = [];
  const feed: Pick<MarketFeed, "loadInstruments"> = {
    loadInstruments: (done, symbol) => {
      asked.push(symbol);
      done([CHANGED]);
    },
  };
  const table: InstrumentTable = new Map();
  const listings = new Listings({
    venues: new Map([[VENUE, { id: VENUE, feed }]]),
    table,
    clock,
    log: silentLog,
    listed: (instruments) => listed.push(...instruments),
  });
  return { clock, asked, listed, table, listings };
}

test("an instrument in doubt is read at once, by itself, and taken", () => {
  const { asked, listed, table, listings } = world();
  listings.recheck(makeInstrument(BTC_SPEC));
  expect(asked).toEqual(["BTCUSDT"]);
  expect(listed).toEqual([CHANGED]);
  expect(table.get(BTC)).toBe(CHANGED);
});

test("a thousand refusals ask once, and later ones again", () => {
  const { clock, asked, listings } = world();
  for (let refusal = 0; refusal < 1_000; refusal += 1) listings.recheck(makeInstrument(BTC_SPEC));
  listings.recheck(makeInstrument({ ...BTC_SPEC, symbol: "ETHUSDT" }));
  expect(asked).toEqual(["BTCUSDT", "ETHUSDT"]);
  clock.advance(30_000);
  listings.recheck(makeInstrument(BTC_SPEC));
  expect(asked).toEqual(["BTCUSDT", "ETHUSDT", "BTCUSDT"]);
});

test("the whole list is read every hour, until stopped", () => {
  const { clock, asked, listings } = world();
  clock.advance(3_600_000);
  expect(asked).toEqual([undefined]);
  listings.stop();
  listings.recheck(makeInstrument(BTC_SPEC));
  clock.advance(7_200_000);
  expect(asked).toEqual([undefined]);
});
