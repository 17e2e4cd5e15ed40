/** A thousand followers behind one address: everybody is still fresh enough to be traded. */
import { expect, test } from "vitest";
import { Story } from "../../test/core/story.ts";
import { VirtualClock } from "../backtest/virtual-clock.ts";
import type { ConfiguredAccount } from "../config.ts";
import { AccountId, VenueId } from "../core/model/identifiers.ts";
import { RequestBudget } from "../exchange/bybit/budget.ts";
import { roundMs, settingsForFleet } from "./fleet.ts";

const { settings } = new Story({ bare: true });

function followers(count: number, execution: "venue" | "paper"): ConfiguredAccount[] {
  return Array.from({ length: count }, (_, index) => ({
    account: AccountId(`f${index}`),
    role: "follower",
    execution,
    venue: VenueId("api.bybit.com"),
    url: "https://api.bybit.com",
    streamUrl: null,
    accountType: "live",
    telegramId: null,
    source: "",
    credentials: null,
    exchange: "bybit",
    publicAddress: null,
    credentialsSource: null,
  }));
}

/** Reads all states again and again as the engine does; returns the oldest age that one was in use at. */
function oldestMs(count: number, requests: number, priority: "ask" | "read", others: number): number {
  const clock = new VirtualClock(0);
  const budget = new RequestBudget(clock);
  let oldest = 0;
  const read = (key: string, left: number, kind: "ask" | "read", done: () => void): void => {
    if (left === 0) return done();
    const fare = { priority: kind, key, endpoint: `/${left}` };
    const go = () =>
      clock.setTimer(50, () => {
        budget.answered(fare, null);
        read(key, left - 1, kind, done);
      });
    budget.enter(fare, { priority: kind, deadlineMs: Number.POSITIVE_INFINITY, go, refused: () => {} });
  };
  const keep = (key: string, needs: number, kind: "ask" | "read", watched: boolean): void => {
    let readMs = 0;
    const round = () => {
      const askedMs = clock.nowMs();
      read(key, needs, kind, () => {
        if (watched && readMs > 0) oldest = Math.max(oldest, clock.nowMs() - readMs);
        readMs = askedMs;
        clock.setTimer(Math.max(0, askedMs + 15_000 - clock.nowMs()), round);
      });
    };
    round();
  };
  for (let index = 0; index < others; index++) keep(`o${index}`, 3, "read", false);
  for (let index = 0; index < count; index++) keep(`w${index}`, requests, priority, true);
  clock.runUntil(6 * 60_000);
  return oldest;
}

test("a leader stays fresh beside the rounds over a thousand followers", () => {
  expect(oldestMs(3, 2, "ask", 1_000)).toBeLessThan(settings.leaderStaleAfterMs / 2);
});

test("the limit on followers' staleness is one that their number can meet", () => {
  for (const count of [300, 1_000]) {
    const { settings: fitting } = settingsForFleet(settings, followers(count, "venue"));
    expect(oldestMs(count, 3, "read", 0)).toBeLessThan(fitting.followerStaleAfterMs);
  }
});

test("few followers, and those filled inside, keep the limit that was set", () => {
  expect(roundMs(48)).toBeCloseTo(3_000);
  expect(settingsForFleet(settings, followers(100, "venue"))).toEqual({ settings, note: null });
  expect(settingsForFleet(settings, followers(1_000, "paper"))).toEqual({ settings, note: null });
  const { note } = settingsForFleet(settings, followers(1_000, "venue"));
  expect(note).toContain("follower_stale_after_seconds is 157");
});
