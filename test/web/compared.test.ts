/** Strategies beside each other: whom each would copy, and what each comes to beside equal parts. */
import { expect, it } from "vitest";
import type { RebalancePreview } from "../../web/src/api/types.ts";
import { EQUAL, leadersOf, sumsOf } from "../../web/src/pages/portfolio/compared.ts";

type Decision = NonNullable<RebalancePreview["followers"][number]["decision"]>;

function decided(strategy: string, weights: Readonly<Record<string, number>>): Decision {
  return {
    asOfMs: 0,
    strategy,
    allocations: [],
    verdicts: Object.entries(weights).map(([trader, weight]) => ({
      trader,
      isIn: weight > 0,
      reason: weight > 0 ? "chosen" : "beyond-max-traders",
      numbers: {},
      from: trader === "anna" ? 1 : 0,
      wanted: weight,
      weight,
    })),
    turnover: 0.5,
    cost: 0.001,
    gain: 0.002,
    part: 1,
    notes: [],
  };
}

const COMPARED = [
  { strategy: "one", decision: decided("one", { anna: 0.5, ben: 0 }), problem: null },
  { strategy: "two", decision: decided("two", { anna: 0.2, ben: 0.6 }), problem: null },
  { strategy: "three", decision: null, problem: "nothing is known of ben" },
];

it("has every leader, those that most is given to first, with each strategy's verdict", () => {
  const rows = leadersOf(COMPARED);
  expect(rows.map(({ leader, now }) => [leader, now])).toEqual([
    ["anna", 1],
    ["ben", 0],
  ]);
  expect(rows.map(({ verdicts }) => [...verdicts].map(([name, { isIn }]) => [name, isIn]))).toEqual([
    [
      ["one", true],
      ["two", true],
    ],
    [
      ["one", false],
      ["two", true],
    ],
  ]);
});

it("says what each comes to, equal parts first, and leaves out who could not decide", () => {
  expect(sumsOf(COMPARED)).toEqual([
    { strategy: EQUAL, count: 2, given: 1, largest: 0.5, effective: 2, turnover: 1, cost: null, gain: null },
    {
      strategy: "one",
      count: 1,
      given: 0.5,
      largest: 0.5,
      effective: 1,
      turnover: 0.5,
      cost: 0.001,
      gain: 0.002,
    },
    {
      strategy: "two",
      count: 2,
      given: 0.8,
      largest: 0.6,
      effective: expect.closeTo(1.6, 9),
      turnover: 0.5,
      cost: 0.001,
      gain: 0.002,
    },
  ]);
  expect(sumsOf([])).toMatchObject([{ count: 0, given: 0, effective: null }]);
});
