/**
 * Risk tiers as a venue lists them: the more a position is worth, the less leverage it may have. Kept by instrument from one
 * run to the next; where none were told, nothing is known of them and nothing is limited by them.
 */

import type { EventOf, RiskTierRow } from "./event.ts";
import { leverageHundredths } from "./holding.ts";
import { Decimal } from "./model/decimal.ts";
import { type RiskTier, VALUE_SCALE } from "./model/instrument.ts";
import type { State } from "./state.ts";

/** Markets are looked at again where the tiers are others than before: what is held may need another leverage. */
export function applyRiskTiers(state: State, { instrument, tiers }: EventOf<"risk-tiers-listed">): void {
  if (!state.instruments.has(instrument)) return;
  const listed = riskTiersFrom(tiers);
  if (isSame(listed, state.riskTiers.get(instrument) ?? [])) return;
  if (listed.length === 0) state.riskTiers.delete(instrument);
  else state.riskTiers.set(instrument, listed);
  for (const market of state.markets) if (market.instrument.id === instrument) state.dirty.add(market);
}

/** Whether the state knows these tiers already. */
export function knowsTiers(state: State, { instrument, tiers }: EventOf<"risk-tiers-listed">): boolean {
  return isSame(riskTiersFrom(tiers), state.riskTiers.get(instrument) ?? []);
}

/** By their limits; a larger position never has more leverage than a smaller one. Rows that make no sense are left out. */
function riskTiersFrom(rows: readonly RiskTierRow[]): readonly RiskTier[] {
  const tiers: RiskTier[] = [];
  let most = Number.POSITIVE_INFINITY;
  for (const tier of rows.flatMap(riskTier).sort((one, other) => one.limit - other.limit)) {
    most = Math.min(most, tier.leverageHundredths);
    tiers.push({ limit: tier.limit, leverageHundredths: most });
  }
  return tiers;
}

function riskTier({ limit, maxLeverage }: RiskTierRow): RiskTier[] {
  const value = Decimal.tryParse(limit);
  const hundredths = leverageHundredths(maxLeverage);
  if (value === undefined || value.sign <= 0 || hundredths === null || hundredths < 100) return [];
  const millionths = Number(value.dividedBy(MILLIONTH, 0, "floor").units);
  return [{ limit: Math.min(millionths, Number.MAX_SAFE_INTEGER), leverageHundredths: hundredths }];
}

const MILLIONTH = Decimal.of(1n, VALUE_SCALE);

function isSame(one: readonly RiskTier[], other: readonly RiskTier[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
