/** Recorded leaders: when their fills are heard of, and what they hold by them. */
import { describe, expect, it } from "vitest";
import { Decimal } from "../core/model/decimal.ts";
import { AccountId, VenueId } from "../core/model/identifiers.ts";
import type { ConnectionEvent } from "../exchange/exchange.ts";
import { LeaderDelay } from "./delay.ts";
import type { LeaderFill } from "./leader-fill.ts";
import { RecordedLeader } from "./recorded-leader.ts";
import { VirtualClock } from "./virtual-clock.ts";

function leader() {
  const clock = new VirtualClock(1_000);
  const events: ConnectionEvent[] = [];
  const made = new RecordedLeader({
    account: AccountId("anna"),
    venue: VenueId("recorded"),
    clock,
    listener: (event) => events.push(event),
  });
  return { clock, events, made };
}

function fill(by: number, over: Partial<LeaderFill> = {}): LeaderFill {
  return {
    leader: "anna",
    timeMs: 900,
    symbol: "BTCUSDT",
    leg: "net",
    side: by > 0 ? "buy" : "sell",
    price: Decimal.parse("100"),
    quantity: Decimal.fromNumber(Math.abs(by)),
    positionBefore: null,
    realises: false,
    ...over,
  };
}

function told(events: readonly ConnectionEvent[]): readonly string[] {
  return events.flatMap((event) => {
    if (event.kind === "leader-filled") return [`${event.side} ${event.quantity} of ${event.leg}`];
    if (event.kind === "leader-position-reported") return [`holds ${event.position.quantity}`];
    return [];
  });
}

function held(events: readonly ConnectionEvent[]): readonly string[] {
  const snapshots = events.filter((event) => event.kind === "leader-snapshot-taken");
  return (
    snapshots
      .at(-1)
      ?.positions.map(({ leg, quantity, entryPrice }) => `${leg} ${quantity} at ${entryPrice}`) ?? []
  );
}

describe("a recorded leader", () => {
  it("tells nothing before it is copied, then all that it holds, then each fill", () => {
    const { clock, events, made } = leader();
    made.heard(fill(2));
    made.heard(fill(2, { price: Decimal.parse("110") }));
    expect(events).toEqual([]);
    made.tell("5000");
    clock.runUntil(1_000);
    expect(held(events)).toEqual(["net 4 at 105"]);
    expect(events.at(-1)).toMatchObject({ equity: { equity: "5000" } });
    made.heard(fill(-3, { realises: true }));
    expect(told(events)).toEqual(["sell 3 of net"]);
  });

  it("does not know what it held before its record: what closes that is left out, as far as it does", () => {
    const { clock, events, made } = leader();
    made.tell("5000");
    made.heard(fill(-5, { leg: "long", realises: true }));
    made.heard(fill(2, { leg: "long" }));
    made.heard(fill(-5, { leg: "long", realises: true }));
    made.heard(fill(-1, { realises: true }));
    made.requestSnapshot();
    clock.runUntil(1_000);
    expect(told(events)).toEqual(["buy 2 of long", "sell 2 of long"]);
    expect(held(events)).toEqual([]);
    expect(made.unseen).toBe(3);
  });

  it("believes a record that tells what was held before a fill", () => {
    const { clock, events, made } = leader();
    made.tell("5000");
    made.heard(fill(1, { positionBefore: Decimal.parse("7") }));
    made.requestSnapshot();
    clock.runUntil(1_000);
    expect(told(events)).toEqual(["holds 7", "buy 1 of net"]);
    expect(held(events)).toEqual(["net 8 at 100"]);
    expect(made.unseen).toBe(0);
  });
});

describe("the delay", () => {
  it("lies round its median, by the seed of each leader, and never turns fills round", () => {
    const model = { medianMs: 1_000, spread: 0.5, seed: 7 };
    const late = (name: string) => {
      const delay = new LeaderDelay(model, name);
      return Array.from({ length: 2_001 }, (_, at) => delay.heardAtMs(at * 60_000) - at * 60_000);
    };
    const anna = late("anna");
    expect(late("anna")).toEqual(anna);
    expect(late("bert")).not.toEqual(anna);
    const sorted = anna.toSorted((one, other) => one - other);
    expect(sorted[1_000]).toBeGreaterThan(950);
    expect(sorted[1_000]).toBeLessThan(1_050);
    expect(sorted[1_900]).toBeGreaterThan(2_000);
    const close = new LeaderDelay(model, "anna");
    const heard = Array.from({ length: 500 }, (_, at) => close.heardAtMs(at));
    expect(heard).toEqual(heard.toSorted((one, other) => one - other));
  });

  it("is always the median without a spread", () => {
    const delay = new LeaderDelay({ medianMs: 250, spread: 0, seed: 1 }, "anna");
    expect([delay.heardAtMs(0), delay.heardAtMs(10)]).toEqual([250, 260]);
  });
});
