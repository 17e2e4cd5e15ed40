/** The user's filters judge a trader by what was known at each decision, not by what it came to. */
import { expect, it } from "vitest";
import type { StrategyEvidence } from "../../src/strategies/strategy.ts";
import { minTrades } from "../../src/traders/filters/min-trades.ts";
import { BEGIN_MS, DAY_MS, live, makePast, watching } from "./recorded-past.ts";

it("whoever has not closed enough positions yet fails, and passes once it has", async () => {
  const seen: StrategyEvidence[] = [];
  const fromMs = BEGIN_MS + 2 * DAY_MS;
  const options = { fromMs, toMs: fromMs + 6 * DAY_MS, strategy: watching(seen), filters: [minTrades(10)] };
  await live(makePast(4, 9), options);
  const counts = seen.map(({ candidates }) =>
    candidates.map(({ figures, failedFilters }) => ({
      trips: figures.trips ?? 0,
      fails: failedFilters.length,
    })),
  );
  for (const { trips, fails } of counts.flat()) expect(fails).toBe(trips < 10 ? 1 : 0);
  expect(counts[0]?.every(({ fails }) => fails === 1)).toBe(true);
  expect(counts.at(-1)?.some(({ fails }) => fails === 0)).toBe(true);
});
