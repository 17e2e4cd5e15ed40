/** Hours of the week in which risk may grow. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { onlyOrder, orderTexts, reasonsOf, Story } from "../../../test/core/story.ts";
import type { TradingWindow } from "../settings.ts";
import { isWithin } from "./trading-hours.ts";

const office: TradingWindow = { days: [1, 2, 3, 4, 5], fromMinute: 480, toMinute: 1_020 };
const night: TradingWindow = { days: [5], fromMinute: 1_320, toMinute: 120 };
const wholeSunday: TradingWindow = { days: [0], fromMinute: 0, toMinute: 1_440 };

test.each([
  [office, "2026-11-20T08:00:00Z", true],
  [office, "2026-11-20T07:59:59Z", false],
  [office, "2026-11-20T16:59:59.999Z", true],
  [office, "2026-11-20T17:00:00Z", false],
  [office, "2026-11-21T12:00:00Z", false],
  [night, "2026-11-20T23:00:00Z", true],
  [night, "2026-11-21T01:59:00Z", true],
  [night, "2026-11-21T02:00:00Z", false],
  [night, "2026-11-20T01:00:00Z", false],
  [night, "2026-11-21T23:00:00Z", false],
  [wholeSunday, "2026-11-22T00:00:00Z", true],
  [wholeSunday, "2026-11-22T23:59:59Z", true],
  [wholeSunday, "2026-11-23T00:00:00Z", false],
  [{ days: [6], fromMinute: 1_380, toMinute: 60 }, "2026-11-22T00:30:00Z", true],
] as const)("%j at %s: %s", (window, time, expected) => {
  expect(isWithin([window], Date.parse(time))).toBe(expected);
});

test("agrees with the calendar at any time, and any window that opens is open", () => {
  const minute = fc.integer({ min: 0, max: 1_439 });
  const windows = fc.record({ days: fc.uniqueArray(fc.nat(6)), fromMinute: minute, toMinute: minute });
  const times = fc.date({ min: new Date("2000-01-01"), max: new Date("2100-01-01"), noInvalidDate: true });
  fc.assert(
    fc.property(windows, times, (window, time) => {
      const at = (date: Date) => date.getUTCHours() * 60 + date.getUTCMinutes();
      const yesterday = new Date(time.getTime() - 86_400_000);
      const passes = window.toMinute <= window.fromMinute;
      const today = window.days.includes(time.getUTCDay()) && at(time) >= window.fromMinute;
      const began = window.days.includes(yesterday.getUTCDay()) && passes && at(time) < window.toMinute;
      const expected = (today && (passes || at(time) < window.toMinute)) || began;
      expect(isWithin([window], time.getTime())).toBe(expected);
    }),
    { numRuns: 1_000 },
  );
});

/** 1 January 1970 was a Thursday, and stories begin at a quarter past midnight. */
const thursday = (fromMinute: number, toMinute: number) => ({
  tradingHours: [{ days: [4], fromMinute, toMinute }],
});

describe("outside the hours", () => {
  it("what the leader adds is given up, and not bought when the window opens", () => {
    const story = new Story({ allocation: thursday(17, 600) });
    const early = story.leaderFill("buy", "1");
    expect([orderTexts(early), reasonsOf(early)]).toEqual([[], ["outside-hours"]]);
    expect(early.denials[0]?.detail).toMatchObject({ utc: "Thu 00:16", hours: "Thu 00:17-10:00" });
    story.wait(61_000);
    story.leaderSnapshot([story.row("1")]);
    expect(orderTexts(story.followerSnapshot([]))).toEqual([]);
    expect(orderTexts(story.leaderFill("buy", "0.4"))).toEqual(["+200"]);
  });

  it("reductions go on", () => {
    const story = new Story({ allocation: thursday(0, 17) });
    story.fill(onlyOrder(story.leaderFill("buy", "1")), "0.5", "0.5");
    story.wait(61_000);
    expect(orderTexts(story.leaderFill("sell", "0.4"))).toEqual(["-200 reduce"]);
  });
});

test("no increase is ever sent outside the hours, and every reduction is", () => {
  const step = fc.record({ lots: fc.integer({ min: -300, max: 300 }), waitMs: fc.nat(120_000) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
      const { tradingHours } = thursday(20, 30);
      const story = new Story({ allocation: { tradingHours } });
      for (const { lots, waitMs } of steps) {
        story.wait(waitMs);
        story.leaderSnapshot([]);
        story.followerSnapshot([]);
        if (lots === 0) continue;
        const decision = story.leaderFill(lots > 0 ? "buy" : "sell", String(Math.abs(lots) / 1_000));
        for (const { order } of decision.orders)
          expect(order.reduceOnly || isWithin(tradingHours, story.nowMs)).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});
