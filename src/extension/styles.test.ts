/** The owner's styles from question to order: whatever they answer, no more goes than was approved, and reductions as ever. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import inParts from "../../examples/extensions/in-parts.ts";
import { onlyOrder, orderTexts, reasonsOf, Story } from "../../test/core/story.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../core/checkpoint.ts";
import { decide } from "../core/decide.ts";
import { encodeDecision, ownCodeAsRecorded } from "../core/decision-codec.ts";
import { emptyState, isOpen } from "../core/state.ts";
import type { ApprovedIncrease, ExecutionStyle } from "./contract.ts";
import { askingStyles } from "./styles.ts";

const PATIENT_MS = 500;

function styleOf(work: (order: ApprovedIncrease) => unknown, name = "mine"): ExecutionStyle {
  return {
    contract: 1,
    kind: "execution-style",
    name,
    description: "",
    work: work as ExecutionStyle["work"],
  };
}

function storyWith(...styles: readonly ExecutionStyle[]): Story {
  return new Story({ styles: askingStyles(styles, () => {}, PATIENT_MS) });
}

const bought = (work: (order: ApprovedIncrease) => unknown) => {
  const story = storyWith(styleOf(work));
  return story.leaderFill("buy", "1");
};

describe("what a style answers", () => {
  it("is asked with the order, when it was changed and last ordered", () => {
    const seen: ApprovedIncrease[] = [];
    const story = storyWith(
      styleOf((order) => {
        seen.push(order);
        return { kind: "default" };
      }),
    );
    const order = onlyOrder(story.leaderFill("buy", "1"));
    const firstAtMs = story.nowMs;
    story.fill(order, "0.5", "0.5");
    story.leaderFill("buy", "1");
    expect(seen.map(({ changedAtMs, lastOrderAtMs }) => [changedAtMs, lastOrderAtMs])).toEqual([
      [firstAtMs, null],
      [story.nowMs, firstAtMs],
    ]);
    expect(seen[0]).toMatchObject({ quantity: "0.5", worstPrice: null, tickSize: "0.1" });
    expect(Object.isFrozen(seen[0])).toBe(true);
  });

  it("sends a part at no worse a price, on the venue's grid", () => {
    const limit = { price: "60006.07", timeInForce: "IOC" };
    const order = onlyOrder(bought(() => ({ kind: "send", quantity: "0.1239", limit })));
    expect([order.lots, order.form]).toEqual([123, { kind: "limit", price: 600_060, timeInForce: "IOC" }]);
  });

  it("counts as the first that has a wish", () => {
    const story = storyWith(
      styleOf(() => ({ kind: "default" }), "a"),
      styleOf(() => ({ kind: "send", quantity: "0.2" }), "b"),
      styleOf(() => ({ kind: "wait", ms: 1_000 }), "c"),
    );
    expect(orderTexts(story.leaderFill("buy", "1"))).toEqual(["+200"]);
  });

  it.each<[string, unknown, string]>([
    ["nothing", undefined, "must be an object"],
    ["another word", { kind: "allow" }, '"default", "send" or "wait"'],
    ["no time", { kind: "wait", ms: 0 }, "100 to 600000"],
    ["nothing of it", { kind: "send", quantity: "0" }, "above zero"],
    ["an order that rests", { kind: "send", limit: { price: "1", timeInForce: "GTC" } }, "limit.timeInForce"],
    ["a price of nothing", { kind: "send", limit: { price: 5, timeInForce: "IOC" } }, "limit.price"],
  ])("denies when it answers %s", (_name, answer, cause) => {
    const decision = bought(() => answer);
    expect(decision.denials).toMatchObject([
      { reason: "extension-failed", detail: { extension: "mine", cause: expect.stringContaining(cause) } },
    ]);
  });
});

describe("the example in-parts", () => {
  it("sends parts of 10,000, five seconds apart, and comes to the whole", () => {
    const story = storyWith(inParts);
    story.leaderFill("buy", "1");
    const times: number[] = [];
    for (let turn = 0; turn < 20; turn += 1) {
      const open = [...story.leg().working.values()].find(isOpen);
      if (open === undefined) story.wait(1_000);
      else {
        times.push(story.nowMs);
        const holds = (story.leg().venue.lots + open.lots) / 1_000;
        story.fill(orderOf(story, open.clientOrderId), String(open.lots / 1_000), String(holds));
      }
    }
    expect(story.decisions.flatMap(orderTexts)).toEqual(["+166", "+166", "+166", "+2"]);
    expect(times.slice(1).every((atMs, place) => atMs - (times[place] ?? 0) >= 5_000)).toBe(true);
    expect(story.decisions.flatMap(reasonsOf)).toContain("execution-paced");
  });

  it("leaves a small order alone", () => {
    expect(orderTexts(storyWith(inParts).leaderFill("buy", "0.1"))).toEqual(["+50"]);
  });
});

function orderOf(story: Story, id: string) {
  const found = story.decisions
    .flatMap(({ orders }) => orders)
    .find(({ order }) => order.clientOrderId === id);
  if (found === undefined) throw new Error(`no order ${id}`);
  return found.order;
}

type Move =
  | { readonly kind: "trade"; readonly side: "buy" | "sell"; readonly size: number }
  | { readonly kind: "fill"; readonly part: number }
  | { readonly kind: "wait"; readonly ms: number };

const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("trade" as const),
      side: fc.constantFrom("buy" as const, "sell" as const),
      size: fc.integer({ min: 1, max: 3_000 }),
    }),
    fc.record({ kind: fc.constant("fill" as const), part: fc.constantFrom(0, 0.4, 1) }),
    fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
  ),
  { minLength: 2, maxLength: 12 },
);

const prices = fc.integer({ min: 1, max: 1_200_000 }).map((tenths) => String(tenths / 10));

const answers: fc.Arbitrary<unknown> = fc.oneof(
  fc.constant({ kind: "default" }),
  fc.record({ kind: fc.constant("wait"), ms: fc.integer({ min: 100, max: 600_000 }) }),
  fc.record(
    {
      kind: fc.constant("send"),
      quantity: fc.integer({ min: 1, max: 4_000 }).map((lots) => String(lots / 1_000)),
      limit: fc.record({ price: prices, timeInForce: fc.constantFrom("IOC", "FOK") }),
    },
    { requiredKeys: ["kind"] },
  ),
  fc.anything(),
);

describe("any style at all", () => {
  it("sends no more than was approved, on the same side, and leaves every reduction as it is", () => {
    fc.assert(
      fc.property(moves, fc.func<[string], unknown>(answers), (drawn, answerTo) => {
        const story = storyWith(styleOf((order) => answerTo(JSON.stringify([order.atMs, order.quantity]))));
        for (const move of drawn) play(story, move);
        const state = emptyState();
        for (const [place, event] of story.events.entries()) {
          const without = decide(decodeCheckpoint(encodeCheckpoint(state)), event);
          const happened = story.decisions[place];
          if (happened === undefined) throw new Error("an event without a decision");
          const text = encodeDecision(emptyState(), happened);
          const again = decide(state, event, ownCodeAsRecorded(text));
          expect(encodeDecision(state, again)).toBe(text);
          const free = without.orders.map(({ order }) => order);
          for (const { order } of again.orders) {
            const [approved] = free;
            expect([order.reduceOnly, Math.sign(order.lots)]).toEqual([
              approved?.reduceOnly,
              Math.sign(approved?.lots ?? 0),
            ]);
            expect(Math.abs(order.lots)).toBeLessThanOrEqual(Math.abs(approved?.lots ?? 0));
            if (order.reduceOnly) expect([order.lots, order.form]).toEqual([approved?.lots, approved?.form]);
          }
          if (free.some(({ reduceOnly }) => reduceOnly)) expect(again.orders).toHaveLength(free.length);
        }
      }),
      { numRuns: 150 },
    );
  });
});

function play(story: Story, move: Move): void {
  if (move.kind === "trade") story.leaderFill(move.side, String(move.size / 1_000));
  else if (move.kind === "wait") story.wait(move.ms);
  else {
    const open = [...story.leg().working.values()].find(isOpen);
    if (open === undefined) return;
    const lots = Math.floor(Math.abs(open.lots) * move.part);
    const holds = (story.leg().venue.lots + lots * Math.sign(open.lots)) / 1_000;
    story.fill(orderOf(story, open.clientOrderId), String(lots / 1_000), String(holds));
  }
}
