/**
 * How many different things a trader does: symbols, sides and holding times, as effective numbers, and how much of the value traded lies in
 * one sector.
 *
 * Effective number: exp of Shannon's entropy of the shares (M. O. Hill, 1973): 1 is one thing only, k is k things in equal parts.
 * Concentration: Herfindahl-Hirschman, the sum of squared shares: 1 is all in one.
 */
import type { RoundTrip } from "../positions/round-trip.ts";

export interface Diversity {
  /** Effective numbers, weighed by value traded; null without a trip of positive value. */
  readonly symbols: number | null;
  /** Of long and short: 1 to 2. */
  readonly sides: number | null;
  /** Of scalps, intraday, days and weeks: 1 to 4. */
  readonly horizons: number | null;
}

export function diversityOf(trips: readonly RoundTrip[]): Diversity {
  return {
    symbols: effectiveNumber(sharesBy(trips, ({ symbol }) => symbol)),
    sides: effectiveNumber(sharesBy(trips, ({ side }) => side)),
    horizons: effectiveNumber(sharesBy(trips, horizonOf)),
  };
}

export interface SectorConcentration {
  /** Sum of squared shares; null without a trip of positive value. */
  readonly index: number | null;
  /** Sector of the largest share, and that share. */
  readonly largest: { readonly sector: string; readonly share: number } | null;
  /** Share of the value in symbols of no known sector; each of them counts as a sector of its own. */
  readonly unknown: number | null;
}

/** `sectorOf` tells the sector of a symbol, or null where it is unknown. */
export function sectorConcentration(
  trips: readonly RoundTrip[],
  sectorOf: (symbol: string) => string | null,
): SectorConcentration {
  const shares = sharesBy(trips, ({ symbol }) => sectorOf(symbol) ?? symbol);
  if (shares.size === 0) return { index: null, largest: null, unknown: null };
  const known = sharesBy(trips, ({ symbol }) => (sectorOf(symbol) === null ? "unknown" : "known"));
  const [sector, share] = [...shares].reduce((most, next) => (next[1] > most[1] ? next : most));
  return {
    index: [...shares.values()].reduce((sum, part) => sum + part * part, 0),
    largest: { sector, share },
    unknown: known.get("unknown") ?? 0,
  };
}

type Horizon = "minutes" | "hours" | "days" | "weeks";

const HOUR_MS = 3_600_000;

function horizonOf({ openMs, closeMs }: RoundTrip): Horizon {
  const hours = (closeMs - openMs) / HOUR_MS;
  if (hours < 1) return "minutes";
  if (hours < 24) return "hours";
  return hours < 168 ? "days" : "weeks";
}

/** Shares of the value traded, by kind; empty without value. */
function sharesBy(
  trips: readonly RoundTrip[],
  kindOf: (trip: RoundTrip) => string,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  let all = 0;
  for (const trip of trips) {
    sums.set(kindOf(trip), (sums.get(kindOf(trip)) ?? 0) + trip.maxNotional);
    all += trip.maxNotional;
  }
  return all > 0 ? new Map([...sums].map(([kind, sum]) => [kind, sum / all])) : new Map();
}

function effectiveNumber(shares: ReadonlyMap<string, number>): number | null {
  if (shares.size === 0) return null;
  const parts = [...shares.values()].filter((share) => share > 0);
  return Math.exp(parts.reduce((sum, share) => sum - share * Math.log(share), 0));
}
