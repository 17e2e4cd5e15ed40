import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalQuantile } from "../numeric/normal.ts";
import { seededRandom } from "../numeric/random.ts";
import { covariancesOf } from "./covariances.ts";
import { marketOf } from "./market.ts";
import { COVARIANCES, type Constraints, type FoundWeights, METHODS, type WeightsRequest } from "./request.ts";
import { shrunkMeans } from "./schemes/shrunk-means.ts";
import { weightsOf } from "./weights-of.ts";

/** Names with a market in common, of uneven volatility, most of them with a gain. */
function made(count: number, rows: number, seed: number): Pick<WeightsRequest, "names" | "returns"> {
  const random = seededRandom(seed);
  const normal = () => normalQuantile(random() * 0.999999 + 5e-7);
  const market = Float64Array.from({ length: rows }, () => 0.01 * normal());
  const returns = Array.from({ length: count }, () => {
    const [beta, own] = [random() * 1.5, 0.004 + 0.03 * random()];
    return market.map((value) => 0.008 + beta * value + own * normal());
  });
  return { names: returns.map((_, at) => `t${at}`), returns };
}

function found(request: WeightsRequest): FoundWeights {
  const result = weightsOf(request);
  if (!result.ok) throw new Error(`${result.problem.message} ${result.problem.details.join("; ")}`);
  return result;
}

function problem(request: WeightsRequest) {
  const result = weightsOf(request);
  if (result.ok) throw new Error("weights were found");
  return result.problem;
}

const COVARIANCE = "ledoit_wolf_constant_correlation";
const seeds = fc.integer({ min: 0, max: 1_000_000 });
const methods = fc.constantFrom(...METHODS);
const counts = fc.integer({ min: 2, max: 9 });
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function expectSame(one: readonly number[], other: readonly number[], within: number): void {
  expect(one.length).toBe(other.length);
  for (const [at, value] of one.entries())
    expect(Math.abs(value - (other[at] ?? 9)), `at ${at}`).toBeLessThan(within);
}

describe("weights of every scheme", () => {
  it("sum to 1 and hold bounds, caps and turnover", () => {
    fc.assert(
      fc.property(
        methods,
        counts,
        seeds,
        fc.constantFrom(...COVARIANCES),
        (method, count, seed, covariance) => {
          const { names, returns } = made(count, 90, seed);
          const most = Math.min(1, 1.6 / count);
          const constraints: Constraints = {
            bounds: { least: 0.01, most },
            groups: [
              { name: "first two", members: names.slice(0, 2), most: Math.max(most, 1 - (count - 2) * most) },
            ],
            current: Object.fromEntries(names.map((name) => [name, 1 / count])),
            turnoverMost: 0.9,
          };
          const { weights, cash, turnover } = found({ names, returns, method, covariance, constraints });
          expect(sum(weights) + cash).toBeCloseTo(1, 9);
          if (method !== "fractional_kelly") expect(cash).toBe(0);
          for (const weight of weights) {
            expect(weight).toBeGreaterThanOrEqual(0.01);
            expect(weight).toBeLessThanOrEqual(most);
          }
          const cap = constraints.groups?.[0]?.most ?? 0;
          expect((weights[0] ?? 9) + (weights[1] ?? 9)).toBeLessThanOrEqual(cap + 1e-8);
          expect(turnover).toBeLessThanOrEqual(0.9 + 1e-8);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("do not depend on the order of the names", () => {
    fc.assert(
      fc.property(methods, counts, seeds, (method, count, seed) => {
        const { names, returns } = made(count, 80, seed);
        const asked = { method, covariance: "sample" } as const;
        const plain = found({ names, returns, ...asked });
        const turned = found({ names: names.toReversed(), returns: returns.toReversed(), ...asked });
        // HRP halves by position, wherever that cuts: the order of two children, which is that of the names, decides.
        if (method.startsWith("hrp_")) return;
        expectSame(turned.weights.toReversed(), plain.weights, 2e-5);
      }),
      { numRuns: 60 },
    );
  });

  it("do not depend on the leverage that all have in common, except where money is the question", () => {
    fc.assert(
      fc.property(
        methods,
        counts,
        seeds,
        fc.double({ min: 0.01, max: 3, noNaN: true }),
        (method, count, seed, scale) => {
          if (method === "mean_variance" || method === "fractional_kelly") return;
          const { names, returns } = made(count, 80, seed);
          const asked = { names, method, covariance: "sample" } as const;
          const scaled = returns.map((one) => one.map((value) => scale * value));
          expectSame(
            found({ ...asked, returns: scaled }).weights,
            found({ ...asked, returns }).weights,
            2e-5,
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it("are the same for the same names", () => {
    for (const method of METHODS) {
      const one = made(1, 60, 5).returns[0] ?? new Float64Array();
      const request = { names: ["a", "b", "c", "d"], returns: [one, one, one, one], method } as const;
      // Several losses in the tail are as small: a corner is as good as the middle.
      if (method === "minimum_cvar95") continue;
      if (method === "mean_variance" || method === "fractional_kelly") {
        expect(problem({ ...request, covariance: "sample" }).kind).toBe("degenerate");
        continue;
      }
      expectSame(found({ ...request, covariance: "sample" }).weights, [0.25, 0.25, 0.25, 0.25], 1e-6);
    }
  });

  it("are all of the money for one name", () => {
    const { names, returns } = made(1, 30, 7);
    for (const method of METHODS) {
      const { weights, cash } = found({ names, returns, method, covariance: "sample" });
      expect((weights[0] ?? 9) + cash).toBe(1);
      if (method !== "fractional_kelly") expect(weights).toEqual([1]);
    }
  });

  it("stand beside equal weight, which no constraint touches", () => {
    const { names, returns } = made(5, 60, 3);
    const { equalWeight } = found({
      names,
      returns,
      method: "minimum_variance",
      covariance: "sample",
      constraints: { bounds: { least: 0, most: 0.3 } },
    });
    expect(equalWeight.weights).toEqual([0.2, 0.2, 0.2, 0.2, 0.2]);
    expect(equalWeight.objective).toBeCloseTo(equalWeight.figures.variance, 15);
  });
});

describe("an optimum", () => {
  it("of variance meets its conditions: what lies between its bounds adds the same risk", () => {
    fc.assert(
      fc.property(counts, seeds, (count, seed) => {
        const { names, returns } = made(count, 80, seed);
        const most = Math.min(1, 1.5 / count);
        const { weights } = found({
          names,
          returns,
          method: "minimum_variance",
          covariance: COVARIANCE,
          constraints: { bounds: { least: 0, most } },
        });
        const { matrix } = covariancesOf(COVARIANCE, returns);
        const marginal = weights.map((_, row) =>
          sum(weights.map((weight, at) => weight * (matrix[row * count + at] ?? 0))),
        );
        const variance = sum(weights.map((weight, at) => weight * (marginal[at] ?? 0)));
        const inside = marginal.filter(
          (_, at) => (weights[at] ?? 0) > 1e-7 && (weights[at] ?? 0) < most - 1e-7,
        );
        const level = inside[0];
        if (level === undefined) return;
        for (const [at, value] of marginal.entries()) {
          const gap = (value - level) / variance;
          if ((weights[at] ?? 0) <= 1e-7) expect(gap).toBeGreaterThan(-1e-6);
          else if ((weights[at] ?? 0) >= most - 1e-7) expect(gap).toBeLessThan(1e-6);
          else expect(Math.abs(gap)).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is better than random weights within the same bounds, by every programme", () => {
    const less = new Set<string>(["minimum_variance", "minimum_cvar95"]);
    const programmes = [
      "minimum_variance",
      "minimum_cvar95",
      "maximum_sharpe",
      "maximum_diversification",
      "mean_variance",
    ] as const;
    fc.assert(
      fc.property(fc.constantFrom(...programmes), seeds, (method, seed) => {
        const { names, returns } = made(5, 80, seed);
        const best = found({ names, returns, method, covariance: COVARIANCE });
        const random = seededRandom(seed + 1);
        for (let round = 0; round < 8; round += 1) {
          const raw = names.map(() => -Math.log(random() + 1e-9));
          const bounds = Object.fromEntries(
            names.map(
              (name, at) =>
                [name, { least: (raw[at] ?? 0) / sum(raw), most: (raw[at] ?? 0) / sum(raw) }] as const,
            ),
          );
          const last = names.at(-1) ?? "";
          const boundsOf = { ...bounds, [last]: { least: 0, most: 1 } };
          const other = found({ names, returns, method, covariance: COVARIANCE, constraints: { boundsOf } });
          const [one, beside] = [best.objective ?? 9, other.objective ?? 9];
          if (less.has(method)) expect(one).toBeLessThanOrEqual(beside * (1 + 1e-7));
          else expect(one).toBeGreaterThanOrEqual(beside - 1e-7 * Math.abs(beside));
        }
      }),
      { numRuns: 25 },
    );
  });

  it("of equal risk has equal contributions, and of budgets those budgets", () => {
    fc.assert(
      fc.property(counts, seeds, fc.boolean(), (count, seed, isBudgeted) => {
        const { names, returns } = made(count, 60, seed);
        const budgets = names.map((_, at) => (isBudgeted ? 1 + 4 * (at % 3) : 1));
        const riskBudgets = Object.fromEntries(names.map((name, at) => [name, budgets[at] ?? 0]));
        const { riskContributions } = found({
          names,
          returns,
          method: "equal_risk_contribution",
          covariance: "sample",
          ...(isBudgeted ? { riskBudgets } : {}),
        });
        for (const [at, share] of riskContributions.entries())
          expect(Math.abs((share ?? 9) - (budgets[at] ?? 0) / sum(budgets))).toBeLessThan(1e-10);
      }),
    );
  });

  it("of diversification is 1 / inverse correlation for two names: weights go by 1 / volatility", () => {
    const { names, returns } = made(2, 200, 9);
    const asked = { names, returns, covariance: "sample" } as const;
    const inverse = found({ ...asked, method: "inverse_volatility" });
    expectSame(found({ ...asked, method: "maximum_diversification" }).weights, inverse.weights, 1e-8);
  });

  it("of Kelly is the fraction of mean over variance for one name, and never all of it", () => {
    const returns = [Float64Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? 0.2 : -0.19))];
    const asked = { names: ["a"], returns, method: "fractional_kelly", covariance: "sample" } as const;
    const variance = covariancesOf("sample", returns).matrix[0] ?? 0;
    const half = found({ ...asked, kellyFraction: 0.5 });
    expect(half.weights[0]).toBeCloseTo((0.5 * 0.005) / variance, 9);
    expect(found({ ...asked, kellyFraction: 0.25 }).weights[0]).toBeCloseTo((half.weights[0] ?? 9) / 2, 9);
    expect(half.notes.join()).toContain("stays as money");
  });

  it("of shrunk means draws them to that of least variance, the less they differ for the rows the further", () => {
    const drifts = [0.001, 0.004, 0.002];
    const of = (rows: number) => {
      const { names, returns } = made(3, rows, 4);
      const drifting = returns.map((one, at) => one.map((value) => value + (drifts[at] ?? 0)));
      const market = marketOf({ names, returns: drifting, method: "mean_variance", covariance: "sample" });
      const shrunk = shrunkMeans(market);
      if (shrunk === null) throw new Error("no inverse");
      for (const [at, mean] of market.means.entries())
        expect(shrunk.means[at]).toBeCloseTo(mean + shrunk.intensity * (shrunk.target - mean), 14);
      return shrunk.intensity;
    };
    expect(of(40)).toBeLessThan(1);
    expect(of(40_000)).toBeLessThan(0.05);
    expect(of(40_000)).toBeGreaterThan(0);
  });
});

describe("what is held", () => {
  const { names, returns } = made(4, 120, 12);
  const current = { t0: 0.7, t1: 0.1, t2: 0.1, t3: 0.1 };
  const asked = { names, returns, method: "equal_risk_contribution", covariance: COVARIANCE } as const;

  it("is kept where trading costs more than it is worth, and left where it costs nothing", () => {
    const own = found(asked);
    const at = (rate: number) =>
      found({ ...asked, constraints: { current, costs: { rate, holdingRows: 30 } } });
    expectSame(at(0.5).weights, Object.values(current), 1e-6);
    expectSame(at(0).weights, own.weights, 1e-6);
    const turnovers = [0, 0.0005, 0.005, 0.5].map((rate) => at(rate).turnover ?? 9);
    expect(turnovers).toEqual(turnovers.toSorted((one, other) => other - one));
  });

  it("counts names that are gone as sold", () => {
    const { turnover } = found({
      ...asked,
      method: "equal_weight",
      constraints: { current: { t0: 0.25, t1: 0.25, gone: 0.5 } },
    });
    expect(turnover).toBeCloseTo(1, 12);
  });
});

describe("a minimum position", () => {
  it("leaves each name with nothing or at least so much, and is the best such choice", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { names, returns } = made(5, 80, seed);
        const asked = { names, returns, method: "minimum_variance", covariance: COVARIANCE } as const;
        const minimumPosition = 0.22;
        const chosen = found({ ...asked, constraints: { minimumPosition } });
        for (const weight of chosen.weights)
          expect(weight === 0 || weight >= minimumPosition - 1e-9, String(weight)).toBe(true);
        // Every choice of names, one after the other.
        const all = Array.from({ length: 2 ** names.length }, (_, set) => {
          const boundsOf = Object.fromEntries(
            names.map((name, at) => [
              name,
              (set >> at) % 2 === 1 ? { least: minimumPosition, most: 1 } : { least: 0, most: 0 },
            ]),
          );
          const result = weightsOf({ ...asked, constraints: { boundsOf } });
          return result.ok ? (result.objective ?? 9) : Number.POSITIVE_INFINITY;
        });
        expect((chosen.objective ?? 9) / Math.min(...all)).toBeCloseTo(1, 7);
      }),
      { numRuns: 12 },
    );
  });
});

describe("what cannot be", () => {
  const { names, returns } = made(3, 50, 1);
  const asked = { names, returns, method: "minimum_variance", covariance: "sample" } as const;
  const conflict = (constraints: Constraints) => problem({ ...asked, constraints });

  it("names the constraints that conflict and what each would have to be", () => {
    expect(conflict({ bounds: { least: 0, most: 0.25 } })).toEqual({
      kind: "infeasible",
      message: "no weights hold this constraint: upper bounds of 3 names that sum to 0.75",
      details: ["upper bounds: each would have to be 0.083334 higher"],
    });
    expect(conflict({ bounds: { least: 0.4, most: 1 } }).details).toEqual([
      "lower bounds: each would have to be 0.066667 lower (those above it)",
    ]);
    const capped = conflict({
      bounds: { least: 0, most: 0.5 },
      groups: [
        { name: "majors", members: ["t0", "t1"], most: 0.3 },
        { name: "others", members: ["t1", "t2"], most: 0.9 },
      ],
    });
    expect(capped).toEqual({
      kind: "infeasible",
      message:
        "no weights hold these constraints together: at most 0.3 for group majors; upper bounds of 3 names that sum to 1.5",
      details: [
        "group majors: its cap would have to be 0.5, 0.2 more",
        "upper bounds: each would have to be 0.2 higher",
      ],
    });
    const still = conflict({ current: { t0: 1 }, turnoverMost: 0.2, bounds: { least: 0, most: 0.6 } });
    expect(still.message).toContain("a turnover of at most 0.2; upper bounds of 3 names");
    expect(still.details).toEqual([
      "turnover: 0.8 would be needed, 0.6 more",
      "upper bounds: each would have to be 0.3 higher",
    ]);
  });

  it("tells how large a minimum position can be", () => {
    const { kind, message, details } = conflict({ minimumPosition: 0.4, bounds: { least: 0, most: 0.45 } });
    expect([kind, message]).toEqual([
      "infeasible",
      "no choice of names holds the other constraints with at least 0.4 in each",
    ]);
    expect(details).toEqual(["minimum position: 0.3333 can be held, 0.0667 less"]);
  });

  it("names what of the request is wrong", () => {
    const message = (more: Partial<WeightsRequest>) => {
      const { kind, message: told } = problem({ ...asked, ...more });
      expect(kind).toBe("bad-request");
      return told;
    };
    expect(message({ names: [], returns: [] })).toBe("there are no names to weigh");
    const many = Array.from({ length: 201 }, (_, at) => `n${at}`);
    expect(message({ names: many })).toBe("201 names are too many to weigh at once (200)");
    const long = names.map(() => new Float64Array(2_501));
    expect(message({ returns: long, method: "minimum_cvar95" })).toContain("2501 rows are too many");
    expect(message({ names: ["a", "b", "a"] })).toBe('"a" is named twice');
    expect(message({ returns: returns.map((one, at) => one.slice(at)) })).toContain(
      "t1 has 49 returns, t0 has 50",
    );
    expect(message({ returns: returns.map((one) => one.map(() => Number.NaN)) })).toContain(
      "t0 has a return that is no finite",
    );
    expect(message({ returns: returns.map((one) => one.slice(0, 1)) })).toContain("1 rows are too few");
    expect(message({ constraints: { bounds: { least: 0.5, most: 0.2 } } })).toContain("the wrong way round");
    expect(message({ constraints: { bounds: { least: -0.5, most: 0.2 } } })).toContain(
      "have to lie within 0 and 1",
    );
    expect(message({ constraints: { boundsOf: { z: { least: 0, most: 1 } } } })).toContain(
      "z, which has no returns",
    );
    expect(message({ constraints: { groups: [{ name: "g", members: ["z"], most: 1 }] } })).toContain(
      "group g has z",
    );
    expect(message({ constraints: { turnoverMost: 1 } })).toBe("a turnover limit needs the current weights");
    expect(message({ constraints: { costs: { rate: 0.1, holdingRows: 1 } } })).toBe(
      "costs of trading need the current weights",
    );
    expect(message({ constraints: { current: { t0: 0.7, t1: 0.7 } } })).toContain("sum to 1.4");
    expect(message({ kellyFraction: 0.5 })).toBe("a Kelly fraction goes with fractional_kelly");
    expect(message({ riskAversion: 2 })).toContain("a risk aversion goes with");
    expect(message({ riskBudgets: { t0: 1 } })).toBe("risk budgets go with equal_risk_contribution");
    expect(message({ method: "equal_risk_contribution", riskBudgets: { t0: 1 } })).toContain(
      "t1 has no risk budget",
    );
    expect(message({ method: "fractional_kelly", kellyFraction: 2 })).toContain("at most 1");
  });

  it("says why returns do not determine the weights", () => {
    const flat = [returns[0] ?? new Float64Array(), new Float64Array(50), new Float64Array(50).fill(0.01)];
    for (const method of METHODS) {
      const result = weightsOf({ ...asked, returns: flat, method });
      if (method === "equal_weight") expect(result.ok).toBe(true);
      else expect(!result.ok && result.problem.message).toContain("t1, t2 do not vary in the 50 rows");
    }
    const losing = returns.map((one) => one.map((value) => value - 1));
    expect(problem({ ...asked, returns: losing, method: "maximum_sharpe" }).message).toContain(
      "no weights within the constraints have a mean return above zero",
    );
    const short = returns.map((one) => one.slice(0, 3));
    expect(problem({ ...asked, returns: short, method: "mean_variance" }).message).toContain(
      "has no inverse",
    );
    const hedged = [
      returns[0] ?? new Float64Array(),
      (returns[0] ?? new Float64Array()).map((value) => -value),
    ];
    const pair = { ...asked, names: ["a", "b"], returns: hedged };
    expect(problem({ ...pair, method: "equal_risk_contribution" }).message).toContain(
      "cancel each other entirely",
    );
    expect(problem({ ...pair, method: "maximum_diversification" }).message).toContain(
      "have no variance at all",
    );
  });

  it("tells no shares of a risk that is none, whatever found the weights", () => {
    const [first = new Float64Array(), other = new Float64Array()] = returns;
    const three = {
      ...asked,
      names: ["a", "b", "c"],
      returns: [first, first.map((value) => -value), other],
      covariance: "sample",
    } as const;
    const none = { variance: 0, annualVolatility: 0, annualSharpe: null, diversificationRatio: null };
    const least = found({ ...three, method: "minimum_variance" });
    expect(least.weights.map((weight) => Number(weight.toFixed(9)))).toEqual([0.5, 0.5, 0]);
    expect(least).toMatchObject({ riskContributions: [null, null, null], figures: none });
    expect(least.notes.join()).toContain("the names cancel each other entirely at these weights");
    const pair = { ...three, names: ["a", "b"], returns: three.returns.slice(0, 2) };
    const methods = ["equal_weight", "inverse_volatility", "hrp_pypfopt", "minimum_cvar95"] as const;
    for (const method of methods)
      expect(found({ ...pair, method })).toMatchObject({ riskContributions: [null, null], figures: none });
    // By a shrunk covariance they have a risk; by the rows they have not.
    const shrunk = found({ ...pair, method: "minimum_variance", covariance: COVARIANCE });
    expect(shrunk.figures.annualSharpe).toBeNull();
    expect(found({ ...three, method: "equal_weight" }).riskContributions[2]).toBeCloseTo(1, 9);
    expect(found({ ...three, method: "equal_weight" }).notes).toEqual([]);
  });

  it("is told where fewer rows than names leave a choice", () => {
    const few = { ...made(6, 5, 2), method: "minimum_variance", covariance: "sample" } as const;
    expect(found(few).notes.join()).toContain("5 rows cannot tell 6 names apart");
    expect(found({ ...few, covariance: COVARIANCE }).notes).toEqual([]);
  });
});
