/**
 * Figures of what a portfolio's past days would bring: statistics, not money, and so plain numbers, by operations that give the same on every
 * machine. Definitions are those of analytics/risk, which a test holds to them.
 */
import type { RiskLimits } from "../risk-settings.ts";

export type RiskMeasure = "var_95" | "cvar_95" | "volatility" | "beta";

/** Of a follower's copies together, as shares of its equity; beta as a multiple. */
export type PortfolioFigures = Readonly<Record<RiskMeasure, number>>;

/** What is held of all leaders. */
export interface PortfolioPast {
  /** What each past day would bring, as a share of equity. */
  readonly days: Float64Array;
  readonly beta: number;
}

/** Only the measures that are limited, each with its limit. */
export type Limited = readonly (readonly [measure: RiskMeasure, limit: string])[];

const TAIL = 0.05;
const DAYS_A_YEAR = 365;
const NOT_LIMITED = 0;

export function limitedMeasures(limits: RiskLimits): Limited {
  const { portfolioVar95, portfolioCvar95, portfolioVolatility, portfolioBeta } = limits;
  const all: readonly (readonly [RiskMeasure, string | null])[] = [
    ["var_95", portfolioVar95],
    ["cvar_95", portfolioCvar95],
    ["volatility", portfolioVolatility],
    ["beta", portfolioBeta],
  ];
  return all.flatMap(([measure, limit]) => (limit === null ? [] : [[measure, limit] as const]));
}

/** Those that are not limited are zero. */
export function portfolioFigures({ days, beta }: PortfolioPast, limited: Limited): PortfolioFigures {
  const isAsked = (wanted: RiskMeasure) => limited.some(([measure]) => measure === wanted);
  const tail = isAsked("var_95") || isAsked("cvar_95") ? tailFigures(Float64Array.from(days)) : null;
  return {
    var_95: rounded(tail?.valueAtRisk ?? NOT_LIMITED),
    cvar_95: rounded(tail?.shortfall ?? NOT_LIMITED),
    volatility: rounded(isAsked("volatility") ? annualVolatility(days) : NOT_LIMITED),
    beta: rounded(Math.abs(beta)),
  };
}

/** To nine digits, so that what is exactly at its limit is not above it by the rounding of a sum. */
function rounded(figure: number): number {
  return Math.round(figure * 1e9) / 1e9;
}

/**
 * Value at risk: the loss that 5 % of the days exceed (quantile of type 7). Shortfall: the mean loss of the worst 5 % of them, the one on the
 * boundary by its fraction. Neither is below zero. Sorts `days`.
 */
function tailFigures(days: Float64Array): { readonly valueAtRisk: number; readonly shortfall: number } {
  days.sort();
  const position = TAIL * (days.length - 1);
  const index = Math.floor(position);
  const low = days[index] as number;
  const high = days[Math.min(index + 1, days.length - 1)] as number;
  const mass = TAIL * days.length;
  const whole = Math.floor(mass);
  let sum = (mass - whole) * (days[whole] as number);
  for (let day = 0; day < whole; day += 1) sum += days[day] as number;
  return {
    valueAtRisk: Math.max(0, -(low + (high - low) * (position - index))),
    shortfall: Math.max(0, -sum / mass),
  };
}

/** Deviation (n - 1) x sqrt(365). */
function annualVolatility(days: Float64Array): number {
  let sum = 0;
  for (const result of days) sum += result;
  const mean = sum / days.length;
  let squares = 0;
  for (const result of days) squares += (result - mean) * (result - mean);
  return Math.sqrt((squares / (days.length - 1)) * DAYS_A_YEAR);
}
