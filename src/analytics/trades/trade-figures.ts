/** All figures of a trader's round trips that need nothing but the trips, under the names of docs/evidence.md; null is undefined. */
import type { RoundTrip } from "../positions/round-trip.ts";
import { diversityOf } from "../style/diversity.ts";
import { activityOf, type Window } from "./activity.ts";
import { holdingTimes } from "./holding-time.ts";
import { martingaleOf } from "./martingale.ts";
import { profitConcentration, tradeProfit } from "./profit.ts";
import { timeInMarket } from "./time-in-market.ts";
import { tradeWinRate } from "./win-rate.ts";

export type TradeFigures = ReturnType<typeof tradeFiguresOf>;

export function tradeFiguresOf(trips: readonly RoundTrip[], window: Window) {
  const wins = tradeWinRate(trips);
  const profit = tradeProfit(trips);
  const concentration = profitConcentration(trips);
  const holding = holdingTimes(trips);
  const martingale = martingaleOf(trips);
  const activity = activityOf(trips, window);
  const diversity = diversityOf(trips);
  return {
    trips: trips.length,
    winRate: wins.rate,
    winRateLow: wins.interval?.[0] ?? null,
    winRateHigh: wins.interval?.[1] ?? null,
    profitFactor: profit.profitFactor,
    payoff: profit.payoff,
    expectancy: profit.expectancy,
    expectancyError: profit.expectancyError,
    bestTripShare: concentration.bestTrip,
    bestTenthShare: concentration.bestTenth,
    bestSymbolShare: concentration.bestSymbol,
    holdingMs: holding.allMs,
    holdingWinnersMs: holding.winnersMs,
    holdingLosersMs: holding.losersMs,
    holdingLongMs: holding.longMs,
    disposition: holding.disposition,
    tripsAveragedDown: martingale.tripsAveragedDown,
    valueAddedLosing: martingale.valueAddedLosing,
    deepestLadder: martingale.deepestLadder,
    martingaleScore: martingale.score,
    timeInMarket: timeInMarket(trips, window),
    tripsPerDay: activity.tripsPerDay,
    activeDays: activity.activeDays,
    longestPauseMs: activity.longestPauseMs,
    effectiveSymbols: diversity.symbols,
    effectiveSides: diversity.sides,
    effectiveHorizons: diversity.horizons,
  } satisfies Readonly<Record<string, number | null>>;
}
