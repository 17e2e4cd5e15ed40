/** What holds under every sizing rule, whatever the leader, the equities, the prices and the measurements do. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EACH_RULE } from "../../../test/core/rules.ts";
import { BTC, FOLLOWER, LEADER, Story } from "../../../test/core/story.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";
import { decide } from "../decide.ts";
import { encodeDecision } from "../decision-codec.ts";
import type { SizingRule } from "../settings.ts";
import type { CopyLeg } from "../state.ts";

type Move =
  | { readonly kind: "trade"; readonly lots: number }
  | { readonly kind: "equity"; readonly whose: "leader" | "follower"; readonly amount: number }
  | { readonly kind: "price"; readonly price: number }
  | { readonly kind: "measure"; readonly percent: number };

const trade = fc.integer({ min: -900, max: 900 }).map((lots): Move => ({ kind: "trade", lots }));
const figure = fc.oneof(
  fc.record({
    kind: fc.constant("equity" as const),
    whose: fc.constantFrom("leader" as const, "follower" as const),
    amount: fc.integer({ min: 0, max: 50_000 }),
  }),
  fc.record({ kind: fc.constant("price" as const), price: fc.integer({ min: 45_000, max: 80_000 }) }),
  fc.record({ kind: fc.constant("measure" as const), percent: fc.integer({ min: 0, max: 300 }) }),
);
const moves = fc.array(fc.oneof({ weight: 3, arbitrary: trade }, { weight: 1, arbitrary: figure }), {
  minLength: 1,
  maxLength: 25,
});

function begun(sizing: SizingRule): Story {
  const story = new Story({ allocation: { sizing, positionScaling: "0.9" } });
  story.equity(LEADER, "20000", "19000");
  story.equity(FOLLOWER, "3000", "3100");
  story.measure("0.35");
  return story;
}

function make(story: Story, move: Move): void {
  switch (move.kind) {
    case "trade":
      if (move.lots !== 0)
        story.leaderFill(move.lots > 0 ? "buy" : "sell", String(Math.abs(move.lots) / 1_000));
      return;
    case "equity": {
      const amount = String(move.amount);
      story.equity(move.whose === "leader" ? LEADER : FOLLOWER, amount, amount);
      return;
    }
    case "price":
      story.price(String(move.price));
      return;
    case "measure":
      story.measure(String(move.percent / 100));
  }
}

function legOf(story: Story): CopyLeg {
  const leg = story.state.markets[0]?.copies[0]?.legs[0];
  if (leg === undefined) throw new Error("nothing is copied");
  return leg;
}

function leaderHolds(story: Story): number {
  return story.state.leaders.get(LEADER)?.holdings.get(BTC)?.get("net")?.lots ?? 0;
}

describe.each(EACH_RULE)("%s", (_name, rule) => {
  it("takes the leader's side or none (pain 15), follows it down in step (pain 16), and never buys because it sold", () => {
    fc.assert(
      fc.property(moves, (history) => {
        const story = begun(rule);
        story.leaderFill("buy", "0.001");
        for (const move of history) {
          const [held, wanted] = [leaderHolds(story), legOf(story).wantedLots];
          const sizedBy = legOf(story).leaderLots;
          make(story, move);
          const [now, wants] = [leaderHolds(story), legOf(story).wantedLots];
          expect(wants * now).toBeGreaterThanOrEqual(0);
          if (now === 0) expect(wants).toBe(0);
          const reduced = Math.sign(now) === Math.sign(held) && Math.abs(now) < Math.abs(held);
          if (!reduced || held !== sizedBy) continue;
          const inStep = (Math.abs(wanted) * now) / held;
          expect(Math.abs(wants)).toBeLessThanOrEqual(Math.abs(wanted));
          expect(Math.abs(Math.abs(wants) - inStep)).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("gives the same for the same position, in however many fills it came", () => {
    const parts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(parts, (lots) => {
        const [once, often] = [begun(rule), begun(rule)];
        const all = lots.reduce((sum, part) => sum + part, 0);
        make(once, { kind: "trade", lots: all });
        for (const part of lots) make(often, { kind: "trade", lots: part });
        expect(legOf(often).wantedLots).toBe(legOf(once).wantedLots);
      }),
      { numRuns: 30 },
    );
  });

  it("goes on from a checkpoint as if nothing had happened", () => {
    fc.assert(
      fc.property(moves, moves, (before, after) => {
        const story = begun(rule);
        for (const move of before) make(story, move);
        const text = encodeCheckpoint(story.state);
        const restored = decodeCheckpoint(text);
        expect(encodeCheckpoint(restored)).toBe(text);
        const from = story.events.length;
        for (const move of after) make(story, move);
        story.events.slice(from).forEach((event, index) => {
          const decision = decide(restored, event);
          const expected = story.decisions[from + index];
          if (expected === undefined) throw new Error("a decision is missing");
          expect(encodeDecision(restored, decision)).toBe(encodeDecision(story.state, expected));
        });
        expect(encodeCheckpoint(restored)).toBe(encodeCheckpoint(story.state));
      }),
      { numRuns: 30 },
    );
  });
});
