/** The exchange's budgets: rolling windows, not fixed ones, and bans that end by themselves. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AddressLimits, RollingWindow, UserLimits } from "./rate-limits.ts";

describe("rolling window", () => {
  it("never grants more than its limit within any window, and grants whenever there is room", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), gaps, (limit, steps) => {
        const window = new RollingWindow(limit, 1000);
        const granted: number[] = [];
        let now = 5000;
        for (const step of steps) {
          now += step;
          const recent = granted.filter((time) => now - time < 1000).length;
          expect(window.remaining(now)).toBe(limit - recent);
          const took = window.take(now);
          expect(took).toBe(recent < limit);
          if (took) granted.push(now);
        }
      }),
    );
  });

  it("says when the next unit comes back", () => {
    const window = new RollingWindow(2, 1000);
    expect(window.resetAt(100)).toBe(100);
    window.take(100);
    window.take(300);
    expect(window.resetAt(400)).toBe(1100);
  });

  it("does not keep units for ever when the clock is set back", () => {
    const window = new RollingWindow(1, 1000);
    window.take(1_000_000);
    expect(window.take(10)).toBe(true);
  });
});

describe("user limits", () => {
  it("grants the part of a batch for which there are units left", () => {
    const limits = new UserLimits(true);
    expect(limits.take("1", "order.create-batch", 7, 0).granted).toBe(7);
    expect(limits.take("1", "order.create-batch", 7, 1).granted).toBe(3);
    expect(limits.take("2", "order.create-batch", 7, 1).granted).toBe(7);
    expect(limits.take("1", "order.create", 1, 1).headers).toEqual({ limit: 10, remaining: 9, resetAt: 1 });
  });

  it("grants everything when switched off", () => {
    expect(new UserLimits(false).take("1", "order.create", 500, 0).granted).toBe(500);
  });
});

describe("address limits", () => {
  it("bans an address past 600 requests in five seconds, and lifts the ban", () => {
    const limits = new AddressLimits(true, 600_000);
    for (let count = 0; count < 600; count += 1) expect(limits.admitRequest("a", count)).toBe(true);
    expect(limits.admitRequest("a", 700)).toBe(false);
    expect(limits.admitRequest("b", 700)).toBe(true);
    expect(limits.admitRequest("a", 599_999)).toBe(false);
    expect(limits.admitRequest("a", 600_701)).toBe(true);
  });

  it("admits 500 new connections per five minutes", () => {
    const limits = new AddressLimits(true, 600_000);
    for (let count = 0; count < 500; count += 1) expect(limits.admitConnection("a", count)).toBe(true);
    expect(limits.admitConnection("a", 1000)).toBe(false);
    expect(limits.admitConnection("a", 300_000)).toBe(true);
  });
});
