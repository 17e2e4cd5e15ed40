/**
 * What the copies of all leaders together may lose, over the account's equity: value at risk, shortfall, volatility, and how far they move with
 * the market. An increase passes that takes no figure above its limit, nor further above. While nobody measured a leader, or not lately, its
 * copies count nothing, or every increase beside them is refused, as is configured.
 */
import { type EvidenceLack, evidenceLack } from "../evidence.ts";
import { plannedTerms } from "../exposure.ts";
import type { ReasonDetail } from "../reason.ts";
import type { RiskLimits } from "../risk-settings.ts";
import type {
  Copy,
  CopyLeg,
  FollowerLeg,
  FollowerMarket,
  FollowerState,
  LeaderState,
  State,
} from "../state.ts";
import { worth } from "../worth.ts";
import { plannedAllowance } from "./allowance.ts";
import type { Increase, Objection } from "./check-risk.ts";
import {
  type Limited,
  limitedMeasures,
  type PortfolioFigures,
  type PortfolioPast,
  portfolioFigures,
} from "./portfolio-figures.ts";
import { type CopiedValues, copiedValues, portfolioPast, riskOf, withMore } from "./portfolio-past.ts";
import { givenUpUnlessRelieved } from "./room.ts";

/** What fits is looked for by halves; after so many, what is known to fit is taken. */
const HALVINGS_MAX = 24;
const DIGITS = 6;

export function checkPortfolioRisk(
  state: State,
  copy: Copy,
  _part: CopyLeg,
  { market }: FollowerLeg,
  { lots, planned }: Increase,
): Objection | null {
  if (!limitsRisk(market.follower.limits)) return null;
  const objection = weigh(state, copy, market, { lots, planned });
  if (market.copies.length === 1) return objection;
  // A hedge that is only wished for on this very leg may still be cut: until it is sent it makes no room, and nothing is given up for it.
  const unhedged = weigh(state, copy, market, { lots, planned: planned.decided() });
  if (unhedged === null || (objection !== null && (objection.room ?? 0) <= (unhedged.room ?? 0)))
    return objection;
  const { waive: _later, ...refusal } = unhedged;
  return refusal;
}

function weigh(
  state: State,
  copy: Copy,
  market: FollowerMarket,
  { lots, planned }: Increase,
): Objection | null {
  const { follower } = market;
  const held = copiedValues(state, follower, planned);
  const lack = objectionToLack(state, follower, [copy.leader, ...held.byLeader.keys()]);
  const risk = riskOf(state, copy.leader, follower.limits);
  if (lack !== null || risk === null) return lack;
  const { equity, equityText } = plannedAllowance(follower, planned);
  if (equity === null) return { reason: "equity-unknown", detail: { limit: "portfolio-risk" } };
  const { instrument, ticks } = plannedTerms(state, market, planned);
  const unpriced = held.unpriced ?? (ticks === null ? instrument.id : null);
  if (ticks === null || unpriced !== null)
    return { reason: "no-price", detail: { limit: "portfolio-risk", instrument: unpriced ?? "" } };
  const about = { leader: copy.leader.account, equity: equityText ?? "" };
  const givenUp = givenUpUnlessRelieved(follower);
  if (equity <= 0) return { reason: "portfolio-risk", detail: about, room: 0, ...givenUp };
  const past = portfolioPast(state, follower, held, equity);
  const side = copy.allocation.inverse ? -1 : 1;
  const grown = (size: number) => withMore(past, risk, (side * worth(instrument, ticks, size)) / equity);
  const found = judgeGrowth(past, grown, {
    asked: Math.abs(lots),
    limited: limitedMeasures(follower.limits),
  });
  if (found === null) return null;
  return { reason: "portfolio-risk", detail: { ...found.numbers, ...about }, room: found.room, ...givenUp };
}

/** A plain look: most followers have no such limit. */
export function limitsRisk(limits: RiskLimits): boolean {
  const { portfolioVar95, portfolioCvar95, portfolioVolatility, portfolioBeta } = limits;
  return (
    portfolioVar95 !== null ||
    portfolioCvar95 !== null ||
    portfolioVolatility !== null ||
    portfolioBeta !== null
  );
}

/** Of the first of the leaders that lacks a measurement, where that is to refuse. */
function objectionToLack(
  state: State,
  { limits }: FollowerState,
  leaders: readonly LeaderState[],
): Objection | null {
  if (limits.withoutEvidence !== "deny") return null;
  for (const leader of leaders) {
    const lack = riskLack(state, leader, limits);
    if (lack === null) continue;
    const { reason, ...age } = lack;
    return { reason, detail: { limit: "portfolio-risk", of: leader.account, ...age }, waive: true };
  }
  return null;
}

/** Why the limits in force do not know what a leader's copies risk; null where they do. */
export function riskLack(state: State, { evidence }: LeaderState, limits: RiskLimits): EvidenceLack | null {
  const risk = evidence?.risk;
  const isTold = risk !== undefined && (limits.portfolioBeta === null || risk.beta !== undefined);
  return evidenceLack(
    state,
    evidence !== null && isTold ? [evidence.measuredAtMs] : [],
    limits.evidenceMaxAgeMs,
  );
}

interface Asked {
  readonly asked: number;
  readonly limited: Limited;
}

/** Null where all that is asked for fits; `grown` is the past with so many lots more. */
function judgeGrowth(
  past: PortfolioPast,
  grown: (lots: number) => PortfolioPast,
  { asked, limited }: Asked,
): { readonly numbers: ReasonDetail; readonly room: number } | null {
  const before = portfolioFigures(past, limited);
  const after = portfolioFigures(grown(asked), limited);
  const broken = brokenBy(after, before, limited);
  if (broken === undefined) return null;
  const [measure, limit] = broken;
  const isFit = (lots: number) =>
    brokenBy(portfolioFigures(grown(lots), limited), before, limited) === undefined;
  let [fits, fails] = isFit(1) ? [1, asked] : [0, 1];
  for (let halvings = 0; halvings < HALVINGS_MAX && fails - fits > 1; halvings += 1) {
    const middle = Math.floor((fits + fails) / 2);
    if (isFit(middle)) fits = middle;
    else fails = middle;
  }
  const [value, reached] = [before[measure].toFixed(DIGITS), after[measure].toFixed(DIGITS)];
  return { numbers: { measure, value, after: reached, limit }, room: fits };
}

/** The first that is above its limit, and above where it stood. */
function brokenBy(
  after: PortfolioFigures,
  before: PortfolioFigures,
  limited: Limited,
): Limited[number] | undefined {
  return limited.find(([measure, limit]) => after[measure] > Math.max(Number(limit), before[measure]));
}

/** What the account's copies come to now; null while the equity or a price is not known. */
export function figuresNow(
  state: State,
  follower: FollowerState,
  held: CopiedValues,
  equity: number | null,
): PortfolioFigures | null {
  if (equity === null || equity <= 0 || held.unpriced !== null) return null;
  return portfolioFigures(portfolioPast(state, follower, held, equity), limitedMeasures(follower.limits));
}
