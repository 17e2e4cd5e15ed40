/**
 * The engine copies a leader onto a paper follower: the live code with another venue under it, killed and started again
 * from its journal. Under a virtual clock; the leader is scripted, the real venue's books are in the test's hand.
 */
import { expect, test } from "vitest";
import type { LeaderOrderRow } from "../../src/core/event.ts";
import { AccountId, InstrumentId, TradeId, VenueOrderId } from "../../src/core/model/identifiers.ts";
import { plainAllocation, type Settings } from "../../src/core/settings.ts";
import { emptyState } from "../../src/core/state.ts";
import { Engine } from "../../src/engine/engine.ts";
import { recover } from "../../src/engine/recovery.ts";
import type { AccountConnection, ConnectionListener } from "../../src/exchange/exchange.ts";
import { connectPaperAccount } from "../../src/exchange/simulated/paper/paper-account.ts";
import { paperRestoreOf } from "../../src/exchange/simulated/paper/paper-restore.ts";
import { feedWithPaperBooks } from "../../src/exchange/simulated/paper/paper-venue.ts";
import { MemoryJournal } from "../../src/journal/memory.ts";
import { VirtualClock } from "../conformance/scripted-outside.ts";
import { BTC, book, INSTRUMENTS, makePaper, REAL } from "../paper-fixture.ts";

const LEADER = AccountId("leader");
const FOLLOWER = AccountId("follower");

const SETTINGS: Settings = {
  accounts: [
    { account: LEADER, venue: REAL, role: "leader" },
    { account: FOLLOWER, venue: REAL, role: "follower", paper: true },
  ],
  allocations: [{ ...plainAllocation(LEADER, FOLLOWER), sizing: { kind: "multiplier", multiplier: "0.5" } }],
  leaderStaleAfterMs: 60_000,
  followerStaleAfterMs: 60_000,
  snapshotIntervalMs: 15_000,
  orderWindowMs: 5_000,
};

/** A leader that holds what the test says; it outlives the engine, as a real one does. */
class ScriptedLeader {
  lots = 0;
  /** Its stop loss; null where it has none. */
  stop: LeaderOrderRow | null = null;
  #sequence = 0;
  readonly #clock: VirtualClock;
  #listener: ConnectionListener = () => {};

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  connection(listener: ConnectionListener): AccountConnection {
    this.#listener = listener;
    const later = (action: () => void) => void this.#clock.setTimer(5, action);
    const snapshot = () => later(() => this.#snapshot());
    const nothing = () => {};
    return {
      account: LEADER,
      venue: REAL,
      capabilities: { orderEntryStream: false, hedgeMode: false },
      inspectKey: nothing,
      inspect: nothing,
      open: () => {
        later(() => {
          listener({
            kind: "connection-changed",
            account: LEADER,
            state: "up",
            cause: "",
            atMs: this.#clock.nowMs(),
          });
        });
        snapshot();
      },
      close: () => {
        this.#listener = nothing;
      },
      requestSnapshot: snapshot,
      describeMarket: nothing,
      submit: nothing,
      cancel: nothing,
      amend: nothing,
      lookUp: nothing,
      setLeverage: nothing,
    };
  }

  trade(lots: number): void {
    this.lots += lots;
    this.#sequence += 1;
    const atMs = this.#clock.nowMs();
    this.#listener({
      kind: "leader-filled",
      account: LEADER,
      instrument: BTC,
      leg: "net",
      tradeId: TradeId(`t${this.#sequence}`),
      venueOrderId: VenueOrderId(`o${this.#sequence}`),
      side: lots > 0 ? "buy" : "sell",
      quantity: String(Math.abs(lots) / 1000),
      price: "60000",
      fee: "0",
      sequence: this.#sequence,
      venueTimeMs: atMs,
      receivedAtMs: atMs,
    });
  }

  /** The whole position, at `triggerPrice`. */
  setStop(triggerPrice: string): void {
    const atMs = this.#clock.nowMs();
    this.stop = {
      instrument: BTC,
      leg: "net",
      venueOrderId: VenueOrderId("stop"),
      orderKind: "stop-loss",
      side: this.lots > 0 ? "sell" : "buy",
      status: "untriggered",
      orderType: "market",
      price: "",
      triggerPrice,
      quantity: "0",
      filledQuantity: "0",
      averagePrice: "",
      timeInForce: "IOC",
      triggerBy: "last",
      triggerDirection: this.lots > 0 ? "falls" : "rises",
      reduceOnly: true,
      whole: true,
      venueReason: "",
      venueTimeMs: atMs,
    };
    this.#listener({ kind: "leader-order-reported", account: LEADER, order: this.stop, atMs });
  }

  #snapshot(): void {
    const nowMs = this.#clock.nowMs();
    const position = {
      instrument: BTC,
      leg: "net",
      quantity: String(this.lots / 1000),
      entryPrice: "60000",
      leverage: "10",
      sequence: this.#sequence,
      venueTimeMs: nowMs,
    } as const;
    this.#listener({
      kind: "leader-snapshot-taken",
      account: LEADER,
      positions: this.lots === 0 ? [] : [position],
      orders: [],
      leaderOrders: this.stop === null ? [] : [this.stop],
      equity: { equity: "100000", available: "100000" },
      serverTimeMs: nowMs,
      requestedAtMs: nowMs,
      receivedAtMs: nowMs,
    });
  }
}

/** One life of the process on a journal: `kill` leaves everything as it is, as a SIGKILL does. */
function live(clock: VirtualClock, leader: ScriptedLeader, journal: MemoryJournal, settings = SETTINGS) {
  const state = journal.lastSequence === 0 ? emptyState() : recover(journal).state;
  const { paperVenue, books } = makePaper(clock);
  let alive = true;
  const listener: ConnectionListener = (event) => {
    if (alive) engine.receive(event);
  };
  const follower = connectPaperAccount({
    account: FOLLOWER,
    paperVenue,
    balance: "10000",
    restore: paperRestoreOf(state, FOLLOWER, REAL),
    clock,
    listener,
  });
  const prices = { venue: REAL, loadInstruments: () => {}, follow: () => {}, close: () => {} };
  const engine: Engine = new Engine({
    state,
    journal,
    clock,
    chance: () => 0.4,
    connections: new Map([
      [LEADER, leader.connection(listener)],
      [FOLLOWER, follower],
    ]),
    feeds: new Map([[REAL, feedWithPaperBooks(prices, paperVenue)]]),
    observer: {},
  });
  engine.start(settings, [...INSTRUMENTS.values()]);
  const leg = () => engine.state.followers.get(FOLLOWER)?.markets.get(BTC)?.legs[0];
  const kill = () => {
    alive = false;
    follower.close();
    paperVenue.close();
  };
  return { engine, books, paperVenue, leg, kill };
}

test("a paper follower keeps up with its leader: open, add, reduce, flip, close", () => {
  const clock = new VirtualClock();
  const leader = new ScriptedLeader(clock);
  const { books, leg, engine } = live(clock, leader, new MemoryJournal());
  books.say(BTC, { mark: "60000", ...book("59999.9", "60000.1") });
  clock.advance(1_000);
  for (const change of [100, 100, -60, -300, 160]) {
    leader.trade(change);
    clock.advance(1_000);
    expect([leg()?.ownedLots, leg()?.venue.lots, leg()?.foreignLots]).toEqual([
      leader.lots / 2,
      leader.lots / 2,
      0,
    ]);
  }
  expect(books.followed.has(InstrumentId("BTCUSDT", REAL))).toBe(true);
  expect(Number(engine.state.followers.get(FOLLOWER)?.equity)).toBeLessThan(10_000);
  engine.stop();
  expect(books.isClosed).toBe(true);
});

test("killed at any moment of a copy, it comes back, agrees with its ledger and reaches its target", () => {
  for (let killAfterMs = 0; killAfterMs <= 200; killAfterMs += 10) {
    const clock = new VirtualClock();
    const leader = new ScriptedLeader(clock);
    const journal = new MemoryJournal();
    const first = live(clock, leader, journal);
    first.books.say(BTC, { mark: "60000", ...book("59999.9", "60000.1") });
    clock.advance(1_000);
    leader.trade(80);
    clock.advance(5_000);
    leader.trade(120);
    clock.advance(killAfterMs);
    first.kill();
    leader.trade(-40);
    const second = live(clock, leader, journal);
    second.books.say(BTC, { mark: "61000", ...book("60999.9", "61000.1") });
    clock.advance(40_000);
    const leg = second.leg();
    expect([killAfterMs, leg?.ownedLots, leg?.foreignLots]).toEqual([killAfterMs, 80, 0]);
    const [held] = second.paperVenue.ask((venue) => venue.positions(FOLLOWER));
    expect([held?.side, held?.size]).toEqual(["Buy", "0.08"]);
    second.engine.stop();
  }
});

test("a paper follower has the leader's stop, also after a kill; what it closed is not bought again", () => {
  const settings = {
    ...SETTINGS,
    allocations: SETTINGS.allocations.map((allocation) => ({ ...allocation, copyStops: true })),
  };
  const clock = new VirtualClock();
  const leader = new ScriptedLeader(clock);
  const journal = new MemoryJournal();
  const first = live(clock, leader, journal, settings);
  first.books.say(BTC, { mark: "60000", last: "60000", ...book("59999.9", "60000.1") });
  clock.advance(1_000);
  leader.trade(80);
  clock.advance(1_000);
  leader.setStop("55000");
  clock.advance(1_000);
  const rests = ({ paperVenue }: ReturnType<typeof live>) =>
    paperVenue
      .ask((venue) => venue.openOrders(FOLLOWER, {}))
      .map(({ side, qty, triggerPrice }) => `${side} ${qty} at ${triggerPrice}`);
  expect(rests(first)).toEqual(["Sell 0.04 at 55000"]);
  first.kill();
  const second = live(clock, leader, journal, settings);
  second.books.say(BTC, { mark: "60000", last: "60000", ...book("59999.9", "60000.1") });
  clock.advance(40_000);
  expect(rests(second)).toEqual(["Sell 0.04 at 55000"]);
  second.books.say(BTC, { mark: "54900", last: "54900", ...book("54899.9", "54900.1") });
  clock.advance(40_000);
  expect([second.leg()?.ownedLots, second.leg()?.venue.lots, rests(second)]).toEqual([0, 0, []]);
  second.engine.stop();
});
