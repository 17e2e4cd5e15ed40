/**
 * The limits of one follower's account, as the core reads them: journaled with the settings, amounts as decimal strings. Null
 * means that the limit is off. What they mean to the user is said in config; each is enforced by one file in risk/.
 */

/**
 * How an exposure is counted: `gross` adds the values of all positions, `net` sets longs against shorts, `margin` counts what
 * the positions tie up at their leverage.
 */
export type ExposureMeasure = "gross" | "net" | "margin";

/** At most `share` times the account's equity: "0.3" is 30 %, "10" ten times. */
export interface ExposureLimit {
  readonly share: string;
  readonly measure: ExposureMeasure;
}

export interface RiskLimits {
  /** All positions of the account, the owner's own included. */
  readonly portfolioExposure: ExposureLimit | null;
  /** The copies of one leader. */
  readonly traderExposure: ExposureLimit | null;
  /** The copies of all leaders of one style, by their evidence. */
  readonly strategyExposure: ExposureLimit | null;
  /** All positions in one instrument. */
  readonly symbolExposure: ExposureLimit | null;
  /** Value of all positions over equity. */
  readonly portfolioLeverage: string | null;
  /** Share of equity that stays free of margin. */
  readonly freeMarginReserve: string | null;
  /** Orders that add risk, within any 60 seconds. */
  readonly ordersPerMinute: number | null;
  /** Correlation above which a second leader's positions are not opened beside the first's. */
  readonly correlation: string | null;
  /** Share of the allowed portfolio exposure (of equity where that is off) that one sector may take. */
  readonly sectorConcentration: string | null;
  /** What all copies together may lose in a day, as a share of equity: the loss that 5 % of the days exceed, and the mean of those. */
  readonly portfolioVar95: string | null;
  readonly portfolioCvar95: string | null;
  /** Deviation of a year of all copies together, as a share of equity. */
  readonly portfolioVolatility: string | null;
  /** How many times equity all copies together move with the benchmark, or against it. */
  readonly portfolioBeta: string | null;
  /** A measurement of a leader older than this counts as none. */
  readonly evidenceMaxAgeMs: number;
  /** What the limits that need a measurement do without one: nothing, or refuse every increase that they are about. */
  readonly withoutEvidence: "off" | "deny";
}

/** Earlier versions had no limits on accounts. */
export const NO_LIMITS: RiskLimits = {
  portfolioExposure: null,
  traderExposure: null,
  strategyExposure: null,
  symbolExposure: null,
  portfolioLeverage: null,
  freeMarginReserve: null,
  ordersPerMinute: null,
  correlation: null,
  sectorConcentration: null,
  portfolioVar95: null,
  portfolioCvar95: null,
  portfolioVolatility: null,
  portfolioBeta: null,
  evidenceMaxAgeMs: 30 * 86_400_000,
  withoutEvidence: "off",
};

/** Limits of any version of the journal: off where their version did not know them. */
export function completedLimits(recorded: Partial<RiskLimits> | null | undefined): RiskLimits {
  return { ...NO_LIMITS, ...recorded };
}
