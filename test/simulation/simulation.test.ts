/**
 * Seeded histories: the copier under lost, doubled, late and contradictory messages, deaths and power cuts; with those of
 * wire.test.ts more than five hundred. A failing seed is the bug report: `npm run simulate -- --seed N --schedules 1 --events 120`
 * with `--one-leader`, `--several` where each follower copies two or three leaders, `--by-hand` where their owners approve what is
 * added, `--pending` where orders of leaders that wait are copied, `--ruled` with every rule, `--broad` with what is measured of leaders besides, and nothing where the seed says which of them it is.
 */
import { describe, expect, it } from "vitest";
import { modeOf, simulateIn } from "./modes.ts";
import { ALLOCATION_THEMES, GUARD_THEMES, LIMIT_THEMES } from "./rules.ts";
import { simulate } from "./simulate.ts";

const SCHEDULES = 200;
const EVENTS = 120;
const PER_TEST = 25;
const SEVERAL_SCHEDULES = 75;
const BY_HAND_SCHEDULES = 25;
const RULED_SCHEDULES = 75;
const PENDING_SCHEDULES = 15;
const BROAD_SCHEDULES = 25;
const MIXED_SCHEDULES = 100;
/** Others than those above. */
const MIXED_FROM = 1_001;

describe("simulation", () => {
  for (let first = 1; first <= SCHEDULES; first += PER_TEST) {
    it(`holds every invariant in histories ${first} to ${first + PER_TEST - 1}`, { timeout: 60_000 }, () => {
      let orders = 0;
      for (let seed = first; seed < first + PER_TEST; seed += 1) {
        const outcome = simulate(seed, EVENTS);
        orders += outcome.orders;
        expect(outcome.breaches, `seed ${seed}`).toEqual([]);
        expect(outcome.branches["judged in-full"], `seed ${seed}`).toBe(1);
      }
      expect(orders).toBeGreaterThan(PER_TEST * 10);
    });
  }

  for (let first = 1; first <= SEVERAL_SCHEDULES; first += PER_TEST) {
    const last = first + PER_TEST - 1;
    it(`with several leaders, holds every invariant in histories ${first} to ${last}`, {
      timeout: 60_000,
    }, () => {
      let orders = 0;
      for (let seed = first; seed <= last; seed += 1) {
        const outcome = simulate(seed, EVENTS, "several-leaders");
        orders += outcome.orders;
        expect(outcome.breaches, `seed ${seed}`).toEqual([]);
      }
      expect(orders).toBeGreaterThan(PER_TEST * 10);
    });
  }

  it("holds every invariant where owners approve by hand", { timeout: 60_000 }, () => {
    let orders = 0;
    for (let seed = 1; seed <= BY_HAND_SCHEDULES; seed += 1) {
      const outcome = simulate(seed, EVENTS, "by-hand");
      orders += outcome.orders;
      expect(outcome.breaches, `seed ${seed}`).toEqual([]);
    }
    expect(orders).toBeGreaterThan(BY_HAND_SCHEDULES * 10);
  });

  it("holds every invariant where orders of leaders that wait are copied", { timeout: 60_000 }, () => {
    let pending = 0;
    for (let seed = 1; seed <= PENDING_SCHEDULES; seed += 1) {
      const outcome = simulate(seed, EVENTS, "pending");
      pending += outcome.branches["order pending-entry"] ?? 0;
      expect(outcome.breaches, `seed ${seed}`).toEqual([]);
    }
    expect(pending).toBeGreaterThan(PENDING_SCHEDULES * 5);
  });

  for (let first = 1; first <= RULED_SCHEDULES; first += PER_TEST) {
    const last = first + PER_TEST - 1;
    it(`under every rule, limit and guard, holds every invariant in histories ${first} to ${last}`, {
      timeout: 60_000,
    }, () => {
      const drawn = new Set<string>();
      for (let seed = first; seed <= last; seed += 1) {
        const outcome = simulate(seed, EVENTS, "ruled");
        for (const rule of Object.keys(outcome.rules)) drawn.add(rule);
        expect(outcome.breaches, `seed ${seed}`).toEqual([]);
      }
      const all = [ALLOCATION_THEMES, LIMIT_THEMES, GUARD_THEMES].flatMap(Object.keys);
      expect(all.filter((rule) => !drawn.has(rule))).toEqual([]);
    });
  }

  it("with measured leaders, margin modes and risk tiers, holds every invariant", { timeout: 60_000 }, () => {
    const drawn = new Set<string>();
    for (let seed = 1; seed <= BROAD_SCHEDULES; seed += 1) {
      const outcome = simulate(seed, EVENTS, "broad");
      for (const rule of Object.keys(outcome.rules)) drawn.add(rule);
      expect(outcome.breaches, `seed ${seed}`).toEqual([]);
    }
    const all = ["strategy-exposure", "correlation", "portfolio-risk", "margin-mode", "risk-tiers"];
    expect(all.filter((rule) => !drawn.has(rule))).toEqual([]);
  });

  for (let first = MIXED_FROM; first < MIXED_FROM + MIXED_SCHEDULES; first += PER_TEST) {
    const last = first + PER_TEST - 1;
    it(`in every kind, holds every invariant in histories ${first} to ${last}`, {
      timeout: 60_000,
    }, async () => {
      for (let seed = first; seed <= last; seed += 1) {
        const { outcome } = await simulateIn(modeOf(seed), seed, EVENTS);
        expect(outcome.breaches, `seed ${seed}`).toEqual([]);
      }
    });
  }

  it("gives the same history for the same seed (pain 4)", () => {
    expect(simulate(7, 60)).toEqual(simulate(7, 60));
  });
});
