/**
 * Risk tiers of a market: the larger the position, the smaller the leverage and the larger the margin. A model with the
 * proportions of the venue's own tables: tier n allows 1/n of the highest leverage, maintenance is half of initial.
 */
import { estimateText } from "./fixed-point.ts";
import type { InstrumentSettings } from "./market-types.ts";
import type { RiskTierRow } from "./venue-types.ts";

const TIERS = 25;

export interface RiskTier {
  readonly id: number;
  /** Position value up to which it holds, USDT. */
  readonly limitUsdt: number;
  readonly initialRate: number;
  readonly maintenanceRate: number;
  readonly maxLeverageHundredths: number;
  readonly deductionUsdt: number;
}

/** Value of the first tier by the market's highest leverage, which grows with its liquidity. */
function firstLimitUsdt(maxLeverage: number): number {
  if (maxLeverage >= 100) return 2_000_000;
  if (maxLeverage >= 75) return 500_000;
  if (maxLeverage >= 50) return 250_000;
  return maxLeverage >= 25 ? 100_000 : 50_000;
}

export function makeRiskTiers(
  settings: Pick<InstrumentSettings, "maxLeverage">,
  symbolId: number,
): readonly RiskTier[] {
  const maxLeverage = Number(settings.maxLeverage);
  const first = firstLimitUsdt(maxLeverage);
  const tiers: RiskTier[] = [];
  let previous: RiskTier | undefined;
  for (let n = 1; n <= TIERS && n <= maxLeverage; n++) {
    const initialRate = n / maxLeverage;
    const maintenanceRate = initialRate / 2;
    const deductionUsdt: number =
      previous === undefined
        ? 0
        : previous.deductionUsdt + previous.limitUsdt * (maintenanceRate - previous.maintenanceRate);
    previous = {
      id: symbolId * 100 + n,
      limitUsdt: (first * n * (n + 1)) / 2,
      initialRate,
      maintenanceRate,
      maxLeverageHundredths: Math.floor((maxLeverage * 100) / n),
      deductionUsdt,
    };
    tiers.push(previous);
  }
  return tiers;
}

/** The tier of a position value; the last one above all limits. */
export function tierOf(tiers: readonly RiskTier[], valueUsdt: number): RiskTier {
  for (const tier of tiers) if (valueUsdt <= tier.limitUsdt) return tier;
  const last = tiers.at(-1);
  if (last === undefined) throw new RangeError("a market without risk tiers");
  return last;
}

/** The largest position value that a leverage allows. */
export function limitForLeverage(tiers: readonly RiskTier[], leverageHundredths: number): number {
  let limit = 0;
  for (const tier of tiers) if (tier.maxLeverageHundredths >= leverageHundredths) limit = tier.limitUsdt;
  return limit;
}

export function riskTierRow(symbol: string, tier: RiskTier): RiskTierRow {
  return {
    id: tier.id,
    symbol,
    riskLimitValue: estimateText(tier.limitUsdt),
    maintenanceMarginRate: estimateText(tier.maintenanceRate),
    initialMarginRate: estimateText(tier.initialRate),
    maxLeverage: estimateText(tier.maxLeverageHundredths / 100),
    maintenanceDeduction: estimateText(tier.deductionUsdt),
  };
}
