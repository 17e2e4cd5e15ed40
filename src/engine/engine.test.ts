/** The engine when its journal fails: what may still go, what stops, and that nothing goes unsaid. */
import { describe, expect, it } from "vitest";
import { guarded } from "../../test/core/guarded.ts";
import { BTC, BTC_SPEC, FOLLOWER, LEADER, Story, VENUE } from "../../test/core/story.ts";
import { VirtualClock } from "../backtest/virtual-clock.ts";
import { encodeCheckpoint } from "../core/checkpoint.ts";
import type { Event, PositionRow } from "../core/event.ts";
import { TradeId, VenueOrderId } from "../core/model/identifiers.ts";
import { makeInstrument } from "../core/model/instrument.ts";
import type { ApprovedOrder } from "../core/order.ts";
import type { AccountConnection, ConnectionEvent } from "../exchange/exchange.ts";
import { type Journal, type JournalEntry, JournalError } from "../journal/journal.ts";
import { MemoryJournal } from "../journal/memory.ts";
import { Engine } from "./engine.ts";
import { DISK_IS_LOW } from "./halts.ts";
import { DISK_IS_FULL } from "./observer.ts";
import { recover } from "./recovery.ts";
import { STOOD_STILL } from "./standstill.ts";

const START_MS = 1_000_000;

/** A journal whose disk the test fills, breaks and empties. */
class FailingJournal implements Journal {
  readonly #journal = new MemoryJournal();
  failure: "none" | "full" | "broken" = "none";
  /** Characters that reductions may still write on a full disk. */
  reserve = 100_000;
  /** The last record that no power cut can take. */
  synced = 0;

  get lastSequence(): number {
    return this.#journal.lastSequence;
  }

  get lastCheckpoint(): number {
    return this.#journal.lastCheckpoint;
  }

  append(entries: readonly JournalEntry[], options?: { readonly reduction?: boolean }): number {
    if (this.failure === "broken") throw new JournalError("write-failed", "broken");
    if (this.failure === "full") this.#takeReserve(entries, options?.reduction === true);
    return this.#journal.append(entries);
  }

  read(fromSequence: number) {
    return this.#journal.read(fromSequence);
  }

  sinceCheckpoint() {
    return this.#journal.sinceCheckpoint();
  }

  sync(): void {
    if (this.failure === "broken") throw new JournalError("write-failed", "broken");
    this.synced = this.lastSequence;
  }

  close(): void {}

  #takeReserve(entries: readonly JournalEntry[], reduction: boolean): void {
    const needed = entries.reduce((sum, { payload }) => sum + payload.length, 0);
    if (!reduction || needed > this.reserve) throw new JournalError("disk-full", "full");
    this.reserve -= needed;
  }
}

function start({ settings } = new Story({ bare: true }), journal = new FailingJournal()) {
  const clock = new VirtualClock(START_MS);
  const sent: ApprovedOrder[] = [];
  const failures: JournalError[] = [];
  let closed = 0;
  const connection = (account: AccountConnection["account"]): AccountConnection => ({
    account,
    venue: VENUE,
    capabilities: { orderEntryStream: true, hedgeMode: true },
    inspectKey: () => {},
    inspect: () => {},
    open: () => {},
    close: () => {
      closed += 1;
    },
    requestSnapshot: () => {},
    describeMarket: () => {},
    submit: (orders) => {
      sent.push(...orders);
    },
    cancel: () => {},
    amend: () => {},
    lookUp: () => {},
    setLeverage: () => {},
  });
  const engine = new Engine({
    state: recover(journal).state,
    journal,
    clock,
    chance: () => 0.5,
    connections: new Map([
      [LEADER, connection(LEADER)],
      [FOLLOWER, connection(FOLLOWER)],
    ]),
    feeds: new Map(),
    observer: { failed: (error) => failures.push(error) },
  });
  const begin = () => engine.start(settings, [makeInstrument(BTC_SPEC)]);
  return { clock, journal, sent, failures, engine, begin, closedCount: () => closed };
}

function snapshot(account: typeof LEADER, kind: "leader" | "follower"): ConnectionEvent {
  return {
    kind: `${kind}-snapshot-taken`,
    account,
    positions: [],
    orders: [],
    equity: { equity: "10000", available: "10000" },
    serverTimeMs: START_MS,
    requestedAtMs: START_MS,
    receivedAtMs: START_MS,
  };
}

/** What the leader's first purchase led to, as a snapshot lists it. */
const held: PositionRow = {
  instrument: BTC,
  leg: "net",
  quantity: "1",
  entryPrice: "60000",
  leverage: "10",
  sequence: 1,
  venueTimeMs: START_MS,
};

const described: ConnectionEvent = {
  kind: "market-described",
  account: FOLLOWER,
  instrument: BTC,
  mode: "one-way",
  leverage: "10",
  atMs: START_MS,
};

function leaderBuys(sequence: number): Extract<Event, { readonly kind: "leader-filled" }> {
  return {
    kind: "leader-filled",
    account: LEADER,
    instrument: BTC,
    leg: "net",
    tradeId: TradeId(`t${sequence}`),
    venueOrderId: VenueOrderId("v"),
    side: "buy",
    quantity: "1",
    price: "60000",
    fee: "0",
    sequence,
    venueTimeMs: START_MS,
    receivedAtMs: START_MS,
  };
}

function copying(story?: Story) {
  const world = start(story);
  world.begin();
  for (const event of [snapshot(LEADER, "leader"), snapshot(FOLLOWER, "follower"), described])
    world.engine.receive(event);
  return world;
}

/** Like `copying`, with what the leader bought first held by both. */
function holding(story?: Story) {
  const world = copying(story);
  world.engine.receive(leaderBuys(1));
  const [order] = world.sent;
  if (order === undefined) throw new Error("nothing was sent");
  const { clientOrderId } = order;
  const { kind: _, ...fill } = leaderBuys(2);
  const quantity = String(Math.abs(order.lots) / 1_000);
  world.engine.receive({ ...fill, kind: "follower-filled", account: FOLLOWER, clientOrderId, quantity });
  world.engine.receive({
    kind: "order-reported",
    account: FOLLOWER,
    order: {
      instrument: BTC,
      leg: "net",
      clientOrderId,
      venueOrderId: VenueOrderId("v"),
      side: "buy",
      status: "filled",
      quantity,
      filledQuantity: quantity,
      averagePrice: "60000",
      reduceOnly: false,
      venueReason: "",
      venueTimeMs: START_MS,
    },
    atMs: START_MS,
  });
  world.clock.runUntil(START_MS + 10);
  return world;
}

function equityOf(account: typeof FOLLOWER, at: number): ConnectionEvent {
  return { kind: "equity-reported", account, equity: String(10_000 + at), available: "9000", atMs: START_MS };
}

describe("openings that a watchdog stops", () => {
  it("wait until it releases them, while reductions go; both are in the journal", () => {
    const { journal, engine, clock, sent } = holding();
    engine.haltOpenings(DISK_IS_LOW, () => true);
    engine.haltOpenings(DISK_IS_LOW, () => true);
    engine.receive(leaderBuys(3));
    expect(sent).toHaveLength(1);
    engine.receive({ ...leaderBuys(4), side: "sell", quantity: "2" });
    expect(sent.map(({ reduceOnly }) => reduceOnly)).toEqual([false, true]);
    engine.releaseHalts(DISK_IS_LOW);
    engine.releaseHalts(DISK_IS_LOW);
    expect(engine.state.followers.get(FOLLOWER)?.halted).toBeNull();
    clock.runUntil(START_MS + 1_000);
    const kinds = [...journal.read(1)].map(({ payload }) => JSON.parse(payload).kind);
    expect(kinds.filter((kind) => kind === "account-refused" || kind === "halts-released")).toEqual([
      "account-refused",
      "halts-released",
    ]);
    expect(encodeCheckpoint(recover(journal).state)).toBe(encodeCheckpoint(engine.state));
  });

  it("are those of the followers that it concerns, and of no other halt", () => {
    const { engine } = copying();
    engine.haltOpenings(DISK_IS_LOW, (account) => account !== FOLLOWER);
    expect(engine.state.followers.get(FOLLOWER)?.halted).toBeNull();
    const cause = "the key was revoked";
    engine.receive({ kind: "account-refused", account: FOLLOWER, cause, atMs: START_MS });
    engine.haltOpenings(DISK_IS_LOW, () => true);
    engine.releaseHalts(DISK_IS_LOW);
    expect(engine.state.followers.get(FOLLOWER)?.halted).toBe(cause);
  });
});

describe("an engine that stood still", () => {
  it("opens nothing of what waited for it before the leader has been read again, and reduces at once", () => {
    const { engine, sent } = holding();
    const wokeAtMs = START_MS + 10_000;
    engine.receive({ ...leaderBuys(3), receivedAtMs: wokeAtMs });
    expect(sent).toHaveLength(1);
    expect(engine.state.followers.get(FOLLOWER)?.halted).toBe(STOOD_STILL);
    engine.receive({ ...leaderBuys(4), side: "sell", quantity: "1.5", receivedAtMs: wokeAtMs });
    expect(sent.map(({ reduceOnly }) => reduceOnly)).toEqual([false, true]);
  });

  it("goes on once every leader was asked for after it woke, and no sooner", () => {
    const { engine, sent } = copying();
    const wokeAtMs = START_MS + 10_000;
    engine.receive({ ...leaderBuys(1), receivedAtMs: wokeAtMs });
    const read = { ...snapshot(LEADER, "leader"), positions: [held], receivedAtMs: wokeAtMs + 50 };
    engine.receive({ ...read, requestedAtMs: wokeAtMs - 1 } as ConnectionEvent);
    expect(sent).toHaveLength(0);
    engine.receive({ ...read, requestedAtMs: wokeAtMs + 10 } as ConnectionEvent);
    expect(engine.state.followers.get(FOLLOWER)?.halted).toBeNull();
    expect(sent).toHaveLength(1);
  });

  it("opens nothing by a command either, where that is the first that it handles", () => {
    const { engine, sent, clock } = copying();
    engine.command({ kind: "pause" });
    engine.receive(leaderBuys(1));
    clock.nowMs = () => START_MS + 10_000;
    engine.command({ kind: "resume" });
    expect(engine.state.followers.get(FOLLOWER)?.halted).toBe(STOOD_STILL);
    expect(sent).toHaveLength(0);
  });

  it("opens nothing that was due meanwhile before it notices", () => {
    const { engine, sent, clock } = copying(new Story({ bare: true, allocation: { delayMs: 5_000 } }));
    engine.receive(leaderBuys(1));
    const now = clock.nowMs.bind(clock);
    clock.nowMs = () => now() + 10_000;
    clock.runUntil(START_MS + 400);
    expect(engine.state.followers.get(FOLLOWER)?.halted).toBe(STOOD_STILL);
    expect(sent).toHaveLength(0);
  });

  it("waits for nobody longer than half a minute, and takes a short wait for nothing", () => {
    const { engine } = copying();
    engine.receive(equityOf(FOLLOWER, 1));
    engine.receive({ ...equityOf(FOLLOWER, 2), atMs: START_MS + 2_900 } as ConnectionEvent);
    expect(engine.state.followers.get(FOLLOWER)?.halted).toBeNull();
    engine.receive({ ...equityOf(FOLLOWER, 3), atMs: START_MS + 6_000 } as ConnectionEvent);
    expect(engine.state.followers.get(FOLLOWER)?.halted).toBe(STOOD_STILL);
    for (let atMs = START_MS + 7_000; atMs <= START_MS + 36_000; atMs += 1_000)
      engine.receive({ ...equityOf(FOLLOWER, atMs), atMs } as ConnectionEvent);
    expect(engine.state.followers.get(FOLLOWER)?.halted).toBeNull();
  });
});

describe("an engine whose disk is full", () => {
  it("starts with everybody halted, without a checkpoint, and runs on", () => {
    const { journal, begin, engine, failures } = start();
    journal.failure = "full";
    begin();
    expect(engine.running).toBe(true);
    expect(failures).toEqual([]);
    expect(journal.lastCheckpoint).toBe(0);
    expect(engine.state.followers.get(FOLLOWER)?.halted).toContain("disk is full");
  });

  it("keeps its start from power cuts before its first reduction is out, by whose mark that is known as ours", () => {
    const before = holding();
    before.engine.stop();
    const { journal } = before;
    journal.failure = "full";
    const { engine, begin, sent } = start(undefined, journal);
    begin();
    const started = journal.lastSequence + 1;
    expect(journal.synced).toBeLessThan(started);
    for (const event of [snapshot(LEADER, "leader"), snapshot(FOLLOWER, "follower")])
      engine.receive({ ...event, positions: [held] } as ConnectionEvent);
    engine.receive({ ...leaderBuys(3), side: "sell" });
    expect(sent.map(({ reduceOnly }) => reduceOnly)).toEqual([true]);
    expect(JSON.parse([...journal.read(started)][0]?.payload ?? "{}").kind).toBe("engine-started");
    expect(journal.synced).toBe(journal.lastSequence);
  });

  it("halts the followers and opens nothing more", () => {
    const { journal, engine, clock, sent } = copying();
    journal.failure = "full";
    engine.receive({ ...described, leverage: "9" });
    clock.runUntil(START_MS + 10);
    engine.receive(leaderBuys(1));
    expect(sent).toEqual([]);
    expect(engine.running).toBe(true);
  });

  it("lets nothing that increases and still waits for its turn go any more", () => {
    const { journal, engine, clock } = copying();
    expect(engine.mayAdd(FOLLOWER)).toBe(true);
    journal.failure = "full";
    engine.receive(equityOf(FOLLOWER, 1));
    clock.runUntil(START_MS + 10);
    expect(engine.mayAdd(FOLLOWER)).toBe(false);
    journal.failure = "none";
    clock.runUntil(START_MS + 5_000);
    expect(engine.mayAdd(FOLLOWER)).toBe(true);
    engine.command({ kind: "pause", account: FOLLOWER });
    expect(engine.mayAdd(FOLLOWER)).toBe(false);
    engine.command({ kind: "resume", account: FOLLOWER });
    engine.stop();
    expect(engine.mayAdd(FOLLOWER)).toBe(false);
  });

  it("spends the reserve on nothing that is no reduction", () => {
    const { journal, engine, clock, sent, failures } = copying();
    const [written, { reserve }] = [journal.lastSequence, journal];
    journal.failure = "full";
    for (let at = 1; at <= 50; at += 1) {
      engine.receive(leaderBuys(at));
      engine.receive(equityOf(FOLLOWER, at));
      engine.receive(snapshot(FOLLOWER, "follower"));
      clock.runUntil(START_MS + at * 100);
    }
    expect([journal.reserve, journal.lastSequence]).toEqual([reserve, written]);
    expect([sent, failures, engine.running]).toEqual([[], [], true]);
  });

  it("sends no increase that it could not write down, and sends it when there is room again", () => {
    const { journal, engine, clock, sent } = copying();
    clock.runUntil(START_MS + 10);
    journal.failure = "full";
    engine.receive(leaderBuys(1));
    clock.runUntil(START_MS + 2_500);
    expect(sent).toEqual([]);
    expect(engine.state.followers.get(FOLLOWER)?.halted).toBe(DISK_IS_FULL);
    journal.failure = "none";
    clock.runUntil(START_MS + 5_000);
    expect(engine.state.followers.get(FOLLOWER)?.halted).toBeNull();
    expect(sent).toHaveLength(1);
    const kinds = [...journal.read(1)].map(({ payload }) => JSON.parse(payload).kind);
    expect(kinds.filter((kind) => kind === "halts-released")).toHaveLength(1);
    expect(encodeCheckpoint(recover(journal).state)).toBe(encodeCheckpoint(engine.state));
  });

  it("learns a price that it left out meanwhile once there is room, though the market has stood still since", () => {
    const { journal, engine, clock } = copying();
    journal.failure = "full";
    engine.receive(leaderBuys(1));
    clock.runUntil(START_MS + 1_500);
    const quote = { bid: "61000", ask: "61000", mark: "61000" };
    engine.receivePrice({ kind: "price-updated", instrument: BTC, ...quote, atMs: clock.nowMs() });
    engine.receive({ ...equityOf(FOLLOWER, 1), atMs: clock.nowMs() } as ConnectionEvent);
    expect(engine.state.quotes.get(BTC)?.mark).not.toBe(610_000);
    journal.failure = "none";
    clock.runUntil(START_MS + 5_000);
    engine.receive({ ...equityOf(FOLLOWER, 1), atMs: clock.nowMs() } as ConnectionEvent);
    expect(engine.state.quotes.get(BTC)?.mark).toBe(610_000);
  });

  it("releases nobody whom something else has halted", () => {
    const { journal, engine, clock } = copying();
    journal.failure = "full";
    engine.receive(leaderBuys(1));
    const cause = "the key was revoked";
    engine.receive({ kind: "account-refused", account: FOLLOWER, cause, atMs: START_MS });
    journal.failure = "none";
    clock.runUntil(START_MS + 5_000);
    expect(engine.state.followers.get(FOLLOWER)?.halted).toBe(cause);
  });

  it("writes a reduction into the reserve, with what came before it, and sends it", () => {
    const { journal, engine, clock, sent } = holding();
    const { reserve } = journal;
    journal.failure = "full";
    engine.receive(leaderBuys(3));
    engine.receive({ ...leaderBuys(4), side: "sell", quantity: "2" });
    clock.runUntil(START_MS + 500);
    expect(sent.map(({ reduceOnly }) => reduceOnly)).toEqual([false, true]);
    expect(journal.reserve).toBeLessThan(reserve);
    expect(engine.running).toBe(true);
    clock.runUntil(START_MS + 1_500);
    const spent = journal.reserve;
    for (let at = 0; at < 20; at += 1) engine.receive(equityOf(FOLLOWER, at));
    clock.runUntil(START_MS + 3_500);
    expect(journal.reserve).toBe(spent);
    journal.failure = "none";
    clock.runUntil(START_MS + 5_500);
    expect(encodeCheckpoint(recover(journal).state)).toBe(encodeCheckpoint(engine.state));
  });

  it("stops and says so when not even a reduction can be written", () => {
    const { journal, engine, sent, failures } = holding();
    journal.failure = "full";
    journal.reserve = 0;
    engine.receive({ ...leaderBuys(3), side: "sell" });
    expect(sent).toHaveLength(1);
    expect(engine.running).toBe(false);
    expect(failures).toMatchObject([{ failure: "disk-full" }]);
  });

  it("lets no more wait in memory than a reduction could still be written with", () => {
    const { journal, engine, clock, failures } = copying();
    journal.failure = "full";
    journal.reserve = 300_000;
    for (let at = 1; at < 4_000 && engine.running; at += 1) {
      engine.receive(leaderBuys(at));
      if (at % 100 === 0) clock.runUntil(clock.nowMs() + 1_000);
    }
    expect(journal.reserve).toBeLessThan(40_000);
    expect(failures).toMatchObject([{ failure: "disk-full" }]);
  });
});

describe("an engine whose journal breaks", () => {
  it("sends nothing that is not written", () => {
    const { journal, engine, sent, failures } = copying();
    journal.failure = "broken";
    engine.receive(leaderBuys(1));
    expect(sent).toEqual([]);
    expect(engine.running).toBe(false);
    expect(failures).toMatchObject([{ failure: "write-failed" }]);
  });

  it("is stopped whole all the same", () => {
    const { journal, engine, closedCount, failures } = copying();
    journal.failure = "broken";
    expect(() => engine.stop()).not.toThrow();
    expect(closedCount()).toBe(2);
    expect(failures.length).toBeGreaterThan(0);
  });
});

describe("under a guard", () => {
  const limit = { kind: "amount", value: "300" } as const;

  const closing = () =>
    guarded({ dailyLoss: { limit, action: "close", coolOffMs: null } }, {}, { bare: true });

  function price(engine: Engine, mark: string): void {
    const atMs = START_MS;
    engine.receivePrice({ kind: "price-updated", instrument: BTC, bid: mark, ask: mark, mark, atMs });
  }

  it("closes within a second of the mark that passes the limit, though nobody trades", () => {
    const { engine, clock, sent } = holding(closing());
    price(engine, "60000");
    clock.runUntil(START_MS + 2_000);
    price(engine, "59500");
    clock.runUntil(START_MS + 3_000);
    expect(sent).toHaveLength(1);
    price(engine, "59300");
    clock.runUntil(START_MS + 4_100);
    expect(sent.map(({ lots, reduceOnly }) => [lots, reduceOnly])).toEqual([
      [500, false],
      [-500, true],
    ]);
  });

  it("closes on a full disk, too, and the journal gives the same state", () => {
    const { engine, clock, sent, journal } = holding(closing());
    price(engine, "60000");
    clock.runUntil(START_MS + 2_000);
    journal.failure = "full";
    price(engine, "59300");
    clock.runUntil(START_MS + 4_100);
    expect(sent.map(({ lots }) => lots)).toEqual([500, -500]);
    expect(encodeCheckpoint(recover(journal).state)).toBe(encodeCheckpoint(engine.state));
  });
});
