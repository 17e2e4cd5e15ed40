/**
 * Seeded histories: the copier under lost, doubled, late and contradictory messages, deaths and power cuts; with those of
 * wire.test.ts more than five hundred. A failing seed is the bug report: `npm run simulate -- --seed N --schedules 1 --events 120`
 * with `--one-leader`, `--several` where each follower copies two or three leaders, `--by-hand` where their owners approve what is
 * added, `--pending` where orders of leaders that wait are copied, `--ruled` with every rule, `--broad` with what is measured of leaders besides, and nothing where the seed says which of them it is.
 */
import { describe, expect, it } from "vitest";
import type { SizingKind } from "../../src/core/settings.ts";
import { MODEL_FAULTS, neverOf } from "./closed-lists.ts";
import { modeOf, simulateIn } from "./modes.ts";
import { ALLOCATION_THEMES, GUARD_THEMES, LIMIT_THEMES } from "./rules.ts";
import { type Outcome, simulate } from "./simulate.ts";
import { Tally } from "./tally.ts";

const SCHEDULES = 200;
const EVENTS = 120;
const PER_TEST = 25;
const SEVERAL_SCHEDULES = 75;
const BY_HAND_SCHEDULES = 25;
const RULED_SCHEDULES = 75;
const PENDING_SCHEDULES = 15;
const GUARDED_SCHEDULES = 15;
const BROAD_SCHEDULES = 25;
const MIXED_SCHEDULES = 100;
/** Others than those above. */
const MIXED_FROM = 1_001;

const SIZINGS: Readonly<Record<SizingKind, true>> = {
  multiplier: true,
  "equity-proportional": true,
  "fixed-notional": true,
  "fixed-quantity": true,
  "volatility-target": true,
};

/** What none of these histories reaches, and why. */
const UNREACHED: Readonly<Record<string, readonly string[]>> = {
  "the model venue knows none of it; histories over the wire do": [
    ...["event funding-settled", "event equity-reported", "event account-refused", "event halts-released"],
    ...["reason halted", "reason instrument-not-trading", "rejection market-closed", "rejection try-again"],
    ...["rejection above-maximum", "rejection price-out-of-band", "rejection trigger-passed"],
    ...["rejection bad-request", "rejection account-refused", "rejection position-mode-mismatch"],
  ],
  "all that is told is well-formed and listed, of one venue, and counts exactly: src/core/reason.test.ts, validate.test.ts":
    [
      ...[
        "refusal unknown-account",
        "refusal unknown-instrument",
        "refusal wrong-step",
        "refusal not-a-number",
      ],
      ...["refusal price-out-of-bounds", "refusal stamp-in-the-future", "refusal stamp-too-old"],
      ...["refusal impossible-size", "refusal impossible-evidence", "reason instrument-not-listed"],
      ...["reason price-apart", "reason leader-uncounted", "reason size-impossible"],
      "reason below-minimum-quantity",
    ],
  "neither monitoring stops, nor owners' own code, nor accounts that are removed are drawn": [
    ...["command stop", "command replace", "stop monitoring", "reason account-removed"],
    ...["reason extension-denied", "reason extension-failed", "reason execution-paced"],
  ],
  "too rare for histories of this length; each has a test in src/core": [
    ...["event leverage-refused", "event margin-mode-refused", "rejection leverage-too-high"],
    ...["reason rest-expired", "reason exit-filled", "reason stop-fired", "reason trigger-passed"],
    ...["reason pending-asks", "reason pending-ended", "reason no-price", "reason equity-unknown"],
    ...["reason leader-did-not-fill", "rejection below-minimum", "order entry-rest", "fault liquidation"],
  ],
  "earlier versions wrote it, none makes it now": ["order close"],
};

/** What all of them reached. */
const [branches, faults, rules] = [new Tally(), new Tally(), new Tally()];

function noted(outcome: Outcome): Outcome {
  for (const [name, count] of Object.entries(outcome.branches)) branches.add(name, count);
  for (const [name, count] of Object.entries(outcome.faults)) faults.add(name, count);
  for (const [name, count] of Object.entries(outcome.rules)) rules.add(name, count);
  return outcome;
}

describe("simulation", () => {
  for (let first = 1; first <= SCHEDULES; first += PER_TEST) {
    it(`holds every invariant in histories ${first} to ${first + PER_TEST - 1}`, { timeout: 180_000 }, () => {
      let orders = 0;
      for (let seed = first; seed < first + PER_TEST; seed += 1) {
        const outcome = noted(simulate(seed, EVENTS, "one-leader"));
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
      timeout: 180_000,
    }, () => {
      let orders = 0;
      for (let seed = first; seed <= last; seed += 1) {
        const outcome = noted(simulate(seed, EVENTS, "several-leaders"));
        orders += outcome.orders;
        expect(outcome.breaches, `seed ${seed}`).toEqual([]);
      }
      expect(orders).toBeGreaterThan(PER_TEST * 10);
    });
  }

  it("holds every invariant where owners approve by hand", { timeout: 180_000 }, () => {
    let orders = 0;
    for (let seed = 1; seed <= BY_HAND_SCHEDULES; seed += 1) {
      const outcome = noted(simulate(seed, EVENTS, "by-hand"));
      orders += outcome.orders;
      expect(outcome.breaches, `seed ${seed}`).toEqual([]);
    }
    expect(orders).toBeGreaterThan(BY_HAND_SCHEDULES * 10);
  });

  it("holds every invariant where orders of leaders that wait are copied", { timeout: 180_000 }, () => {
    let pending = 0;
    for (let seed = 1; seed <= PENDING_SCHEDULES; seed += 1) {
      const outcome = noted(simulate(seed, EVENTS, "pending"));
      pending += outcome.branches["order pending-entry"] ?? 0;
      expect(outcome.breaches, `seed ${seed}`).toEqual([]);
    }
    expect(pending).toBeGreaterThan(PENDING_SCHEDULES * 5);
  });

  for (let first = 1; first <= RULED_SCHEDULES; first += PER_TEST) {
    const last = first + PER_TEST - 1;
    it(`under every rule, limit and guard, holds every invariant in histories ${first} to ${last}`, {
      timeout: 180_000,
    }, () => {
      const drawn = new Set<string>();
      for (let seed = first; seed <= last; seed += 1) {
        const outcome = noted(simulate(seed, EVENTS, "ruled"));
        for (const rule of Object.keys(outcome.rules)) drawn.add(rule);
        expect(outcome.breaches, `seed ${seed}`).toEqual([]);
      }
      const all = [ALLOCATION_THEMES, LIMIT_THEMES, GUARD_THEMES].flatMap(Object.keys);
      expect(all.filter((rule) => !drawn.has(rule))).toEqual([]);
    });
  }

  it("where guards change as it runs, holds every invariant", { timeout: 180_000 }, () => {
    for (let seed = 1; seed <= GUARDED_SCHEDULES; seed += 1) {
      const outcome = noted(simulate(seed, EVENTS, "guarded"));
      expect(outcome.breaches, `seed ${seed}`).toEqual([]);
      expect(outcome.faults["guards changed"], `seed ${seed}`).toBeGreaterThan(0);
    }
  });

  it("with measured leaders, margin modes and risk tiers, holds every invariant", {
    timeout: 180_000,
  }, () => {
    const drawn = new Set<string>();
    for (let seed = 1; seed <= BROAD_SCHEDULES; seed += 1) {
      const outcome = noted(simulate(seed, EVENTS, "broad"));
      for (const rule of Object.keys(outcome.rules)) drawn.add(rule);
      expect(outcome.breaches, `seed ${seed}`).toEqual([]);
    }
    const all = ["strategy-exposure", "correlation", "portfolio-risk", "margin-mode", "risk-tiers"];
    expect(all.filter((rule) => !drawn.has(rule))).toEqual([]);
  });

  for (let first = MIXED_FROM; first < MIXED_FROM + MIXED_SCHEDULES; first += PER_TEST) {
    const last = first + PER_TEST - 1;
    it(`in every kind, holds every invariant in histories ${first} to ${last}`, {
      timeout: 180_000,
    }, async () => {
      for (let seed = first; seed <= last; seed += 1) {
        const outcome = await simulateIn(modeOf(seed), seed, EVENTS);
        expect(noted(outcome).breaches, `seed ${seed}`).toEqual([]);
      }
    });
  }

  it("reaches all that it can, data that is stale too", () => {
    const [taken, struck] = [branches.counts(), faults.counts()];
    expect(taken["reason leader-stale"]).toBeGreaterThan(100);
    expect(taken["reason follower-stale"]).toBeGreaterThan(20);
    const never = Object.entries(neverOf(taken, { struck, possible: MODEL_FAULTS }));
    const names = never.flatMap(([kind, missing]) => missing.map((name) => `${kind} ${name}`));
    const known = new Set(Object.values(UNREACHED).flat());
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    expect(Object.keys(SIZINGS).filter((kind) => !(`sizing ${kind}` in rules.counts()))).toEqual([]);
  });

  it("gives the same history for the same seed (pain 4)", () => {
    expect(simulate(7, 60)).toEqual(simulate(7, 60));
  });
});
