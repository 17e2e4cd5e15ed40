/** The server's clock: the estimate is never further off than half the best round trip. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ClockOffset } from "./clock-offset.ts";

const trip = fc.record({
  there: fc.integer({ min: 0, max: 2_000 }),
  back: fc.integer({ min: 0, max: 2_000 }),
});

test("the error is at most half the shortest round trip", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -100_000, max: 100_000 }),
      fc.array(trip, { minLength: 1, maxLength: 16 }),
      (skew, trips) => {
        const offset = new ClockOffset();
        let now = 1_000_000;
        for (const { there, back } of trips) {
          offset.add(now, now + there + back, now + there + skew);
          now += 5_000;
        }
        const best = Math.min(...trips.map(({ there, back }) => there + back));
        expect(Math.abs(offset.offsetMs - skew)).toBeLessThanOrEqual(best / 2);
      },
    ),
  );
});

test("a clock that was moved is followed after doubt", () => {
  const offset = new ClockOffset();
  offset.add(0, 2, 1);
  offset.doubt();
  expect(offset.isKnown).toBe(false);
  expect(offset.offsetMs).toBe(0);
  offset.add(10, 50, 5_030);
  expect(offset.offsetMs).toBe(5_000);
});

test("impossible samples are left out", () => {
  const offset = new ClockOffset();
  offset.add(10, 5, 7);
  offset.add(10, 12, Number.NaN);
  expect(offset.isKnown).toBe(false);
});
