/** A strategy is asked as often as it says, by the schedule that live has; one that decides only when asked is asked at the beginning. */
import { expect, it } from "vitest";
import { decisionEveryMs } from "../../src/strategies/schedule.ts";
import type { Strategy } from "../../src/strategies/strategy.ts";
import { BEGIN_MS, DAY_MS, HOUR_MS, live, makePast } from "./recorded-past.ts";

it.each([
  [0, null, [0]],
  [0.5, HOUR_MS / 2, Array.from({ length: 48 }, (_, at) => at / 2)],
  [9, 9 * HOUR_MS, [0, 9, 18]],
])("with %d hours", async (rebalancingHours, everyMs, hours) => {
  const asked: number[] = [];
  const fromMs = BEGIN_MS + 2 * DAY_MS;
  const strategy: Strategy = {
    name: "watching",
    rebalancingHours,
    choose: ({ asOfMs, candidates }) => {
      asked.push((asOfMs - fromMs) / HOUR_MS);
      return {
        wishes: candidates.map(({ trader }) => ({ trader, weight: 0, reason: "own-out", numbers: {} })),
      };
    },
  };
  expect(decisionEveryMs(strategy)).toBe(everyMs);
  await live(makePast(4, 4), { fromMs, toMs: fromMs + DAY_MS, strategy });
  expect(asked).toEqual(hours);
});
