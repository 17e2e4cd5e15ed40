/**
 * The limits of a follower in millionths of the settle coin at its equity of the moment. Worked out again only when the
 * equity or the limits are others: an order's way does no decimal arithmetic.
 */
import { Decimal } from "../model/decimal.ts";
import { VALUE_SCALE } from "../model/instrument.ts";
import type { Planned } from "../planned.ts";
import type { ExposureMeasure, RiskLimits } from "../risk-settings.ts";
import type { FollowerState } from "../state.ts";

/** `limit` in millionths. */
export interface Allowed {
  readonly limit: number;
  /** Of equity. */
  readonly share: string;
  readonly measure: ExposureMeasure;
}

export interface Allowance {
  readonly limits: RiskLimits;
  readonly equityText: string | null;
  readonly availableText: string | null;
  /** In millionths; null when not known. */
  readonly equity: number | null;
  readonly available: number | null;
  readonly portfolioExposure: Allowed | null;
  readonly traderExposure: Allowed | null;
  readonly strategyExposure: Allowed | null;
  readonly symbolExposure: Allowed | null;
  readonly portfolioLeverage: Allowed | null;
  readonly freeMarginReserve: Allowed | null;
  readonly sectorConcentration: Allowed | null;
}

/** Derived from the follower alone, so that it is no state. */
const KNOWN = new WeakMap<FollowerState, Allowance>();

export function allowanceOf(follower: FollowerState): Allowance {
  const known = KNOWN.get(follower);
  if (known !== undefined && isOf(follower, known)) return known;
  const made = makeAllowance(follower);
  KNOWN.set(follower, made);
  return made;
}

/** The same, looked up once for all limits on one account. */
export function plannedAllowance(follower: FollowerState, planned: Planned): Allowance {
  const known = planned.allowance(follower);
  if (known !== null) return known;
  const allowance = allowanceOf(follower);
  planned.noteAllowance(follower, allowance);
  return allowance;
}

function isOf({ limits, equity, available }: FollowerState, known: Allowance): boolean {
  return known.limits === limits && known.equityText === equity && known.availableText === available;
}

function makeAllowance({ limits, equity: equityText, available: availableText }: FollowerState): Allowance {
  const equity = Decimal.tryParse(equityText ?? "");
  const available = Decimal.tryParse(availableText ?? "");
  const upTo = (share: string, measure: ExposureMeasure): Allowed => ({
    limit: equity === undefined || equity.sign <= 0 ? 0 : millionths(equity.times(Decimal.parse(share))),
    share,
    measure,
  });
  const exposure = (limit: RiskLimits["portfolioExposure"]) =>
    limit === null ? null : upTo(limit.share, limit.measure);
  const gross = (share: string | null, measure: ExposureMeasure = "gross") =>
    share === null ? null : upTo(share, measure);
  return {
    limits,
    equityText,
    availableText,
    equity: equity === undefined ? null : millionths(equity),
    available: available === undefined ? null : millionths(available),
    portfolioExposure: exposure(limits.portfolioExposure),
    traderExposure: exposure(limits.traderExposure),
    strategyExposure: exposure(limits.strategyExposure),
    symbolExposure: exposure(limits.symbolExposure),
    portfolioLeverage: gross(limits.portfolioLeverage),
    freeMarginReserve: gross(limits.freeMarginReserve, "margin"),
    sectorConcentration: exposure(sectorLimit(limits)),
  };
}

/** In the measure of the portfolio's limit, of which it is a share. */
export function sectorLimit({ sectorConcentration, portfolioExposure }: RiskLimits) {
  if (sectorConcentration === null) return null;
  const { share, measure } = portfolioExposure ?? { share: "1", measure: "gross" as const };
  return { share: Decimal.parse(share).times(Decimal.parse(sectorConcentration)).toString(), measure };
}

/** Rounded down; what is past 2^53 is held there, which is billions. */
export function millionths(amount: Decimal): number {
  const units = Number(amount.dividedBy(Decimal.one, VALUE_SCALE, "floor").units);
  return Math.max(Math.min(units, Number.MAX_SAFE_INTEGER), -Number.MAX_SAFE_INTEGER);
}
