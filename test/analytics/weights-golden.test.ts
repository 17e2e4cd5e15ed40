/** Weights of every portfolio of the reference, for 8, 20 and 40 coins. */
import { describe, expect, it } from "vitest";
import { covariancesOf } from "../../src/analytics/portfolio/covariances.ts";
import {
  COVARIANCES,
  type CovarianceName,
  type FoundWeights,
  METHODS,
  type WeightsRequest,
} from "../../src/analytics/portfolio/request.ts";
import { weightsOf } from "../../src/analytics/portfolio/weights-of.ts";
import { hasShared, sharedNote } from "../shared.ts";
import { bybitReturns, expectClose, golden } from "./golden.ts";

interface GoldenPortfolio {
  readonly weights: readonly number[];
  readonly daily_variance: number;
  readonly annual_volatility: number;
  readonly annual_mean_return: number;
  readonly annual_sharpe: number;
  readonly daily_cvar95_loss: number;
  readonly diversification_ratio: number;
  readonly effective_number_1_over_sum_w2: number;
  readonly risk_contributions: readonly number[];
  readonly objective?: number;
}

interface GoldenSet {
  readonly id: string;
  readonly input: {
    readonly symbols: readonly string[];
    readonly first_close: string;
    readonly last_close: string;
  };
  readonly covariance_daily: Readonly<Record<CovarianceName, readonly (readonly number[])[]>>;
  readonly portfolios: Readonly<Record<string, GoldenPortfolio>>;
}

/** `minimum_variance_0_0.25_on_ledoit_wolf` is a method, bounds and a covariance. */
function requestOf(name: string): Pick<WeightsRequest, "method" | "covariance" | "constraints"> {
  const covariance = name.endsWith("_on_ledoit_wolf") ? "ledoit_wolf_identity" : "sample";
  const bare = name.replace("_on_ledoit_wolf", "");
  const [, stem = bare, most] = /^(.*)_0_(1|0\.25)$/.exec(bare) ?? [];
  const method = METHODS.find((one) => one === stem);
  if (method === undefined) throw new Error(`no method for ${name}`);
  return {
    method,
    covariance,
    constraints: most === undefined ? {} : { bounds: { least: 0, most: Number(most) } },
  };
}

function found(request: WeightsRequest): FoundWeights {
  const result = weightsOf(request);
  if (!result.ok) throw new Error(result.problem.message);
  return result;
}

/** Closed formulas, HRP and equal risk contribution are exact; optimisers by the tolerance of the reference. */
function weightTolerance(method: string): number {
  if (method === "minimum_cvar95") return 1e-4;
  return method === "minimum_variance" || method === "maximum_sharpe" ? 1e-5 : 1e-10;
}

const sets = hasShared ? golden<{ readonly sets: readonly GoldenSet[] }>("portfolio").sets : [];
const returnsOf = ({ input }: GoldenSet) =>
  input.symbols.map((symbol) => bybitReturns(symbol, input.first_close, input.last_close).returns);
const cases = sets.flatMap((set) =>
  Object.entries(set.portfolios).map(([name, wanted]) => ({ set, name, wanted })),
);

describe.skipIf(!hasShared)(`weights against the reference${sharedNote}`, () => {
  it("has all the portfolios of three sets", () => {
    expect(cases.length).toBe(42);
  });

  it.each(cases.map((one) => [`${one.set.id} ${one.name}`, one] as const))(
    "%s",
    (_, { set, name, wanted }) => {
      const asked = requestOf(name);
      const result = found({ names: set.input.symbols, returns: returnsOf(set), ...asked });
      for (const [at, weight] of wanted.weights.entries())
        expect(Math.abs((result.weights[at] ?? 9) - weight), `weight ${at}`).toBeLessThanOrEqual(
          weightTolerance(asked.method),
        );
      if (wanted.objective !== undefined) {
        expect(Math.abs((result.objective ?? 9) / wanted.objective - 1)).toBeLessThanOrEqual(1e-6);
        expect(result.certifiedWithin).toBeLessThan(1e-8);
      }
      // The reference measures all weights by the sample.
      const measured = asked.covariance === "sample";
      const close = (value: number | null, other: number, what: string) =>
        asked.method === "minimum_cvar95"
          ? expect(Math.abs((value ?? 9) / other - 1), what).toBeLessThan(1e-3)
          : expect(Math.abs((value ?? 9) / other - 1), what).toBeLessThan(1e-7);
      const { figures } = result;
      if (measured) {
        close(figures.variance, wanted.daily_variance, "variance");
        close(figures.annualVolatility, wanted.annual_volatility, "volatility");
        close(figures.diversificationRatio, wanted.diversification_ratio, "diversification");
        for (const [at, share] of wanted.risk_contributions.entries())
          expect(Math.abs((result.riskContributions[at] ?? 9) - share), `risk ${at}`).toBeLessThan(1e-4);
      }
      close(figures.annualMeanReturn, wanted.annual_mean_return, "mean");
      close(figures.annualSharpe, wanted.annual_sharpe, "Sharpe");
      close(figures.cvar95Loss, wanted.daily_cvar95_loss, "CVaR");
      close(figures.effectiveNames, wanted.effective_number_1_over_sum_w2, "effective number");
    },
  );

  it.each(sets.map((set) => [set.id, set] as const))("covariances by name: %s", (_, set) => {
    for (const name of COVARIANCES) {
      const { matrix } = covariancesOf(name, returnsOf(set));
      for (const [at, value] of set.covariance_daily[name].flat().entries())
        expectClose(matrix[at], value, `${name} at ${at}`);
    }
  });
});
