/**
 * Seeded histories over the venue's own protocol: the production connector against the simulated exchange, message for
 * message, with lost requests and answers, refusals, a bad stream and deaths. A failing seed is the bug report:
 * `node scripts/simulate.ts --wire --seed N --schedules 1 --events 60`.
 */
import { describe, expect, it } from "vitest";
import { simulateWire } from "./wire-schedule.ts";

const SCHEDULES = 40;
const EVENTS = 60;
const PER_TEST = 10;

describe("simulation over the venue's protocol", () => {
  for (let first = 1; first <= SCHEDULES; first += PER_TEST) {
    it(`holds every invariant in histories ${first} to ${first + PER_TEST - 1}`, { timeout: 60_000 }, () => {
      for (let seed = first; seed < first + PER_TEST; seed += 1) {
        expect(simulateWire(seed, EVENTS).breaches, `seed ${seed}`).toEqual([]);
      }
    });
  }

  it("gives the same history for the same seed", () => {
    expect(simulateWire(3, 30)).toEqual(simulateWire(3, 30));
  });
});
