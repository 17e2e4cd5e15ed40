/** From a decision to factors of relations: only those that become others, in four decimals, and nobody above what was decided. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StrategyDecision } from "../strategies/strategy.ts";
import { parseRequest } from "./protocol.ts";
import { sharesOf } from "./rebalance.ts";

function decisionOf(
  parts: Readonly<Record<string, readonly [weight: number, scale: number]>>,
): StrategyDecision {
  const entries = Object.entries(parts);
  return {
    asOfMs: 0,
    strategy: "mine",
    allocations: entries.flatMap(([trader, [weight, scale]]) =>
      weight > 0 ? [{ trader, weight, scale }] : [],
    ),
    verdicts: entries.map(([trader, [weight]]) => ({
      trader,
      isIn: weight > 0,
      reason: weight > 0 ? "own-in" : "own-out",
      numbers: {},
      from: 0,
      wanted: weight,
      weight,
    })),
    turnover: 0,
    cost: 0,
    gain: 0,
    part: 1,
    notes: [],
  };
}

describe("the factors of a decision", () => {
  it("are weight times scale of those that become others; who is let go has none", () => {
    const decision = decisionOf({ a: [0.5, 0.8], b: [0.25, 1], c: [0, 1], d: [0, 1], e: [1 / 3, 1] });
    expect(sharesOf(decision, { b: 0.25, c: 0.1, e: 0.33 })).toEqual([
      { leader: "a", factor: "0.4" },
      { leader: "c", factor: "0" },
      { leader: "e", factor: "0.3333" },
    ]);
  });

  it("never come to more than what was decided, and are what a request takes", () => {
    const part = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0.25, 1, 2.5));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("a", "b", "c"), part), (parts) => {
        const shares = sharesOf(decisionOf(parts), {});
        for (const { leader, factor } of shares) {
          const [weight = 0, scale = 0] = parts[leader] ?? [];
          expect(Number(factor)).toBeLessThanOrEqual(weight * scale + 1e-9);
          expect(Number(factor)).toBeGreaterThan(weight * scale - 1.1e-4);
        }
        const request = { kind: "rebalance", follower: "one", shares };
        expect(parseRequest(JSON.stringify({ version: 1, id: 7, request }))).toEqual({ id: 7, request });
      }),
    );
  });
});

it.each([
  [{ shares: "all" }, "shares must be a list"],
  [{ shares: [1] }, "a share must be an object"],
  [{ shares: [{ leader: "a", factor: "-1" }] }, "factor must be a decimal text"],
  [{ shares: [{ leader: "a", factor: "0.00001" }] }, "factor must be a decimal text"],
  [{ shares: [{ factor: "1" }] }, "leader must be a text"],
])("a request with %j is refused", (wrong, message) => {
  const request = { kind: "rebalance", follower: "one", ...wrong };
  const parsed = parseRequest(JSON.stringify({ version: 1, id: 7, request }));
  expect("error" in parsed ? parsed.error.message : "").toContain(message);
});
