/** The weight that one internet address may use, under a virtual clock. */
import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../test/conformance/scripted-outside.ts";
import { WEIGHT_MAX, WeightBudget } from "./weights.ts";

function served(clock: VirtualClock, budget: WeightBudget, weights: readonly number[]): number[] {
  const startMs = clock.nowMs();
  const at: number[] = [];
  for (const weight of weights) budget.take(weight, "ask", () => at.push(clock.nowMs() - startMs));
  clock.advance(10 * 60_000);
  return at;
}

describe("the weight budget", () => {
  it("never lets more than its part go within a minute", () => {
    const clock = new VirtualClock();
    const at = served(clock, new WeightBudget(clock), Array(180).fill(20));
    expect(at).toHaveLength(180);
    for (const fromMs of at) {
      const within = at.filter((one) => one >= fromMs && one < fromMs + 60_000).length * 20;
      expect(within).toBeLessThanOrEqual(WEIGHT_MAX);
    }
  });

  it("goes by no clock that somebody sets", () => {
    const clock = new VirtualClock();
    const budget = new WeightBudget(clock, 100);
    budget.add(100);
    clock.setByMs = 3_600_000;
    expect(served(clock, budget, [20])).toEqual([60_000]);
  });

  it("counts what an answer weighed beyond", () => {
    const clock = new VirtualClock();
    const budget = new WeightBudget(clock, 100);
    budget.add(90);
    expect(served(clock, budget, [20])).toEqual([60_000]);
  });

  it("serves who waits for an answer before who only looks", () => {
    const clock = new VirtualClock();
    const budget = new WeightBudget(clock, 20);
    const order: string[] = [];
    budget.take(20, "look", () => order.push("first"));
    budget.take(20, "look", () => order.push("look"));
    budget.take(20, "ask", () => order.push("ask"));
    clock.advance(180_000);
    expect(order).toEqual(["first", "ask", "look"]);
  });

  it("rests after the venue refused", () => {
    const clock = new VirtualClock();
    const budget = new WeightBudget(clock);
    budget.refused();
    expect(served(clock, budget, [2, 2])).toEqual([10_000, 10_000]);
  });

  it("refuses when too much waits", () => {
    const clock = new VirtualClock();
    const budget = new WeightBudget(clock, 1);
    const taken = Array.from({ length: 1_100 }, () => budget.take(1, "look", () => {}));
    expect(taken.filter((one) => !one)).toHaveLength(99);
  });
});
