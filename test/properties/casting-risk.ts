/**
 * Limits on what all copies together may lose, and the leaders' pasts that they are weighed by. In every fifth sequence alone, whose seeds (3, 8,
 * 13, ...) are none of those that broke before there were such limits: all others go on showing what they showed.
 */
import { type LeaderRisk, RETURN_UNITS, RISK_DAYS } from "../../src/core/evidence.ts";
import type { RiskLimits } from "../../src/core/risk-settings.ts";
import { SeededChance } from "../simulation/chance.ts";

const [EVERY, FROM] = [5, 3];
/** A day in twenty is a bad one, by so many deviations. */
const BAD_DAY = { share: 0.05, deviations: 4 };
const DAYS_A_YEAR = 365;

export function limitsLosses(seed: number): boolean {
  return seed % EVERY === FROM;
}

/** Drawn after everything else of an account. */
export function withLossLimits(limits: RiskLimits, chance: SeededChance): RiskLimits {
  const share = (...shares: readonly string[]) => (chance.hits(0.4) ? chance.pick(shares) : null);
  return {
    ...limits,
    portfolioVar95: share("0.002", "0.01", "0.05"),
    portfolioCvar95: share("0.003", "0.015", "0.08"),
    portfolioVolatility: share("0.03", "0.15", "0.6"),
    portfolioBeta: share("0.1", "0.5", "2"),
  };
}

/** Days of everybody's market, and of each leader's own, in deviations. */
const MARKET_DAYS = daysFrom(new SeededChance(1));
const OWN_DAYS = [2, 3, 4].map((seed) => daysFrom(new SeededChance(seed)));

/** By figures that a step has: how much a year swings, and how far it is the market's swing or the opposite of it. */
export function riskFrom(leader: number, volatility: string, correlation: string): LeaderRisk {
  const day = (Number(volatility) / Math.sqrt(DAYS_A_YEAR)) * RETURN_UNITS;
  const common = Number(correlation);
  const apart = Math.sqrt(1 - common * common);
  const own = OWN_DAYS[leader % OWN_DAYS.length] ?? MARKET_DAYS;
  const dayReturns = MARKET_DAYS.map((market, at) =>
    Math.round(day * (common * market + apart * (own[at] ?? 0))),
  );
  // Not known of whom the calm one is.
  return volatility === "0.05" ? { dayReturns } : { dayReturns, beta: (common * 1.5).toFixed(2) };
}

function daysFrom(chance: SeededChance): number[] {
  return Array.from({ length: RISK_DAYS }, () =>
    chance.hits(BAD_DAY.share) ? -BAD_DAY.deviations * chance.next() : chance.between(-1.5, 1.7),
  );
}
