/** What each figure of round trips is; the table of docs/evidence.md is this list (a test holds them together). */
import type { TradeFigures } from "./trade-figures.ts";

export interface TradeDefinition {
  readonly label: string;
  /** `amount` is in the asset that profit is counted in, `duration` in milliseconds. */
  readonly unit: "fraction" | "ratio" | "count" | "amount" | "duration";
  readonly formula: string;
  /** When it is null. */
  readonly undefinedWhen: string;
  /** Empty where the formula is all there is to it. */
  readonly source: string;
}

/** In the order in which they are shown. */
export const TRADE_DEFINITIONS: Readonly<Record<keyof TradeFigures, TradeDefinition>> = {
  trips: {
    label: "Round trips",
    unit: "count",
    formula: "positions from flat to flat that were seen whole",
    undefinedWhen: "never",
    source: "",
  },
  winRate: {
    label: "Win rate",
    unit: "fraction",
    formula: "trips with a profit after fees / trips that won or lost",
    undefinedWhen: "without such a trip",
    source: "",
  },
  winRateLow: {
    label: "Win rate, lower end",
    unit: "fraction",
    formula: "of Wilson's 95 % interval",
    undefinedWhen: "without such a trip",
    source: "Wilson 1927",
  },
  winRateHigh: {
    label: "Win rate, upper end",
    unit: "fraction",
    formula: "of Wilson's 95 % interval",
    undefinedWhen: "without such a trip",
    source: "Wilson 1927",
  },
  profitFactor: {
    label: "Profit factor",
    unit: "ratio",
    formula: "sum of gains / sum of losses, after fees",
    undefinedWhen: "without a loss",
    source: "",
  },
  payoff: {
    label: "Payoff",
    unit: "ratio",
    formula: "mean gain / mean loss",
    undefinedWhen: "without a gain or a loss",
    source: "",
  },
  expectancy: {
    label: "Expectancy",
    unit: "amount",
    formula: "mean profit of a trip after fees",
    undefinedWhen: "without a trip",
    source: "",
  },
  expectancyError: {
    label: "Standard error of it",
    unit: "amount",
    formula: "deviation (n - 1) / sqrt(n)",
    undefinedWhen: "below two trips",
    source: "",
  },
  bestTripShare: {
    label: "From the best trip",
    unit: "fraction",
    formula: "its gain / all gains",
    undefinedWhen: "without a gain",
    source: "",
  },
  bestTenthShare: {
    label: "From the best tenth",
    unit: "fraction",
    formula: "gains of the best tenth, rounded up / all gains",
    undefinedWhen: "without a gain",
    source: "",
  },
  bestSymbolShare: {
    label: "From the best symbol",
    unit: "fraction",
    formula: "its profit / profits of all symbols that gained",
    undefinedWhen: "without such a symbol",
    source: "",
  },
  holdingMs: {
    label: "Holding time",
    unit: "duration",
    formula: "median from first to last fill",
    undefinedWhen: "without a trip",
    source: "",
  },
  holdingWinnersMs: {
    label: "Winners",
    unit: "duration",
    formula: "the same of trips that won",
    undefinedWhen: "without one",
    source: "",
  },
  holdingLosersMs: {
    label: "Losers",
    unit: "duration",
    formula: "the same of trips that lost",
    undefinedWhen: "without one",
    source: "",
  },
  holdingLongMs: {
    label: "Long ones",
    unit: "duration",
    formula: "90 % quantile",
    undefinedWhen: "without a trip",
    source: "",
  },
  disposition: {
    label: "Losers over winners",
    unit: "ratio",
    formula: "median holding time of losers / of winners: above 1 sits on losses",
    undefinedWhen: "without either",
    source: "Shefrin and Statman 1985",
  },
  tripsAveragedDown: {
    label: "Trips added to while losing",
    unit: "fraction",
    formula: "trips with an addition beyond the average entry on the losing side / trips",
    undefinedWhen: "without a trip",
    source: "",
  },
  valueAddedLosing: {
    label: "Value added while losing",
    unit: "fraction",
    formula: "value of those additions / value of all additions",
    undefinedWhen: "without an addition",
    source: "",
  },
  deepestLadder: {
    label: "Deepest ladder",
    unit: "count",
    formula: "most such additions in one trip",
    undefinedWhen: "never",
    source: "",
  },
  martingaleScore: {
    label: "Martingale score",
    unit: "ratio",
    formula: "root of the product of both shares: 1 always adds, and only to losers",
    undefinedWhen: "without a trip",
    source: "",
  },
  timeInMarket: {
    label: "Time in market",
    unit: "fraction",
    formula: "time with a position / time observed",
    undefinedWhen: "never",
    source: "",
  },
  tripsPerDay: {
    label: "Trips a day",
    unit: "ratio",
    formula: "trips / days observed",
    undefinedWhen: "never",
    source: "",
  },
  activeDays: {
    label: "Active days",
    unit: "fraction",
    formula: "days (UTC) on which a trip began or ended / days observed",
    undefinedWhen: "never",
    source: "",
  },
  longestPauseMs: {
    label: "Longest pause",
    unit: "duration",
    formula: "longest time in which no trip began or ended",
    undefinedWhen: "never",
    source: "",
  },
  effectiveSymbols: {
    label: "Symbols in effect",
    unit: "ratio",
    formula: "exp of the entropy of shares of value",
    undefinedWhen: "without value",
    source: "Hill 1973",
  },
  effectiveSides: {
    label: "Sides in effect",
    unit: "ratio",
    formula: "the same of long and short: 1 to 2",
    undefinedWhen: "without value",
    source: "Hill 1973",
  },
  effectiveHorizons: {
    label: "Horizons in effect",
    unit: "ratio",
    formula: "the same of under an hour, a day, a week, and longer: 1 to 4",
    undefinedWhen: "without value",
    source: "Hill 1973",
  },
};
