import { expect, it } from "vitest";
import { hurdleOf } from "./hurdle.ts";

const TEN_DAYS = { equityMean: 10_000, lengthMs: 10 * 86_400_000 };

it.each([
  ["fees, and funding paid", { fees: 30, funding: -20, traded: 100_000 }, [0.0005, 0.0005]],
  [
    "funding that brought more than fees took",
    { fees: 30, funding: 80, traded: 100_000 },
    [-0.0005, -0.0005],
  ],
  ["nothing traded", { fees: 0, funding: 0, traded: 0 }, [0, null]],
])("tells what has to be earned back: %s", (_, happenings, [ofEquityPerDay, ofValueTraded]) => {
  expect(hurdleOf(happenings, TEN_DAYS)).toEqual({ ofEquityPerDay, ofValueTraded });
});

it("is nothing of no time or no equity", () => {
  const costs = { fees: 1, funding: 0, traded: 100 };
  expect(hurdleOf(costs, { ...TEN_DAYS, lengthMs: 0 }).ofEquityPerDay).toBeNull();
  expect(hurdleOf(costs, { ...TEN_DAYS, equityMean: 0 }).ofEquityPerDay).toBeNull();
});
