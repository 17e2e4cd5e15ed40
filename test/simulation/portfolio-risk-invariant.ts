/**
 * What the copies of a follower may lose together stays within its limits, or goes no further above them, by an order that adds. Worked out
 * anew from what is held, by sums of its own; looked at only where nothing else of the follower's is under way.
 */
import type { Decision, PlannedOrder } from "../../src/core/decision.ts";
import type { Leg } from "../../src/core/event.ts";
import type { LeaderRisk } from "../../src/core/evidence.ts";
import type { RiskLimits } from "../../src/core/risk-settings.ts";
import type { Copy, FollowerState, State } from "../../src/core/state.ts";
import { heldLots } from "../../src/core/virtual.ts";

type PriceOf = (market: PlannedOrder["market"]) => number | null;
/** Signed lots, on the order's leg. */
type AddedTo = (copy: Copy, planned: PlannedOrder) => number;
type Adds = (copy: Copy, leg: Leg) => number;

/** Rounding of what the copier compares, and of these sums. */
export const RISK_SLACK = 1e-8;
export const VALUE_AT_RISK = "value at risk";

export function portfolioRiskBreaches(
  state: State,
  { orders, crossings }: Decision,
  { priceOf, addedTo }: { readonly priceOf: PriceOf; readonly addedTo: AddedTo },
): string[] {
  if (crossings.length > 0) return [];
  return orders.flatMap((planned) => {
    const { follower } = planned.market;
    const own = orders.filter(({ market }) => market.follower === follower);
    if (planned.order.reduceOnly || own.length > 1 || isWaiting(follower, planned)) return [];
    // One leader's copies may go down by it while the account's position grows: that is a reduction, and no limit stands against it.
    if (!planned.market.copies.every((copy) => grows(copy, planned, addedTo))) return [];
    const before = lossesOf(state, follower, priceOf, () => 0);
    const after = lossesOf(state, follower, priceOf, (copy, leg) =>
      leg === planned.order.leg ? addedTo(copy, planned) : 0,
    );
    if (before === null || after === null) return [];
    return riskFigures(follower.limits).flatMap(([name, limit, figure]) => {
      const [was, is] = [figure(before), figure(after)];
      if (is <= Math.max(limit, was) + RISK_SLACK) return [];
      return [`${follower.account} may lose ${is} (${name}), at most ${limit}, ${was} before`];
    });
  });
}

function grows(copy: Copy, planned: PlannedOrder, addedTo: AddedTo): boolean {
  const [held, adds] = [heldLots(copy, planned.order.leg), addedTo(copy, planned)];
  return adds === 0 || Math.abs(held + adds) > Math.abs(held);
}

function isWaiting({ markets }: FollowerState, { order }: PlannedOrder): boolean {
  return [...markets.values()].some(({ legs }) =>
    legs.some(({ working }) =>
      [...working.values()].some(
        ({ status, clientOrderId }) => status !== "closed" && clientOrderId !== order.clientOrderId,
      ),
    ),
  );
}

export interface Losses {
  /** Of each day as a share of equity, the largest first. */
  readonly days: readonly number[];
  readonly beta: number;
}

function lossesOf(state: State, follower: FollowerState, priceOf: PriceOf, adds: Adds): Losses | null {
  const equity = Number(follower.equity ?? "0");
  if (!(equity > 0)) return null;
  const held: RiskHeld[] = [];
  for (const market of follower.markets.values()) {
    for (const copy of market.copies) {
      const { evidence } = copy.leader;
      const isFresh =
        evidence !== null && state.nowMs - evidence.measuredAtMs <= follower.limits.evidenceMaxAgeMs;
      const lots = copy.legs.reduce(
        (all, { leg }) => all + Math.abs(heldLots(copy, leg) + adds(copy, leg)),
        0,
      );
      const price = priceOf(market);
      if (lots === 0 || !isFresh || evidence.risk === undefined) continue;
      if (price === null) return null;
      const step = Number(market.instrument.spec.lotSize ?? market.instrument.spec.quantityStep);
      const share = ((copy.allocation.inverse ? -1 : 1) * lots * step * price) / equity;
      held.push({ share, risk: evidence.risk });
    }
  }
  return lossesBy(held);
}

/** Value held over equity, below zero for the opposite, of somebody with such a past. */
export interface RiskHeld {
  readonly share: number;
  readonly risk: LeaderRisk;
}

export function lossesBy(held: readonly RiskHeld[]): Losses {
  const days = Array.from({ length: 365 }, (_, day) =>
    sum(held.map(({ share, risk }) => (-share * (risk.dayReturns[day] ?? 0)) / 100_000)),
  );
  const beta = sum(held.map(({ share, risk }) => share * Number(risk.beta ?? "0")));
  return { days: days.sort((one, other) => other - one), beta };
}

type Figure = readonly [name: string, limit: number, of: (losses: Losses) => number];

export function riskFigures(limits: RiskLimits): readonly Figure[] {
  const all: readonly (readonly [string, string | null, Figure[2]])[] = [
    // Between the 18th and the 19th of 365 losses, of which 5 % are 18.25.
    [VALUE_AT_RISK, limits.portfolioVar95, ({ days }) => 0.8 * (days[18] ?? 0) + 0.2 * (days[19] ?? 0)],
    [
      "shortfall",
      limits.portfolioCvar95,
      ({ days }) => (sum(days.slice(0, 18)) + 0.25 * (days[18] ?? 0)) / 18.25,
    ],
    ["volatility", limits.portfolioVolatility, ({ days }) => deviation(days) * Math.sqrt(365)],
    ["beta", limits.portfolioBeta, ({ beta }) => Math.abs(beta)],
  ];
  return all.flatMap(([name, limit, of]) => (limit === null ? [] : [[name, Number(limit), of] as const]));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function deviation(values: readonly number[]): number {
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1));
}
