/**
 * Seeded histories over the venue's own protocol: the production connector and journal against the simulated exchange, message
 * for message, under every fault. A failing seed is the bug report: `node scripts/simulate.ts --wire --seed N --schedules 1 --events 60`.
 */
import { describe, expect, it } from "vitest";
import { runWire, simulateWire } from "./simulate-wire.ts";

const SCHEDULES = 40;
const EVENTS = 60;
const PER_TEST = 10;
const KEPT = [
  {
    seed: 175,
    events: 80,
    why: "executions were asked for from a time of a clock that had been set back since",
  },
];

describe("simulation over the venue's protocol", () => {
  for (let first = 1; first <= SCHEDULES; first += PER_TEST) {
    it(`holds every invariant in histories ${first} to ${first + PER_TEST - 1}`, {
      timeout: 120_000,
    }, async () => {
      for (let seed = first; seed < first + PER_TEST; seed += 1) {
        expect((await simulateWire(seed, EVENTS)).breaches, `seed ${seed}`).toEqual([]);
      }
    });
  }

  it.each(KEPT)("once broke: seed $seed, as $why", async ({ seed, events }) => {
    expect((await simulateWire(seed, events)).breaches).toEqual([]);
  });

  it("runs a part of a history as it was in the whole, and the whole again where nothing is left out", async () => {
    const { outcome, beats, endMark } = await runWire({ seed: 3, events: 30 });
    const run = async (kept: readonly number[]) =>
      (await runWire({ seed: 3, events: 30, excerpt: { beats, endMark, kept } })).outcome;
    const all = [...beats.keys()];
    expect(await run(all)).toEqual(outcome);
    const half = await run(all.slice(15));
    expect(half.breaches).toEqual([]);
    expect(half.fills).toBeLessThan(outcome.fills);
  });

  it("gives the same history for the same seed", async () => {
    expect(await simulateWire(3, 30)).toEqual(await simulateWire(3, 30));
  });
});
