/**
 * A day of paper trading, and what it was fed: the production engine and connector follow a leader at the simulated Bybit exchange
 * over an in-memory network, and a paper follower is filled on that exchange's public books. Every book that was to be read and every
 * fill of the leader is kept with its time.
 */

import { VirtualClock } from "../../src/backtest/virtual-clock.ts";
import type { EventOf, FillReport } from "../../src/core/event.ts";
import { AccountId, type InstrumentId, type VenueId } from "../../src/core/model/identifiers.ts";
import type { Instrument } from "../../src/core/model/instrument.ts";
import { type Allocation, plainAllocation, type Settings } from "../../src/core/settings.ts";
import { emptyState } from "../../src/core/state.ts";
import { Engine } from "../../src/engine/engine.ts";
import { connectBybitAccount } from "../../src/exchange/bybit/connect.ts";
import { openBybitBooks } from "../../src/exchange/bybit/public-books.ts";
import { ExchangeError } from "../../src/exchange/exchange-error.ts";
import type { PublicBooks, PublicMarket } from "../../src/exchange/public-books.ts";
import {
  environmentOf,
  inMemoryOutside,
} from "../../src/exchange/simulated/bybit-server/in-memory-outside.ts";
import { BybitProtocol } from "../../src/exchange/simulated/bybit-server/protocol.ts";
import { connectPaperAccount } from "../../src/exchange/simulated/paper/paper-account.ts";
import { feedWithPaperBooks, PaperVenue } from "../../src/exchange/simulated/paper/paper-venue.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { silentLog } from "../../src/log.ts";
import { awaited } from "../../src/run/readiness.ts";
import { accountPartsOf, openVenue, type Venue } from "../../src/run/venues.ts";
import { Credentials } from "../../src/security/secrets.ts";
import { EXCHANGE_URL, ExchangeSide, secretOf } from "../replay/exchange-side.ts";
import { SeededChance } from "../simulation/chance.ts";

export const LEADER = AccountId("leader");
export const FOLLOWER = AccountId("follower");
export const BALANCE = "10000";
const SYMBOL = "BTCUSDT";
const BEGIN_MS = Date.parse("2024-05-01T00:00:00Z");
const READY_MS_MAX = 60_000;

/** Sized by a factor, so that what a day's equity reports say moves nothing. */
export function paperAllocation(): Allocation {
  return {
    ...plainAllocation(LEADER, FOLLOWER),
    sizing: { kind: "multiplier", multiplier: "0.37" },
    leverage: { kind: "leave" },
  };
}

export interface RecordedBook {
  readonly atMs: number;
  readonly market: PublicMarket;
}

export interface PaperDay {
  readonly venue: VenueId;
  readonly instruments: readonly Instrument[];
  readonly instrument: InstrumentId;
  /** From when on everybody was connected and nothing had been traded. */
  readonly readyMs: number;
  readonly endMs: number;
  /** As the engine was told of them. */
  readonly leaderFills: readonly EventOf<"leader-filled">[];
  readonly followerFills: readonly FillReport[];
  /** Oldest first; of one moment the last counts. */
  readonly books: readonly RecordedBook[];
}

/** `trades`: how many orders the leader makes, some seconds apart. */
export function livePaperDay(seed: number, trades: number): PaperDay {
  const chance = new SeededChance(seed);
  const network = chance.split();
  const clock = new VirtualClock(BEGIN_MS);
  const protocol = new BybitProtocol({
    environment: environmentOf(clock),
    seed,
    liquidity: { kind: "moving", symbols: [SYMBOL] },
    control: true,
    limits: "real",
  });
  const exchange = new ExchangeSide(protocol);
  const outside = inMemoryOutside({
    protocol,
    clock,
    chance: chance.next,
    latencyMs: () => network.whole(1, 4),
  });
  exchange.putAccount(LEADER, "1000000", "one-way");
  protocol.start();
  const day = new Day(clock, outside);
  day.start();
  while (!day.isReady) if (!clock.step(BEGIN_MS + READY_MS_MAX)) throw new Error("nobody was ready in time");
  const readyMs = clock.nowMs();
  let held = 0;
  for (let at = 0; at < trades; at += 1) {
    clock.runUntil(clock.nowMs() + chance.whole(300, 20_000));
    const lots = held !== 0 && chance.hits(0.4) ? -held : chance.whole(20, 400) * (chance.hits(0.5) ? 1 : -1);
    held += lots;
    const order = { symbol: SYMBOL, side: lots > 0 ? "Buy" : "Sell", orderType: "Market" } as const;
    const { venue } = protocol.state;
    const outcome = venue.placeOrder(LEADER, {
      ...order,
      qty: (Math.abs(lots) / 1_000).toFixed(3),
      positionIdx: 0,
    });
    if (outcome.kind !== "accepted") throw new Error(`the leader's order: ${JSON.stringify(outcome)}`);
    protocol.flush();
  }
  clock.runUntil(clock.nowMs() + 10_000);
  const endMs = clock.nowMs();
  const found = { readyMs, endMs, ...day.record(SYMBOL) };
  day.stop();
  protocol.stop();
  return found;
}

type DayOutside = ReturnType<typeof inMemoryOutside>;

class Day {
  readonly #clock: VirtualClock;
  readonly #outside: DayOutside;
  readonly #venue: Venue;
  readonly #leaderFills: EventOf<"leader-filled">[] = [];
  readonly #followerFills: FillReport[] = [];
  readonly #books: RecordedBook[] = [];
  #instruments: readonly Instrument[] = [];
  #engine: Engine | null = null;
  #isStopped = false;

  constructor(clock: VirtualClock, outside: DayOutside) {
    this.#clock = clock;
    this.#outside = outside;
    this.#venue = openVenue({
      url: EXCHANGE_URL,
      streamUrl: null,
      outside,
      log: silentLog,
      onPrice: (event) => this.#engine?.receivePrice(event),
    });
  }

  get isReady(): boolean {
    const state = this.#engine?.state;
    return state !== undefined && state.settings.accounts.length > 0 && awaited(state).length === 0;
  }

  start(): void {
    this.#venue.feed.loadInstruments((instruments) => {
      if (instruments instanceof ExchangeError) throw instruments;
      this.#begin(instruments);
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#engine?.stop();
  }

  record(
    symbol: string,
  ): Pick<PaperDay, "venue" | "instruments" | "instrument" | "leaderFills" | "followerFills" | "books"> {
    const found = this.#instruments.find(({ spec }) => spec.symbol === symbol);
    if (found === undefined) throw new Error(`${symbol} is not listed`);
    return {
      venue: this.#venue.id,
      instruments: this.#instruments,
      instrument: found.id,
      leaderFills: this.#leaderFills,
      followerFills: this.#followerFills,
      books: this.#books,
    };
  }

  #begin(instruments: readonly Instrument[]): void {
    this.#instruments = instruments;
    const table = new Map(instruments.map((one) => [one.id, one]));
    const paper = new PaperVenue({
      venue: this.#venue.id,
      instruments: table,
      clock: this.#clock,
      chance: this.#outside.chance,
      openBooks: (listener) =>
        this.#recorded(
          openBybitBooks({
            venue: this.#venue.id,
            urls: this.#venue.bybit.urls,
            outside: this.#outside,
            budget: this.#venue.budget,
            listener,
            onNotice: () => {},
          }),
        ),
    });
    const leader = connectBybitAccount({
      ...accountPartsOf(this.#venue),
      account: LEADER,
      role: "leader",
      credentials: new Credentials(LEADER, secretOf(LEADER)),
      instruments: table,
      outside: this.#outside,
      listener: (event) => {
        if (event.kind === "leader-filled") this.#leaderFills.push(event);
        this.#engine?.receive(event);
      },
    });
    const follower = connectPaperAccount({
      account: FOLLOWER,
      paperVenue: paper,
      balance: BALANCE,
      restore: null,
      clock: this.#clock,
      listener: (event) => {
        if (event.kind === "follower-filled") this.#followerFills.push(event);
        this.#engine?.receive(event);
      },
    });
    this.#engine = new Engine({
      state: emptyState(),
      journal: new MemoryJournal(),
      clock: this.#clock,
      chance: this.#outside.chance,
      connections: new Map([
        [LEADER, leader],
        [FOLLOWER, follower],
      ]),
      feeds: new Map([[this.#venue.id, feedWithPaperBooks(this.#venue.feed, paper)]]),
      observer: {},
    });
    this.#engine.start(this.#settings(), instruments);
  }

  #settings(): Settings {
    const { id: venue } = this.#venue;
    return {
      accounts: [
        { account: LEADER, venue, role: "leader" },
        { account: FOLLOWER, venue, role: "follower", paper: true },
      ],
      allocations: [paperAllocation()],
      leaderStaleAfterMs: 60_000,
      followerStaleAfterMs: 60_000,
      snapshotIntervalMs: 15_000,
      orderWindowMs: 5_000,
    };
  }

  /** Keeps what is read of the books, and each of their states, to the millisecond. */
  #recorded(books: PublicBooks): PublicBooks {
    const followed = new Set<InstrumentId>();
    const note = (id: InstrumentId): PublicMarket | null => {
      const market = books.read(id);
      if (market !== null && id.startsWith(SYMBOL) && this.#books.at(-1)?.market.version !== market.version)
        this.#books.push({ atMs: this.#clock.nowMs(), market });
      return market;
    };
    const look = (): void => {
      if (this.#isStopped) return;
      for (const id of followed) note(id);
      this.#clock.setTimer(1, look);
    };
    this.#clock.setTimer(1, look);
    return {
      venue: books.venue,
      follow: (instruments) => {
        for (const id of instruments) followed.add(id);
        books.follow(instruments);
      },
      read: note,
      close: () => books.close(),
    };
  }
}
