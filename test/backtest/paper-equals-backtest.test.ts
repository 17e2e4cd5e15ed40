/**
 * Paper equals backtest: a day of paper trading is recorded, what the leader did and what the books showed, and the same day is lived
 * through as a backtest. The follower's fills are the same, each with its moment, size, price and fee.
 */
import { describe, expect, it } from "vitest";
import type { CopiedFill } from "../../src/backtest/happenings.ts";
import type { LeaderFill } from "../../src/backtest/leader-fill.ts";
import { BacktestWorld, type WorldMarket } from "../../src/backtest/world.ts";
import { Decimal } from "../../src/core/model/decimal.ts";
import { type InstrumentId, VenueId } from "../../src/core/model/identifiers.ts";
import { makeInstrument } from "../../src/core/model/instrument.ts";
import type { PriceListener } from "../../src/exchange/exchange.ts";
import type { PublicBooksListener, PublicMarket } from "../../src/exchange/public-books.ts";
import type { Clock } from "../../src/exchange/transport.ts";
import { BALANCE, FOLLOWER, LEADER, livePaperDay, type PaperDay, paperAllocation } from "./paper-day.ts";

/** The recorded books, each from its moment on. */
class DayMarket implements WorldMarket {
  readonly venue: VenueId;
  readonly strange = 0;
  readonly #day: PaperDay;
  readonly #clock: Clock;
  readonly #onPrice: PriceListener;
  #listener: PublicBooksListener = { changed: () => {} };
  #place = -1;

  constructor(day: PaperDay, clock: Clock, onPrice: PriceListener) {
    this.venue = day.venue;
    this.#day = day;
    this.#clock = clock;
    this.#onPrice = onPrice;
  }

  listen(listener: PublicBooksListener): this {
    this.#listener = listener;
    return this;
  }

  loadInstruments(done: (result: PaperDay["instruments"]) => void): void {
    done(this.#day.instruments);
  }

  follow(instruments: readonly InstrumentId[]): void {
    if (!instruments.includes(this.#day.instrument) || this.#place >= 0) return;
    this.#place = this.#placeNow();
    this.#tell();
    this.#planNext();
  }

  read(id: InstrumentId): PublicMarket | null {
    if (id !== this.#day.instrument) return null;
    return this.#day.books[this.#placeNow()]?.market ?? null;
  }

  paid(): void {
    // What was paid is in the books.
  }

  close(): void {}

  #placeNow(): number {
    const nowMs = this.#clock.nowMs();
    const { books } = this.#day;
    let at = Math.max(0, this.#place);
    while ((books[at + 1]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs) at += 1;
    return at;
  }

  #planNext(): void {
    const next = this.#day.books[this.#place + 1];
    if (next === undefined) return;
    this.#clock.setTimer(next.atMs - this.#clock.nowMs(), () => {
      this.#place = this.#placeNow();
      this.#tell();
      this.#planNext();
    });
  }

  #tell(): void {
    const market = this.read(this.#day.instrument);
    if (market === null) return;
    const { instrument } = this.#day;
    const [bid = "", ask = ""] = [market.bids[0]?.[0], market.asks[0]?.[0]];
    this.#onPrice({
      kind: "price-updated",
      instrument,
      bid,
      ask,
      mark: market.mark,
      atMs: this.#clock.nowMs(),
    });
    this.#listener.changed(instrument);
  }
}

/** The same day once more. */
function backtested(day: PaperDay): readonly CopiedFill[] {
  const follower = day.instruments.find(({ id }) => id === day.instrument);
  if (follower === undefined) throw new Error("the instrument is not listed");
  const leadersVenue = VenueId("recorded");
  const leader = makeInstrument({ ...follower.spec, venue: leadersVenue });
  const heardAtMs = day.leaderFills.map(({ receivedAtMs }) => receivedAtMs);
  let heard = 0;
  const fills: CopiedFill[] = [];
  const world = new BacktestWorld({
    fromMs: day.readyMs,
    leaders: [{ name: LEADER, account: LEADER, venue: leadersVenue }],
    follower: {
      account: FOLLOWER,
      venue: day.venue,
      equity: BALANCE,
      settings: {},
      latencyMs: 50,
      feeRates: { maker: "0.0002", taker: "0.00055" },
    },
    fills: day.leaderFills.map(leaderFill),
    marketOf: () => ({ leader, follower, units: 1 }),
    instruments: [follower, leader],
    openMarket: (clock, onPrice) => new DayMarket(day, clock, onPrice),
    delayOf: () => ({ heardAtMs: () => heardAtMs[heard++] ?? Number.POSITIVE_INFINITY }),
    seed: 1,
    onFill: (fill) => fills.push(fill),
  });
  world.start();
  world.allocate([{ allocation: paperAllocation(), leaderEquity: "1000000" }]);
  world.runUntil(day.endMs);
  world.stop();
  return fills;
}

function leaderFill({
  venueTimeMs,
  instrument,
  leg,
  side,
  price,
  quantity,
}: PaperDay["leaderFills"][number]): LeaderFill {
  return {
    leader: LEADER,
    timeMs: venueTimeMs,
    symbol: instrument.slice(0, instrument.indexOf("@")),
    leg,
    side,
    price: Decimal.parse(price),
    quantity: Decimal.parse(quantity),
    positionBefore: null,
    realises: false,
  };
}

describe("the same recorded day", () => {
  it.each([1, 2, 3])("gives the same fills on paper and in a backtest (pain 39; %i)", (seed) => {
    const day = livePaperDay(seed, 25);
    const onPaper = day.followerFills.map(
      ({ venueTimeMs: atMs, instrument, leg, side, quantity, price, fee }) => ({
        ...{ atMs, instrument, leg, side, quantity, price, fee },
      }),
    );
    expect(onPaper.length).toBeGreaterThan(20);
    expect(backtested(day)).toEqual(onPaper);
  });
});
