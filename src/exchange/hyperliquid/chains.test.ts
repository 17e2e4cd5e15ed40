/** Places of fills and states in the chain of an address's positions. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { coinFill } from "../../../test/hyperliquid/coin-fill.ts";
import { Decimal } from "../../core/model/decimal.ts";
import { Chains } from "./chains.ts";

const fill = (before: number, by: number, timeMs: number) => coinFill("BTC", before, by, timeMs);

const units = (value: number) => Decimal.parse(String(value));

describe("fills", () => {
  it("have rising places, also within one millisecond, and count once", () => {
    const chains = new Chains();
    const first = fill(0, 1, 1_000);
    const places = [first, fill(1, 2, 1_000), fill(3, -3, 1_001)].map(
      (one) => chains.fill(one)?.sequence ?? 0,
    );
    expect(places).toEqual(places.toSorted((left, right) => left - right));
    expect(new Set(places).size).toBe(3);
    expect(chains.fill(first)).toBeNull();
  });

  it("that begin elsewhere than the last one ended say that one was missed", () => {
    const chains = new Chains();
    chains.fill(fill(0, 1, 1_000));
    expect(chains.fill(fill(5, 1, 2_000))).toMatchObject({ isContinued: false });
    expect(chains.fill(fill(6, 1, 3_000))).toMatchObject({ isContinued: true });
  });

  it("that a later state contains already come before it", () => {
    const chains = new Chains();
    const state = chains.shown("BTC", units(2), 10_000);
    expect(chains.fill(fill(1, 1, 9_999))?.sequence).toBeLessThan(state.sequence);
    expect(chains.fill(fill(2, 1, 10_001))?.sequence).toBeGreaterThan(state.sequence);
  });

  it("that continue a state although they are stamped before it come after it: it was read too early", () => {
    const chains = new Chains();
    const state = chains.shown("BTC", units(2), 10_000);
    expect(chains.fill(fill(2, 1, 9_999))?.sequence).toBeGreaterThan(state.sequence);
  });
});

describe("states", () => {
  it("that show what the fills lead to are placed at the last of them", () => {
    const chains = new Chains();
    chains.fill(fill(0, 1, 1_000));
    const last = chains.fill(fill(1, 1, 2_000));
    expect(chains.shown("BTC", units(2), 60_000)).toEqual({ sequence: last?.sequence, isKnown: true });
  });

  it("that were read a moment too early are placed before the fills that they lack", () => {
    const chains = new Chains();
    const first = chains.fill(fill(0, 1, 1_000));
    chains.fill(fill(1, 1, 60_000));
    expect(chains.shown("BTC", units(1), 60_100)).toEqual({ sequence: first?.sequence, isKnown: true });
  });

  it("that show an earlier size after a while know of a fill that nobody told", () => {
    const chains = new Chains();
    chains.fill(fill(0, 1, 1_000));
    const last = chains.fill(fill(1, 1, 2_000));
    const place = chains.shown("BTC", units(1), 60_000);
    expect(place.isKnown).toBe(false);
    expect(place.sequence).toBeGreaterThan(last?.sequence ?? 0);
  });
});

test("any part of the fills, told in any batches and with states between, leads to the last state", () => {
  const steps = fc.array(
    fc.record({
      by: fc.integer({ min: -3, max: 3 }).filter((by) => by !== 0),
      waitMs: fc.integer({ min: 0, max: 9_000 }),
      heard: fc.boolean(),
      looked: fc.boolean(),
    }),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const chains = new Chains();
      /** As the core folds: absolute statements by their place, fills on top of them. */
      let confirmed = { sequence: -1, quantity: 0 };
      let pending: { sequence: number; by: number }[] = [];
      const state = (sequence: number, quantity: number) => {
        if (sequence < confirmed.sequence) return;
        confirmed = { sequence, quantity };
        pending = pending.filter((one) => one.sequence > sequence);
      };
      let [held, timeMs] = [0, 1_000_000];
      for (const { by, waitMs, heard, looked } of all) {
        timeMs += waitMs;
        const one = fill(held, by, timeMs);
        held += by;
        const noted = heard ? chains.fill(one) : null;
        if (noted?.isContinued === false) state(noted.sequence - 1, held - by);
        if (noted !== null && noted.sequence > confirmed.sequence)
          pending.push({ sequence: noted.sequence, by });
        if (looked) state(chains.shown("BTC", units(held), timeMs).sequence, held);
      }
      state(chains.shown("BTC", units(held), timeMs + 60_000).sequence, held);
      expect(pending.reduce((sum, { by }) => sum + by, confirmed.quantity)).toBe(held);
    }),
  );
});
