import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CoarseTimers } from "./coarse-timers.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("long waits", () => {
  test("end after their time, never sooner and at most a tenth of a second later", () => {
    const timers = new CoarseTimers();
    const startMs = performance.now();
    const lateMs: number[] = [];
    for (let index = 0; index < 500; index += 1) {
      const delayMs = 6_000 + 37.3 * index;
      timers.set(delayMs, () => lateMs.push(performance.now() - startMs - delayMs));
    }
    vi.advanceTimersByTime(30_000);
    expect(lateMs).toHaveLength(500);
    // The platform's own timers count in whole milliseconds.
    expect(Math.min(...lateMs)).toBeGreaterThan(-1);
    expect(Math.max(...lateMs)).toBeLessThanOrEqual(101);
    expect(timers.bucketCount).toBe(0);
  });

  test("share the platform's timers, and end in the order in which they were set", () => {
    const timers = new CoarseTimers();
    const ended: number[] = [];
    for (let index = 0; index < 1_000; index += 1) timers.set(10_000, () => ended.push(index));
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(10_200);
    expect(ended).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
  });

  test("that were cancelled do not end, and leave no timer behind", () => {
    const timers = new CoarseTimers();
    const ended: string[] = [];
    const first = timers.set(10_000, () => {
      ended.push("first");
      second.cancel();
    });
    const second = timers.set(10_000, () => ended.push("second"));
    const third = timers.set(20_000, () => ended.push("third"));
    third.cancel();
    third.cancel();
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(30_000);
    first.cancel();
    expect(ended).toEqual(["first"]);
    expect(vi.getTimerCount()).toBe(0);
    timers.set(10_000, () => ended.push("fourth"));
    vi.advanceTimersByTime(10_200);
    expect(ended).toEqual(["first", "fourth"]);
  });
});
