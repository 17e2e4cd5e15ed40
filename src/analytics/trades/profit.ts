/**
 * What round trips earned after fees, in the quote currency: profit factor, payoff, expectancy, and how much of it came from how few.
 * All null where there is nothing to divide by.
 */

import { momentsOf } from "../metrics/moments.ts";
import { compensatedSum, quotient } from "../numeric/sums.ts";
import { netPnl, type RoundTrip } from "../positions/round-trip.ts";

export interface TradeProfit {
  /** Sum of gains over sum of losses; null without a loss. */
  readonly profitFactor: number | null;
  /** Mean gain over mean loss; null where either is missing. */
  readonly payoff: number | null;
  /** Mean profit of a trip, and its standard error (null below two trips). */
  readonly expectancy: number | null;
  readonly expectancyError: number | null;
}

export function tradeProfit(trips: readonly RoundTrip[]): TradeProfit {
  const nets = trips.map(netPnl);
  const gains = nets.filter((net) => net > 0);
  const losses = nets.filter((net) => net < 0);
  const { mean, deviation } = momentsOf(nets);
  return {
    profitFactor: quotient(compensatedSum(gains), -compensatedSum(losses)),
    payoff:
      gains.length === 0 || losses.length === 0
        ? null
        : compensatedSum(gains) / gains.length / (-compensatedSum(losses) / losses.length),
    expectancy: mean,
    expectancyError: deviation === null ? null : deviation / Math.sqrt(nets.length),
  };
}

export interface ProfitConcentration {
  /** Share of all gains (losses left out) that the best trip brought. */
  readonly bestTrip: number | null;
  /** The same for the best tenth of the trips, rounded up. */
  readonly bestTenth: number | null;
  /** The same for the symbol that gained most, after its losses, over the symbols that gained. */
  readonly bestSymbol: number | null;
  /** Whether the sum is a loss once the best trip is taken away. */
  readonly losesWithoutBest: boolean | null;
}

export function profitConcentration(trips: readonly RoundTrip[]): ProfitConcentration {
  const nets = trips.map(netPnl).sort((left, right) => right - left);
  const gained = compensatedSum(nets.filter((net) => net > 0));
  const share = (count: number) => {
    const best = nets.slice(0, count).filter((net) => net > 0);
    return quotient(compensatedSum(best), gained);
  };
  return {
    bestTrip: share(1),
    bestTenth: share(Math.ceil(nets.length / 10)),
    bestSymbol: bestSymbol(trips),
    losesWithoutBest: nets.length === 0 ? null : compensatedSum(nets.slice(1)) < 0,
  };
}

function bestSymbol(trips: readonly RoundTrip[]): number | null {
  const bySymbol = Map.groupBy(trips, ({ symbol }) => symbol);
  const sums = [...bySymbol.values()].map((group) => compensatedSum(group.map(netPnl)));
  const gains = sums.filter((sum) => sum > 0);
  return gains.length === 0 ? null : quotient(Math.max(...gains), compensatedSum(gains));
}
