/**
 * What a broad history draws beside the rules of a ruled one: limits that need a measurement of leaders (their style, how closely
 * they move together, and what their positions risk), margin modes that are followed, and risk tiers of the venue.
 */
import type { RiskTierRow } from "../../src/core/event.ts";
import { type LeaderEvidence, type LeaderRisk, RISK_DAYS } from "../../src/core/evidence.ts";
import type { RiskLimits } from "../../src/core/risk-settings.ts";
import type { Allocation } from "../../src/core/settings.ts";
import type { SeededChance } from "./chance.ts";

/** By symbol; a symbol without any has none that anybody knows of. */
export type Tiers = Readonly<Record<string, readonly RiskTierRow[]>>;

/** What is measured of a leader beside how much its equity swings. */
export type Measured = Pick<LeaderEvidence, "style" | "correlations"> & {
  /** Where its bad days begin; absent where nothing is known of what its positions risk. */
  readonly badFrom?: number;
};

const STYLES = ["trend-following", "scalping"] as const;

/** Which were drawn is noted in `drawn`, as in rules.ts. */
export function withMeasuredLimits(chance: SeededChance, limits: RiskLimits, drawn: Set<string>): RiskLimits {
  if (chance.hits(0.3)) return limits;
  const evidence = {
    evidenceMaxAgeMs: chance.pick([10_000, 60_000, 600_000]),
    withoutEvidence: chance.pick(["off", "off", "deny"] as const),
  };
  const portfolio = portfolioLimits(chance.split(), drawn);
  const byStyle = chance.hits(0.6);
  const byCorrelation = !byStyle || chance.hits(0.4);
  if (byStyle) drawn.add("strategy-exposure");
  if (byCorrelation) drawn.add("correlation");
  return {
    ...limits,
    ...evidence,
    ...portfolio,
    ...(byStyle
      ? { strategyExposure: { share: chance.pick(["0.3", "1", "3"]), measure: "gross" as const } }
      : {}),
    ...(byCorrelation ? { correlation: chance.pick(["0.1", "0.5", "0.8"]) } : {}),
  };
}

function portfolioLimits(chance: SeededChance, drawn: Set<string>): Partial<RiskLimits> {
  if (chance.hits(0.6)) return {};
  drawn.add("portfolio-risk");
  const share = (...shares: readonly string[]) => (chance.hits(0.5) ? chance.pick(shares) : null);
  return {
    portfolioVar95: share("0.005", "0.02", "0.1"),
    portfolioCvar95: share("0.01", "0.05"),
    portfolioVolatility: share("0.1", "0.5"),
    portfolioBeta: chance.pick(["0.2", "1", "4"]),
  };
}

const BAD_DAYS = 40;

/** Loses 2 % of what is held on some days in a row, and gains a little on all others; beta follows from where they are. */
export function measuredRisk(badFrom: number): LeaderRisk {
  const isBad = (day: number) => day >= badFrom && day < badFrom + BAD_DAYS;
  const dayReturns = Array.from({ length: RISK_DAYS }, (_, day) => (isBad(day) ? -2_000 : 150));
  return { dayReturns, beta: badFrom >= 100 ? "-0.5" : "1.25" };
}

/** All allocations of a follower follow, or none. */
export function withMarginModes(
  chance: SeededChance,
  allocations: readonly Allocation[],
  drawn: Set<string>,
): readonly Allocation[] {
  const following = new Set(allocations.map(({ follower }) => follower).filter(() => chance.hits(0.5)));
  if (following.size > 0) drawn.add("margin-mode");
  return allocations.map((one) =>
    following.has(one.follower) ? { ...one, marginMode: "follow" as const } : one,
  );
}

/** Limits of value with the most leverage up to each; some of them within what followers come to. */
export function drawTiers(chance: SeededChance, symbols: readonly string[], drawn: Set<string>): Tiers {
  const tiered = symbols.filter(() => chance.hits(0.6));
  if (tiered.length > 0) drawn.add("risk-tiers");
  return Object.fromEntries(
    tiered.map((symbol) => {
      const first = chance.pick([500, 3_000, 20_000]);
      const rows = [
        { limit: String(first), maxLeverage: "50" },
        { limit: String(first * 3), maxLeverage: chance.pick(["20", "12.5"]) },
        { limit: String(first * 10), maxLeverage: "5" },
        { limit: "100000000", maxLeverage: "2" },
      ];
      return [symbol, rows] as const;
    }),
  );
}

export function drawMeasured(chance: SeededChance, others: readonly string[]): Measured {
  const correlations = Object.fromEntries(
    others.map((other) => [other, chance.pick(["-0.4", "0.2", "0.6", "0.95"])]),
  );
  const own = chance.split();
  const risk = own.hits(0.2) ? {} : { badFrom: own.pick([0, 20, 100]) };
  return { style: chance.pick(STYLES), correlations, ...risk };
}

/** The most leverage that a position of this value may have; null where nobody knows of tiers. */
export function leverageAllowed(rows: readonly RiskTierRow[], value: number): number | null {
  const found = rows.find(({ limit }) => value <= Number(limit)) ?? rows.at(-1);
  return found === undefined ? null : Number(found.maxLeverage);
}
