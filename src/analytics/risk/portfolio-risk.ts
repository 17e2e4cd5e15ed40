/**
 * What a portfolio of parts may lose, and which part brings how much of it: value at risk, expected shortfall, volatility and falls of the
 * whole, with Euler's contributions, which sum to the whole (D. Tasche, Capital allocation to business units and sub-portfolios, 2008). Figures are
 * shares of whatever the daily results are shares of; losses are positive.
 */
import { covariationOf } from "../metrics/covariation.ts";
import { normalQuantile } from "../numeric/normal.ts";
import { compensatedSum, mean } from "../numeric/sums.ts";
import { bootstrapIntervals } from "../selection/bootstrap.ts";
import type { Interval } from "../selection/wilson.ts";
import { type Fall, fallsOf, sumOver } from "./falls.ts";
import { daysAround, lossOn, quantileDays, tailDays, type WeightedDay, worstFirst } from "./tail.ts";

/** A figure of the whole, and what each part has in it, in their order. */
export interface Parted {
  readonly whole: number;
  readonly parts: readonly number[];
}

export interface PortfolioRisk {
  readonly days: number;
  readonly confidence: number;
  /** The loss that 1 - confidence of the days exceed. */
  readonly valueAtRisk: Parted;
  /** Mean loss of the worst 1 - confidence of the days. */
  readonly shortfall: Parted;
  /** What both would be were the results normal. */
  readonly normalValueAtRisk: Parted;
  readonly normalShortfall: Parted;
  /** Deviation (n - 1) x sqrt(periods a year). */
  readonly annualVolatility: Parted;
  /** The deepest fall of the running sum from its highest before, and how far it lies below that at the end. */
  readonly deepestFall: Parted;
  readonly fallNow: Parted;
}

export interface RiskTerms {
  /** Between 0.5 and 1. */
  readonly confidence: number;
  readonly periodsPerYear: number;
}

/** `parts`: the results of each, one a day, of the same two days or more. */
export function portfolioRisk(
  parts: readonly Float64Array[],
  { confidence, periodsPerYear }: RiskTerms,
): PortfolioRisk {
  const whole = summed(parts);
  const order = worstFirst(whole);
  const all: Whole = { parts, whole };
  const tail = tailDays(order, confidence);
  const deviation = deviationOf(all);
  const year = Math.sqrt(periodsPerYear);
  const z = -normalQuantile(1 - confidence);
  const { deepest, now } = fallsOf(whole);
  const fell = (fall: Fall) => ofEach(all, (results) => -sumOver(results, fall));
  return {
    days: whole.length,
    confidence,
    valueAtRisk: quantileOf(all, order, confidence),
    shortfall: ofEach(all, (results) => lossOn(tail, results)),
    normalValueAtRisk: normalLoss(all, deviation, z),
    normalShortfall: normalLoss(all, deviation, normalDensity(z) / (1 - confidence)),
    annualVolatility: { whole: deviation.whole * year, parts: deviation.parts.map((part) => part * year) },
    deepestFall: fell(deepest),
    fallNow: fell(now),
  };
}

interface Whole {
  readonly parts: readonly Float64Array[];
  readonly whole: Float64Array;
}

function ofEach({ parts, whole }: Whole, figure: (results: Float64Array) => number): Parted {
  return { whole: figure(whole), parts: parts.map(figure) };
}

function summed(parts: readonly Float64Array[]): Float64Array {
  const [first] = parts;
  return Float64Array.from(first ?? [], (_, day) => compensatedSum(parts.map((part) => part[day] ?? 0)));
}

/** A quantile hangs on one or two days; what a part has in it is told by the days around, put to the same sum. */
function quantileOf(all: Whole, order: Int32Array, confidence: number): Parted {
  const at = quantileDays(order, confidence);
  const around = daysAround(order, confidence);
  const [loss, lossAround] = [lossOn(at, all.whole), lossOn(around, all.whole)];
  const isLike = lossAround !== 0 && loss / lossAround > 0;
  const days: readonly WeightedDay[] = isLike ? around : at;
  const factor = isLike ? loss / lossAround : 1;
  return { whole: loss, parts: all.parts.map((part) => factor * lossOn(days, part)) };
}

/** Per day; what a part has in it is its covariance with the whole over the deviation of that. */
function deviationOf({ parts, whole }: Whole): Parted {
  const own = covariationOf(whole, whole);
  const deviation = own === null ? 0 : Math.sqrt(own.xx / (own.n - 1));
  if (own === null || deviation === 0) return { whole: 0, parts: parts.map(() => 0) };
  return {
    whole: deviation,
    parts: parts.map((part) => (covariationOf(part, whole)?.xy ?? 0) / (own.n - 1) / deviation),
  };
}

function normalLoss({ parts, whole }: Whole, deviation: Parted, factor: number): Parted {
  const loss = (results: Float64Array, spread: number) => factor * spread - (mean(results) ?? 0);
  return {
    whole: loss(whole, deviation.whole),
    parts: parts.map((part, at) => loss(part, deviation.parts[at] ?? 0)),
  };
}

function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

export interface RiskIntervals {
  readonly valueAtRisk: Interval | null;
  readonly shortfall: Interval | null;
  readonly annualVolatility: Interval | null;
}

/** Two-sided at 95 %, of the whole, by the stationary bootstrap over its days; null without resamples. */
export function riskIntervals(
  parts: readonly Float64Array[],
  { confidence, periodsPerYear }: RiskTerms,
  resampling: { readonly resamples: number; readonly seed: number },
): RiskIntervals | null {
  if (resampling.resamples === 0) return null;
  const measure = (whole: Float64Array) => {
    const order = worstFirst(whole);
    const deviation = deviationOf({ parts: [], whole }).whole;
    return {
      valueAtRisk: lossOn(quantileDays(order, confidence), whole),
      shortfall: lossOn(tailDays(order, confidence), whole),
      annualVolatility: deviation * Math.sqrt(periodsPerYear),
    };
  };
  return bootstrapIntervals(summed(parts), measure, { ...resampling, confidence: 0.95 }).intervals;
}
