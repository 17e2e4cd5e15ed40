/**
 * What the past days would have brought to what a follower holds of its leaders: each leader's results per unit of value held, as they were
 * measured, times the value of its copies over the account's equity. Leaders of whom nothing was measured lately are left out.
 */
import { type LeaderRisk, RETURN_UNITS, RISK_DAYS } from "../evidence.ts";
import { copyReach, plannedTerms } from "../exposure.ts";
import type { InstrumentId } from "../model/identifiers.ts";
import type { Planned } from "../planned.ts";
import type { RiskLimits } from "../risk-settings.ts";
import type { FollowerState, LeaderState, State } from "../state.ts";
import { worth } from "../worth.ts";
import type { PortfolioPast } from "./portfolio-figures.ts";

/** In millionths of the settle coin; below zero where copies hold the opposite of what their leader holds. */
export interface CopiedValues {
  readonly byLeader: ReadonlyMap<LeaderState, number>;
  /** An instrument that is held without a known price; null when all have one. */
  readonly unpriced: InstrumentId | null;
}

/** Held and under way together, each position at the furthest that its orders can take it. */
export function copiedValues(state: State, follower: FollowerState, planned: Planned): CopiedValues {
  const byLeader = new Map<LeaderState, number>();
  let unpriced: InstrumentId | null = null;
  for (const market of follower.markets.values()) {
    for (const copy of market.copies) {
      for (const part of copy.legs) {
        const { most, least } = copyReach(copy, part, planned);
        if (most === 0 && least === 0) continue;
        const { instrument, ticks } = plannedTerms(state, market, planned);
        if (ticks === null) unpriced ??= instrument.id;
        else {
          const value = worth(instrument, ticks, Math.max(Math.abs(most), Math.abs(least)));
          const known = byLeader.get(copy.leader) ?? 0;
          byLeader.set(copy.leader, known + (copy.allocation.inverse ? -value : value));
        }
      }
    }
  }
  return { byLeader, unpriced };
}

/** Null when it was not measured, or too long ago. */
export function riskOf(
  { nowMs }: State,
  { evidence }: LeaderState,
  { evidenceMaxAgeMs }: Pick<RiskLimits, "evidenceMaxAgeMs">,
): LeaderRisk | null {
  return evidence === null || nowMs - evidence.measuredAtMs > evidenceMaxAgeMs
    ? null
    : (evidence.risk ?? null);
}

/** `equity` in millionths, above zero. */
export function portfolioPast(
  state: State,
  { limits }: FollowerState,
  { byLeader }: CopiedValues,
  equity: number,
): PortfolioPast {
  const days = new Float64Array(RISK_DAYS);
  let beta = 0;
  // Sums of doubles hang on their order, so it is one that a recovered state has as well.
  const leaders = [...byLeader].sort(([one], [other]) => (one.account < other.account ? -1 : 1));
  for (const [leader, value] of leaders) {
    const risk = riskOf(state, leader, limits);
    if (risk !== null) beta += addTo(days, risk, value / equity);
  }
  return { days, beta };
}

/** `weight`: value over equity. */
export function withMore({ days, beta }: PortfolioPast, risk: LeaderRisk, weight: number): PortfolioPast {
  const more = days.slice();
  return { beta: beta + addTo(more, risk, weight), days: more };
}

/** Adds to the days in place, and says what is added to beta. */
function addTo(days: Float64Array, { dayReturns, beta = "0" }: LeaderRisk, weight: number): number {
  const unit = weight / RETURN_UNITS;
  for (let day = 0; day < days.length; day += 1)
    days[day] = (days[day] as number) + unit * (dayReturns[day] as number);
  return weight * Number(beta);
}
