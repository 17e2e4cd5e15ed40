import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AccountId, InstrumentId, VenueId } from "../core/model/identifiers.ts";
import { type Alert, type AlertReport, alertOf } from "./alert.ts";
import { QuietPeriods } from "./quiet-periods.ts";

const QUIET_MS = 60_000;
const BTC = InstrumentId("BTCUSDT", VenueId("bybit"));
const options = { quietMs: QUIET_MS, keysPerAccountMax: 20, keysPerKindMax: 100 };
const rejected = (follower: string, atMs: number, more: Partial<AlertReport> = {}): Alert =>
  alertOf({ kind: "order-rejected", follower: AccountId(follower), ...more }, atMs);

describe("quiet periods", () => {
  it("tell the first, count the rest, and sum up once at the end", () => {
    const quiet = new QuietPeriods(options);
    const told = Array.from({ length: 1_000 }, (_, index) => quiet.admits(rejected("one", index * 10)));
    expect(told.filter(Boolean)).toHaveLength(1);
    expect(quiet.due(QUIET_MS - 1)).toEqual([]);
    const [summary, ...others] = quiet.due(QUIET_MS);
    expect(others).toEqual([]);
    expect(summary).toMatchObject({
      kind: "order-rejected",
      follower: "one",
      atMs: QUIET_MS,
      repeats: { count: 999, sinceMs: 10 },
    });
    expect(quiet.admits(rejected("one", QUIET_MS + 1))).toBe(false);
    expect(quiet.due(2 * QUIET_MS)).toMatchObject([{ repeats: { count: 1, sinceMs: QUIET_MS + 1 } }]);
    expect(quiet.due(3 * QUIET_MS)).toEqual([]);
    expect(quiet.admits(rejected("one", 3 * QUIET_MS + 1))).toBe(true);
  });

  it("keep followers, instruments and topics apart", () => {
    const quiet = new QuietPeriods(options);
    expect(quiet.admits(rejected("one", 0))).toBe(true);
    expect(quiet.admits(rejected("two", 0))).toBe(true);
    expect(quiet.admits(rejected("one", 1, { topic: "bad-request" }))).toBe(true);
    expect(quiet.admits(rejected("one", 2))).toBe(false);
  });

  it("count together what one account has too much of, and tell whose it is", () => {
    const quiet = new QuietPeriods(options);
    const one = Array.from({ length: 50 }, (_, index) => rejected("one", index, { topic: `${index}` }));
    expect(one.filter((alert) => quiet.admits(alert))).toHaveLength(20);
    const two = Array.from({ length: 30 }, (_, index) => rejected("two", 50 + index, { topic: `${index}` }));
    expect(two.filter((alert) => quiet.admits(alert))).toHaveLength(20);
    const leader = AccountId("lead");
    const lead = alertOf({ kind: "order-rejected", leader, instrument: BTC }, 80);
    expect(quiet.admits(lead)).toBe(true);
    const summaries = quiet.due(QUIET_MS + 80);
    expect(summaries.map(({ follower, repeats }) => [follower, repeats?.count])).toEqual([
      ["one", 30],
      ["two", 10],
    ]);
    expect(summaries.map(({ instrument }) => instrument)).toEqual([undefined, undefined]);
  });

  it("tell the first of each account, however many alerts others have", () => {
    const quiet = new QuietPeriods(options);
    const told = new Map<string, number>();
    for (let topic = 0; topic < 30; topic += 1) {
      for (let index = 0; index < 1_000; index += 1) {
        const follower = `f${index}`;
        if (!quiet.admits(rejected(follower, topic, { topic: `${topic}` }))) continue;
        told.set(follower, (told.get(follower) ?? 0) + 1);
      }
    }
    expect([...told.values()]).toEqual(Array.from({ length: 1_000 }, () => 1));
    expect(quiet.admits(rejected("late", 30))).toBe(true);
    const summaries = quiet.due(QUIET_MS + 30);
    expect(summaries).toHaveLength(1_000);
    expect(new Set(summaries.map(({ follower }) => follower)).size).toBe(1_000);
    expect(summaries.reduce((sum, { repeats }) => sum + (repeats?.count ?? 0), 0)).toBe(29_000);
  });

  it("count together what names no account, too", () => {
    const quiet = new QuietPeriods(options);
    const told = Array.from({ length: 30 }, (_, index) =>
      quiet.admits(alertOf({ kind: "statement-refused", topic: `${index}` }, index)),
    );
    expect(told.filter(Boolean)).toHaveLength(20);
    const [summary, ...others] = quiet.due(QUIET_MS + 30);
    expect(others).toEqual([]);
    expect(summary?.repeats).toEqual({ count: 10, sinceMs: 20 });
    expect(summary).not.toHaveProperty("follower");
    expect(summary).not.toHaveProperty("leader");
  });

  it("tell what is critical with its names, however many there are", () => {
    const quiet = new QuietPeriods(options);
    const halted = Array.from({ length: 30 }, (_, index) =>
      alertOf({ kind: "account-halted", follower: AccountId(`f${index}`) }, index),
    );
    expect(halted.filter((alert) => quiet.admits(alert))).toHaveLength(30);
    expect(halted.filter((alert) => quiet.admits(alert))).toHaveLength(0);
    expect(quiet.due(QUIET_MS + 30).map(({ follower }) => follower)).toEqual(
      halted.map(({ follower }) => follower),
    );
  });

  it("lose nothing: what is told and what the summaries count is all there was", () => {
    const step = fc.record({ follower: fc.nat(3), topic: fc.nat(60), afterMs: fc.nat(4_000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const quiet = new QuietPeriods(options);
        let nowMs = 0;
        let accounted = 0;
        let messages = 0;
        const sumUp = () => {
          for (const { repeats } of quiet.due(nowMs)) {
            accounted += repeats?.count ?? 0;
            messages += 1;
          }
        };
        for (const { follower, topic, afterMs } of steps) {
          nowMs += afterMs;
          sumUp();
          if (!quiet.admits(rejected(`f${follower}`, nowMs, { topic: `${topic}` }))) continue;
          accounted += 1;
          messages += 1;
        }
        nowMs += QUIET_MS;
        sumUp();
        expect(accounted).toBe(steps.length);
        expect(messages).toBeLessThanOrEqual(steps.length);
      }),
    );
  });
});
