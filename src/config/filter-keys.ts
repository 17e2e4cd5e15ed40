/**
 * The keys of filters: what a trader's record must show. Shares are fractions (0.2 is 20 %), figures those of docs/evidence.md. Absent
 * means that the filter is off.
 */
import { z } from "zod";
import { STYLES } from "../analytics/style/styles.ts";
import { defaults } from "./defaults.ts";
import { choice, number, share, symbol, wholeNumber } from "./forms.ts";
import { key } from "./key-facts.ts";

export function selectionKeys() {
  return {
    min_performance: filter(
      number({ min: -1, max: 1_000 }),
      "Least yearly return of a trader, after fees, compounded: 0.15 is 15 %.",
    ),
    max_drawdown: filter(share(), "Largest draw-down of a trader's equity at the days' ends: 0.2 is 20 %."),
    min_trades: filter(
      wholeNumber({ min: 0, max: 1e9 }),
      "Least number of finished round trips in a trader's record.",
    ),
    min_track_record: filter(
      wholeNumber({ min: 0, max: 1e5 }),
      "Least length of a trader's record, in days from the first fill to the last.",
    ),
  };
}

export function performanceKeys() {
  return {
    min_sharpe_ratio: filter(
      number({ min: -100, max: 100 }),
      "Least Sharpe ratio of a trader's daily returns after fees, for a year of 365 days.",
    ),
    min_calmar_ratio: filter(
      number({ min: -100, max: 1_000 }),
      "Least Calmar ratio of a trader: yearly return over the deepest draw-down.",
    ),
    min_win_rate: filter(share(), "Least share of a trader's finished round trips that won, after fees."),
    min_profit_factor: filter(
      number({ min: 0, max: 1_000 }),
      "Least profit factor of a trader: gains over losses of finished round trips, after fees.",
    ),
  };
}

export function traderRiskKeys() {
  return {
    max_volatility: filter(
      number({ min: 0, max: 100 }),
      "Largest volatility of a trader's daily returns, for a year of 365 days: 0.25 is 25 %.",
    ),
    max_var_95: filter(
      share(),
      "Largest value at risk of a trader: the daily loss that one day in twenty exceeds; 0.03 is 3 %.",
    ),
    max_beta: filter(
      number({ min: 0, max: 100 }),
      "Largest size of a trader's beta against the benchmark, on daily returns.",
    ),
    beta_benchmark: key(symbol(), {
      meaning: "The market that max_beta is measured against, from the market history.",
      status: "in-force",
      default: defaults.betaBenchmark,
    }),
  };
}

export function strategyKeys() {
  return {
    allowed_strategies: filter(
      styleNames(),
      `Styles of trading that may be copied; together at least as likely as all others. Of: ${STYLES.join(", ")}.`,
    ),
    min_strategy_diversity: filter(
      wholeNumber({ min: 0, max: STYLES.length }),
      "Least number of different styles among those that are copied together.",
    ),
  };
}

function filter<Schema extends z.ZodType>(schema: Schema, meaning: string) {
  return key(schema, { meaning, status: "in-force" });
}

function styleNames() {
  const wrong = { error: "must be a list of at least one style; leave the key out to allow all" };
  return z.array(choice(STYLES), wrong).min(1, wrong).max(STYLES.length, wrong);
}
