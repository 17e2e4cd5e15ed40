/** Risk by part against the reference: volatility, its contributions and CVaR of every portfolio, value at risk of single series. */
import { describe, expect, it } from "vitest";
import { portfolioRisk } from "../../src/analytics/risk/portfolio-risk.ts";
import { hasShared, sharedNote } from "../shared.ts";
import { bybitReturns, expectClose, golden } from "./golden.ts";

interface GoldenSet {
  readonly id: string;
  readonly input: {
    readonly symbols: readonly string[];
    readonly first_close: string;
    readonly last_close: string;
  };
  readonly portfolios: Readonly<
    Record<
      string,
      {
        readonly weights: readonly number[];
        readonly annual_volatility: number;
        readonly daily_cvar95_loss: number;
        readonly risk_contributions: readonly number[];
      }
    >
  >;
}

const TERMS = { confidence: 0.95, periodsPerYear: 365 };

describe.skipIf(!hasShared)(`risk by part against the reference${sharedNote}`, () => {
  const sets = hasShared ? golden<{ readonly sets: readonly GoldenSet[] }>("portfolio").sets : [];
  const cases = sets.flatMap((set) =>
    Object.entries(set.portfolios).map(([name, one]) => [set, name, one] as const),
  );

  it("has all portfolios", () => {
    expect(cases.length).toBe(42);
  });

  it.each(cases.map(([set, name, one]) => [`${set.id} ${name}`, set, one] as const))(
    "%s",
    (name, { input }, wanted) => {
      const parts = input.symbols.map((symbol, at) =>
        bybitReturns(symbol, input.first_close, input.last_close).returns.map(
          (value) => (wanted.weights[at] ?? Number.NaN) * value,
        ),
      );
      const { annualVolatility, shortfall } = portfolioRisk(parts, TERMS);
      expectClose(annualVolatility.whole, wanted.annual_volatility, `volatility of ${name}`);
      expectClose(shortfall.whole, wanted.daily_cvar95_loss, `CVaR of ${name}`);
      for (const [at, share] of wanted.risk_contributions.entries())
        expectClose(
          (annualVolatility.parts[at] ?? 0) / annualVolatility.whole,
          share,
          `part ${at} of ${name}`,
        );
    },
  );
});
