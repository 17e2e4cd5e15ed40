/**
 * How long winners and losers were held, in milliseconds. A trader who sits on losses and takes gains quickly (the disposition effect,
 * Shefrin and Statman 1985) has a ratio well above 1.
 */
import { median, quantile } from "../numeric/quantile.ts";
import { netPnl, type RoundTrip } from "../positions/round-trip.ts";

export interface HoldingTimes {
  /** Medians; null where there is none of the kind. */
  readonly allMs: number | null;
  readonly winnersMs: number | null;
  readonly losersMs: number | null;
  /** Median of losers over that of winners; null where either is missing, or winners took no time. */
  readonly disposition: number | null;
  /** The 90 % quantile of all. */
  readonly longMs: number | null;
}

export function holdingTimes(trips: readonly RoundTrip[]): HoldingTimes {
  const lengths = (of: readonly RoundTrip[]) => of.map(({ openMs, closeMs }) => closeMs - openMs);
  const winnersMs = median(lengths(trips.filter((trip) => netPnl(trip) > 0)));
  const losersMs = median(lengths(trips.filter((trip) => netPnl(trip) < 0)));
  return {
    allMs: median(lengths(trips)),
    winnersMs,
    losersMs,
    disposition: losersMs === null || winnersMs === null || winnersMs === 0 ? null : losersMs / winnersMs,
    longMs: quantile(lengths(trips), 0.9),
  };
}
