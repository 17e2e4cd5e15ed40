/** A paper account survives the process: it comes back from what the engine's journal knows, and goes on from there. */
import { describe, expect, it } from "vitest";
import {
  approved,
  BTC,
  book,
  ETH,
  INSTRUMENTS,
  makePaper,
  type PaperFollower,
  REAL,
} from "../../../../test/paper-fixture.ts";
import { apply } from "../../../core/apply.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../../core/checkpoint.ts";
import type { Event } from "../../../core/event.ts";
import { emptyWatch } from "../../../core/guard/watch.ts";
import { emptyMargin } from "../../../core/margin-mode.ts";
import { AccountId } from "../../../core/model/identifiers.ts";
import { emptyReservations } from "../../../core/reservation.ts";
import { NO_LIMITS } from "../../../core/risk-settings.ts";
import { emptyState, type State } from "../../../core/state.ts";
import { type PaperRestore, paperRestoreOf } from "./paper-restore.ts";

const F = AccountId("f");

/** The core's record of a follower, made of the events that its connection told. */
function stateOf(events: readonly Event[]): State {
  const state = emptyState();
  const specs = [...INSTRUMENTS.values()].map(({ spec }) => spec);
  apply(state, { kind: "instruments-listed", instruments: specs, atMs: 0 });
  state.followers.set(F, {
    account: F,
    index: 0,
    venue: REAL,
    place: `paper ${REAL}`,
    markets: new Map(),
    equity: null,
    available: null,
    balance: null,
    confirmedAtMs: 0,
    readUpToMs: 0,
    readUpToServerMs: 0,
    connected: false,
    paused: false,
    halted: null,
    limits: NO_LIMITS,
    ...emptyReservations(),
    margin: emptyMargin(),
    foreignOrders: null,
    stops: [],
    stopSequence: 0,
    watch: emptyWatch(),
    relations: [],
  });
  for (const event of events) apply(state, event);
  return decodeCheckpoint(encodeCheckpoint(state));
}

function restoreOf(events: readonly Event[]): PaperRestore {
  const restore = paperRestoreOf(stateOf(events), F, REAL);
  if (restore === null) throw new Error("nothing was recovered");
  return restore;
}

const last = (follower: PaperFollower) => follower.of("follower-snapshot-taken").at(-1);

/** A first life: long BTC, short ETH, then a snapshot. */
function firstLife() {
  const paper = makePaper();
  paper.books.say(BTC, { mark: "60000", ...book("59999.9", "60000.1") });
  paper.books.say(ETH, { mark: "3000", ...book("2999.9", "3000.1") });
  const follower = paper.account("f");
  follower.connection.open();
  follower.connection.setLeverage(BTC, "20");
  paper.clock.advance(100);
  follower.connection.submit([approved("f", BTC, 100), approved("f", ETH, -300)]);
  paper.clock.advance(50);
  paper.books.say(BTC, { mark: "60500", ...book("60499.9", "60500.1") });
  follower.connection.requestSnapshot();
  paper.clock.advance(50);
  return { ...paper, follower };
}

function secondLife(first: ReturnType<typeof firstLife>) {
  const restore = restoreOf(first.follower.events);
  const paper = makePaper(first.clock);
  const follower = paper.account("f", { restore });
  follower.connection.open();
  paper.clock.advance(100);
  return { ...paper, follower, restore };
}

describe("a restart", () => {
  it("brings back positions with their entry prices and leverage, and the equity", () => {
    const first = firstLife();
    const before = last(first.follower);
    const { follower, books } = secondLife(first);
    const after = last(follower);
    expect(after?.equity.equity).toBe(before?.equity.equity);
    const rows = (one: typeof before) =>
      one?.positions.map(({ instrument, leg, quantity, entryPrice, leverage }) => ({
        instrument,
        leg,
        quantity,
        entryPrice,
        leverage,
      }));
    expect(rows(after)).toEqual(rows(before));
    expect([...books.followed].sort()).toEqual([BTC, ETH]);
  });

  it("keeps the equity at the first prices, and moves it with the market from then on", () => {
    const first = firstLife();
    const equity = Number(last(first.follower)?.equity.equity);
    const { follower, books, clock } = secondLife(first);
    books.say(BTC, { mark: "60500", ...book("60499.9", "60500.1") });
    books.say(ETH, { mark: "3000", ...book("2999.9", "3000.1") });
    follower.connection.requestSnapshot();
    clock.advance(50);
    expect(Number(last(follower)?.equity.equity)).toBeCloseTo(equity, 6);
    books.say(BTC, { mark: "60600" });
    follower.connection.requestSnapshot();
    clock.advance(50);
    expect(Number(last(follower)?.equity.equity)).toBeCloseTo(equity + 10, 6);
  });

  it("closes what it brought back with the profit since its entry", () => {
    const first = firstLife();
    const { follower, books, clock, paperVenue } = secondLife(first);
    books.say(BTC, { mark: "60500", ...book("60500", "60500.1") });
    follower.connection.submit([approved("f", BTC, -100, { reduceOnly: true })]);
    clock.advance(50);
    const [closed] = paperVenue.ask((venue) => venue.closedPnl("f", "BTCUSDT"));
    expect(closed).toMatchObject({ avgEntryPrice: "60000.1", avgExitPrice: "60500", closeFee: "3.3275" });
    expect(follower.of("follower-position-reported").at(-1)?.position).toMatchObject({ quantity: "0" });
    const ledger = paperVenue.ask((venue) => venue.ledger());
    expect(Number(ledger.total)).toBeCloseTo(Number(ledger.deposits) - Number(ledger.withdrawals), 9);
  });

  it("is agreed with by the core: nothing is foreign, and later fills count", () => {
    const first = firstLife();
    const { follower, books, clock } = secondLife(first);
    books.say(BTC, { mark: "60500", ...book("60499.9", "60500.1") });
    follower.connection.submit([approved("f", BTC, 50)]);
    clock.advance(50);
    const state = stateOf([...first.follower.events, ...follower.events]);
    const leg = state.followers
      .get(F)
      ?.markets.get(BTC)
      ?.legs.find((one) => one.leg === "net");
    expect(leg?.venue).toMatchObject({ lots: 150, confirmedLots: 150, pending: [], absences: 0 });
  });

  it("numbers later changes above all that the journal knows, and names no trade or order twice", () => {
    const first = firstLife();
    const { follower, books, clock, restore } = secondLife(first);
    books.say(BTC, { mark: "60500", ...book("60499.9", "60500.1") });
    books.say(ETH, { mark: "3000", ...book("2999.9", "3000.1") });
    follower.connection.submit([approved("f", BTC, 50), approved("f", ETH, 100)]);
    clock.advance(50);
    const sequences = follower.of("follower-filled").map(({ sequence }) => sequence);
    expect(restore.sequenceFloor).toBeGreaterThan(0);
    expect(Math.min(...sequences)).toBeGreaterThan(restore.sequenceFloor);
    const ids = [...first.follower.of("follower-filled"), ...follower.of("follower-filled")];
    expect(new Set(ids.map(({ tradeId }) => tradeId)).size).toBe(4);
    expect(new Set(ids.map(({ venueOrderId }) => venueOrderId)).size).toBe(4);
  });

  it("does not know the orders of the life before", () => {
    const first = firstLife();
    const [order] = first.follower.of("order-accepted");
    const { follower, clock } = secondLife(first);
    if (order !== undefined) follower.connection.lookUp(order.clientOrderId, BTC);
    clock.advance(50);
    expect(follower.of("order-not-found")).toHaveLength(1);
  });

  it("liquidates nothing by a price that stands in for one that is not known yet", () => {
    const restore: PaperRestore = {
      equity: "700",
      positions: [{ instrument: BTC, leg: "net", quantity: "1", entryPrice: "90000", leverage: "100" }],
      sequenceFloor: 40,
    };
    const { account, books, clock } = makePaper();
    const follower = account("f", { restore });
    follower.connection.open();
    clock.advance(100);
    books.say(BTC, { mark: "60000", ...book("59999.9", "60000.1") });
    clock.advance(5000);
    expect(follower.of("follower-filled")).toEqual([]);
    follower.connection.requestSnapshot();
    clock.advance(50);
    expect(last(follower)).toMatchObject({
      equity: { equity: "700" },
      positions: [{ quantity: "1", entryPrice: "90000", leverage: "100", sequence: 40 }],
    });
  });

  it("brings back both legs of hedge mode, and a wallet below zero", () => {
    const position = { instrument: BTC, entryPrice: "50000" } as const;
    const restore: PaperRestore = {
      equity: "1000",
      positions: [
        { ...position, leg: "long", quantity: "0.2" },
        { ...position, leg: "short", quantity: "-0.1" },
      ],
      sequenceFloor: 0,
    };
    const { account, books, clock, paperVenue } = makePaper();
    books.say(BTC, { mark: "70000", ...book("69999.9", "70000.1") });
    paperVenue.follow([BTC]);
    paperVenue.show(BTC);
    const follower = account("f", { restore });
    follower.connection.open();
    clock.advance(100);
    expect(paperVenue.ask((venue) => venue.wallet("f")?.totalWalletBalance)).toBe("-1000");
    expect(last(follower)).toMatchObject({
      equity: { equity: "1000" },
      positions: [
        { leg: "long", quantity: "0.2" },
        { leg: "short", quantity: "-0.1" },
      ],
    });
  });

  it("names a position whose instrument is gone", () => {
    const gone = BTC.replace("BTC", "GONE");
    const notices: string[] = [];
    const restore = JSON.parse(
      `{"equity":"1","sequenceFloor":0,"positions":[{"instrument":"${gone}","leg":"net","quantity":"1","entryPrice":"1"}]}`,
    );
    makePaper().account("f", { restore, onNotice: (text) => notices.push(text) });
    expect(notices).toEqual([expect.stringContaining(gone)]);
  });
});
