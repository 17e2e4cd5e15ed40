/** The engine when its journal fails: what may still go, what stops, and that nothing goes unsaid. */
import { describe, expect, it } from "vitest";
import { BTC, BTC_SPEC, FOLLOWER, LEADER, Story, VENUE } from "../../test/core/story.ts";
import { VirtualClock } from "../../test/simulation/virtual-clock.ts";
import type { Event } from "../core/event.ts";
import { TradeId, VenueOrderId } from "../core/model/identifiers.ts";
import { makeInstrument } from "../core/model/instrument.ts";
import type { ApprovedOrder } from "../core/order.ts";
import { emptyState } from "../core/state.ts";
import type { AccountConnection, ConnectionEvent } from "../exchange/exchange.ts";
import { type Journal, type JournalEntry, JournalError } from "../journal/journal.ts";
import { MemoryJournal } from "../journal/memory.ts";
import { Engine } from "./engine.ts";

const START_MS = 1_000_000;

/** A journal whose disk the test fills, breaks and empties. */
class FailingJournal implements Journal {
  readonly #journal = new MemoryJournal();
  failure: "none" | "full" | "broken" = "none";
  /** Characters that reductions may still write on a full disk. */
  reserve = 100_000;

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
  }

  close(): void {}

  #takeReserve(entries: readonly JournalEntry[], reduction: boolean): void {
    this.reserve -= entries.reduce((sum, { payload }) => sum + payload.length, 0);
    if (!reduction || this.reserve < 0) throw new JournalError("disk-full", "full");
  }
}

function start() {
  const clock = new VirtualClock(START_MS);
  const journal = new FailingJournal();
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
    lookUp: () => {},
    setLeverage: () => {},
  });
  const engine = new Engine({
    state: emptyState(),
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
  const { settings } = new Story({ bare: true });
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

function copying() {
  const world = start();
  world.begin();
  for (const event of [snapshot(LEADER, "leader"), snapshot(FOLLOWER, "follower"), described])
    world.engine.receive(event);
  return world;
}

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

  it("halts the followers and opens nothing more", () => {
    const { journal, engine, clock, sent } = copying();
    journal.failure = "full";
    engine.receive({ ...described, leverage: "9" });
    clock.runUntil(START_MS + 10);
    engine.receive(leaderBuys(1));
    expect(sent).toEqual([]);
    expect(engine.running).toBe(true);
  });

  it("stops and says so when the reserve is used up too", () => {
    const { journal, engine, clock, sent, failures } = copying();
    journal.failure = "full";
    journal.reserve = 0;
    engine.receive(leaderBuys(1));
    clock.runUntil(START_MS + 10);
    expect(sent).toEqual([]);
    expect(engine.running).toBe(false);
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
