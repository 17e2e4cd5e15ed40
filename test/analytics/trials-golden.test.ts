/** The best of many trials deflated as the reference deflates it, from the same real series. */
import { describe, expect, it } from "vitest";
import { judgedTrials } from "../../src/analytics/trials/judged-trials.ts";
import { hasShared, sharedNote } from "../shared.ts";
import { bybitReturns, expectClose, golden } from "./golden.ts";

interface Deflated {
  readonly id: string;
  readonly input: { readonly symbols: readonly string[] };
  readonly number_of_trials: number;
  readonly average_correlation: number;
  readonly independent_trials: number;
  readonly selected: string;
  readonly by_trials: readonly {
    readonly trials: number;
    readonly expected_max_sharpe_per_day: number;
    readonly dsr: number;
  }[];
}

describe.skipIf(!hasShared)(`a search's deflated Sharpe ratio against the reference${sharedNote}`, () => {
  const sets = hasShared
    ? golden<{ readonly deflated_sharpe: readonly Deflated[] }>("selection").deflated_sharpe
    : [];

  it.each(sets.map((one) => [one.id, one] as const))("is that of %s", (id, wanted) => {
    const { symbols } = wanted.input;
    const trials = symbols.map((symbol) => bybitReturns(symbol, "2023-06-30", "2024-06-30").returns);
    const found = judgedTrials(trials, {
      ...{ folds: 5, purge: 1, embargo: 365, resamples: 1, seed: 1 },
      earlier: [],
    });
    expect(symbols[found.best]).toBe(wanted.selected);
    expect(found.counts).toMatchObject({
      all: wanted.number_of_trials,
      independent: wanted.independent_trials,
    });
    expectClose(found.counts.averageCorrelation ?? Number.NaN, wanted.average_correlation, id);
    const [all, independent] = wanted.by_trials;
    expectClose(found.deflated?.asPublished ?? Number.NaN, all?.dsr ?? 0, id);
    // Coins lie no further apart than luck spreads them: then the published value is the one that counts.
    const { spreadOfTrials = 0, spreadOfLuck = 0 } = found.deflated ?? {};
    expect(spreadOfTrials).toBeLessThan(spreadOfLuck);
    expectClose(found.deflated?.luckiestOfAll ?? Number.NaN, all?.expected_max_sharpe_per_day ?? 0, id);
    expectClose(found.deflated?.byAll ?? Number.NaN, all?.dsr ?? 0, id);
    expectClose(found.deflated?.byIndependent ?? Number.NaN, independent?.dsr ?? 0, id);
  });
});
