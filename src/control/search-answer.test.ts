/** The answer of a search in words: what was found, what was not, and what to write. */
import { describe, expect, it } from "vitest";
import { judgedTrials } from "../analytics/trials/judged-trials.ts";
import { searchAnswer } from "./search-answer.ts";

const days = (count: number, mean: number, phase: number) =>
  Float64Array.from({ length: count }, (_, day) => mean + 0.01 * Math.sin(phase + day * day));
const OPTIONS = { folds: 5, purge: 1, embargo: 365, resamples: 300, seed: 1, earlier: [] };
const CHANGED = [{}, { max_traders: 3, correlation_limit: null }];

function answered(trials: readonly Float64Array[], isDefault = true) {
  const judged = judgedTrials(trials, OPTIONS);
  return searchAnswer({ strategy: "portfolio_copying", isDefault, options: CHANGED, judged });
}

describe("the answer of a search", () => {
  it("says what is better, and how to write it", () => {
    const { verdict, head, yaml, findings } = answered([days(300, 0, 1), days(300, 0.005, 2)]);
    expect([verdict, head]).toEqual([
      "better",
      "portfolio_copying is better with max_traders 3, correlation_limit off than with the default.",
    ]);
    expect(yaml).toBe("strategies:\n  portfolio_copying:\n    max_traders: 3\n    correlation_limit: off");
    expect(findings.map(({ check, holds }) => [check, holds])).toEqual([
      ["another-than-default", true],
      ["walk-forward", true],
      ["best-of-all", true],
      ["deflated-sharpe", true],
      ["cross-validation", null],
      ["overfitting", null],
    ]);
  });

  it("tells what loses less from what earns", () => {
    const { verdict, head, yaml } = answered([days(300, -0.006, 1), days(300, -0.001, 2)]);
    expect(verdict).toBe("better-unproven");
    expect(head).toContain("Whether it earns anything is another question");
    expect(yaml).not.toBeNull();
  });

  it("says plainly that nothing is better", () => {
    const { verdict, head, yaml, findings } = answered([days(300, 0.002, 1), days(300, 0.001, 2)], false);
    expect([verdict, yaml]).toEqual(["nothing-better", null]);
    expect(head).toBe(
      "Nothing beats what is configured: leave the options of portfolio_copying as they are.",
    );
    expect(findings[0]).toMatchObject({
      holds: false,
      text: expect.stringMatching(
        /^what is configured itself had the highest Sharpe ratio of 2 sets of options: /,
      ),
    });
  });

  it("says where the default held nothing", () => {
    const { findings } = answered([new Float64Array(300), days(300, 0.005, 2)]);
    expect(findings[0]?.text).toMatch(/a Sharpe ratio of \d+\.\d\d a year, the default held nothing$/);
  });

  it("says that too little is known", () => {
    const { verdict, head } = answered([days(30, 0, 1), days(30, 0.02, 2)]);
    expect(verdict).toBe("too-little-known");
    expect(head).toContain("Of 30 days 18 could be judged by what came before them, and 30 are needed.");
  });
});
