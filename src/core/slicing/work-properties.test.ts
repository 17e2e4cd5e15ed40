/** Whatever leader, book and chance do: what is worked stays within target and cap, adds up, and is replayed byte for byte. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { FOLLOWER } from "../../../test/core/story.ts";
import { WorkedStory } from "../../../test/core/worked.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";
import { decide, refold } from "../decide.ts";
import { decodeDecision, encodeDecision } from "../decision-codec.ts";
import { emptyState, filledLots, isOpen } from "../state.ts";
import { targetLots } from "../target.ts";

type Move =
  | { readonly kind: "leader"; readonly side: "buy" | "sell"; readonly lots: number }
  | { readonly kind: "book"; readonly bid: number; readonly spread: number }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "take"; readonly share: number }
  | { readonly kind: "pause" | "resume" | "restart" };

const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("leader" as const),
      side: fc.constantFrom("buy" as const, "sell" as const),
      lots: fc.integer({ min: 1, max: 3_000 }),
    }),
    fc.record({
      kind: fc.constant("book" as const),
      bid: fc.integer({ min: 59_700, max: 60_300 }),
      spread: fc.integer({ min: 1, max: 30 }),
    }),
    fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 15_000 }) }),
    fc.record({ kind: fc.constant("take" as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({ kind: fc.constantFrom("pause" as const, "resume" as const, "restart" as const) }),
  ),
  { minLength: 1, maxLength: 30 },
);

const terms = fc.record({
  slices: fc.integer({ min: 1, max: 6 }),
  overMs: fc.integer({ min: 6_000, max: 60_000 }),
  chase: fc.boolean(),
  crossAfterMs: fc.constantFrom(null, 0, 1_000, 30_000),
  exits: fc.boolean(),
  above: fc.constantFrom("1", "10000", "50000"),
});

function carryOut(worked: WorkedStory, move: Move): void {
  const { story } = worked;
  switch (move.kind) {
    case "leader":
      worked.leader(move.side, String(move.lots / 1_000));
      return;
    case "book":
      return worked.book(move.bid, move.bid + move.spread);
    case "wait":
      return worked.wait(move.ms);
    case "take": {
      const [standing] = worked.standing.values();
      if (standing === undefined || standing.form.kind !== "limit") return;
      const left = Math.abs(standing.order.lots) - standing.filledLots;
      const lots = Math.max(1, Math.floor(left * move.share));
      return worked.take(standing.order, lots, standing.form.price / 10);
    }
    case "restart":
      return worked.restart();
    case "pause":
    case "resume":
      worked.carryOut(story.command({ kind: move.kind, account: FOLLOWER }));
  }
}

/** Held and all that may still fill is never beyond the larger of the target and what is held. */
function assertWithin(worked: WorkedStory): void {
  const leg = worked.story.leg();
  const target = targetLots(leg.market, leg.leg);
  let [most, least] = [leg.ownedLots as number, leg.ownedLots as number];
  for (const order of leg.working.values()) {
    if (!isOpen(order) || order.change?.kind === "cancel") continue;
    const left = Math.abs(order.lots) - filledLots(order);
    if (order.lots > 0) most += left;
    else least -= left;
  }
  expect(most).toBeLessThanOrEqual(Math.max(target, leg.ownedLots, 0));
  expect(least).toBeGreaterThanOrEqual(Math.min(target, leg.ownedLots, 0));
}

it("never has more on its way than the target, reaches it in time, and adds up to the last digit", () => {
  fc.assert(
    fc.property(terms, moves, (work, story) => {
      const worked = new WorkedStory(work);
      for (const move of story) {
        carryOut(worked, move);
        assertWithin(worked);
      }
      worked.carryOut(worked.story.command({ kind: "resume", account: FOLLOWER }));
      for (let step = 0; step < 20; step += 1) {
        worked.fresh();
        worked.wait(10_000);
      }
      const leg = worked.story.leg();
      expect(leg.ownedLots).toBe(targetLots(leg.market, leg.leg));
      expect([leg.work, worked.standing.size]).toEqual([null, 0]);
      for (const done of worked.done) {
        const [atTouch, paid, saved] = [done.atTouch, done.paid, done.saved].map(Number);
        const difference =
          done.side === "buy" ? Number(atTouch) - Number(paid) : Number(paid) - Number(atTouch);
        expect(Number(saved)).toBeCloseTo(difference, 6);
        expect(done.filledLots).toBeLessThanOrEqual(done.wantedLots);
      }
    }),
    { numRuns: 150 },
  );
});

it("never buys or sells beyond the cap on slippage while it grows", () => {
  fc.assert(
    fc.property(terms, fc.constantFrom("skip", "rest", "take"), moves, (work, onRunaway, story) => {
      const worked = new WorkedStory({ ...work, exits: false }, { slippageBpsMax: "10", onRunaway } as const);
      for (const move of story) {
        if (move.kind === "leader") {
          // One price for all of the leader's, so that one cap counts for all of them.
          worked.leader(move.side, String(move.lots / 1_000), "60000");
        } else carryOut(worked, move);
      }
      for (const { price, lots, reduces } of worked.executions) {
        if (reduces) continue;
        if (lots > 0) expect(price).toBeLessThanOrEqual(60_060);
        else expect(price).toBeGreaterThanOrEqual(59_940);
      }
    }),
    { numRuns: 100 },
  );
});

it("is replayed to the same decisions, and folded from them to the same state, from any point", () => {
  fc.assert(
    fc.property(terms, moves, fc.nat(), (work, story, cut) => {
      const worked = new WorkedStory(work);
      for (const move of story) carryOut(worked, move);
      const { events, decisions, state } = worked.story;
      const folded = emptyState();
      let again = emptyState();
      for (const [index, event] of events.entries()) {
        if (index === cut % events.length) again = decodeCheckpoint(encodeCheckpoint(again));
        const decision = decide(again, event);
        const recorded = decisions[index];
        if (recorded === undefined) throw new Error("unreachable: a decision for each event");
        const text = encodeDecision(again, decision);
        expect(text).toBe(encodeDecision(state, recorded));
        refold(folded, event, (before) => decodeDecision(before, text));
      }
      expect(encodeCheckpoint(again)).toBe(encodeCheckpoint(state));
      expect(encodeCheckpoint(folded)).toBe(encodeCheckpoint(state));
    }),
    { numRuns: 40 },
  );
});
