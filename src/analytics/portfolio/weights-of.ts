/**
 * The one entry of portfolio construction: weights over names for a request, or why there are none. Pure: strategies, rebalancing, the backtest and the
 * command line ask the same way.
 *
 * A formula's weights that break a constraint are replaced by the nearest that hold all; a programme is solved within them. Trading costs then decide how far
 * of the way from what is held it pays to go, except where they are part of the programme.
 */
import { problemOf } from "./check-request.ts";
import { conflictOf } from "./infeasible.ts";
import { type Limits, limitsOf, turnoverOf } from "./limits.ts";
import { type Market, marketOf } from "./market.ts";
import { type Choice, chosenNames, minimumConflict, type Search } from "./minimum-position.ts";
import { notesOf } from "./notes.ts";
import type { WeightsProblemKind, WeightsRequest, WeightsResult } from "./request.ts";
import { RISK_AVERSION, type Scheme, schemeOf, tradeCostOf } from "./scheme-of.ts";
import { equalWeights } from "./schemes/equal-weight.ts";
import { trackingLoss, worthTrading } from "./schemes/nearest.ts";
import type { Attempt } from "./schemes/scheme.ts";
import { settled, weightingOf } from "./weighting.ts";

export function weightsOf(request: WeightsRequest): WeightsResult {
  const problem = problemOf(request);
  if (problem !== null) return { ok: false, problem };
  const limits = limitsOf(request);
  const conflict = conflictOf(limits);
  if (conflict !== null) return { ok: false, problem: conflict };
  const market = marketOf(request);
  const found = schemeOf(market, request);
  if (!found.ok) return refused(found.kind, found.message);
  const asked = { market, limits, scheme: found.scheme, request };
  const { attempt, isComplete } = attempted(asked);
  switch (attempt.kind) {
    case "weights":
      return answer(asked, attempt, isComplete);
    case "degenerate":
      return refused("degenerate", attempt.message);
    case "infeasible":
      return { ok: false, problem: minimumConflict(limits, minimumOf(request), isComplete) };
    case "unsolved":
      return refused("unsolved", `no weights could be proved to be the best: ${attempt.message}`);
  }
}

interface Asked {
  readonly market: Market;
  readonly limits: Limits;
  readonly scheme: Scheme;
  readonly request: WeightsRequest;
}

function attempted(asked: Asked): Choice {
  const { limits, request } = asked;
  const plan = planOf(asked);
  if ("kind" in plan) return { attempt: plan, isComplete: true };
  const minimum = minimumOf(request);
  if (minimum === 0) return { attempt: plan.solve(limits), isComplete: true };
  return chosenNames(limits, { minimum, ...plan });
}

/** How weights within limits are found, and what is least about them; or why there are none. */
function planOf({ market, limits, scheme, request }: Asked): Pick<Search, "solve" | "loss"> | Attempt {
  const { within, loss, knowsCosts } = scheme;
  const tradeCost = knowsCosts ? 0 : tradeCostOf(request);
  const turnover = (weights: Float64Array) => turnoverOf(limits, weights) ?? 0;
  if (tradeCost === 0) return { solve: within, loss: (weights) => loss(weights, turnover(weights)) };
  const aim = within(limits);
  if (aim.kind !== "weights") return aim;
  const terms = { riskAversion: request.riskAversion ?? RISK_AVERSION, tradeCost };
  return {
    solve: (narrower) => worthTrading({ market, limits: narrower }, aim.weights, terms),
    loss: (weights) => {
      const difference = weights.map((value, at) => value - (aim.weights[at] as number));
      return trackingLoss(market, difference, terms, turnover(weights));
    },
  };
}

function answer(
  asked: Asked,
  { weights, missedBy }: Extract<Attempt, { kind: "weights" }>,
  isComplete: boolean,
): WeightsResult {
  const { market, limits, scheme, request } = asked;
  const found = settled(weights, limits);
  return {
    ok: true,
    names: request.names,
    method: request.method,
    covariance: request.covariance,
    ...weightingOf(found, { market, limits, scheme }),
    objectiveName: scheme.objectiveName,
    certifiedWithin: missedBy,
    shrinkage: market.shrinkage,
    equalWeight: weightingOf(equalWeights(market.count), { market, limits, scheme }),
    notes: notesOf({ ...asked, weights: found, isComplete }),
  };
}

function minimumOf({ constraints }: WeightsRequest): number {
  return constraints?.minimumPosition ?? 0;
}

function refused(kind: WeightsProblemKind, message: string): WeightsResult {
  return { ok: false, problem: { kind, message, details: [] } };
}
