import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AccountId } from "../core/model/identifiers.ts";
import { type Alert, type AlertReport, alertOf } from "./alert.ts";
import { QuietPeriods } from "./quiet-periods.ts";

const QUIET_MS = 60_000;
const options = { quietMs: QUIET_MS, keysPerKindMax: 20 };
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

  it("count together what a thousand followers meet at once", () => {
    const quiet = new QuietPeriods(options);
    const told = Array.from({ length: 1_000 }, (_, index) => quiet.admits(rejected(`f${index}`, index)));
    expect(told.filter(Boolean)).toHaveLength(20);
    const [summary, ...others] = quiet.due(QUIET_MS + 1_000);
    expect(others).toEqual([]);
    expect(summary?.repeats).toEqual({ count: 980, sinceMs: 20 });
    expect(summary).not.toHaveProperty("follower");
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
    const step = fc.record({ follower: fc.nat(30), afterMs: fc.nat(40_000) });
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
        for (const { follower, afterMs } of steps) {
          nowMs += afterMs;
          sumUp();
          if (!quiet.admits(rejected(`f${follower}`, nowMs))) continue;
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
