/** Results per unit of value held: which days count, and what stands in for the others. */
import { describe, expect, it } from "vitest";
import { unitReturns } from "./unit-returns.ts";

/** From day 100 on: profit `place + 1` on 100 held, nothing where `isFlat`. */
function record(days: number, isFlat: (place: number) => boolean = () => false) {
  const places = Array.from({ length: days }, (_, place) => place);
  return {
    firstDay: 100,
    pnl: Float64Array.from(places, (place) => (isFlat(place) ? 0 : place + 1)),
    dailyPeaks: Float64Array.from(places, (place) => (isFlat(place) ? 0 : 100)),
  };
}

describe("results per unit held", () => {
  it("are profit over the most that was held on the day", () => {
    const found = unitReturns(record(40), { untilDay: 140, days: 40 });
    expect(found?.ownDays).toBe(40);
    expect(found?.returns[0]).toBe(0.01);
    expect(found?.returns[39]).toBe(0.4);
  });

  it("take other days in turn where nothing was held, and before and after the record", () => {
    const found = unitReturns(
      record(40, (place) => place % 4 === 3),
      { untilDay: 150, days: 60 },
    );
    expect(found?.ownDays).toBe(30);
    expect([...(found?.isOwn ?? [])].slice(8, 16)).toEqual([0, 0, 1, 1, 1, 0, 1, 1]);
    // Ten days before the record, then the one on which nothing was held.
    expect([...(found?.returns ?? [])].slice(0, 3)).toEqual([0.01, 0.02, 0.03]);
    expect(found?.returns[13]).toBe(0.14);
    // Everybody's own days come as often as each other's, once more or less.
    const times = Map.groupBy(found?.returns ?? [], (value) => value);
    expect(new Set([...times.values()].map(({ length }) => length))).toEqual(new Set([2]));
  });

  it("leave out what is next to nothing: a quotient of dust", () => {
    const whole = record(40);
    whole.dailyPeaks[5] = 0.5;
    whole.pnl[5] = -400;
    const found = unitReturns(whole, { untilDay: 140, days: 40 });
    expect(found?.isOwn[5]).toBe(0);
    expect(Math.min(...(found?.returns ?? []))).toBeGreaterThan(0);
  });

  it("know nothing of days that are not in the window, and are none below 30 days", () => {
    expect(unitReturns(record(40), { untilDay: 129, days: 365 })).toBeNull();
    expect(unitReturns(record(40), { untilDay: 130, days: 365 })?.ownDays).toBe(30);
    const future = record(60);
    future.pnl[50] = -1e6;
    expect(unitReturns(future, { untilDay: 140, days: 60 })).toEqual(
      unitReturns(record(60), { untilDay: 140, days: 60 }),
    );
  });
});
